"""What ``lifecycle.yaml`` says, as read: paces, rules of phases, cadence, views. The file's own remarks describe it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from gateway.clocks.calendar import due_from
from gateway.domain.deadline import Span
from gateway.policy.rules import Spot

Phase = Literal["prospect", "new", "active", "loyal", "inactive", "lapsed"]
PHASES: tuple[Phase, ...] = ("prospect", "new", "active", "loyal", "inactive", "lapsed")
KINDS_OF: Mapping[str, tuple[str, ...]] = {
    "inactive": ("short_term", "long_term", "seasonal"),
    "lapsed": ("win_back", "do_not_contact"),
}
"""Of the other phases there is one kind, and no word for it."""
DO_NOT_CONTACT = "do_not_contact"
WITHDRAWN = "withdrawn"
"""Stands for every cause for which a prospect is not handed out any more."""
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long what is bought usually lasts, of which products or segments."""

    name: str
    of: frozenset[str]  # folded
    lasts: int  # days
    by_quantity: bool = False  # two of it last twice as long
    season: frozenset[int] = frozenset()  # months, 1 to 12; empty: bought all the year
    remind_before: int = 7  # days


@dataclass(frozen=True, slots=True)
class Long:
    """A length of time: a span of the calendar, or so many of the usual periods of what was bought."""

    span: Span | None = None
    periods: float = 0.0

    def __str__(self) -> str:
        return str(self.span) if self.span else f"{self.periods:g} period{'' if self.periods == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Happened:
    """So many of these kinds happened, at any time or within a span up to now."""

    what: tuple[str, ...]
    at_least: int = 0
    at_most: int | None = None
    within: Span | None = None
    since_purchase: bool = False  # only what came after the last purchase


@dataclass(frozen=True, slots=True)
class Bought:
    """On so many days something was bought and kept."""

    at_least: int = 0
    at_most: int | None = None
    within: Span | None = None


@dataclass(frozen=True, slots=True)
class QuietFor:
    """Of everything bought, nothing was bought again or used for so long."""

    long: Long


@dataclass(frozen=True, slots=True)
class KeptPace:
    """The last so many purchases of one thing each came within so long of the one before."""

    purchases: int
    within: Long


@dataclass(frozen=True, slots=True)
class Stopped:
    """The person is not to be written to any more, for one of these causes, and no consent came later."""

    causes: frozenset[str]


@dataclass(frozen=True, slots=True)
class WaitsForSeason:
    """The season in which it was bought is over, and the next is not over yet."""


@dataclass(frozen=True, slots=True)
class Joined:
    """All, any or none of several."""

    how: Literal["all", "any", "not"]
    parts: tuple["When", ...]


When = Happened | Bought | QuietFor | KeptPace | Stopped | WaitsForSeason | Joined


@dataclass(frozen=True, slots=True)
class PhaseRule:
    """The first rule in force whose ``when`` is true says the phase; the last has none and always speaks."""

    id: str
    title: str
    phase: Phase
    kind: str | None
    when: When | None
    from_on: date
    until_on: date | None
    spot: Spot

    def in_force(self, day: date) -> bool:
        """Whether it holds on a day, both ends included."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often people of a phase may be contacted, and in what tone."""

    phase: Phase
    kind: str | None
    times: int  # 0: never
    within: Span
    apart: int  # days from one contact to the next, at least
    tone: str
    because: str
    give_up_after: int | None = None  # contacts since the last sign of life


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of another vocabulary: these phases, or what these rules said."""

    name: str
    phases: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The whole file, or ours and the company's together. ``digest``: of what phases hang on."""

    paces: Mapping[str, Pace]
    rules: tuple[PhaseRule, ...]
    cadences: Mapping[tuple[str, str | None], Cadence]
    views: Mapping[str, tuple[Stage, ...]]
    own_gaps: float  # the usual period weighs as much as so many of the person's own
    digest: str
    _paces: dict[str, Pace] = field(default_factory=dict, compare=False, repr=False)

    def pace_of(self, product: str, segment: str) -> Pace:
        """By the product, then by the segment, else the usual one. Both folded."""
        if not self._paces:
            self._paces.update({word: pace for pace in self.paces.values() for word in pace.of})
        return self._paces.get(product) or self._paces.get(segment) or self.paces[DEFAULT]

    def cadence_of(self, phase: str, kind: str | None) -> Cadence:
        """What holds for people of this phase and kind."""
        return self.cadences.get((phase, kind)) or self.cadences[phase, None]

    def stage_of(self, view: str, phase: str, rule: str) -> str | None:
        """The stage of another vocabulary; None for people who are in none, such as those who left."""
        stages = self.views[view]
        named = next((stage.name for stage in stages if rule in stage.rules), None)
        return named or next((stage.name for stage in stages if phase in stage.phases), None)


def fold(text: str | None) -> str:
    """The form under which two writings of a product or segment are the same."""
    return " ".join((text or "").casefold().split())


def over_on(span: Span, day: date) -> date:
    """The day a span that began on a day ends, counted on the calendar."""
    return due_from(span, day, "").on
