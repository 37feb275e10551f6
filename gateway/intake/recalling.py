"""Recalls and withdrawals as people and sources ask for them: which lists are meant, and one lead taken back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from gateway.clocks import book as clocks
from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.domain.outcome import WITHDRAWN_BY_SOURCE
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.emission.recall import Asked
from gateway.intake.entrances import find_list
from gateway.intake.listed import lists_of_vendor
from gateway.lifecycle.store import find_basis, withdraw
from gateway.outcomes.person import find_rows
from gateway.outcomes.refusing import refuse
from gateway.pipeline import Services

WITHHELD = "emission rules"


def read_asked(
    connection: Connection, lists: Sequence[int], vendor: str | None, cause: str, why: str, *, withheld: bool = False
) -> Asked:  # fmt: skip
    """What a recall is about: lists by number, all of a vendor's, or whoever is withheld. Raises CallerError."""
    if (bool(lists), bool(vendor), withheld).count(True) != 1:
        message = phrase("say which: lists, a vendor, or those whom emission rules withhold by now")
        raise CallerError([Problem("missing", message, "lists")])
    if withheld:
        return Asked(None, cause, WITHHELD, why)
    if vendor:
        theirs = lists_of_vendor(connection, vendor)
        if not theirs:
            message = phrase("%(vendor)s has sent no list", vendor=repr(vendor))
            raise CallerError([Problem("unknown_vendor", message, "vendor")], 404, "Not Found")
        return Asked(theirs, cause, vendor, why, vendor)
    wrong = [
        Problem("unknown_list", phrase("there is no list_%(one)s", one=one), "lists") for one in lists
        if find_list(connection, one) is None
    ]  # fmt: skip
    if wrong:
        raise CallerError(wrong, 404, "Not Found")
    return Asked(tuple(sorted(set(lists))), cause, ", ".join(f"list_{one}" for one in sorted(set(lists))), why)


def withdraw_lead(work: UnitOfWork, services: Services, lead_id: int, *, by: str) -> dict[str, Any]:
    """A source takes a lead back, as LinkedIn's leadAction DELETED does: its prospect is withdrawn, a hold refused.

    Whoever was told of the person hears that they are revoked. Said again, it changes nothing. It is no order not to
    write: of that only the person, or a duty of ours, can be the cause. Raises CallerError for a lead there is not.
    """
    rows = find_rows(work.connection, [lead_id])
    if not rows:
        message = phrase("there is no lead_%(lead_id)s", lead_id=lead_id)
        raise CallerError([Problem("unknown_lead", message, "lead")], 404, "Not Found")
    [row] = rows
    withdrawn: list[int] = []
    refused = row.outcome == "hold"
    if row.outcome == "prospect" and row.match_key is not None:
        basis = find_basis(work.connection, [bytes(row.match_key)]).get(bytes(row.match_key))
        if basis is not None and basis.lead_id == lead_id and not basis.withdrawn:
            withdrawn = withdraw(work, [bytes(row.match_key)], WITHDRAWN_BY_SOURCE.reason)
            clocks.close(work, [lead_id], by=by)
    if refused:
        refuse(work, [lead_id], WITHDRAWN_BY_SOURCE.reason, by=by)
    if withdrawn or refused:
        body = {"lead": f"lead_{lead_id}", "withdrawn": len(withdrawn), "refused": int(refused), "by": by}
        services.ledger.append(work, "lead.withdrawn", body)
    return {
        "lead": f"lead_{lead_id}", "withdrawn": bool(withdrawn), "refused": refused, "at": text_of(work.at),
    }  # fmt: skip
