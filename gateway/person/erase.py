"""Whoever asks for it is erased: first every row, in one transaction; of the files only what is left to do is known.

What stays is a tombstone, the keyed hash by which the person is never taken in again, and counts. A lead whose own
address is the erased one is emptied; a lead of another address that names it loses the address and nothing else,
because it is another mailbox's.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select, update

from gateway.confirmation import person as confirmation
from gateway.db.work import UnitOfWork
from gateway.domain.ports import ERASURE, Suppression
from gateway.domain.wording import wording_of
from gateway.ledger.book import Ledger
from gateway.lifecycle import person as lifecycle
from gateway.mail import person as mail
from gateway.outcomes import person as outcomes
from gateway.outcomes.leave import leave
from gateway.person.tables import erasures
from gateway.person.who import Who, texts_in
from gateway.suppression import person as suppression
from gateway.suppression.moves import forget_moves
from gateway.wordings.book import forget

ROWS, DONE = "rows", "done"


@dataclass(frozen=True, slots=True)
class Open:
    """An erasure whose files are still to be done."""

    number: int
    key: bytes
    account: dict[str, Any]  # counts, rows of lists, why


@dataclass(slots=True)
class Found:
    """The leads of a person, and what others' leads are to say without them."""

    own: list[int] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)  # list's number -> rows of it
    named: dict[int, str] = field(default_factory=dict)  # lead -> what arrived, without the address
    words: Counter[str] = field(default_factory=Counter)  # in how many of their own leads which wordings stand
    last: int = 0  # leads behind this number were not looked at


def look(connection: Connection, who: Who, found: Found | None = None) -> Found:
    """The leads of a person; those that ``found`` does not know yet. ``who`` learns the spellings that stand there."""
    seen = found or Found()
    seen.own = outcomes.find_ids(connection, who.key)
    who.learn([lifecycle.find_address(connection, who.key), *mail.find_recipients(connection, who.key)])
    seen.places, seen.words = {}, Counter()
    for row in outcomes.find_rows(connection, seen.own):
        texts = list(texts_in(json.loads(row.as_arrived)))
        who.learn([row.address, *texts])
        seen.words.update({one.digest for text in texts if (one := wording_of(text))})
        if row.origin_kind == "list":
            seen.places.setdefault(row.source, []).append(row.number)
    own = set(seen.own)
    after, seen.last = seen.last, outcomes.last_lead(connection)
    for lead, arrived in outcomes.find_with(connection, who.domains, after):
        if lead not in own and (left := who.without_json(arrived)) != arrived:
            seen.named[lead] = left
    for lead in own & seen.named.keys():  # became theirs meanwhile
        del seen.named[lead]
    return seen


def erase_rows(work: UnitOfWork, ledger: Ledger, who: Who, found: Found, *, by: str) -> dict[str, int]:
    """Write the tombstone, then empty every row of the rooms that the person is in; how many of each."""
    look(work.connection, who, found)  # once more, now that nobody else writes
    leave(work, ledger, [Suppression(who.key, ERASURE, work.at)], by=by, scope="all")
    fields = {
        lead: left
        for lead, text in outcomes.find_waiting_fields(work.connection, list(found.named)).items()
        if (left := who.without_json(text)) != text
    }
    outcomes.rewrite_leads(work, found.named)
    outcomes.rewrite_fields(work, fields)
    return {
        "leads": outcomes.empty_leads(work, found.own),
        "named_in": len(found.named),
        "prospects": lifecycle.erase(work, who.key),
        "mails": mail.erase(work, who.key),
        "confirmations": confirmation.erase(work, who.key),
        "notes": suppression.erase_notes(work, who.key),
        "moves": forget_moves(work, who.key),
        "wordings": forget(work, found.words),
    }


def note(work: UnitOfWork, ledger: Ledger, who: Who, account: Mapping[str, Any], *, by: str, why: str) -> Open:
    """Write the erasure down, its files still to be done, with counts only."""
    earlier = [one for one in find_unfinished(work.connection) if one.key == who.key]
    told = dict(account)
    for one in earlier:  # cut off before its files were done; this one does them too
        for number, rows in one.account["lists"].items():
            told["lists"] = {**told["lists"], number: sorted({*told["lists"].get(number, ()), *rows})}
        told["prospects"] = sorted({*told.get("prospects", ()), *one.account.get("prospects", ())})
        done = update(erasures).where(erasures.c.id == one.number)
        work.connection.execute(done.values(state=DONE, ended_at=work.at, account="{}"))
    told["why"] = why
    new = insert(erasures).values(match_key=who.key, state=ROWS, asked_at=work.at, by=by, account=json.dumps(told))
    number = int(work.connection.execute(new.returning(erasures.c.id)).scalar_one())
    ledger.append(work, "person.erased", {"erasure": number, "rows": told["rows"], "by": by})
    return Open(number, who.key, told)


def find_of(connection: Connection, key: bytes) -> list[dict[str, Any]]:
    """The erasures of whoever had this match key, in order: when, by whom, why, and how much went."""
    query = select(erasures).where(erasures.c.match_key == key).order_by(erasures.c.id)
    found = [(row, json.loads(row.account)) for row in connection.execute(query)]
    return [
        {
            "erasure": row.id, "asked_at": row.asked_at, "ended_at": row.ended_at, "by": row.by,
            "is_done": row.state == DONE, "why": told.get("why", ""), "rows": told.get("rows", {}),
            "files": told.get("files", {}),
        }
        for row, told in found
    ]  # fmt: skip


def is_unfinished(connection: Connection) -> bool:
    """Whether the files of an erasure are still to be done."""
    return connection.execute(select(erasures.c.id).where(erasures.c.state == ROWS).limit(1)).first() is not None


def find_unfinished(connection: Connection) -> list[Open]:
    """Erasures whose files are still to be done."""
    query = select(erasures.c.id, erasures.c.match_key, erasures.c.account).where(erasures.c.state == ROWS)
    rows = connection.execute(query.order_by(erasures.c.id))
    return [Open(row.id, bytes(row.match_key), json.loads(row.account)) for row in rows]


def finish(work: UnitOfWork, ledger: Ledger, number: int, account: Mapping[str, Any]) -> None:
    """The files are done too; which rows of which list they were is forgotten. Done already, nothing changes."""
    done = (
        update(erasures).where(erasures.c.id == number, erasures.c.state == ROWS)
        .values(state=DONE, ended_at=work.at, account=json.dumps(account)).returning(erasures.c.id)
    )  # fmt: skip
    if work.connection.execute(done).one_or_none() is not None:
        ledger.append(work, "person.erased_from_files", {"erasure": number, "files": account.get("files", {})})
