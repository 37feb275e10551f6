"""Where somebody stands: (happenings, rules, as of) -> phase, kind, rule, causing events. Pure, and without a memory.

The first rule in force whose condition is true speaks. A condition answers with the numbers of the events that make it
true, and says on which days it might change although nothing happens; only on those it is asked again.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from gateway.clocks.calendar import NEVER, day_of, start_of
from gateway.domain.deadline import Span
from gateway.domain.happening import BOUGHT, STOPPED
from gateway.policy.phases.pace import RunOut, kept, last_sign, late_from, nth_season_end, run_outs
from gateway.policy.phases.rules import (
    WITHDRAWN,
    Bought,
    Happened,
    Joined,
    KeptPace,
    Lifecycle,
    PhaseRule,
    QuietFor,
    Stopped,
    WaitsForSeason,
    When,
    over_on,
)
from gateway.policy.phases.tally import MOST, Dealing, Line, Stop, Tally, Told

_CAUSES = 10  # events named with a phase
_YES: list[int] = []


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands from an instant on."""

    at: datetime
    phase: str
    kind: str | None
    rule: str
    title: str
    causes: tuple[int, ...]

    @property
    def is_like(self) -> tuple[str, str | None]:
        """What makes two the same to others."""
        return self.phase, self.kind


@dataclass(frozen=True, slots=True)
class Life:
    """A whole history as of now: each change, when time alone will make the next, and when things run out."""

    changes: tuple[Standing, ...]
    next_change_at: datetime | None
    run_outs: tuple[RunOut, ...]
    stopped: bool


Event = Told | Dealing


def ordered(told: Iterable[Told], dealings: Iterable[Dealing] = ()) -> list[Event]:
    """By time; of one instant a consent comes before a stop, so that the stop wins, and happenings by number."""
    events: list[Event] = [*told, *dealings]
    return sorted(events, key=_place)


def live(events: Sequence[Event], rules: Lifecycle, as_of: datetime, zone: str) -> Life:
    """The life of one person up to ``as_of``. ``events`` as ``ordered`` gives them; those to come wait."""
    tally, changes = Tally(rules), list[Standing]()
    wanted = kinds_asked(rules)
    events = [event for event in events if isinstance(event, Dealing) or event.one.kind in wanted]
    done = [event for event in events if _at(event) <= as_of]
    coming = [_at(event) for event in events[len(done) :]]
    for place, event in enumerate(done):
        at = _at(event)
        tally.add(event, day_of(at, zone))
        until = _at(done[place + 1]) if place + 1 < len(done) else as_of
        if until == at and place + 1 < len(done):
            continue  # of one instant all is taken together
        _note(changes, _standing(tally, at, zone))
        for now in _turns(tally, at, until, zone):
            if now < until or place + 1 == len(done):
                _note(changes, _standing(tally, now, zone))
    following = _next_change(tally, changes[-1], as_of, zone) if changes else None
    waits = min(filter(None, [following, *coming[:1]]), default=None)
    return Life(tuple(changes), waits, tuple(run_outs(list(tally.lines.values()), rules)), tally.stop is not None)


def kinds_asked(rules: Lifecycle) -> frozenset[str]:
    """The kinds of happenings on which a phase or a run-out can rest; all others need not be looked at."""
    found = {*BOUGHT, *STOPPED, "use"}
    waiting = [rule.when for rule in rules.rules if rule.when is not None]
    while waiting:
        when = waiting.pop()
        if isinstance(when, Happened):
            found.update(when.what)
        elif isinstance(when, Joined):
            waiting.extend(when.parts)
    return frozenset(found)


def evaluate(events: Sequence[Event], rules: Lifecycle, as_of: datetime, zone: str) -> Standing:
    """Where somebody stands at an instant, by what had happened until then."""
    tally = Tally(rules)
    for event in events:
        if _at(event) <= as_of:
            tally.add(event, day_of(_at(event), zone))
    return _standing(tally, as_of, zone)


def _at(event: Event) -> datetime:
    return event.at if isinstance(event, Dealing) else event.one.at


def _place(event: Event) -> tuple[datetime, int, int]:
    if isinstance(event, Dealing):
        return event.at, 0 if event.what == "consented" else 1, 0
    return event.one.at, 1, event.number


def _note(changes: list[Standing], found: Standing) -> None:
    if not changes or changes[-1].is_like != found.is_like:
        changes.append(found)


def _standing(tally: Tally, at: datetime, zone: str) -> Standing:
    day = day_of(at, zone)
    for rule in tally.rules.rules:
        if not rule.in_force(day):
            continue
        numbers = _last(tally) if rule.when is None else ask(rule.when, tally, day)
        if numbers is not None:
            causes = tuple(dict.fromkeys(numbers))[-_CAUSES:] or tuple(_last(tally))
            return Standing(at, rule.phase, rule.kind, rule.id, rule.title, causes)
    raise AssertionError("the last rule always speaks")


def _last(tally: Tally) -> list[int]:
    last = tally.last_bought()
    return [] if last is None else [last[1]]


def ask(when: When, tally: Tally, day: date) -> list[int] | None:
    """The events that make it true on a day, as far as it rests on any; None where it is false."""
    match when:
        case Stopped(causes):
            return _stopped(causes, tally.stop)
        case Bought():
            days = tally.bought_on
            if when.within is not None:
                days = [one for one in days[-MOST:] if day < over_on(when.within, one)]
            return _counted(len(days), when.at_least, when.at_most, tally.numbers_of(days[-_CAUSES:]))
        case Happened():
            numbers = _happened(when, tally, day)
            return _counted(len(numbers), when.at_least, when.at_most, numbers)
        case QuietFor(long):
            lines = _bought_lines(tally)
            is_quiet = bool(lines) and all(day >= late_from(line, long, tally.rules) for line in lines)
            return _last(tally) if is_quiet else None
        case KeptPace(purchases, long):
            return next((found for line in _bought_lines(tally)
                         if (found := kept(line, purchases, long, tally.rules))), None)  # fmt: skip
        case WaitsForSeason():
            return next(([line.bought[-1].number] for line in _bought_lines(tally) if _waits(line, day)), None)
        case Joined(how, parts):
            return _join(how, [ask(part, tally, day) for part in parts])


def _stopped(causes: frozenset[str], stop: Stop | None) -> list[int] | None:
    if stop is None or not (WITHDRAWN in causes or causes & set(stop.cause.split(","))):
        return None
    return [] if stop.number is None else [stop.number]


def _join(how: str, answers: list[list[int] | None]) -> list[int] | None:
    true = [numbers for numbers in answers if numbers is not None]
    if how == "not":
        return None if true else _YES
    if not true or (how == "all" and len(true) < len(answers)):
        return None
    return [number for numbers in true for number in numbers]


def _counted(count: int, least: int, most: int | None, numbers: list[int]) -> list[int] | None:
    return numbers if count >= least and (most is None or count <= most) else None


def _happened(when: Happened, tally: Tally, day: date) -> list[int]:
    last = tally.last_bought()
    found = sorted(
        one for kind in when.what for one in _within(tally.days.get(kind, ()), when.within, day)
        if not when.since_purchase or last is None or one > last
    )  # fmt: skip
    return [number for _, number in found]


def _within(days: Sequence[tuple[date, int]], span: Span | None, day: date) -> Sequence[tuple[date, int]]:
    """The last of them, which are within a span up to a day; they stand in the order of time."""
    return days if span is None else days[bisect_right(days, day, key=lambda one: over_on(span, one[0])) :]


def _bought_lines(tally: Tally) -> list[Line]:
    return [line for line in tally.lines.values() if line.bought]


def _waits(line: Line, day: date) -> bool:
    season = line.pace.season
    return bool(season) and nth_season_end(season, last_sign(line), 1) <= day < nth_season_end(
        season, last_sign(line), 2
    )


def _turns(tally: Tally, after: datetime, until: datetime, zone: str) -> list[datetime]:
    """The instants behind ``after``, up to ``until``, at which an answer may change although nothing happens."""
    first, last = day_of(after, zone), day_of(until, zone)
    days = sorted({day for day in _days(tally) if first < day <= last})
    return [at for day in days if after < (at := start_of(day, zone)) <= until]


def _days(tally: Tally) -> Iterator[date]:
    for rule in tally.rules.rules:
        yield rule.from_on
        if rule.until_on is not None:
            yield rule.until_on + timedelta(days=1)
        if rule.when is not None:
            yield from _days_of(rule.when, tally)


def _days_of(when: When, tally: Tally) -> list[date]:
    match when:
        case Bought() if when.within is not None:
            return _leaving(when, when.within, tally.bought_on)
        case Happened() if when.within is not None:
            most = max(1, *_places(when))
            last = sorted(day for kind in when.what for day, _ in tally.days.get(kind, ())[-most:])
            return _leaving(when, when.within, last)
        case QuietFor(long):
            return [late_from(line, long, tally.rules) for line in _bought_lines(tally)]
        case WaitsForSeason():
            lines = [line for line in _bought_lines(tally) if line.pace.season]
            return [nth_season_end(line.pace.season, last_sign(line), end) for line in lines for end in (1, 2)]
        case Joined():
            return [day for part in when.parts for day in _days_of(part, tally)]
        case _:
            return []


def _leaving(when: Bought | Happened, within: Span, days: Sequence[date]) -> list[date]:
    """When those leave the span on which the answer hangs: counted from the newest, the one that is just needed."""
    return [over_on(within, days[-place]) for place in _places(when) if 0 < place <= len(days)]


def _places(when: Bought | Happened) -> list[int]:
    """The places, counted from the newest, on which an answer hangs."""
    return [when.at_least, *([] if when.at_most is None else [when.at_most + 1])]


def _next_change(tally: Tally, standing: Standing, as_of: datetime, zone: str) -> datetime | None:
    last = datetime.combine(NEVER, datetime.min.time(), UTC)
    for at in _turns(tally, as_of, last, zone):
        if _standing(tally, at, zone).is_like != standing.is_like:
            return at
    return None


def rule_of(rules: Lifecycle, name: str) -> PhaseRule | None:
    """A rule by its id."""
    return next((rule for rule in rules.rules if rule.id == name), None)
