"""The sources room: forms that may post signups, what each states for all of its leads, who may read the answers."""

import json
import re
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, insert, select, update

from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.domain.lead import Statement
from gateway.domain.phrase import phrase
from gateway.domain.ports import BRAND_IS, is_brand
from gateway.domain.problem import CallerError, Problem
from gateway.domain.wire import statement_from_json, statement_to_json
from gateway.intake.formsettings import Form, problems_of_settings
from gateway.intake.notices import DIGEST, LANGUAGE, LONGEST_NOTICE, Notice, bad_language, keep_notice, newest
from gateway.intake.tables import sources

_COLUMNS = ("key", "title", "statement", "published", "requires_tick", "origins", "redirects", "form")
_ROWS = f"SELECT {', '.join(_COLUMNS)} FROM {sources.name}"  # noqa: S608 - our own names
_WITH_NOTICE = (
    f"SELECT {', '.join(f'{sources.name}.{name}' for name in _COLUMNS)}, "  # noqa: S608 - our own names
    f"language, version, since, text FROM {sources.name} LEFT JOIN source_notices "
    f"ON source_notices.source = {sources.name}.key AND source_notices.digest = ? "
    f"LEFT JOIN notices ON notices.digest = source_notices.digest WHERE {sources.name}.key = ?"
)
_LIST = re.compile(r"list_[0-9]+", re.ASCII)  # orders not to write name a list so
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?", re.ASCII)
BOXES = frozenset({"unticked_box", "preticked_box"})


@dataclass(frozen=True, slots=True)
class Source:
    """A form: its key, whether strangers may post to it, and what it says of every lead."""

    key: str
    title: str
    statement: Statement
    published: bool = False
    requires_tick: bool = True
    origins: tuple[str, ...] = ()  # web origins whose scripts may read our answers (CORS)
    received_url: str | None = None  # where a browser goes after a signup; None: our own thank-you page
    problems_url: str | None = None  # where it goes when something is to be mended; None: our own page
    form: Form = field(default_factory=Form)

    def stated(self, sensitive_columns: tuple[str, ...]) -> Statement:
        """What it says of a lead whose questions of these names are sensitive."""
        return replace(self.statement, sensitive_columns=sensitive_columns) if sensitive_columns else self.statement

    @property
    def has_box(self) -> bool:
        """Whether the form shows a box, so that its absence in a post means: not ticked."""
        return self.requires_tick or self.statement.consent_act in BOXES


def create_source(work: UnitOfWork, source: Source) -> None:
    """Write a form down, and its wording in the notice book. Raises CallerError with everything that is wrong."""
    problems = _problems(source)
    if not problems and find_source(work.connection, source.key) is not None:
        problems = [Problem("source_exists", phrase("there is a source %(key)s already", key=repr(source.key)), "key")]
    if problems:
        raise CallerError(problems, title="The source has problems")
    work.connection.execute(insert(sources).values(key=source.key, created_at=work.at, **_cells(source)))
    _keep_wording(work, source)


def change_source(work: UnitOfWork, source: Source) -> list[str]:
    """Write a form down as it is now; the names of what changed. Another wording is a new version of its notice.

    Raises CallerError with everything that is wrong, or if there is no such form.
    """
    problems = _problems(source)
    before = find_source(work.connection, source.key)
    if before is None:
        raise unknown_source(source.key)
    if problems:
        raise CallerError(problems, title="The source has problems")
    work.connection.execute(update(sources).where(sources.c.key == source.key).values(**_cells(source)))
    _keep_wording(work, source)
    was, now = _named(before), _named(source)
    return sorted(name for name in now if was.get(name) != now[name])


def unknown_source(key: str) -> CallerError:
    """The 404 for a form that is not there."""
    message = phrase("there is no source %(key)s", key=repr(key))
    return CallerError([Problem("unknown_source", message, "key")], 404, "Not Found")


def _named(source: Source) -> dict[str, Any]:
    top = asdict(source)
    form, statement = top.pop("form"), top.pop("statement")
    return {**statement, **form, **top}


def _keep_wording(work: UnitOfWork, source: Source) -> None:
    if source.statement.wording:
        keep_notice(work, source.key, source.statement.language or "en", source.statement.wording)


def _cells(source: Source) -> dict[str, Any]:
    return {
        "title": source.title,
        "published": source.published,
        "origins": json.dumps(source.origins),
        "statement": statement_to_json(source.statement),
        "requires_tick": source.requires_tick,
        "redirects": json.dumps({"received": source.received_url, "problems": source.problems_url}),
        "form": json.dumps(asdict(source.form)),
    }


def find_source(connection: Connection, key: str) -> Source | None:
    """The form of this key, published or not. Text that can be no key is not looked for."""
    if not _KEY.fullmatch(key):
        return None
    rows = ask(connection, f"{_ROWS} WHERE key = ?", (key,))
    return _source(rows[0]) if rows else None


def find_with_notice(connection: Connection, key: str, digest: str) -> tuple[Source | None, Notice | None]:
    """find_source and find_notice in one question: every signup asks both, and its thread waits for each."""
    if not _KEY.fullmatch(key):
        return None, None
    rows = ask(connection, _WITH_NOTICE, (digest if DIGEST.fullmatch(digest) else "", key))
    if not rows:
        return None, None
    width = len(_COLUMNS)
    return _source(rows[0][:width]), newest(digest, [row[width:] for row in rows if row[-1] is not None])


def list_sources(connection: Connection) -> list[Source]:
    """All forms, by key."""
    return [_source(row) for row in ask(connection, f"{_ROWS} ORDER BY key")]


def published_origins(connection: Connection) -> frozenset[str]:
    """Every web origin that some published form lists."""
    rows = connection.execute(select(sources.c.origins).where(sources.c.published)).scalars()
    return frozenset(origin for text in rows for origin in json.loads(text))


@lru_cache(maxsize=256)  # by all that the row says: every signup asks for its form, and few forms ever change
def _source(row: tuple[Any, ...]) -> Source:
    key, title, statement, published, requires_tick, origins, redirects, form = row
    onward = json.loads(redirects)
    return Source(
        key=key,
        title=title,
        statement=statement_from_json(statement),
        published=bool(published),
        requires_tick=bool(requires_tick),
        origins=tuple(json.loads(origins)),
        received_url=onward["received"],
        problems_url=onward["problems"],
        form=_form(form),
    )


def _form(text: str) -> Form:
    told: dict[str, Any] = {
        name: tuple(cell) if isinstance(cell, list) else cell for name, cell in json.loads(text).items()
    }
    return Form(**told)


def _problems(source: Source) -> list[Problem]:
    found = []
    if not _KEY.fullmatch(source.key) or _LIST.fullmatch(source.key):
        message = phrase(
            "use 1 to 64 of a-z, 0-9, - and _, and begin and end with a letter or digit; list_7 is a list's name"
        )
        found.append(Problem("bad_key", message, "key"))
    if not source.title.strip():
        found.append(Problem("missing", "say in a few words which form this is", "title"))
    found += [
        Problem("bad_origin", phrase("write an origin as https://www.example.com, with no path; got %(origin)s",
                                     origin=repr(origin)), f"origins[{place}]")
        for place, origin in enumerate(source.origins)
        if origin != origin_of(origin)
    ]  # fmt: skip
    found += [
        Problem("bad_url", phrase("write a whole address that begins with https://; got %(url)s", url=repr(url)), name)
        for name, url in (("received_url", source.received_url), ("problems_url", source.problems_url))
        if url is not None and origin_of(url) is None
    ]
    language, wording = source.statement.language, source.statement.wording
    if language is not None and not LANGUAGE.fullmatch(language):
        found.append(bad_language(language))
    if wording is not None and len(wording) > LONGEST_NOTICE:
        found.append(
            Problem(
                "too_long",
                phrase("a notice has at most %(longest_notice)s characters", longest_notice=f"{LONGEST_NOTICE:,}"),
                "wording",
            )
        )
    if source.statement.brand is not None and not is_brand(source.statement.brand):
        found.append(Problem("bad_brand", BRAND_IS, "brand"))
    return found + problems_of_settings(source.form)


def origin_of(url: str) -> str | None:
    """The web origin (RFC 6454) of an http or https address, None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    odd = "@" in parts.netloc or "\\" in url or " " in url or not url.isprintable()  # read differently by browsers
    if parts.scheme not in {"http", "https"} or not parts.hostname or odd:
        return None
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, usual} else "")


def redirect_after(source: Source, wanted: str | None) -> str | None:
    """Where a browser goes after its signup: the page it asks for if that lies on one of the form's own origins.

    Anything else would be an open redirect (formats/plain-html-form.md); then the source's own page counts.
    """
    return wanted if wanted and origin_of(wanted) in source.origins else source.received_url
