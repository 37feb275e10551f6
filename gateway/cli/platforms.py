"""``gateway sources platform`` and ``gateway sources fetches``: form builders and lead platforms of a source."""

import os
from pathlib import Path

import click

from gateway.cli.common import json_option, open_services, read_text, say, table
from gateway.domain.problem import CallerError, Problem

_UNTOLD = "TOKEN"


@click.command("platform")
@click.argument("key")
@click.argument("platform")
@click.option("--secret-file", "files", multiple=True, metavar="NAME=PATH", help="A secret, from a file (repeat).")
@click.option(
    "--secret-env", "variables", multiple=True, metavar="NAME=VARIABLE", help="A secret, from the environment."
)
@click.option(
    "--set", "plain", multiple=True, metavar="NAME=VALUE", help="What is no secret: page_id, oid, consent_box."
)
@click.option("--new-address", is_flag=True, help="Make a new secret address; the old one ends at once.")
@click.option("--remove", is_flag=True, help="Forget it all: nothing is taken from the platform any more.")
@json_option
def platform(
    key: str,
    platform: str,
    *,
    files: tuple[str, ...],
    variables: tuple[str, ...],
    plain: tuple[str, ...],
    new_address: bool,
    remove: bool,
    as_json: bool,
) -> None:
    """Let PLATFORM post leads to the source KEY, and say which address to give to it.

    Platforms and what each needs: docs/platforms.md. Secrets are never shown; a secret address is shown once.
    """
    from gateway.intake.platforms.settings import remove_platform, set_platform

    services = open_services()
    if remove:
        with services.unit_of_work() as work:
            gone = remove_platform(work, key, platform)
            services.ledger.append(work, "source.platform_removed", {"source": key, "platform": platform, "by": "cli"})
        line = "Removed." if gone else "There was nothing to remove."
        say({"source": key, "platform": platform, "removed": gone}, [line], as_json=as_json)
        return
    given = _given(files, variables, plain)
    with services.unit_of_work() as work:
        token = set_platform(work, key, platform, given, new_address=new_address)
        told = {"source": key, "platform": platform, "set": sorted(given), "address": token is not None, "by": "cli"}
        services.ledger.append(work, "source.platform_set", told)
    settings = services.settings
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    _tell(f"{base}/v1/sources/{key}/{platform}", key, platform, token, as_json=as_json)


def _tell(url: str, key: str, platform: str, token: str | None, *, as_json: bool) -> None:
    from gateway.intake.platforms.table import PLATFORMS

    address = PLATFORMS[platform].address
    lines: list[str] = []
    if address == "token" or token is not None:
        secret = f"{url}/{token or _UNTOLD}"
        lines.append(f"Give to {PLATFORMS[platform].title}: {secret}")
        lines.append(
            "This address is the secret, and is shown only now."
            if token is not None
            else f"{_UNTOLD} was shown when it was made; --new-address makes another."
        )
    if address != "token":
        lines.append(f"{'Browsers post to' if address == 'both' else 'Give to ' + PLATFORMS[platform].title}: {url}")
    document = {"source": key, "platform": platform, "url": url if token is None else f"{url}/{token}"}
    say(document, lines, as_json=as_json)


def _given(files: tuple[str, ...], variables: tuple[str, ...], plain: tuple[str, ...]) -> dict[str, str]:
    """Names and values, wherever they are. Raises CallerError, and never with a value in it."""
    given: dict[str, str] = {}
    for pair in files:
        name, path = _pair(pair, "--secret-file")
        given[name] = read_text(Path(path)).strip()
    for pair in variables:
        name, variable = _pair(pair, "--secret-env")
        if variable not in os.environ:
            raise CallerError([Problem("not_set", f"the variable {variable} is not set", "--secret-env")])
        given[name] = os.environ[variable].strip()
    for pair in plain:
        name, value = _pair(pair, "--set")
        if name not in {"page_id", "oid", "consent_box"}:
            message = "a secret on the command line is seen by everybody on the machine; use --secret-file"
            raise CallerError([Problem("secret_in_the_open", message, "--set")])
        given[name] = value
    return given


def _pair(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise CallerError([Problem("bad_pair", "write NAME=VALUE", option)])
    return name, value


@click.command("fetches")
@click.option("--again", is_flag=True, help="Try at once what waits, and what was given up.")
@json_option
def fetches(*, again: bool, as_json: bool) -> None:
    """Show leads that platforms have told of and that are fetched from them; --again tries them at once."""
    from gateway.db.work import reading
    from gateway.intake.platforms.fetches import counts, try_again

    services = open_services()
    if again:
        with services.unit_of_work() as work:
            try_again(work)
    with reading(services.engine) as connection:
        found = [tuple(row) for row in counts(connection)]
    names = ("source", "platform", "state", "leads", "error")
    rows = [tuple("" if cell is None else cell for cell in row) for row in found]
    say({"fetches": [dict(zip(names, row, strict=True)) for row in found]}, table(rows, names), as_json=as_json)
