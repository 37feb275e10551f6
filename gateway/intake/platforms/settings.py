"""What a source has set for a platform: written with the source, never shown again."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, replace

from sqlalchemy import update

from gateway.db.work import UnitOfWork
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.forms import Source, find_source
from gateway.intake.platforms.proof import digest_of
from gateway.intake.platforms.table import PLATFORMS
from gateway.intake.tables import sources

OPEN_TO_ALL = ("consent_box",)
"""What can be set for every platform: the name of the box that is the yes to mail."""
LONGEST = 2_000
SHORTEST_SECRET = 8


def set_platform(
    work: UnitOfWork, key: str, platform: str, given: Mapping[str, str], *, new_address: bool = False
) -> str | None:
    """Set these for the source; what was set before stays. The token of its secret address, if one was made.

    The token is told once and kept as its digest. Raises CallerError with everything that is wrong.
    """
    source = _source(work, key)
    kind = PLATFORMS.get(platform)
    if kind is None:
        known = ", ".join(PLATFORMS)
        message = phrase(
            "there is no platform %(platform)s; these are: %(known)s", platform=repr(platform), known=known
        )
        raise CallerError([Problem("unknown_platform", message)])
    values = {**source.form.platforms.get(platform, {}), **given}
    problems = [
        Problem(
            "unknown_name",
            phrase(
                "%(title)s has nothing called so; it has: %(names)s",
                title=kind.title,
                names=", ".join(names_of(platform)),
            ),
            name,
        )
        for name in given
        if name not in names_of(platform)
    ]
    problems += [
        Problem("missing", phrase("%(title)s needs this", title=kind.title), name)
        for name in kind.needs
        if not values.get(name)
    ]
    problems += [
        Problem(
            "bad_value",
            phrase(
                "expected one line of %(shortest)s to %(longest)s characters",
                shortest=_shortest(platform, name),
                longest=LONGEST,
            ),
            name,
        )
        for name, value in given.items()
        if not _shortest(platform, name) <= len(value) <= LONGEST or not value.isprintable()
    ]
    if problems:
        raise CallerError(problems, title="The platform's settings have problems")
    token = None
    if new_address or (kind.address == "token" and "token" not in values):
        if kind.address == "open":
            message = phrase("%(title)s posts to an address without a secret", title=kind.title)
            raise CallerError([Problem("no_secret_address", message)])
        token = secrets.token_urlsafe(24)
        values["token"] = digest_of(token)
    _write(work, source, {**source.form.platforms, platform: values})
    return token


def names_of(platform: str) -> tuple[str, ...]:
    """What can be set for a platform by hand."""
    kind = PLATFORMS[platform]
    return tuple(name for name in (*kind.needs, *kind.may, *OPEN_TO_ALL) if name != "token")


def remove_platform(work: UnitOfWork, key: str, platform: str) -> bool:
    """Forget all that is set: from now on nothing is taken of it. Whether there was anything."""
    source = _source(work, key)
    left = {name: values for name, values in source.form.platforms.items() if name != platform}
    _write(work, source, left)
    return len(left) < len(source.form.platforms)


def _shortest(platform: str, name: str) -> int:
    return SHORTEST_SECRET if name in PLATFORMS[platform].needs else 1


def _source(work: UnitOfWork, key: str) -> Source:
    source = find_source(work.connection, key)
    if source is None:
        message = phrase("there is no source %(key)s", key=repr(key))
        raise CallerError([Problem("unknown_source", message, "key")])
    return source


def _write(work: UnitOfWork, source: Source, platforms: Mapping[str, Mapping[str, str]]) -> None:
    form = replace(source.form, platforms=platforms)
    work.connection.execute(update(sources).where(sources.c.key == source.key).values(form=json.dumps(asdict(form))))
