"""Life histories in sentences, beside ``lifecycle.yaml``, and whether the rules say of them what was expected.

The form of ``lifecycle.test.yaml``::

    zone: UTC
    histories:
      - sentence: One purchase, and never again
        happened:
          - {on: 2025-01-10, what: purchase, of: coffee, quantity: 2, paid: 1990}   # less than 0: given back
          - {on: 2025-02-01, what: contact, told: 2025-03-01}                       # told late
        stands: {2025-01-10: new, 2025-03-20: inactive short_term}                # what was true when the day ended
        believed: {2025-02-10: new}                                                 # what we said on that day

``on`` is a day of the zone, or text such as "2025-01-10T23:30:00-10:00". ``withdrawn`` and ``consented`` are what the
store itself does. A history may have a zone of its own.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.clocks.calendar import end_of, start_of
from gateway.domain.happening import KINDS, Happening
from gateway.policy.errors import CaseFailure, Complaint
from gateway.policy.form import Form, shown
from gateway.policy.phases.judge import Event, Standing, evaluate, live, ordered
from gateway.policy.phases.rules import KINDS_OF, PHASES, Lifecycle
from gateway.policy.phases.tally import Dealing, Told
from gateway.policy.reading import Document

DEALINGS = ("withdrawn", "consented")
_WORDS = tuple(word for phase in PHASES for word in [f"{phase} {kind}" for kind in KINDS_OF.get(phase, ())] or [phase])
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class History:
    """One of them, with when each event was told."""

    sentence: str
    file: str
    line: int
    zone: str
    events: tuple[tuple[datetime, Event], ...]
    stands: tuple[tuple[datetime, str], ...]
    believed: tuple[tuple[datetime, str], ...]


@dataclass(slots=True)
class Lived:
    """What came of the histories: expectations tried, those missed, and how often each rule spoke."""

    histories: int = 0
    dates: int = 0
    missed: list[CaseFailure] = field(default_factory=list)
    spoke: Counter[str] = field(default_factory=Counter)


def run_histories(rules: Lifecycle, histories: Sequence[History]) -> Lived:
    """Try them all: by the rules asked at the moment, and by the whole life derived change by change."""
    found = Lived(len(histories))
    for one in histories:
        for at, expected, is_belief in [
            *((a, e, False) for a, e in one.stands),
            *((a, e, True) for a, e in one.believed),
        ]:
            events = [event for told, event in one.events if not is_belief or told <= at]
            now, derived = both(events, rules, at, one.zone)
            found.dates += 1
            found.spoke[now.rule] += 1
            got = words(now) if words(now) == words(derived) else f"{words(now)}, but {words(derived)} in order"
            if got != expected:
                said = f"{expected} {'believed ' if is_belief else ''}at {at.isoformat(timespec='minutes')}"
                found.missed.append(CaseFailure(one.file, one.line, one.sentence, said, f"{got} ({now.rule})"))
    return found


def both(events: Sequence[Event], rules: Lifecycle, at: datetime, zone: str) -> tuple[Standing, Standing]:
    """Where somebody stands, asked at the moment, and as the last change of the whole life."""
    some = ordered(
        [one for one in events if isinstance(one, Told)], [one for one in events if isinstance(one, Dealing)]
    )
    asked = evaluate(some, rules, at, zone)
    changes = live(some, rules, at, zone).changes
    return asked, changes[-1] if changes else evaluate([], rules, at, zone)


def words(standing: Standing) -> str:
    """``inactive seasonal``."""
    return f"{standing.phase} {standing.kind}" if standing.kind else standing.phase


def read_histories(document: Document, complaints: list[Complaint]) -> list[History]:
    """All histories of a file; what is wrong goes to ``complaints``."""
    form = Form(document, (), complaints)
    form.only("zone", "histories")
    zone = _zone(form, "UTC")
    written = form.data.get("histories")
    if not isinstance(written, list) or not written:
        form.complain("expected a list of one or more histories", "histories")
        return []
    return [_read(Form(document, ("histories", number), complaints), zone) for number in range(len(written))]


def _read(form: Form, zone: str) -> History:
    form.only("sentence", "zone", "happened", "stands", "believed")
    zone = _zone(form, zone)
    happened = form.data.get("happened")
    if not isinstance(happened, list):
        form.complain("expected a list of what happened", "happened")
        happened = []
    events = tuple(
        _event(Form(form.document, (*form.path, "happened", number), form.complaints), number + 1, zone)
        for number in range(len(happened))
    )
    stands, believed = _expected(form, "stands", zone), _expected(form, "believed", zone)
    if not stands and not believed:
        form.complain("say where the person stands on some day", "stands")
    return History(form.text("sentence"), form.document.name, form.line(), zone, events, stands, believed)


def _event(form: Form, number: int, zone: str) -> tuple[datetime, Event]:
    form.only("on", "what", "of", "segment", "quantity", "paid", "told", "cause", "satisfaction", "recommend")
    at = _instant(form, "on", zone)
    told = _instant(form, "told", zone) if form.has("told") else at
    what = form.choice("what", (*KINDS, *DEALINGS))
    if what in DEALINGS:
        return told, Dealing(at, "withdrawn" if what == "withdrawn" else "consented", form.text("cause", needed=False))
    quantity, paid = form.data.get("quantity"), form.data.get("paid")
    if quantity is not None and (isinstance(quantity, bool) or not isinstance(quantity, int | float)):
        form.complain(f"expected a number, got {shown(quantity)}", "quantity")
        quantity = None
    if paid is not None and (isinstance(paid, bool) or not isinstance(paid, int)):
        form.complain(f"expected minor units, got {shown(paid)}", "paid")
        paid = None
    one = Happening(
        1, what, at, form.text("of", needed=False) or None, form.text("segment", needed=False) or None,
        quantity, paid, None if paid is None else "EUR",
    )  # fmt: skip
    return told, Told(number, one)


def _expected(form: Form, key: str, zone: str) -> tuple[tuple[datetime, str], ...]:
    if not form.has(key):
        return ()
    below = Form(form.document, (*form.path, key), form.complaints)
    found = []
    for written in below.data:
        word = below.choice(written, _WORDS)
        at = _end(written, zone)
        if at is None:
            below.complain("expected a day such as 2026-11-21, or an instant with its zone", written)
        else:
            found.append((at, word))
    return tuple(found)


def _end(written: str, zone: str) -> datetime | None:
    """The end of a day, or the instant itself."""
    try:
        if len(written) == len("2026-11-21"):
            return end_of(date.fromisoformat(written), zone) - _MOMENT
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _instant(form: Form, key: str, zone: str) -> datetime:
    value = form.data.get(key)
    if isinstance(value, date):
        return start_of(value, zone)
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        form.complain(f"expected a day such as 2026-11-21, or an instant with its zone, got {shown(value)}", key)
        return start_of(date(2026, 1, 1), zone)
    return at


def _zone(form: Form, usual: str) -> str:
    zone = form.text("zone", needed=False) or usual
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        form.complain(f"{zone!r} is no time zone", "zone")
        return usual
    return zone
