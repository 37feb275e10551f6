"""By whose hands a lead came to us, link by link, and where the chain is broken: read from what its source states.

Whether the chain is complete, a fact that rules ask, is answered from the same links that an officer is shown.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from gateway.domain.lead import Statement
from gateway.domain.ports import Sender

US = frozenset({"us", "we", "ourselves"})
"""How manifests name their reader."""
Gap = Literal["not_recorded", "does_not_join", "does_not_reach_us", "we_have_no_name"]
"""Why a link does not hold.

not_recorded: nobody says by whose hands it came. does_not_join: who gave it on is not who had taken it.
does_not_reach_us: the last who took it is somebody else. we_have_no_name: the last may be us, but our own profile
names nobody, so nobody can tell; that breaks nothing and proves nothing.
"""


@dataclass(frozen=True, slots=True)
class Link:
    """One handover as stated, or the place where one is missing. An empty name: nobody says who."""

    giver: str
    taker: str
    on: date | None = None
    under: str | None = None
    gap: Gap | None = None

    @property
    def is_broken(self) -> bool:
        """Whether the chain does not hold here."""
        return self.gap not in {None, "we_have_no_name"}


def links_of(statement: Statement, sender: Sender) -> list[Link]:
    """Every link from the collector to us, in order; none where the person gave it to us themselves."""
    return [] if statement.direct else list(_links(statement, sender))


def chain_is_complete(statement: Statement, sender: Sender) -> bool | None:
    """Whether the handovers join up, from the collector to us. None: they join, to we know not whom."""
    links = links_of(statement, sender)
    if any(link.is_broken for link in links):
        return False
    return None if any(link.gap for link in links) else True


def _links(statement: Statement, sender: Sender) -> Iterator[Link]:
    hops, us = statement.hops, next(iter(sender.names), "")
    if not hops:
        vendor = (statement.vendor or "").strip()
        yield Link("", vendor or us, gap="not_recorded")
        if vendor:
            yield Link(vendor, us)
        return
    for place, hop in enumerate(hops):
        if place and fold(hops[place - 1].taker) != fold(hop.giver):
            yield Link(hops[place - 1].taker, hop.giver, gap="does_not_join")
        yield Link(hop.giver, hop.taker, hop.on, hop.under)
    last, ours = hops[-1].taker, {fold(name) for name in sender.names}
    if fold(last) not in US | ours:
        yield Link(last, us, gap="does_not_reach_us" if ours else "we_have_no_name")


def fold(name: str) -> str:
    """A company's name as two spellings of it are compared."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", name).casefold()).strip()
