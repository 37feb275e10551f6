"""``gateway destinations``: where prospects are sent to; ``gateway recall``: everybody who got some people is told."""

from pathlib import Path
from typing import Any

import click

from gateway.cli.common import counted, json_option, number_of, open_services, read_text, say, table
from gateway.domain.problem import CallerError, Problem

WHY = click.option("--why", default="", help="Why, in a few words; kept in the ledger.")


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def destinations(context: click.Context, *, as_json: bool) -> None:
    """Show where prospects are sent to; `add` adds one, `kinds` says what there is (docs/destinations.md)."""
    if context.invoked_subcommand is not None:
        return
    from gateway.db.work import reading
    from gateway.emission.book import list_all
    from gateway.emission.browse import counts_of

    with reading(open_services().engine) as connection:
        found = [(one, counts_of(connection, one.id)) for one in list_all(connection)]
    rows = [
        (one.name, one.kind, one.state, counts["waiting"], counts["taken"], counts["dead"], one.last_answer or "")
        for one, counts in found
    ]
    headings = ("name", "kind", "state", "waiting", "taken", "dead", "last answer")
    document = {"destinations": [{**one.document(), "counts": counts} for one, counts in found]}
    say(document, table(rows, headings), as_json=as_json)


@destinations.command("list")
@json_option
@click.pass_context
def list_(context: click.Context, *, as_json: bool) -> None:
    """The same as without a command."""
    context.invoke(destinations, as_json=as_json)


@destinations.command("kinds")
@json_option
def show_kinds(*, as_json: bool) -> None:
    """What kinds of destinations there are, and what is set of each."""
    from gateway.emission.destinations import kinds

    found = kinds()
    lines, document = [], []
    for name, kind in found.items():
        lines.append(f"{name}: {kind.about}")
        for one in kind.settings:
            how = "a secret" if one.secret else "needed" if one.needed else f"default {one.default or 'none'}"
            lines.append(f"    {one.name}: {one.about} ({how})")
        document.append({"kind": name, "about": kind.about, "settings": [one.name for one in kind.settings]})
    say({"kinds": document}, lines, as_json=as_json)


def _settings(command: Any) -> Any:
    for option in (
        click.option("--set", "plain", multiple=True, metavar="NAME=VALUE", help="What is no secret."),
        click.option("--secret-file", "files", multiple=True, metavar="NAME=PATH", help="A secret, from a file."),
        click.option("--secret-env", "variables", multiple=True, metavar="NAME=VARIABLE", help="From the environment."),
        click.option("--purpose", "purposes", multiple=True, help="Only people who agreed to this (repeat)."),
        click.option("--brand", "brands", multiple=True, help="Only of this brand (repeat)."),
        click.option("--source", "sources", multiple=True, help="Only from this form or list_7 (repeat)."),
        click.option("--country", "countries", multiple=True, help="Only from this country (repeat)."),
        click.option("--field", "fields", multiple=True, help="Send only these of address, names, phone ... (repeat)."),
        click.option("--confirm", type=click.Choice(["receipt", "processing"]), help="What counts as acknowledged."),
    ):
        command = option(command)
    return command


@destinations.command("add")
@click.argument("name")
@click.argument("kind")
@_settings
@click.option("--from-now", is_flag=True, help="Tell it of nobody who is a prospect already.")
@json_option
def add_one(name: str, kind: str, *, from_now: bool, as_json: bool, **said: Any) -> None:
    """Add the destination NAME of a KIND. A key that is made for it is shown once."""
    from gateway.emission.book import Terms, add, kind_of

    given = _given(kind_of(kind), said)
    services = open_services()
    with services.unit_of_work() as work:
        terms = _terms(said, Terms())
        here, made = add(work, services, (name, kind), given, terms, by="cli", from_now=from_now)
    lines = [f"Added {name}. Try it: gateway destinations test {name}"]
    lines += [f"{key} (shown only now): {value}" for key, value in made.items()]
    say({**here.document(), **made}, lines, as_json=as_json)


@destinations.command("change")
@click.argument("name")
@_settings
@click.option("--yes", is_flag=True, help="Also where people who are there no longer fit.")
@json_option
def change_one(name: str, *, yes: bool, as_json: bool, **said: Any) -> None:
    """Change the destination NAME; what is not given stays, NAME= takes a setting back.

    Who no longer fits filters that are changed is revoked there.
    """
    from gateway.db.work import reading
    from gateway.emission.book import change, find, kind_of
    from gateway.emission.feed import count_unfit

    services = open_services()
    with reading(services.engine, snapshot=True) as connection:
        here = find(connection, name)
        terms = _terms(said, here.terms)
        unfit = count_unfit(connection, here, terms) if terms.filters != here.terms.filters else 0
    if unfit and not yes:
        lines = [f"{unfit:,} people whom {name} has no longer fit; they would be revoked there. Add --yes to do it."]
        say({"name": name, "revoked": unfit, "done": False}, lines, as_json=as_json)
        return
    given = _given(kind_of(here.kind), said)
    with services.unit_of_work() as work:
        here = change(work, services, name, given, terms, by="cli")
    lines = [f"Changed {name}." + (f" {unfit:,} people who no longer fit are revoked there." if unfit else "")]
    say({**here.document(), "revoked": unfit, "done": True}, lines, as_json=as_json)


@destinations.command("show")
@click.argument("name")
@json_option
def show_one(name: str, *, as_json: bool) -> None:
    """Show the destination NAME: how it is set, what waits, what it answered last."""
    from gateway.db.work import reading
    from gateway.emission.book import find
    from gateway.emission.browse import counts_of

    with reading(open_services().engine) as connection:
        here = find(connection, name)
        counts = counts_of(connection, here.id)
    document = {**here.document(), "counts": counts}
    lines = [f"{key.replace('_', ' ')}: {_in_words(value)}" for key, value in document.items() if value is not None]
    say(document, lines, as_json=as_json)


@destinations.command("test")
@click.argument("name")
@json_option
def test_one(name: str, *, as_json: bool) -> None:
    """Send NAME an event about nobody, and say what it answers. Exit code 1 if it did not take it."""
    from gateway.emission.deliver import try_out, way_of

    services = open_services()
    answer = try_out(services, name, way_of(services))
    line = f"{name} took it ({answer.said})." if answer.is_taken else f"{name} did not take it: {answer.said}"
    say({"taken": answer.is_taken, "answer": answer.said}, [line], as_json=as_json)
    if not answer.is_taken:
        raise SystemExit(1)


@destinations.command("pause")
@click.argument("name")
@WHY
@json_option
def pause_one(name: str, *, why: str, as_json: bool) -> None:
    """Send NAME nothing but who is revoked, until it is resumed."""
    from gateway.emission.book import pause

    services = open_services()
    with services.unit_of_work() as work:
        here = pause(work, services, name, why, by="cli")
    say(here.document(), [f"Paused {name}. Whoever is revoked is still told."], as_json=as_json)


@destinations.command("resume")
@click.argument("name")
@json_option
def resume_one(name: str, *, as_json: bool) -> None:
    """Send NAME everything again, at once."""
    from gateway.emission.book import resume

    services = open_services()
    with services.unit_of_work() as work:
        here = resume(work, services, name, by="cli")
    say(here.document(), [f"Resumed {name}."], as_json=as_json)


@destinations.command("replay")
@click.argument("name")
@json_option
def replay_one(name: str, *, as_json: bool) -> None:
    """Send NAME its dead letters again."""
    from gateway.emission.dead import replay

    services = open_services()
    with services.unit_of_work() as work:
        count = replay(work, services, name, by="cli")
    say({"replayed": count}, [f"{counted(count, 'item')} sent again."], as_json=as_json)


@destinations.command("remove")
@click.argument("name")
@WHY
@click.option("--yes", is_flag=True, help="Do it.")
@json_option
def remove_one(name: str, *, why: str, yes: bool, as_json: bool) -> None:
    """Send NAME nothing any more and forget its secrets. Without --yes: only how many people it has."""
    from gateway.db.work import reading
    from gateway.emission.book import count_holding, find, remove

    services = open_services()
    with reading(services.engine) as connection:
        holding = count_holding(connection, find(connection, name).id)
    told = f"{counted(holding, 'person')} it was told of" if holding != 1 else "1 person it was told of"
    if not yes:
        line = f"{name}: {told}; whoever of them is revoked later must be told of by hand. Do it with --yes."
        say({"holding": holding, "removed": False}, [line], as_json=as_json)
        return
    with services.unit_of_work() as work:
        remove(work, services, name, why, by="cli")
    say({"holding": holding, "removed": True}, [f"Removed {name}; {told}."], as_json=as_json)


@click.command("recall")
@click.option("--list", "lists", multiple=True, help="A list, such as 12 or list_12 (repeat).")
@click.option("--vendor", help="Every list of this vendor.")
@click.option("--withheld", is_flag=True, help="Whoever was handed on and would not be today.")
@click.option("--cause", required=True, help="attestation_withdrawn, vendor_barred, policy_changed, contract ...")
@WHY
@click.option("--yes", is_flag=True, help="Do it; without, only whom it would reach.")
@json_option
def recall(
    *, lists: tuple[str, ...], vendor: str | None, withheld: bool, cause: str, why: str, yes: bool, as_json: bool
) -> None:
    """Withdraw people, and tell everybody who got them, or may have, that they are revoked."""
    from gateway.db.work import reading
    from gateway.emission.recall import ask, foresee
    from gateway.intake.recalling import read_asked

    services = open_services()
    numbers = [number_of(one, "list") for one in lists]
    with reading(services.engine) as connection:
        asked = read_asked(connection, numbers, vendor, cause, why, withheld=withheld)
    if not yes:
        effect = foresee(services, asked.lists)
        lines = [f"{asked.about}: {counted(effect.people, 'prospect')}."]
        lines += [f"    {name} was told of {count:,} of them" for name, count in sorted(effect.holding.items())]
        lines.append("Nothing was done; do it with --yes.")
        say({"prospects": effect.people, "holding": effect.holding, "done": False}, lines, as_json=as_json)
        return
    with services.unit_of_work() as work:
        number = ask(work, services.ledger, asked, by="cli")
    services.wake()
    line = f"recall_{number} was asked for; workers carry it out. Who has answered: gateway recalls recall_{number}"
    say({"recall": f"recall_{number}", "done": True}, [line], as_json=as_json)


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key.replace('_', ' ')} {_in_words(each)}" for key, each in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _given(kind: Any, said: dict[str, Any]) -> dict[str, str]:
    import os

    given = {}
    for name, path in map(_pair, said["files"]):
        given[name] = read_text(Path(path)).strip()
    for name, variable in map(_pair, said["variables"]):
        if variable not in os.environ:
            raise CallerError([Problem("not_set", f"the variable {variable} is not set", "--secret-env")])
        given[name] = os.environ[variable].strip()
    for name, value in map(_pair, said["plain"]):
        one = kind.named(name)
        if one is not None and one.secret and value:
            message = "a secret on the command line is seen by everybody on the machine; use --secret-file"
            raise CallerError([Problem("secret_in_the_open", message, "--set")])
        given[name] = value
    return given


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise CallerError([Problem("bad_pair", "write NAME=VALUE", text[:40])])
    return name, value


def _terms(said: dict[str, Any], before: Any) -> Any:
    """What was said of whom and of what; what was not said stays."""
    from gateway.emission.book import Terms

    names = {"purposes": "purposes", "brands": "brand", "sources": "source", "countries": "country"}
    filters = {name: tuple(said[option]) for option, name in names.items() if said[option]}
    return Terms(
        {**before.filters, **filters}, tuple(said["fields"]) or before.fields, said["confirm"] or before.confirm
    )
