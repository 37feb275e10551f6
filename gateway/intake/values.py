"""What cells say: instants, yes and no, stop. Pure; what can be read in two ways is unknown, never guessed."""
# ruff: noqa: RUF001 - other languages have letters of their own

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from gateway.outcomes.export import csv_meant

DateOrder = Literal["dmy", "mdy", "ymd"]
DATE_ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")

Remark = Literal["", "empty", "no_zone", "serial", "ambiguous", "against_order", "unreadable"]
"""What there is to say about a date: nothing, no text, taken as UTC, a spreadsheet's day number (taken as UTC too), two
readings, not in the stated order, no date."""

_DIGITS = frozenset("0123456789")
_WRITTEN = re.compile(r"([0-9]{1,4})([./-])([0-9]{1,2})\2([0-9]{1,4})(?:[T,\s]\s*([0-9].*))?")
_DAY_NAMED = re.compile(
    r"(?:[a-z]{3,12}\.?,?\s+)?([0-9]{1,2})[\s.-]+(?:de\s+)?([a-z]{3,12})\.?,?[\s-]+(?:de\s+)?([0-9]{4})(?:[,\s]\s*([0-9].*))?"
)
_MONTH_NAMED = re.compile(r"([a-z]{3,12})\.?\s+([0-9]{1,2}),?\s+([0-9]{4})(?:[,\s]\s*([0-9].*))?")
_TIME = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?\s*(?:([ap])\.?m\.?)?\s*(z|utc|gmt|[+-][0-9]{2}:?[0-9]{2})?"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_EPOCH = re.compile(r"[0-9]{10}\.[0-9]{1,9}")
_SERIAL = re.compile(r"[1-7][0-9]{4}(?:[.,][0-9]+)?")
_SERIAL_START = datetime(1899, 12, 30, tzinfo=UTC)  # spreadsheets count 1900-02-29, which was no day (1900 system)
_SERIAL_DAYS = (10_000, 73_050)  # 1927 to 2099
_MONTHS = {
    name: place
    for place, names in enumerate(
        (
            "january jan januar janner janvier janv enero ene gennaio gen janeiro januari stycznia styczen sty",
            "february feb februar februari fevrier fevr fev febrero febbraio fevereiro lutego luty lut",
            "march mar marz mrz mars marzo marco maart mrt marca marzec",
            "april apr avril avr abril abr aprile kwietnia kwiecien kwi",
            "may mai mayo maggio mag maio mei maja maj",
            "june jun juni juin junio giugno giu junho czerwca czerwiec cze",
            "july jul juli juillet juil julio luglio lug julho lipca lipiec lip",
            "august aug aout agosto ago augustus sierpnia sierpien sie",
            "september sep sept septembre septiembre settembre set setembro wrzesnia wrzesien wrz",
            "october oct oktober okt octobre octubre ottobre ott outubro out pazdziernika pazdziernik paz",
            "november nov novembre noviembre novembro listopada listopad lis",
            "december dec dezember dez decembre diciembre dic dicembre dezembro grudnia grudzien gru",
        ),
        start=1,
    )
    for name in names.split()
}
"""Months in English, German, French, Spanish, Italian, Portuguese, Dutch and Polish, without accents."""
_ACCENTS = str.maketrans("äáàâéèêíóôöûüúçńśźł", "aaaaeeeiooouuucnszl")
_LATEST = 4_102_444_800  # the year 2100 as seconds since 1970; larger numbers are ids, not instants
_NOON = 12


def read_instant(text: str, order: DateOrder | None = None) -> tuple[datetime | None, Remark]:
    """The instant a text means, aware and in UTC, and what there is to say about it.

    Read: ISO 8601; seconds and milliseconds since 1970; YYYYMMDD; numbers with dots (always day first); numbers with
    slashes or hyphens when only one reading is possible or ``order`` says which; month names of eight languages; the
    day numbers of spreadsheets. A text without a zone is taken as UTC (``no_zone``).
    """
    text = text.strip()
    if not text or text.startswith("0000-00-00"):  # MySQL's way of saying nothing
        return None, "empty"
    try:
        if text.isascii() and text.isdigit():
            return _from_digits(text)
        if text[4:5] == "-":
            try:
                return _in_utc(datetime.fromisoformat(text))
            except ValueError:
                pass  # "2025-3-4" and "... UTC" are written by people too
        return _as_written(text, order)
    except (ValueError, OverflowError):
        return None, "unreadable"


class Instants(dict[str, datetime | None]):
    """Remembers what each distinct text means, for the cells of one batch."""

    def __init__(self, order: DateOrder | None = None) -> None:
        super().__init__()
        self._order = order

    def __missing__(self, text: str) -> datetime | None:
        """Read a text seen for the first time; plain ISO 8601, the bulk of all lists, by the shortest way."""
        found = None
        if text[4:5] == "-":
            try:
                found = datetime.fromisoformat(text)
            except ValueError:
                pass
            else:
                zone = found.tzinfo
                if zone is None:
                    found = found.replace(tzinfo=UTC)
                elif zone is not UTC:
                    found = None  # near the ends of the calendar another zone may not exist; read_instant minds that
        found = self[text] = found or read_instant(text, self._order)[0]
        return found


def read_birth(text: str, instants: Instants) -> datetime | None:
    """The day of birth a text means; of two readings, or of a year alone, the later day: somebody may be that young."""
    found = instants[text]
    if found is not None:
        return found
    text = text.strip()
    if _YEAR.fullmatch(text):
        return datetime(int(text), 12, 31, tzinfo=UTC)
    readings = [read_instant(text, order) for order in ("dmy", "mdy")]
    return max((day for day, _ in readings if day is not None), default=None)


def _in_utc(found: datetime) -> tuple[datetime, Remark]:
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC), "no_zone"
    return found.astimezone(UTC), ""


def _from_digits(text: str) -> tuple[datetime | None, Remark]:
    if len(text) in {10, 13}:
        seconds = int(text) / (1 if len(text) == 10 else 1000)  # noqa: PLR2004 - digits of seconds since 1970
        return (datetime.fromtimestamp(seconds, UTC), "") if seconds < _LATEST else (None, "unreadable")
    if _SERIAL.fullmatch(text):
        return _from_serial(text)
    if len(text) in {8, 14} and "1900" <= text[:4] <= "2100":
        return datetime.strptime(text, "%Y%m%d" if len(text) == 8 else "%Y%m%d%H%M%S").replace(tzinfo=UTC), "no_zone"  # noqa: PLR2004 - digits of a day
    return None, "unreadable"


def _from_serial(text: str) -> tuple[datetime | None, Remark]:
    """A day as spreadsheets count them, its fraction the time of day; to the second, because fractions are rounded."""
    days = float(text.replace(",", "."))
    if not _SERIAL_DAYS[0] <= days < _SERIAL_DAYS[1]:
        return None, "unreadable"
    return _SERIAL_START + timedelta(seconds=round(days * 86_400)), "serial"


def _as_written(text: str, order: DateOrder | None) -> tuple[datetime | None, Remark]:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC), ""
    if found := _WRITTEN.fullmatch(text):
        first, mark, second, third, clock = found.groups()
        day = _day_of_numbers(first, mark, second, third, order)
        return day if isinstance(day, tuple) else _with_clock(day, clock)
    if _SERIAL.fullmatch(text):
        return _from_serial(text)
    lower = text.lower().translate(_ACCENTS)
    if found := _DAY_NAMED.fullmatch(lower):
        number, month, year, clock = found.groups()
    elif found := _MONTH_NAMED.fullmatch(lower):
        month, number, year, clock = found.groups()
    else:
        return None, "unreadable"
    if month not in _MONTHS:
        return None, "unreadable"
    return _with_clock(datetime(int(year), _MONTHS[month], int(number)), clock)  # noqa: DTZ001 - _with_clock gives it its zone


def _day_of_numbers(
    first: str, mark: str, second: str, third: str, order: DateOrder | None
) -> datetime | tuple[None, Remark]:
    """The day, without a zone, or why there is none."""
    one, two, three = int(first), int(second), int(third)
    if len(first) == 4 and len(third) < 3:  # noqa: PLR2004 - a year has four digits, a day two
        return datetime(one, two, three)  # noqa: DTZ001 - _with_clock gives it its zone
    if len(first) > 2 or len(third) not in {2, 4}:  # noqa: PLR2004 - the same
        return None, "unreadable"
    short_year = len(third) == 2  # noqa: PLR2004 - the same
    if short_year:
        if order == "ymd":
            return datetime(_century(one), two, three)  # noqa: DTZ001 - the same
        if order is None and mark != ".":
            return None, "ambiguous"
        three = _century(three)
    if mark == ".":
        day, month = (one, two) if two <= 12 else (two, one)  # noqa: PLR2004 - months of a year
    elif order in {"dmy", "mdy"}:
        day, month = (one, two) if order == "dmy" else (two, one)
        if month > 12 >= day:  # noqa: PLR2004 - months of a year
            return None, "against_order"
    elif one == two or max(one, two) > 12:  # noqa: PLR2004 - months of a year
        day, month = max(one, two), min(one, two)
    else:
        return None, "ambiguous"
    return datetime(three, month, day)  # noqa: DTZ001 - _with_clock gives it its zone


def _century(year: int) -> int:
    return year + (2000 if year < 69 else 1900)  # noqa: PLR2004 - the split POSIX uses


def _with_clock(day: datetime, clock: str | None) -> tuple[datetime | None, Remark]:
    if clock is None:
        return _in_utc(day)
    found = _TIME.fullmatch(clock.strip().lower())
    if not found:
        return None, "unreadable"
    hour, minute, second, fraction, half, zone = found.groups()
    hours = int(hour)
    if half:
        if not 1 <= hours <= _NOON:
            return None, "unreadable"
        hours = hours % _NOON + (_NOON if half == "p" else 0)
    moment = day.replace(
        hour=hours, minute=int(minute), second=int(second or 0), microsecond=int((fraction or "").ljust(6, "0")[:6])
    )
    return _in_utc(moment if zone is None else moment.replace(tzinfo=_zone(zone)))


def _zone(text: str) -> timezone:
    if text in {"z", "utc", "gmt"}:
        return UTC
    span = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(span if text[0] == "+" else -span)


YES = frozenset({
    "1", "1.0", "true", "t", "yes", "y", "on", "x", "checked", "ticked", "opted in", "opt-in", "optin",
    "accepted", "granted",
    "ja", "oui", "si", "sí", "sim", "da", "да", "tak", "ano", "kyllä", "wahr", "vrai", "是", "はい",
    "igen", "evet", "ναι", "так", "네", "예", "نعم", "כן", "ya", "jah", "同意", "동의",
})  # fmt: skip
NO = frozenset({
    "0", "0.0", "false", "f", "no", "n", "off", "unchecked", "unticked", "denied", "declined", "not checked",
    "not ticked", "not selected", "unselected", "not given", "not granted", "not accepted", "not agreed",
    "nein", "non", "nee", "não", "nao", "nej", "nie", "ne", "нет", "ei", "falsch", "faux", "否", "いいえ",
    "nem", "hayır", "όχι", "ні", "не", "nu", "tidak", "không", "아니오", "아니요", "لا", "לא", "不", "無", "停止",
    "拒否", "不要",
    "希望しない", "同意しない", "不同意", "미동의", "거부", "never", "refused", "brak",
})  # fmt: skip
ABSENT = frozenset({
    "", "n/a", "na", "#n/a", "null", "none", "nil", "nan", "undefined", "unknown", "-", "--", "?", "\\n",
})  # fmt: skip
"""Words by which systems write that there is nothing."""
LONGEST_ABSENT = max(map(len, ABSENT))

_NO_DAY = "0000-00-00"
"""How MySQL writes that there is no date."""

_FREE = frozenset({
    "allow", "allowed", "active", "subscribed", "opted in", "opt-in", "optin", "in", "ok", "valid", "never", "keine",
    "not unsubscribed", "not suppressed", "not blocked", "not bounced", "not opted out", "deliverable", "[]", "{}",
    "[ ]", "{ }", '""', "''", "()",
})  # fmt: skip
"""Answers in a column of refusals that say: no refusal, or that there is none in the list."""
_THANKS = re.compile(
    r"(?:no|non|nein|nee|nej|nie|não|nao|нет|ні|nem|ei|ne)"
    r"(?:\s*[,.;:!]+\s*.*|\s+(?:thanks?|thx|thank|danke|merci|gracias|grazie|obrigad|bedankt|tack|tak|kiitos|dziękuję|"
    r"спасибо|longer|more|please|way|i do|i don).*)",
    re.DOTALL,
)
"""How people write a no in a field of their own: ``No, thanks``."""


def read_box(text: str) -> bool | None:
    """A box: ticked, not ticked, or nothing that can be read as either."""
    word = text.strip().casefold()
    return True if word in YES else False if word in NO or (" " in word and _THANKS.fullmatch(word)) else None


def read_stop(text: str) -> bool | None:
    """A column that asks for a stop: an answer nobody can read counts as a stop, the strict side of an unknown.

    Mautic's own rule (``nope`` is a no, so the person is mailable) is the one not to copy.
    """
    word = text.strip().casefold()
    return None if word in ABSENT or word.startswith(_NO_DAY) else word not in NO and word not in _FREE


def read_filled(text: str) -> bool | None:
    """A column that is filled only for people who left (a time, a reason): anything in it is a stop."""
    return True if read_stop(text) else None


def unprotected(text: str) -> str:
    """A cell without what keeps spreadsheets from changing or running it: ``="01020"``, ``'+44 20 ...``, ``'=1``."""
    text = csv_meant(text.strip())
    if text.startswith('="') and text.endswith('"') and len(text) > 2:  # noqa: PLR2004 - the marks themselves
        return text[2:-1].strip()
    return text[1:] if text[:1] == "'" and text[1:2] in _DIGITS else text


def read_coded_phone(text: str) -> str | None:
    """A phone number as systems write it that leave out the plus: digits with the country's code."""
    text = unprotected(text)
    return "+" + text if text.isdigit() and 8 <= len(text) <= 15 and text[0] != "0" else read_phone(text)  # noqa: PLR2004 - digits of E.164


def read_test_id(text: str) -> bool | None:
    """Whether a lead's number is one of Google's for test leads."""
    return True if text.strip().startswith("TeSter-") else None


def read_phone(text: str) -> str | None:
    """A phone number as typed, without Meta's ``p:`` and spreadsheet protection."""
    text = unprotected(text)
    return (text[2:].strip() if text[:2].lower() == "p:" else text) or None
