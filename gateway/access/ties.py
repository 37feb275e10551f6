"""Who had another's account in their hands: made it, gave a link to its password, or took its second factors away.

Whoever hands such a link over has seen it, and could have used it. So for a while neither of the two is a second pair
of eyes on what the other asks for, nor is anybody whom such ties join with them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, insert, select

from gateway.access.tables import ties
from gateway.db.work import UnitOfWork

How = Literal["made", "link", "factors"]
APART = timedelta(days=30)
"""So long the two count as one hand; whoever an account belongs to has noticed by then what is done in its name."""
OVER_OTHERS = timedelta(days=7)
"""So long those do whom only others join: two accounts of one maker. A team that starts anew gets to work in a week."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What joins two people last, and until when they count as one hand."""

    person: int  # whose account it was
    by: int
    how: How
    at: datetime
    ends_at: datetime


def tie(work: UnitOfWork, person: int, by: int, how: How) -> None:
    """Note that somebody had another's account in their hands."""
    if person != by:
        row = {"person_id": person, "by_person_id": by, "how": how, "at": work.at}
        work.connection.execute(insert(ties).values(row))


def find_tie(connection: Connection, one: int, other: int, at: datetime) -> Tie | None:
    """What makes one hand of two people at an instant, be it over others; None: nothing does."""
    query = select(ties).where(ties.c.at > at - APART).order_by(ties.c.at.desc(), ties.c.id.desc())
    hands: dict[int, int] = {}

    def head(person: int) -> int:
        while hands.setdefault(person, person) != person:
            person = hands[person]
        return person

    joined: Tie | None = None
    for row in connection.execute(query):  # the youngest first: the one that joins the two is the first to end
        if {row.person_id, row.by_person_id} == {one, other}:
            return Tie(row.person_id, row.by_person_id, row.how, row.at, row.at + APART)
        if joined is None and row.at > at - OVER_OTHERS:
            hands[head(row.person_id)] = head(row.by_person_id)
            if head(one) == head(other):
                joined = Tie(row.person_id, row.by_person_id, row.how, row.at, row.at + OVER_OTHERS)
    return joined
