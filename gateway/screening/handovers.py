"""By whose hands a lead came to us, link by link, and where the chain is broken: read from what its source states.

Whether the chain is complete, a fact that rules ask, is answered from the same links that an officer is shown.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from gateway.domain.lead import Hop, Statement
from gateway.domain.ports import Sender

US = frozenset({"us", "we", "ourselves"})
"""How manifests name their reader."""
Gap = Literal[
    "not_recorded", "does_not_join", "does_not_reach_us", "we_have_no_name", "before_collected", "goes_back",
    "taker_not_named",
]  # fmt: skip
"""Why a link does not hold.

not_recorded: nobody says by whose hands it came. does_not_join: who gave it on is not who had taken it.
does_not_reach_us: the last who took it is somebody else. we_have_no_name: the last may be us, but our own profile
names nobody, so nobody can tell; that breaks nothing and proves nothing. before_collected: handed over before the first
day of collecting. goes_back: handed over before an earlier handover. taker_not_named: the notice under which it was
handed over names companies, and not who took it (15 U.S.C. 7702(1)(B)).
"""
JOINS: frozenset[Gap] = frozenset({"not_recorded", "does_not_join", "does_not_reach_us"})
"""Gaps by which the chain is not complete; the others break a chain of which every step is recorded."""


@dataclass(frozen=True, slots=True)
class Link:
    """One handover as stated, or the place where one is missing. An empty name: nobody says who."""

    giver: str
    taker: str
    on: date | None = None
    under: str | None = None
    gap: Gap | None = None
    names: tuple[str, ...] | None = None

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
    if any(link.gap in JOINS for link in links):
        return False
    return None if any(link.gap == "we_have_no_name" for link in links) else True


def first_break(statement: Statement, sender: Sender) -> tuple[Gap | Literal["none"], str | None]:
    """Why the chain does not hold, and at which handover it breaks first; ``none`` where it holds as far as told."""
    for place, link in enumerate(links_of(statement, sender), 1):
        if link.is_broken:
            assert link.gap is not None
            day = f" on {link.on}" if link.on else ""
            return link.gap, f"{place}: {link.giver or 'nobody says who'} to {link.taker or 'us'}{day}"
    return "none", None


def _links(statement: Statement, sender: Sender) -> Iterator[Link]:
    hops, us = statement.hops, next(iter(sender.names), "")
    if not hops:
        vendor = (statement.vendor or "").strip()
        yield Link("", vendor or us, gap="not_recorded")
        if vendor:
            yield Link(vendor, us)
        return
    ours = {fold(name) for name in sender.names}
    before = None
    for place, hop in enumerate(hops):
        if place and fold(hops[place - 1].taker) != fold(hop.giver):
            yield Link(hops[place - 1].taker, hop.giver, gap="does_not_join")
        gap = _wrong_day(hop, statement, before) or ("taker_not_named" if _is_unnamed(hop, ours) else None)
        yield Link(hop.giver, hop.taker, hop.on, hop.under, gap, hop.names)
        before = hop.on or before
    last = hops[-1].taker
    if fold(last) not in US | ours:
        yield Link(last, us, gap="does_not_reach_us" if ours else "we_have_no_name")


def _wrong_day(hop: Hop, statement: Statement, before: date | None) -> Gap | None:
    if hop.on is None:
        return None
    if statement.collected_from is not None and hop.on < statement.collected_from:
        return "before_collected"
    return "goes_back" if before is not None and hop.on < before else None


def _is_unnamed(hop: Hop, ours: frozenset[str] | set[str]) -> bool:
    """Whether a notice that names companies leaves out who took it. Nobody can tell where nobody says whom it names."""
    if hop.names is None:
        return False
    named = {fold(name) for name in hop.names}
    taker = fold(hop.taker)
    is_us = taker in US | ours
    return named.isdisjoint(US | ours) if is_us else taker not in named


def fold(name: str) -> str:
    """A company's name as two spellings of it are compared."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", name).casefold()).strip()
