"""The secret is changed: every match key renewed, the ledger handed over, all in one transaction or not at all.

Why no address is needed for it: docs/decisions/0015-chained-keys.md.
"""

import os
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from gateway.access.secrets import add_generation, count_generations, find_fit
from gateway.config import FORMER_FILE, SECRET_FILE, Settings, SettingsError
from gateway.db.rekey import rekey
from gateway.db.work import UnitOfWork, reading, unit_of_work
from gateway.domain.address import Renewal
from gateway.ledger.book import Ledger
from gateway.outcomes.overrides import sign_again

PENDING_FILE = "secret.key.new"
"""The next secret, before the database is brought to it; it takes the place of the present one afterwards."""
_WRONG = {
    "behind": "the database has yet to be brought to this secret key: stop every gateway of it, then "
    "run `gateway keys rotate-secret`",
    "ahead": "the secret key was rotated since: set GATEWAY_SECRET_KEY to the newest one and "
    "GATEWAY_FORMER_SECRET_KEYS to those before it, the oldest first",
    "foreign": "this is not the secret key that the database was written under, or GATEWAY_FORMER_SECRET_KEYS lacks "
    "one of before: nothing would match, and no suppression be found",
}


def chain_of(settings: Settings) -> tuple[str, ...]:
    """All secrets, the oldest first."""
    return (*settings.former_secret_keys, settings.secret_key)


def fitting(settings: Settings, engine: Engine, at: datetime) -> Settings:
    """The settings with the secrets that this database was written under. Raises SettingsError where they are others.

    A database that knows of none yet takes the oldest, and must have its ledger's signature.
    """
    chain = chain_of(settings)
    with reading(engine) as connection:
        fit = find_fit(connection, chain)
    if fit == "new":
        with unit_of_work(engine, at) as work:
            _begin(work, chain[0])
        return fitting(settings, engine, at)
    if fit == "ahead" and (taken := _taken_up(settings, engine)) is not None:
        return taken
    if fit != "fits":
        raise SettingsError(_WRONG[fit])
    return settings


def rotate(engine: Engine, at: datetime, chain: Sequence[str], *, by: str) -> dict[str, int]:
    """Bring a database to the last secret of the chain; how many rows of each table have renewed keys.

    Raises SettingsError if it stands at none of those before the last.
    """
    with unit_of_work(engine, at) as work:
        _begin(work, chain[0])
        fit = find_fit(work.connection, chain)
        if fit != "behind":
            raise SettingsError(_WRONG.get(fit, "the database stands at this secret key already"))
        done: dict[str, int] = {}
        for place in range(count_generations(work.connection), len(chain)):
            done = rekey(work.connection, Renewal(chain[place].encode()).of)
            add_generation(work, chain[place])
            body = {"generation": place + 1, "rows": done, "by": by}
            before, after = Ledger(chain[place - 1], chain[: place - 1]), Ledger(chain[place])
            sign_again(work, before, after)
            before.hand_over(work, after, body)
        return done


def _begin(work: UnitOfWork, secret: str) -> None:
    """The first secret of a database that knows of none; a ledger that is there must bear its signature."""
    if not count_generations(work.connection):
        Ledger(secret).check_end(work.connection)
        add_generation(work, secret)


def prepare(settings: Settings) -> str:
    """The next secret where no setting gives one, kept beside the present one before anything depends on it."""
    path = settings.data / PENDING_FILE
    if not path.exists():
        _write(path, secrets.token_hex(32) + "\n")
    return path.read_text(encoding="ascii").strip()


def take_up(settings: Settings) -> None:
    """The next secret is the present one from now on. May be done again wherever it was cut off."""
    data = settings.data
    _write(data / FORMER_FILE, "".join(one + "\n" for one in chain_of(settings)))
    (data / PENDING_FILE).replace(data / SECRET_FILE)
    _to_disk(data)


def _taken_up(settings: Settings, engine: Engine) -> Settings | None:
    """A rotation was cut off after the database and before the files: they follow now."""
    from dataclasses import replace

    path = settings.data / PENDING_FILE
    kept = settings.data / SECRET_FILE
    if not path.exists() or not kept.exists() or kept.read_text(encoding="ascii").strip() != settings.secret_key:
        return None
    secret = path.read_text(encoding="ascii").strip()
    with reading(engine) as connection:
        if find_fit(connection, (*chain_of(settings), secret)) != "fits":
            return None
    take_up(settings)
    return replace(settings, secret_key=secret, former_secret_keys=chain_of(settings))


def _write(path: Path, text: str) -> None:
    """A file for us alone, whole or not at all."""
    draft = path.with_name(path.name + ".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
    _to_disk(path.parent)


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
