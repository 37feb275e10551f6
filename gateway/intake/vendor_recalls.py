"""Who came in on a vendor's word, and their recall: when it is barred, or a statement of it was taken back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, select

from gateway.db.work import UnitOfWork
from gateway.domain.lead import Statement
from gateway.domain.ports import said_alike
from gateway.domain.wire import statement_from_json
from gateway.emission.recall import Asked, ask
from gateway.intake.tables import lists
from gateway.lifecycle.gone import find_gone
from gateway.lifecycle.store import find_basis
from gateway.outcomes.origins import FAR, bridged, is_within, joined, keys_of_prospects, ranges_of_list
from gateway.outcomes.standing import stands_of_lists
from gateway.pipeline import Services
from gateway.vendors.book import find_standing, fold
from gateway.vendors.file import Note

SLICE = 5000  # people looked at in one question
SAMPLE = 5
EXACT = 20_000
"""People up to whom each is looked at: a tenth of a second. Beyond, the lists' own accounts are told."""


@dataclass(frozen=True, slots=True)
class Affected:
    """Whom it is about."""

    lists: tuple[tuple[int, str, int], ...]  # number, name, prospects that stand
    people: int
    sample: tuple[int, ...]  # leads
    is_exact: bool  # else whoever meanwhile rests on another source's lead is counted as well


def find_affected(connection: Connection, vendor: str, relying_on: Note | None = None) -> Affected:
    """The prospects that came in by a vendor's lists; ``relying_on``: by those that rest on this statement."""
    some = _lists(connection, vendor, relying_on)
    stood = stands_of_lists(connection, [number for number, _, _ in some])
    is_exact = sum(one["prospects"] for one in stood.values()) <= EXACT
    found = []
    for number, name, _ in some:
        if is_exact:
            people = sum(1 for _ in _leads(connection, number))
        else:
            people = max(0, stood.get(number, {"prospects": 0})["prospects"] - _gone(connection, number))
        found.append((number, name, people))
    leads = (lead for number, _, people in found if people for lead in _leads(connection, number))
    return Affected(
        tuple(found), sum(people for _, _, people in found), tuple(islice(leads, SAMPLE)), is_exact
    )  # fmt: skip


def _leads(connection: Connection, number: int) -> Iterator[int]:
    """The leads of a list by which somebody is a prospect today, in order."""
    for part in _slices(connection, number):
        yield from sorted(_standing(connection, part))


def _gone(connection: Connection, number: int) -> int:
    ranges = joined(ranges_of_list(connection, number))
    return sum(
        is_within(ranges, one.lead_id)
        for first, end in bridged(ranges, FAR)
        for one in find_gone(connection, first, end)
    )


def recall_vendor(
    work: UnitOfWork, services: Services, vendor: str, why: str, *, by: str, relying_on: Note | None = None
) -> int:
    """Ask for the recall of them all (gateway.emission.recall); its number."""
    if relying_on is not None:
        cause = "attestation_withdrawn"
    else:
        cause = "vendor_barred" if find_standing(work.connection, vendor) == "barred" else "vendor_recalled"
    numbers = tuple(number for number, _, _ in _lists(work.connection, vendor, relying_on))
    about = vendor if relying_on is None else f"{vendor}, note_{relying_on.number}"
    return ask(work, services.ledger, Asked(numbers, cause, about, why, None if relying_on else vendor), by=by)


def _lists(connection: Connection, vendor: str, relying_on: Note | None) -> list[tuple[int, str, Statement]]:
    query = select(lists.c.id, lists.c.name, lists.c.statement).where(lists.c.vendor == fold(vendor))
    rows = connection.execute(query.order_by(lists.c.id)).all()
    found = [(row.id, row.name, statement_from_json(row.statement)) for row in rows]
    return [one for one in found if relying_on is None or _relies(one[2], relying_on)]


def _relies(said: Statement, relying_on: Note) -> bool:
    """Whether a list's manifest brings the statement itself, or none, so that the vendor's file spoke for it."""
    if relying_on.kind != "attestation":
        return True
    return not said.attestations or any(said_alike(one.says) == relying_on.name for one in said.attestations)


def _slices(connection: Connection, number: int) -> Iterator[Mapping[int, bytes]]:
    ranges, reached = joined(ranges_of_list(connection, number)), 0
    while some := keys_of_prospects(connection, ranges, reached, SLICE):
        yield some
        reached = max(some)


def _standing(connection: Connection, some: Mapping[int, bytes]) -> dict[int, bytes]:
    """Those by whom a person is a prospect today: not withdrawn, and not taken over by a lead of another source."""
    basis = find_basis(connection, some.values())
    return {
        one.lead_id: key for key, one in sorted(basis.items(), key=lambda pair: pair[1].lead_id)
        if not one.withdrawn and one.lead_id in some
    }  # fmt: skip
