"""Leads, prospects and remembered opt-outs of a batch, written. No question is asked here.

Where a rule says that nothing may be kept of a lead (16 CFR 312), its row keeps the match key, the outcome and the
reasons, so that the totals add up and the person is known again: no address, and nothing of what arrived.
"""

import json
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, update

from gateway.db.work import UnitOfWork
from gateway.lifecycle.store import Newcomer, admit, readmit
from gateway.outcomes.fates import Fates
from gateway.outcomes.tables import leads

_COLUMNS = ("id", "number", "address", "match_key", "as_arrived", "outcome", "decision_id")


def add_leads(work: UnitOfWork, fates: Fates) -> None:
    """One row for every lead of a fresh batch."""
    cases = _cases(fates)
    addresses, as_arrived = fates.batch.column("email"), fates.batch.as_arrived
    if erased := _erased(fates):
        addresses, as_arrived = list(addresses), list(as_arrived)
        for index, note in erased.items():
            addresses[index], as_arrived[index] = None, note
    rows = list(zip(
        fates.ids, fates.batch.numbers, addresses, fates.screened.keys, as_arrived, fates.outcomes, cases, strict=True,
    ))  # fmt: skip
    same = {"batch_id": fates.batch_id, "decided_in": fates.batch_id}
    if fates.extra:  # the few that the last look changed carry why
        plain = [row for index, row in enumerate(rows) if index not in fates.extra]
        special = [
            (*rows[index], finding.reason, fates.duplicate_of.get(index)) for index, finding in fates.extra.items()
        ]
        work.insert_many(leads, _COLUMNS, plain, same=same)
        work.insert_many(leads, (*_COLUMNS, "extra", "duplicate_of"), special, same=same)
    else:
        work.insert_many(leads, _COLUMNS, rows, same=same)


def _cases(fates: Fates) -> list[int]:
    """The row number of each lead's decision."""
    return fates.of_decisions(lambda decision: fates.numbers[decision.id])


def change_leads(work: UnitOfWork, fates: Fates) -> None:
    """The new outcome of leads that waited."""
    rows = [
        {
            "lead": fates.ids[i], "fate": outcome, "case": fates.numbers[fates.decisions[i].id],
            "batch": fates.batch_id, "first": fates.duplicate_of.get(i),
            "code": fates.extra[i].reason if i in fates.extra else None,
        }
        for i, outcome in enumerate(fates.outcomes)
        if i not in fates.gone
    ]  # fmt: skip
    if rows:
        changed = update(leads).where(leads.c.id == bindparam("lead"))
        changed = changed.values(
            outcome=bindparam("fate"), decision_id=bindparam("case"), decided_in=bindparam("batch"),
            extra=bindparam("code"), duplicate_of=bindparam("first"),
        )  # fmt: skip
        work.connection.execute(changed, rows)
    gone = [{"lead": fates.ids[i], "note": note} for i, note in _erased(fates).items() if i not in fates.gone]
    if gone:
        emptied = update(leads).where(leads.c.id == bindparam("lead"))
        work.connection.execute(emptied.values(address=None, as_arrived=bindparam("note")), gone)


def _erased(fates: Fates) -> dict[int, str]:
    """What stands in the place of the rows of which nothing may be kept."""
    reasons = {
        id(decision): next(finding.reason for finding in decision.findings if finding.erases)
        for decision in fates.distinct.values()
        if decision.erases
    }
    if not reasons:
        return {}
    return {
        index: json.dumps({"erased": reasons[id(decision)]})
        for index, decision in enumerate(fates.decisions)
        if id(decision) in reasons
    }


def admit_winners(work: UnitOfWork, fates: Fates) -> None:
    """The winners enter the lifecycle store as prospects, each with the decision that carries its obligations."""
    winners, screened = fates.winners, fates.screened
    if not winners:
        return
    columns = (
        screened.keys, screened.addresses, fates.batch.column("first_name"), fates.batch.column("last_name"),
        screened.phones, screened.countries, fates.ids, _cases(fates),
    )  # fmt: skip
    # Picked column by column: a hundred thousand objects made one by one took a tenth of the writing.
    newcomers: list[Any] = list(zip(*(_pick(column, winners) for column in columns), strict=True))
    if fates.returned:
        back = [Newcomer(*one) for one in newcomers if one[0] in fates.returned]
        for lead, earlier in readmit(work, back).items():
            work.connection.execute(update(leads).where(leads.c.id == earlier).values(replaced_by=lead))
        newcomers = [one for one in newcomers if one[0] not in fates.returned]
    admit(work, newcomers)


def _pick(column: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    return (column[places[0]],) if len(places) == 1 else itemgetter(*places)(column)
