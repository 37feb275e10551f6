"""``gateway sources show|set|notice|snippet``: a form's settings, its notices, and what its owner copies."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gateway.cli.common import json_option, open_services, read_text, say
from gateway.domain.problem import CallerError, Problem
from gateway.intake.formsettings import FIELDS, KEEPS_IP, MOST_AN_HOUR, MOST_SECONDS, PROOFS

Command = TypeVar("Command", bound=Callable[..., Any])
_OPTIONS = (
    click.option("--wording", help="The notice shown beside the box, word for word."),
    click.option("--language", help="Of the form and its notice; en if nothing else says."),
    click.option("--url", help="The page the form stands on."),
    click.option("--origin", "origins", multiple=True, help="A web origin whose scripts may post (repeat)."),
    click.option("--published/--unpublished", default=None, help="Whether strangers may post; they may, at first."),
    click.option("--box-required/--box-optional", "requires_tick", default=None,
                 help="Whether the box must be ticked; it must, at first."),
    click.option("--confirm/--no-confirm", "asks_confirmation", default=None,
                 help="Whether everybody confirms by a mail; unless said, who has to by law, and by the --says file."),
    click.option("--redirect", "received_url", help="Where a browser goes after a signup; our own page if not given."),
    click.option("--problems-url", help="Where it goes when something is to be mended; our own page if not given."),
    click.option("--field", "fields", multiple=True, type=click.Choice(FIELDS), help="What it asks, in order; repeat."),
    click.option("--needed", multiple=True, type=click.Choice(FIELDS),
                 help="What there is no signup without (repeat); the address always."),
    click.option("--purpose", "purposes", multiple=True, help="What people may choose from, one word each (repeat)."),
    click.option("--brand", help="Under which we write to its people."),
    click.option("--keep-ip", type=click.Choice(KEEPS_IP), help="How network addresses are kept; full at first."),
    click.option("--proof", type=click.Choice(PROOFS), help="When a proof of work is asked for; auto at first."),
    click.option("--least-seconds", type=click.IntRange(0, MOST_SECONDS), help="Nobody fills the form in less."),
    click.option("--most-an-hour", type=click.IntRange(1, MOST_AN_HOUR), help="Signups that are taken in an hour."),
    click.option("--mails-an-hour", type=click.IntRange(0, MOST_AN_HOUR), help="Confirmations asked for in an hour."),
)  # fmt: skip


def settings_options(command: Command) -> Command:
    """The options of everything that may be set of a form, for `add` and `set` alike."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def said_of(options: dict[str, Any]) -> dict[str, Any]:
    """What was said; nothing of what was not. An empty text takes a setting away."""
    said = {name: list(value) if isinstance(value, tuple) else value for name, value in options.items()}
    said = {name: value for name, value in said.items() if value not in (None, [])}
    for name in ("fields", "needed"):
        if name in said and "email" not in said[name]:
            said[name] = ["email", *said[name]]
    if "needed" not in said and "fields" in said:
        said["needed"] = ["email"]
    return {name: None if value == "" else value for name, value in said.items()}


@click.command("show")
@click.argument("key")
@json_option
def show(key: str, *, as_json: bool) -> None:
    """Show the form KEY: its settings and every notice it ever showed."""
    from gateway.db.work import reading
    from gateway.intake.forms import find_source, unknown_source
    from gateway.intake.sourcing import source_document

    with reading(open_services().engine) as connection:
        source = find_source(connection, key)
        if source is None:
            raise unknown_source(key)
        document = source_document(connection, source)
    lines = [f"{name:14} {_shown(value)}" for name, value in document.items() if name not in {"notices", "wording"}]
    for one in document["notices"]:
        lines += ["", "{language}, version {version}, since {since}, {digest}".format(**one), one["text"]]
    say(document, lines, as_json=as_json)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "-"
    return {None: "-", True: "yes", False: "no"}.get(value, str(value)) if value in (None, True, False) else str(value)


@click.command("set")
@click.argument("key")
@click.option("--title", help="What the form is, in a few words.")
@settings_options
@json_option
def change(key: str, *, title: str | None, as_json: bool, **options: Any) -> None:
    """Change the form KEY in what is said; the rest stays. Another wording is a new version of its notice.

    An empty text takes a setting away: --brand "".
    """
    from gateway.intake.sourcing import alter_source, source_document

    said = said_of({"title": title, **options})
    if not said:
        raise CallerError([Problem("nothing_said", "say what to change; see `gateway sources set --help`")])
    services = open_services()
    with services.unit_of_work() as work:
        source = alter_source(work, services.ledger, key, said, by="cli")
        document = source_document(work.connection, source)
    say(document, [f"Changed: {', '.join(sorted(said))}."], as_json=as_json)


@click.command("notice")
@click.argument("key")
@click.option("--language", required=True, help="Such as de or pt-BR.")
@click.option("--text", help="The notice, word for word.")
@click.option("--file", "file", type=click.Path(path_type=Path), help="A text file that holds it.")
@json_option
def notice(key: str, *, language: str, text: str | None, file: Path | None, as_json: bool) -> None:
    """Show these words in the form KEY from now on, in one language; those of before are kept for ever."""
    from gateway.intake.sourcing import add_notice

    if (text is None) == (file is None):
        raise CallerError([Problem("one_of_two", "give the words with --text or with --file", "text")])
    words = read_text(file) if file is not None else text or ""
    services = open_services()
    with services.unit_of_work() as work:
        kept = add_notice(work, services.ledger, key, language, words, by="cli")
    document = {"source": key, "language": kept.language, "version": kept.version, "digest": kept.digest}
    say(document, [f"{key}, {kept.language}, version {kept.version}: {kept.digest}"], as_json=as_json)


@click.command("snippet")
@click.argument("key")
@click.option("--language", help="Of the form; without it, the language of the page it stands on.")
@json_option
def snippet(key: str, *, language: str | None, as_json: bool) -> None:
    """Print what to copy into a website for the form KEY: the script's snippet, and the plain HTML form."""
    from gateway.db.work import reading
    from gateway.intake.forms import find_source, unknown_source
    from gateway.intake.notices import current_notices
    from gateway.intake.snippet import plain_form, script_snippet

    services = open_services()
    with reading(services.engine) as connection:
        source = find_source(connection, key)
        if source is None:
            raise unknown_source(key)
        notices = current_notices(connection, key)
    settings = services.settings
    home = settings.public_url or f"http://{settings.host}:{settings.port}"
    script, plain = script_snippet(source, home, language), plain_form(source, notices, home, language)
    document = {"source": key, "snippet": script, "html": plain, "page": f"{home}/f/{key}"}
    lines = ["<!-- with a script of ours -->", script, "<!-- or without one -->", plain, f"or link to  {home}/f/{key}"]
    if not source.published:
        lines.append(f"Strangers may not post to it yet: gateway sources set {key} --published")
    if not source.origins:
        lines.append(f"For the script, name the website: gateway sources set {key} --origin https://www.example.com")
    say(document, lines, as_json=as_json)
