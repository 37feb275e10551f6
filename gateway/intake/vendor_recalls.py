"""Who came in on a vendor's word, and their recall: when it is barred, or a statement of it was taken back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from gateway.db.work import UnitOfWork
from gateway.domain.lead import Statement
from gateway.domain.ports import said_alike
from gateway.domain.wire import statement_from_json
from gateway.emission.recall import Asked, ask
from gateway.intake.tables import lists
from gateway.lifecycle.store import find_basis
from gateway.outcomes.origins import joined, keys_of_prospects, ranges_of_list
from gateway.pipeline import Services
from gateway.vendors.book import find_standing, fold
from gateway.vendors.file import Note

SLICE = 5000  # leads looked at in one question
SAMPLE = 5


@dataclass(frozen=True, slots=True)
class Affected:
    """Whom it is about."""

    lists: tuple[tuple[int, str, int], ...]  # number, name, prospects that stand
    people: int
    sample: tuple[int, ...]  # leads


def find_affected(connection: Connection, vendor: str, relying_on: Note | None = None) -> Affected:
    """The prospects that came in by a vendor's lists; ``relying_on``: by those that rest on this statement."""
    found: list[tuple[int, str, int]] = []
    sample: list[int] = []
    for number, name, _ in _lists(connection, vendor, relying_on):
        standing = [lead for some in _slices(connection, number) for lead in _standing(connection, some)]
        found.append((number, name, len(standing)))
        sample += sorted(standing)[: SAMPLE - len(sample)]
    return Affected(tuple(found), sum(count for _, _, count in found), tuple(sample))


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
    ranges = joined(ranges_of_list(connection, number))
    for start, end in ranges:
        for first in range(start, end, SLICE):
            yield keys_of_prospects(connection, [(first, min(first + SLICE, end))], 0, SLICE)


def _standing(connection: Connection, some: Mapping[int, bytes]) -> dict[int, bytes]:
    """Those by whom a person is a prospect today: not withdrawn, and not taken over by a lead of another source."""
    basis = find_basis(connection, some.values())
    return {
        one.lead_id: key for key, one in sorted(basis.items(), key=lambda pair: pair[1].lead_id)
        if not one.withdrawn and one.lead_id in some
    }  # fmt: skip
