"""The whole erasure: every row in one transaction, then the files, then the bytes that the database still keeps.

Killed at any moment it goes on by being asked again: rows are done before files are touched, and what is left to do
of the files stands in the table of erasures, by keyed hash and row number alone.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, or_, select, update

from gateway.certificates import book as certificates
from gateway.confirmation import person as confirmation
from gateway.db.scrub import scrub
from gateway.db.work import UnitOfWork, reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.emission import person as emission
from gateway.emission.deliver import way_of
from gateway.emission.destinations.files.erasing import Gone, NotReadableError, forget
from gateway.feedback import person as feedback
from gateway.intake.buying import known, pings
from gateway.intake.inspection import Inspection
from gateway.intake.people.blanking import blank
from gateway.intake.people.uploads import forget_uploads, without_in_name
from gateway.intake.tables import answers, errands, lists, runs, work
from gateway.lifecycle import person as lifecycle
from gateway.mail import person as mail
from gateway.person import erase
from gateway.person.who import Who
from gateway.pipeline import Services
from gateway.suppression import person as suppression

TABLES = (
    "leads", "holds", "prospects", "happenings", "reorders", "mails", "confirmations", "feedback_events",
    "suppressions", "moves", "idempotent_answers", "wordings", "lists", "runs", "work", "errands", "erasures",
    "known_hashes", "buying_pings", "certificates", "certificate_questions", "certificate_answers", "deliveries",
    "list_drafts",
)  # fmt: skip
LONGEST_WHY = 500
log = logging.getLogger(__name__)
_TEXTS = (
    (lists, ("file_name", "inspection")), (runs, ("error",)), (work, ("error",)), (errands, ("error",)),
)  # fmt: skip
"""Words of intake's own that may quote a row."""


def foresee(services: Services, address: str) -> dict[str, Any]:
    """What erasing would empty, in counts; nothing is written. Raises CallerError for a text that is no address."""
    who = Who.of(address, services.world.match_keys)
    with reading(services.engine, snapshot=True) as connection:
        found = erase.look(connection, who)
        return {
            "spellings": sorted(who.spellings), "leads": len(found.own), "named_in": len(found.named),
            "prospects": int(lifecycle.tell(connection, who.key) is not None),
            "mails": len(mail.tell(connection, who.key)),
            "confirmations": len(confirmation.tell(connection, who.key)),
            "reports": len(feedback.tell(connection, who.key)),
            "certificates": len(certificates.tell(connection, who.key)),
            "orders": len(suppression.tell(connection, who.key)),
            "lists": {f"list_{number}": len(rows) for number, rows in found.places.items()},
        }  # fmt: skip


def erase_person(
    services: Services, address: str, *, why: str, by: str, within: Callable[[UnitOfWork], None] | None = None
) -> dict[str, Any]:
    """Erase whoever has this address; the account of it, in counts. Raises CallerError for a text that is none.

    ``within``: what is to be written in the same transaction.
    """
    who = Who.of(address, services.world.match_keys)
    _check(why)
    with reading(services.engine) as connection:
        found = erase.look(connection, who)  # reads every lead; nobody waits for it
    with services.unit_of_work() as unit:
        hashes = known.forget(unit, who.key) + pings.forget(unit, services.world.match_keys, who.spellings)
        number = emission.number_of(unit.connection, who.key)
        told = emission.erase(unit, who.key)  # while their number is still found by the key
        rows = erase.erase_rows(unit, services.ledger, who, found, by=by)
        rows["deliveries"] = told
        rows["feedback_events"] = feedback.erase(unit, who.key)
        rows["hashes"] = hashes
        rows["certificates"] = certificates.erase(unit, who.key)
        rows["kept_answers"] = _forget_answers(unit, who, found.own)
        rows["texts"] = _rewrite_texts(unit, who)
        account = {"rows": rows, "lists": found.places, "prospects": [] if number is None else [number]}
        noted = erase.note(unit, services.ledger, who, account, by=by, why=why)
        if within is not None:
            within(unit)
    return _finish(services, noted, who)


def finish_erasures(services: Services) -> int:
    """Do what is left of erasures that were cut off; how many are done now. For the workers: it needs no address."""
    with reading(services.engine) as connection:
        open_ones = erase.find_unfinished(connection)
    return sum(_finish(services, one, Who(one.key, services.world.match_keys))["done"] for one in open_ones)


def _finish(services: Services, noted: erase.Open, who: Who) -> dict[str, Any]:
    """Do the files. Two may be at it at once, a worker and who asked: what one has done the other finds done."""
    account = noted.account
    with reading(services.engine) as connection:
        some = connection.execute(select(lists).where(lists.c.file_path.is_not(None)).order_by(lists.c.id)).all()
    places: Mapping[str, Sequence[int]] = account["lists"]
    files = {"rows": 0, "removed": 0, "dropped": 0, "uploads": forget_uploads(services, who)}
    for row in some:
        _clear_list(services, row, who, set(places.get(str(row.id), ())), files)
    is_done = _clear_drops(services, account.get("prospects", ()), who, files)
    is_done = scrub(services.engine, who.spellings or None, TABLES) and is_done
    told = {"erasure": noted.number, "rows": account["rows"], "files": files, "done": is_done}
    if is_done:
        with services.unit_of_work() as unit:
            kept_account = {"rows": account["rows"], "files": files, "why": account["why"]}
            erase.finish(unit, services.ledger, noted.number, kept_account)
        # The row numbers, which that replaced, go with the journal too.
        scrub(services.engine, (), ("erasures",))
    return told


def _clear_drops(services: Services, numbers: Sequence[int], who: Who, files: dict[str, int]) -> bool:
    """What was put into folders of ours for others and still lies there; whether all of it is done."""
    with reading(services.engine) as connection:
        busy, is_told = emission.find_busy(connection, numbers, services.clock.now())
    if is_told:
        return False  # the workers finish it: finish_erasures
    gone = Gone({f"prospect_{number}" for number in numbers}, who, busy)
    try:
        files["dropped"] += forget(way_of(services).drops, gone, services.clock.now())
    except NotReadableError as error:
        log.warning("erasure: %s", error)
        return False
    return True


def _clear_list(services: Services, row: Any, who: Who, numbers: set[int], files: dict[str, int]) -> None:
    """One list's text without the person's rows; the file that the text was made of goes, for it is packed."""
    data = services.settings.data
    blanked = blank(
        data / (row.text_path or row.file_path), Inspection.from_dict(json.loads(row.inspection)), who, numbers
    )
    files["rows"] += blanked
    if not row.text_path or not (blanked or numbers):
        return
    original = data / row.file_path
    if original.exists():
        with services.unit_of_work() as unit:
            _note_removed(unit, row.file_path)
        original.unlink(missing_ok=True)
        files["removed"] += 1


def _note_removed(unit: UnitOfWork, path: str) -> None:
    """Say with every list that came in a file that the file is gone."""
    note = (
        f"The file itself was removed on {unit.at.date()}: a person in it was erased. The rows read from it are kept."
    )
    for row in unit.connection.execute(select(lists.c.id, lists.c.inspection).where(lists.c.file_path == path)).all():
        found = Inspection.from_dict(json.loads(row.inspection))
        if note not in found.notes:
            kept = json.dumps(replace(found, notes=(*found.notes, note)).as_dict())
            unit.connection.execute(update(lists).where(lists.c.id == row.id).values(inspection=kept))


def _forget_answers(unit: UnitOfWork, who: Who, own: Sequence[int]) -> int:
    """Kept answers that name the person's leads, or that were kept under the address itself."""
    named = [answers.c.body.contains(f'"lead_{lead}"') for lead in own]
    spelt = [answers.c[name].icontains(one, autoescape=True) for one in who.spellings for name in ("key", "body")]
    gone = 0
    for start in range(0, len(named), 200):
        gone += unit.connection.execute(delete(answers).where(or_(*named[start : start + 200]))).rowcount
    return gone + unit.connection.execute(delete(answers).where(or_(*spelt))).rowcount


def _rewrite_texts(unit: UnitOfWork, who: Who) -> int:
    changed = 0
    for table, names in _TEXTS:
        keys = list(table.primary_key)
        for name in names:
            told = or_(*(table.c[name].icontains(domain, autoescape=True) for domain in who.domains))
            for row in unit.connection.execute(select(*keys, table.c[name]).where(told)).all():
                *key, text = row
                left = _without(who, name, text)
                if left != text:
                    here = [column == value for column, value in zip(keys, key, strict=True)]
                    unit.connection.execute(update(table).where(*here).values({name: left}))
                    changed += 1
    return changed


def _without(who: Who, column: str, text: str) -> str:
    if column == "file_name":
        return without_in_name(who, text)
    if column != "inspection":
        return who.without(text)
    found = json.loads(who.without_json(text))
    if isinstance(named := found.get("name"), str):
        found["name"] = without_in_name(who, named)
    return text if found == json.loads(text) else json.dumps(found)


def _check(why: str) -> None:
    problems = []
    if not why.strip():
        problems.append(Problem("missing", "say why, as in: asked for by letter of 2 May", field="why"))
    if "@" in why or len(why) > LONGEST_WHY:
        message = phrase(
            "at most %(longest_why)s characters, and no address: the reason outlives the person's data",
            longest_why=LONGEST_WHY,
        )
        problems.append(Problem("contains_address", message, field="why"))
    if problems:
        raise CallerError(problems)
