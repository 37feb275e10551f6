"""Asking: a lead that is held until its person confirms gets its one link, in the transaction that holds it."""

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from gateway.config import Settings
from gateway.confirmation.letter import Letter, write_letter
from gateway.confirmation.limits import KIND, Limits
from gateway.confirmation.tables import confirmations
from gateway.confirmation.terms import FindTerms, FormTerms
from gateway.confirmation.words import language_of
from gateway.db import plain
from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.domain.lead import Batch
from gateway.domain.outcome import Settled
from gateway.domain.screened import Screened
from gateway.mail.outbox import Mail, put
from gateway.mail.sending import host_of
from gateway.outcomes.holds import DEADLINES, questions

_NAMES = (
    "lead_id", "match_key", "source", "token_digest", "purposes", "language", "notice_digest", "state", "asked_at",
    "expires_at", "mail_id",
)  # fmt: skip


def ask(
    work: UnitOfWork,
    batch: Batch,
    screened: Screened,
    settled: Settled,
    *,
    settings: Settings,
    find_terms: FindTerms,
    waited: Collection[int] = (),
) -> int:
    """Write a mail to everybody of a form's batch who has to confirm from now on; how many were written.

    ``waited``: leads that waited for their confirmation before; asked once is asked. Whoever is spared by a limit waits
    like the others; the next signup after the limit asks again.
    """
    if batch.origin.kind != "form":
        return 0
    rows = list(_rows_to_ask(batch, settled, waited))
    terms = find_terms(work.connection, batch.origin.source) if rows else None
    if terms is None:
        return 0
    asker = _Asker(work, batch, screened, settings, terms)
    meant, others = asker.chosen(rows)
    asker.ask(meant)
    # Written and taken back, so that a stranger cannot time who has had a mail of late, or left.
    plain.ask(work.connection, "SAVEPOINT others")
    asker.ask(others)
    plain.ask(work.connection, "ROLLBACK TO SAVEPOINT others")
    plain.ask(work.connection, "RELEASE SAVEPOINT others")
    return len(meant)


def _rows_to_ask(batch: Batch, settled: Settled, waited: Collection[int]) -> Iterator[tuple[int, int, bool]]:
    """Row, lead, and whether they are meant: who signs up costs the same whether they are asked or not, and why not."""
    places = {lead: row for row, lead in enumerate(batch.lead_ids)} if batch.lead_ids is not None else None
    for index, outcome in enumerate(settled.outcomes):
        lead = settled.lead_ids[index]
        if outcome == "hold" and lead not in waited and questions(settled.decisions[index])[0] == "confirm":
            yield (index if places is None else places[lead]), lead, True
        elif places is None:
            yield index, lead, False


class _Person(NamedTuple):
    """Whom a mail can reach."""

    row: int
    lead: int
    key: bytes
    recipient: str


@dataclass(frozen=True, slots=True)
class _Asker:
    """Asks the people of one batch."""

    work: UnitOfWork
    batch: Batch
    screened: Screened
    settings: Settings
    terms: FormTerms

    def chosen(self, rows: Sequence[tuple[int, int, bool]]) -> tuple[list[_Person], list[_Person]]:
        """Who is asked, and who would be as well: all whom a mail could reach, in their order."""
        source, keys = self.batch.origin.source, [self.screened.keys[row] for row, _, _ in rows]
        limits = Limits(self.work.connection, source, keys, at=self.work.at, most=self.terms.mails_an_hour)
        meant: list[_Person] = []
        others: list[_Person] = []
        for row, lead, is_meant in rows:
            person = self._person(row, lead)
            if person is None:
                continue
            if limits.may_ask(person.key) and is_meant:
                limits.count(person.key)
                meant.append(person)
            else:
                others.append(person)
        return meant, others

    def _person(self, row: int, lead: int) -> _Person | None:
        screened = self.screened
        key, address, domain = screened.keys[row], screened.addresses[row], screened.domains[row]
        if key is None or address is None or domain is None:
            return None
        return _Person(row, lead, key, f"{address.rpartition('@')[0]}@{domain}")

    def ask(self, people: Sequence[_Person]) -> None:
        """Write the mail and the question for each of them."""
        if not people:
            return
        work, source = self.work, self.batch.origin.source
        expires_at = work.at + DEADLINES["confirm"]
        mails: list[Mail] = []
        asked: list[tuple[Any, ...]] = []
        for person in people:
            said, purposes = self.batch.column("language")[person.row], self.batch.column("purposes")[person.row]
            language = language_of(said if isinstance(said, str) else None, self.batch.origin.statement.language)
            wording, token = _shown(self.batch, person.row), secrets.token_urlsafe(32)
            letter, headers = self._letter(token, language, wording, expires_at)
            mails.append(Mail(KIND, person.key, source, person.recipient, language, *letter, headers))
            asked.append((
                person.lead, person.key, source, sha256(token.encode()).digest(), purposes or "", language,
                sha256(wording.encode()).hexdigest() if wording else None, "asked", text_of(work.at),
                text_of(expires_at),
            ))  # fmt: skip
        numbers = put(work, mails, host=host_of(self.settings))
        rows = [(*one, number) for one, number in zip(asked, numbers, strict=True)]
        work.insert_many(confirmations, _NAMES, rows)

    def _letter(
        self, token: str, language: str, wording: str | None, expires_at: datetime
    ) -> tuple[Letter, dict[str, str]]:
        settings = self.settings
        base = settings.public_url or f"http://127.0.0.1:{settings.port}"
        not_me_url = f"{base}/not-me/{token}"
        letter = write_letter(
            language, title=self.terms.title, wording=_ours(wording, self.terms),
            confirm_url=f"{base}/confirm/{token}", not_me_url=not_me_url,
            until=expires_at.astimezone(ZoneInfo(settings.zone)).date(),
            sender="\n".join(filter(None, (*settings.sender_names[:1], settings.sender_postal_address))),
        )  # fmt: skip
        headers = {"List-Unsubscribe": f"<{not_me_url}>"}
        if base.startswith("https://"):  # RFC 8058 is for HTTPS alone
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return letter, headers


def _shown(batch: Batch, row: int) -> str | None:
    """The notice that the person saw: as the form sent it, else as the source states it."""
    sent = batch.column("consent_wording")[row]
    return sent if isinstance(sent, str) and sent.strip() else batch.origin.statement.wording


def _ours(wording: str | None, terms: FormTerms) -> str | None:
    """The notice, if it is one of the form's: what a stranger typed in its place reaches nobody's mailbox."""
    if wording is None:
        return None
    folded = " ".join(wording.split())
    return next((ours for ours in terms.wordings if " ".join(ours.split()) == folded), None)
