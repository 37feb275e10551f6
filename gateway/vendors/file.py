"""A vendor's file: who it is, what it signed, where it is registered, what it answered for all its lists.

Every note says from when until when it holds, when and by whom it was noted, and on what evidence. Notes are added,
never changed: a later one about the same thing stands instead, and one that is taken back stays readable. What has
expired is no stale answer but none: from the day after, nobody knows.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, insert, select, update

from gateway.db.plain import ask_one
from gateway.db.work import UnitOfWork
from gateway.domain.lead import CHAIN_DUTIES, Attestation
from gateway.domain.phrase import phrase
from gateway.domain.ports import VendorFile, said_alike
from gateway.domain.problem import CallerError, Problem
from gateway.vendors.book import find_number, fold, note_vendor
from gateway.vendors.tables import notes, vendors

Kind = Literal["identity", "attestation", "registration", "drop_run", "answer"]
KINDS: tuple[Kind, ...] = ("identity", "attestation", "registration", "drop_run", "answer")
IDENTITY = {
    "legal_name": phrase("Legal name"), "address": phrase("Postal address"), "country": phrase("Country"),
    "contact": phrase("Whom to turn to, by role"), "register_number": phrase("Number in the companies' register"),
}  # fmt: skip
"""What is noted of who a vendor is. No person by name and no e-mail address: the file is about a company."""
ANSWERS = {
    "data_broker": phrase("Does it sell people it has no dealings with itself (a data broker)?"),
    "privacy_terms": phrase("Does the contract hold the terms that privacy law asks for?"),
    "chain_duties": phrase("What is arranged along the chain for a yes to companies not yet known?"),
}
"""The questions of a manifest whose answer holds for all lists of a vendor, with registrations, the DROP run and
attestations."""
STATES = ("CA", "OR", "TX", "VT")
FIRST_YEAR, LAST_YEAR = 2019, 2100  # Vermont's register is the oldest
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Note:
    """One thing in a vendor's file as it stands now, or stood."""

    number: int
    vendor: str
    kind: str
    name: str
    value: dict[str, Any]
    from_on: date | None
    until_on: date | None  # the last day
    withdrawn: bool
    noted_at: datetime
    by: str
    evidence: str | None
    why: str | None

    def holds_on(self, day: date) -> bool:
        """Whether somebody may rely on it on a day."""
        return (
            not self.withdrawn
            and (self.from_on is None or self.from_on <= day)
            and (self.until_on is None or day <= self.until_on)
        )


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be noted. ``name`` is which of its kind; of attestations and the DROP run it is made here."""

    kind: str
    value: Mapping[str, Any]
    name: str = ""
    from_on: date | None = None
    until_on: date | None = None


def note(work: UnitOfWork, vendor: str, told: Told, *, by: str, evidence: str | None = None) -> int:
    """Add a note to the vendor's file; its number. A vendor not heard of before is registered. Raises CallerError."""
    name, value = _checked(told, work.at.date())
    note_vendor(work, vendor)
    vendor_id = find_number(work.connection, vendor)
    same = (notes.c.vendor_id == vendor_id) & (notes.c.kind == told.kind) & (notes.c.name == name)
    number: int | None = work.connection.execute(select(notes.c.number).where(same).limit(1)).scalar()
    return _add(work, number, {
        "vendor_id": vendor_id, "kind": told.kind, "name": name, "value": json.dumps(value, ensure_ascii=False),
        "from_on": told.from_on and told.from_on.isoformat(), "until_on": told.until_on and told.until_on.isoformat(),
        "withdrawn": False, "by": by, "evidence": (evidence or "").strip() or None, "why": None,
    })  # fmt: skip


def withdraw(work: UnitOfWork, number: int, why: str, *, by: str, evidence: str | None = None) -> Note:
    """Take a note back: from now on nobody relies on it; what was noted stays readable. Raises CallerError."""
    found = find_note(work.connection, number)
    if found is None or found.withdrawn:
        message = phrase("note_%(number)s is in no file, or was taken back already", number=number)
        raise CallerError([Problem("unknown_note", message)], 404, "Not found")
    if not why.strip() or "@" in why:
        message = phrase("Say why it no longer holds; no addresses: the reason is kept for ever")
        raise CallerError([Problem("missing" if not why.strip() else "contains_address", message, field="why")])
    _add(work, number, {
        "vendor_id": find_number(work.connection, found.vendor), "kind": found.kind, "name": found.name,
        "value": json.dumps(found.value, ensure_ascii=False), "from_on": found.from_on and found.from_on.isoformat(),
        "until_on": found.until_on and found.until_on.isoformat(), "withdrawn": True, "by": by,
        "evidence": (evidence or "").strip() or None, "why": " ".join(why.split()),
    })  # fmt: skip
    return found


def find_note(connection: Connection, number: int) -> Note | None:
    """A note as it stands now; None: there is none."""
    found = list(_notes(connection, _present().where(notes.c.number == number)))
    return found[0] if found else None


def notes_of(connection: Connection, vendor: str) -> list[Note]:
    """Everything in a vendor's file as it stands now, in the order it was first noted; also expired and taken back."""
    return list(_notes(connection, _present().where(vendors.c.folded == fold(vendor)).order_by(notes.c.number)))


def versions_of(connection: Connection, vendor: str) -> list[Note]:
    """Every note that was ever made in the file, oldest first."""
    return list(_notes(connection, _versions().where(vendors.c.folded == fold(vendor)).order_by(notes.c.id)))


def ending(connection: Connection, *, since: date, until: date) -> list[Note]:
    """What expires in a span of days, the soonest first."""
    days = notes.c.until_on.between(since.isoformat(), until.isoformat()) & notes.c.withdrawn.is_(False)
    return list(_notes(connection, _present().where(days).order_by(notes.c.until_on, notes.c.number)))


def file_on(connection: Connection, vendor: str, day: date) -> VendorFile:
    """What the file says on a day, for judging. A vendor never heard of has an empty one.

    Asked with every batch, and a lead sold alone is one: rows are only added, so the newest tells whether it changed.
    """
    newest = (
        f"SELECT max(id) FROM {notes.name} "  # noqa: S608 - our own names
        f"WHERE vendor_id = (SELECT id FROM {vendors.name} WHERE folded = ?)"
    )
    number = ask_one(connection, newest, (fold(vendor),))
    if number is None:
        return VendorFile()
    kept = _READ.setdefault(connection.engine, {})
    if (number, day) not in kept:
        if len(kept) >= _MOST_READ:
            kept.clear()
        kept[number, day] = _read(notes_of(connection, vendor), day)
    return kept[number, day]


_READ: WeakKeyDictionary[Engine, dict[tuple[int, date], VendorFile]] = WeakKeyDictionary()
_MOST_READ = 1_000


def _read(found: list[Note], day: date) -> VendorFile:
    held = [one for one in found if one.holds_on(day)]
    answers = {one.name: one.value.get("is") for one in held if one.kind == "answer"}
    registered = [(one.value, one.value["registered"]) for one in held if one.kind == "registration"]
    runs = [date.fromisoformat(one.value["on"]) for one in held if one.kind == "drop_run"]
    duties = answers.get("chain_duties")
    standing = {one.name for one in held if one.kind == "attestation"}
    return VendorFile(
        attestations=tuple(_attestation(one.value) for one in held if one.kind == "attestation"),
        withdrawn=frozenset(one.name for one in found if one.kind == "attestation" and one.withdrawn) - standing,
        registrations=tuple((value["state"], value["year"]) for value, is_there in registered if is_there),
        not_registered=frozenset((value["state"], value["year"]) for value, is_there in registered if not is_there),
        drop_run_on=max((run for run in runs if run <= day), default=None),
        data_broker=answers.get("data_broker"),
        privacy_terms=answers.get("privacy_terms"),
        chain_duties=None if duties is None else frozenset(duties),
    )


def _attestation(value: Mapping[str, Any]) -> Attestation:
    return Attestation(value["says"], value["signed_by"], date.fromisoformat(value["on"]))


def _add(work: UnitOfWork, number: int | None, values: dict[str, Any]) -> int:
    made: int = work.connection.execute(
        insert(notes).values(**values, number=number or 0, noted_at=work.at).returning(notes.c.id)
    ).scalar_one()
    if number is None:  # its first version: its own id, which nobody knew before
        work.connection.execute(update(notes).where(notes.c.id == made).values(number=made))
    return number or made


def _versions() -> Any:
    return select(notes, vendors.c.name.label("vendor")).join(vendors, vendors.c.id == notes.c.vendor_id)


def _present() -> Any:
    newest = select(func.max(notes.c.id)).where(notes.c.vendor_id == vendors.c.id).group_by(notes.c.number)
    return _versions().where(notes.c.id.in_(newest.correlate(vendors)))


def _notes(connection: Connection, query: Any) -> Iterable[Note]:
    for row in connection.execute(query):
        yield Note(
            row.number, row.vendor, row.kind, row.name, json.loads(row.value), _day(row.from_on), _day(row.until_on),
            row.withdrawn, row.noted_at, row.by, row.evidence, row.why,
        )  # fmt: skip


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


# --- what may be noted


def _checked(told: Told, today: date) -> tuple[str, dict[str, Any]]:
    """The name under which it is kept and its value in one form. Raises CallerError with every problem."""
    wrong: list[tuple[str, str, str]] = []
    if told.kind not in KINDS:
        wrong.append(("unknown_kind", "kind", phrase("A note is one of %(kinds)s", kinds=", ".join(KINDS))))
    if told.from_on and told.until_on and told.until_on < told.from_on:
        wrong.append(("ends_before_it_begins", "until", phrase("It holds until a day on or after the first")))
    if not wrong:
        name, value = _READERS[told.kind](told, today, wrong)
    if wrong:
        raise CallerError([Problem(code, message, field=field) for code, field, message in wrong])
    return name, value


_Wrong = list[tuple[str, str, str]]


def _identity(told: Told, _: date, wrong: _Wrong) -> tuple[str, dict[str, Any]]:
    if told.name not in IDENTITY:
        wrong.append(
            (
                "unknown_name",
                "name",
                phrase("Of who a vendor is there is noted: %(identity)s", identity=", ".join(IDENTITY)),
            )
        )
    text = _text(told.value, "is", wrong)
    if "@" in text:
        message = phrase("No e-mail address: write the role, such as data protection officer")
        wrong.append(("contains_address", "is", message))
    return told.name, {"is": text}


def _attested(told: Told, today: date, wrong: _Wrong) -> tuple[str, dict[str, Any]]:
    says, signer = _text(told.value, "says", wrong), _text(told.value, "signed_by", wrong)
    on = _date(told.value, "on", wrong)
    if on > today:
        wrong.append(("in_the_future", "on", phrase("A statement was signed today or before")))
    if "@" in says + signer:
        wrong.append(("contains_address", "says", phrase("No e-mail address: write the signer's role or name")))
    return said_alike(says), {"says": says, "signed_by": signer, "on": on.isoformat()}


def _registered(told: Told, _: date, wrong: _Wrong) -> tuple[str, dict[str, Any]]:
    state, year = str(told.value.get("state", "")).strip().upper(), told.value.get("year")
    if state not in STATES:
        wrong.append(
            (
                "unknown_state",
                "state",
                phrase("Registers of data brokers are kept by %(states)s", states=", ".join(STATES)),
            )
        )
    if isinstance(year, bool) or not isinstance(year, int) or not FIRST_YEAR <= year <= LAST_YEAR:
        wrong.append(("out_of_range", "year", phrase("The year of a registration has four digits")))
    return f"{state} {year}", {"state": state, "year": year, "registered": told.value.get("registered") is not False}


def _ran(told: Told, today: date, wrong: _Wrong) -> tuple[str, dict[str, Any]]:
    on = _date(told.value, "on", wrong)
    if on > today:
        wrong.append(("in_the_future", "on", phrase("The run has happened: today or before")))
    return on.isoformat(), {"on": on.isoformat()}


def _answered(told: Told, _: date, wrong: _Wrong) -> tuple[str, dict[str, Any]]:
    said = told.value.get("is")
    if told.name not in ANSWERS:
        wrong.append(
            (
                "unknown_name",
                "name",
                phrase("For all lists of a vendor there is answered: %(answers)s", answers=", ".join(ANSWERS)),
            )
        )
    elif told.name == "chain_duties":
        said = sorted(set(said)) if isinstance(said, list | tuple | set | frozenset) else None
        if said is None or not set(said) <= set(CHAIN_DUTIES):
            wrong.append(
                (
                    "unknown_choice",
                    "is",
                    phrase("Name those that are arranged: %(chain_duties)s", chain_duties=", ".join(CHAIN_DUTIES)),
                )
            )
    elif not isinstance(said, bool):
        wrong.append(("unknown_choice", "is", phrase("Answer yes or no")))
    return told.name, {"is": said}


_READERS = {
    "identity": _identity, "attestation": _attested, "registration": _registered, "drop_run": _ran,
    "answer": _answered,
}  # fmt: skip


def _text(value: Mapping[str, Any], key: str, wrong: _Wrong) -> str:
    text = " ".join(str(value.get(key) or "").split())
    if not text or len(text) > LONGEST:
        wrong.append(("missing" if not text else "too_long", key, f"Say it in up to {LONGEST} characters"))
    return text


def _date(value: Mapping[str, Any], key: str, wrong: _Wrong) -> date:
    said = value.get(key)
    try:
        return said if isinstance(said, date) else date.fromisoformat(str(said))
    except ValueError:
        wrong.append(("not_a_day", key, phrase("Write a day as 2026-11-22")))
        return date.min
