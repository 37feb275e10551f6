"""The notice book: what each form has shown to people, by language and version, kept for ever and known by digest."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from gateway.db.base import instant_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.domain.wording import wording_of
from gateway.intake.tables import notices, source_notices
from gateway.wordings.book import User, keep

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}", re.ASCII)  # as tags of BCP 47 are written
LONGEST_NOTICE = 20_000
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ROWS = (
    select(source_notices, notices.c.text)
    .join(notices, notices.c.digest == source_notices.c.digest)
    .order_by(source_notices.c.language, source_notices.c.version)
)
_BY_DIGEST = (
    "SELECT language, version, since, text FROM source_notices JOIN notices ON notices.digest = source_notices.digest "
    "WHERE source = ? AND source_notices.digest = ?"
)


@dataclass(frozen=True, slots=True)
class Notice:
    """The words of a form in one language, of one version."""

    language: str
    version: int
    digest: str  # SHA-256 of the words in UTF-8
    text: str
    since: datetime


def plain_lines(text: str) -> str:
    """The words as they are kept: browsers and editors end lines in ways of their own."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def digest_of(text: str) -> str:
    """How a notice is known."""
    return sha256(plain_lines(text).encode()).hexdigest()


def keep_notice(work: UnitOfWork, source: str, language: str, text: str) -> Notice:
    """The words a form shows from now on in this language: a new version, unless it shows these already.

    Raises CallerError for no words, too many, or a language that is none.
    """
    words = plain_lines(text)
    problems = [] if LANGUAGE.fullmatch(language) else [bad_language(language)]
    if not words or len(words) > LONGEST_NOTICE:
        problems.append(
            Problem(
                "bad_notice",
                phrase("a notice has 1 to %(longest_notice)s characters", longest_notice=f"{LONGEST_NOTICE:,}"),
                "text",
            )
        )
    if problems:
        raise CallerError(problems, title="The notice has problems")
    digest = digest_of(words)
    now = next((one for one in current_notices(work.connection, source) if one.language == language), None)
    if now is not None and now.digest == digest:
        return now
    known = work.connection.execute(select(notices.c.digest).where(notices.c.digest == digest)).first()
    if known is None:
        work.connection.execute(insert(notices).values(digest=digest, text=words, kept_at=work.at))
    version = 1 if now is None else now.version + 1
    work.connection.execute(
        insert(source_notices).values(source=source, language=language, version=version, digest=digest, since=work.at)
    )
    if (wording := wording_of(words)) is not None:
        keep(work, User(source, "form"), [(wording, 0)])
    return Notice(language, version, digest, words, work.at)


def bad_language(language: str) -> Problem:
    """What is wrong with a language that is none."""
    message = phrase("write a language as en, pt-BR or zh-Hant; got %(language)s", language=repr(language[:40]))
    return Problem("bad_language", message, "language")


def current_notices(connection: Connection, source: str) -> list[Notice]:
    """What a form shows now, by language."""
    newest = (
        select(source_notices.c.language, func.max(source_notices.c.version).label("version"))
        .where(source_notices.c.source == source)
        .group_by(source_notices.c.language)
        .subquery()
    )
    rows = _ROWS.where(source_notices.c.source == source).join(
        newest,
        (newest.c.language == source_notices.c.language) & (newest.c.version == source_notices.c.version),
    )
    return [_notice(row) for row in connection.execute(rows)]


def all_notices(connection: Connection, source: str) -> list[Notice]:
    """What a form has ever shown, by language and version."""
    return [_notice(row) for row in connection.execute(_ROWS.where(source_notices.c.source == source))]


def find_notice(connection: Connection, source: str, digest: str) -> Notice | None:
    """The words of this digest, if the form ever showed them: the newest of them, where several versions are alike."""
    if not DIGEST.fullmatch(digest):
        return None
    return newest(digest, ask(connection, _BY_DIGEST, (source, digest)))


def newest(digest: str, rows: Iterable[Sequence[Any]]) -> Notice | None:
    """The newest version of these words; a row is language, version, since and text, as the driver gives them."""
    found = [Notice(language, version, digest, text, instant_of(since)) for language, version, since, text in rows]
    return max(found, key=lambda one: (one.since, one.version), default=None)


def choose_notice(shown: Iterable[Notice], wanted: str, usual: str | None) -> Notice | None:
    """The notice in the wanted language or one like it, else in the form's usual language, else any."""
    by_language = {one.language.lower(): one for one in shown}
    for language in (wanted, usual or ""):
        tag = language.lower()
        near = sorted(name for name in by_language if name.partition("-")[0] == tag.partition("-")[0])
        for name in (tag, tag.partition("-")[0], *near):
            if name in by_language:
                return by_language[name]
    return next(iter(by_language.values()), None)


def _notice(row: Row[tuple[object, ...]]) -> Notice:
    return Notice(row.language, row.version, row.digest, row.text, row.since)
