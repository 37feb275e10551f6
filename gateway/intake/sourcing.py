"""Forms made and changed, from the command line and over HTTP alike; each with its entry in the ledger."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection

from gateway.db.work import UnitOfWork
from gateway.domain.lead import Statement
from gateway.intake.forms import Source, change_source, create_source, find_source, unknown_source
from gateway.intake.formsettings import Form
from gateway.intake.notices import Notice, all_notices, keep_notice
from gateway.ledger.book import Ledger

OF_FORM = frozenset(one.name for one in fields(Form)) - {"platforms"}
OF_SOURCE = frozenset({"title", "published", "requires_tick", "origins", "received_url", "problems_url"})
OF_STATEMENT = {
    "wording": "wording", "language": "language", "url": "form_url", "asks_confirmation": "asks_confirmation",
    "brand": "brand",
}  # fmt: skip


def make_source(
    work: UnitOfWork, ledger: Ledger, key: str, said: Mapping[str, Any], stated: Statement | None, *, by: str
) -> Source:
    """A new form; ``stated`` is what its file says of its leads, ``said`` goes before it. Raises CallerError."""
    stated = stated or Statement(direct=True, method="form")
    statement = replace(
        stated, language=stated.language or "en", consent_act=stated.consent_act or "unticked_box",
        relationship=stated.relationship or "marketing",
    )  # fmt: skip
    source = _with(Source(key=key, title="", statement=statement, published=True), said)
    create_source(work, source)
    ledger.append(work, "source.created", {"source": key, "by": by})
    return source


def alter_source(work: UnitOfWork, ledger: Ledger, key: str, said: Mapping[str, Any], *, by: str) -> Source:
    """A form changed in what is said; the rest of it stays. Raises CallerError."""
    before = find_source(work.connection, key)
    if before is None:
        raise unknown_source(key)
    source = _with(before, said)
    changed = change_source(work, source)
    if changed:
        ledger.append(work, "source.changed", {"source": key, "changed": changed, "by": by})
    return source


def add_notice(work: UnitOfWork, ledger: Ledger, key: str, language: str, text: str, *, by: str) -> Notice:
    """The words a form shows from now on in one language. In the form's own language its statement says them, too."""
    source = find_source(work.connection, key)
    if source is None:
        raise unknown_source(key)
    notice = keep_notice(work, key, language, text)
    if language == source.statement.language and notice.text != source.statement.wording:
        change_source(work, replace(source, statement=replace(source.statement, wording=notice.text)))
    if notice.since == work.at:
        ledger.append(
            work, "notice.kept",
            {"source": key, "language": language, "version": notice.version, "digest": notice.digest, "by": by},
        )  # fmt: skip
    return notice


def source_document(connection: Connection, source: Source) -> dict[str, Any]:
    """A form with everything an operator set, and every notice it ever showed; never a platform's secret."""
    stated = source.statement
    return {
        "source": source.key,
        **{name: _plain(getattr(source, name)) for name in sorted(OF_SOURCE)},
        **{ours: getattr(stated, theirs) for ours, theirs in OF_STATEMENT.items()},
        **{name: _plain(getattr(source.form, name)) for name in sorted(OF_FORM)},
        "notices": [
            {"language": one.language, "version": one.version, "digest": one.digest, "text": one.text,
             "since": one.since.isoformat()}
            for one in all_notices(connection, source.key)
        ],
    }  # fmt: skip


def _with(source: Source, said: Mapping[str, Any]) -> Source:
    def told(names: Any) -> dict[str, Any]:
        return {name: _kept(said[name]) for name in names if name in said}

    statement = {theirs: said[ours] for ours, theirs in OF_STATEMENT.items() if ours in said}
    return replace(
        source, form=replace(source.form, **told(OF_FORM)), statement=replace(source.statement, **statement),
        **told(OF_SOURCE),
    )  # fmt: skip


def _kept(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
