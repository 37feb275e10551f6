"""One event as somebody tells it, read: whom it names, when it was, what it was. Asks nobody, writes nothing."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.clocks.calendar import end_of, start_of
from gateway.db.keys import KEY_BYTES
from gateway.domain.happening import KINDS, STOPPED, Happening
from gateway.domain.money import minor_of
from gateway.domain.problem import Problem
from gateway.screening.address.found import find_addresses

FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST = {"id": 200, "product": 200, "segment": 200, "campaign": 200, "channel": 40}
NAMES = ("address", "match_key", "prospect", "lead")
"""By which a person may be named; one of them."""
FIELDS = (
    "id", *NAMES, "kind", "at", "product", "segment", "quantity", "amount", "currency", "campaign", "channel",
    "satisfaction", "recommend",
)  # fmt: skip
MOST_QUANTITY = 1_000_000
_LEAD = re.compile(r"lead_([1-9][0-9]{0,17})")
_CURRENCY = re.compile(r"[A-Z]{3}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Said:
    """An event that can be kept as soon as it is known whose it is."""

    id: str
    name: str  # of NAMES
    whom: str | int | bytes
    happening: Happening  # of prospect 0


def read_said(fields: Mapping[str, Any], zone: str, now: datetime, *, clock: str | None = None) -> Said | list[Problem]:
    """What the fields of an event say, or everything that is wrong with them. Bare days are of the zone.

    ``clock``: the zone of times that name none; None: they are refused, for whose clock it was nobody said.
    """
    asked = _Asked(fields, clock)
    event = asked.text("id", needed=True)
    name, whom = asked.person()
    kind = asked.text("kind", needed=True)
    if kind and kind not in KINDS:
        asked.wrong("not_a_choice", f"{kind[:40]!r} is no kind of event; there are {', '.join(KINDS)}", "kind")
    at = asked.instant("at", zone, now, ends=kind in STOPPED)
    texts = {key: asked.text(key) or None for key in ("product", "segment", "campaign", "channel")}
    quantity = asked.number("quantity", float)
    if quantity is not None and not 0 < quantity <= MOST_QUANTITY:
        asked.wrong("not_a_number", f"a quantity is more than 0, up to {MOST_QUANTITY:,}", "quantity")
    amount, currency = asked.money()
    satisfaction, recommend = asked.scale("satisfaction", 1, 5), asked.scale("recommend", 0, 10)
    if asked.problems or at is None:
        return asked.problems
    found = Happening(
        0, kind, at, texts["product"], texts["segment"], quantity, amount, currency, texts["campaign"],
        texts["channel"], satisfaction, recommend,
    )  # fmt: skip
    return Said(event, name, whom, found)


def stops_in(fields: Mapping[str, Any], zone: str, now: datetime, *, clock: str | None = None) -> list[Said]:
    """The orders to stop in an event that is refused for whatever else is wrong with it: of everybody it names."""
    kind = fields.get("kind")
    if not isinstance(kind, str) or kind.strip() not in STOPPED:
        return []
    found, at = [], _Asked(fields, clock).instant("at", zone, now, ends=True) or now
    for name in NAMES:
        alone = _Asked({name: fields.get(name)})
        _, whom = alone.person()
        if not alone.problems:
            found.append(Said("", name, whom, Happening(0, kind.strip(), at)))
    return found


class _Asked:
    """Asks the fields one by one and collects what is wrong."""

    def __init__(self, fields: Mapping[str, Any], clock: str | None = None) -> None:
        self.fields, self.clock = fields, clock
        self.problems: list[Problem] = []
        for name in fields:
            if name not in FIELDS:
                self.wrong("unknown_field", "there is no such field", str(name)[:40])

    def wrong(self, code: str, message: str, field: str) -> None:
        self.problems.append(Problem(code, message, field))

    def text(self, name: str, *, needed: bool = False) -> str:
        value = self.fields.get(name)
        if value is None or value == "":
            if needed:
                self.wrong("missing", "this field is needed", name)
            return ""
        if not isinstance(value, str):
            self.wrong("not_text", "expected text", name)
        elif len(value) > LONGEST.get(name, 40):
            self.wrong("too_long", f"longer than {LONGEST.get(name, 40)} characters", name)
        elif _CONTROL.search(value):
            self.wrong("bad_characters", "control characters and marks of direction do not belong here", name)
        elif name not in {"id", "kind"} and "@" in value and find_addresses(value):
            self.wrong("contains_address", "leave addresses out: they belong to the person's fields alone", name)
        else:
            return value.strip()
        return ""

    def person(self) -> tuple[str, str | int | bytes]:
        given = [name for name in NAMES if self.fields.get(name) is not None and self.fields[name] != ""]
        if len(given) != 1:
            self.wrong(
                "missing" if not given else "given_twice", f"name the person by one of {', '.join(NAMES)}", "address"
            )
            return "", ""
        name, value = given[0], self.fields[given[0]]
        readers: dict[str, Callable[[Any], str | int | bytes | None]] = {
            "address": _address, "match_key": _key, "prospect": _number, "lead": _lead,
        }  # fmt: skip
        found = readers[name](value)
        if found is None:
            self.wrong(f"not_a_{name}" if name != "address" else "not_an_address", f"this is no {name}", name)
        return name, found or ""

    def instant(self, name: str, zone: str, now: datetime, *, ends: bool = False) -> datetime | None:
        """``ends``: a bare day means its end, as of an order to stop: a yes of the same day may have come before."""
        written = self.text(name, needed=True)
        if not written:
            return None
        at = _instant(written, zone, self.clock, ends=ends)
        if at is None:
            message = "write an instant with its zone, such as 2026-03-01T12:00:00Z, or a day such as 2026-03-01"
            self.wrong("not_an_instant", message, name)
        elif at > now:
            self.wrong("future_date", "this lies in the future", name)
            return None
        elif ends and _is_day(written):
            return min(end_of(date.fromisoformat(written), zone), now)
        return at

    def number(self, name: str, kind: type[Any]) -> Any:
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
            self.wrong("not_a_number", "expected a number", name)
            return None
        return kind(value)

    def scale(self, name: str, least: int, most: int) -> int | None:
        value = self.number(name, float)
        if value is None:
            return None
        if not value.is_integer() or not least <= value <= most:
            self.wrong("not_a_number", f"expected a whole number from {least} to {most}", name)
            return None
        return int(value)

    def money(self) -> tuple[int | None, str | None]:
        amount, currency = self.fields.get("amount"), self.text("currency")
        if amount is None or amount == "":
            if currency:
                self.wrong("missing", "a currency needs its amount", "amount")
            return None, None
        if not _CURRENCY.fullmatch(currency):
            self.wrong("not_a_currency", "an amount needs its currency, such as EUR", "currency")
            return None, None
        minor = minor_of(amount, currency) if isinstance(amount, str) else None
        if minor is None:
            self.wrong("not_an_amount", 'write an amount of this currency as text, such as "19.90"', "amount")
        return minor, currency


def _is_finite(value: float) -> bool:
    """Whether it is a number that a float can hold: a whole number of JSON has as many digits as it likes."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _is_day(written: str) -> bool:
    return len(written) == len("2026-03-01")


def lacks_zone(written: Any) -> bool:
    """Whether this is a time that does not say of which zone it is."""
    try:
        return isinstance(written, str) and not _is_day(written) and datetime.fromisoformat(written).tzinfo is None
    except ValueError:
        return False


def _instant(written: str, zone: str, clock: str | None = None, *, ends: bool = False) -> datetime | None:
    try:
        day = date.fromisoformat(written) if _is_day(written) else None
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    if at.year < FIRST_YEAR or at.year > LAST_YEAR:
        return None
    if day is not None:
        return start_of(day, zone)
    if at.tzinfo is None and clock is not None:
        # In autumn an hour comes twice: of an order to stop the later is meant, for a yes may have come between.
        return at.replace(tzinfo=ZoneInfo(clock), fold=int(ends)).astimezone(UTC)
    return at if at.tzinfo is not None else None


def _address(value: Any) -> str | None:
    found = find_addresses(value) if isinstance(value, str) and len(value) <= 1_000 else []  # noqa: PLR2004 - characters
    return found[0] if len(found) == 1 else None


def _key(value: Any) -> bytes | None:
    try:
        key = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def _number(value: Any) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 19 and int(text) else None  # noqa: PLR2004


def _lead(value: Any) -> int | None:
    match = _LEAD.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) if match else None
