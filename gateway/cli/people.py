"""``gateway people``: accounts, from the machine itself; the first one is made here."""

from typing import TYPE_CHECKING

import click

from gateway.cli.common import json_option, number_of, open_services, say, table
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.access.people import Person
    from gateway.config import Settings
    from gateway.db.work import UnitOfWork

ROLE = click.Choice(["viewer", "uploader", "officer", "administrator"])


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def people(context: click.Context, *, as_json: bool) -> None:
    """Show people and their roles; `add` makes an account, `role`, `leave`, `invite` and `reset` change one."""
    if context.invoked_subcommand is None:
        _show(as_json=as_json)


@people.command("list")
@json_option
def list_all(*, as_json: bool) -> None:
    """Show people and their roles."""
    _show(as_json=as_json)


@people.command("add")
@click.argument("name")
@click.argument("address")
@click.option("--role", type=ROLE, required=True)
@json_option
def add(name: str, address: str, *, role: str, as_json: bool) -> None:
    """Make an account for NAME, who signs in with ADDRESS; prints the link under which they choose a password."""
    from gateway.access.links import new_link
    from gateway.access.people import add_person

    services = open_services()
    with services.unit_of_work() as work:
        number = add_person(work, name, address, role)
        token, ends_at = new_link(work, number)
        services.ledger.append(work, "person.added", {"person": number, "role": role, "by": "cli"})
    link = link_of(services.settings, token)
    document = {"person": f"person_{number}", "link": link, "link_ends_at": ends_at}
    lines = [f"person_{number}: {name}, {role}", "", f"  {link}", "", _about(ends_at)]
    say(document, lines, as_json=as_json)


@people.command("invite")
@click.argument("who")
@json_option
def invite(who: str, *, as_json: bool) -> None:
    """A new link for WHO (person_3 or an address) to choose a password under. Whoever left is back with it."""
    _link(who, "person.invited", as_json=as_json)


@people.command("reset")
@click.argument("who")
@click.option("--second-factor", is_flag=True, help="Also take the app, its codes and the passkeys away: all are lost.")
@json_option
def reset(who: str, *, second_factor: bool, as_json: bool) -> None:
    """A new link for WHO, who forgot the password. A second factor stays, unless you say that it is lost."""
    from gateway.access.changes import take_factors

    if second_factor:
        services = open_services()
        with services.unit_of_work() as work:
            person = _find(work, who)
            told = {"person": person.id, "by": "cli", **take_factors(work, person.id)}
            services.ledger.append(work, "second_factor.removed", told)
    _link(who, "password.reset", as_json=as_json)


@people.command("role")
@click.argument("who")
@click.argument("role", type=ROLE)
@json_option
def change(who: str, role: str, *, as_json: bool) -> None:
    """Give WHO another ROLE; their sessions end."""
    from gateway.access.changes import give_role

    services = open_services()
    with services.unit_of_work() as work:
        person = _find(work, who)
        before = give_role(work, person.id, role)
        told = {"person": person.id, "before": before, "after": role, "by": "cli"}
        services.ledger.append(work, "role.changed", told)
    say({"person": f"person_{person.id}", "role": role}, [f"{person.name}: {before} -> {role}"], as_json=as_json)


@people.command("leave")
@click.argument("who")
@json_option
def go(who: str, *, as_json: bool) -> None:
    """WHO works here no more: their sessions and API keys end. The account stays, for the ledger names it."""
    from gateway.access.changes import let_go

    services = open_services()
    with services.unit_of_work() as work:
        person = _find(work, who)
        told = let_go(work, person.id)
        services.ledger.append(work, "person.left", {"person": person.id, "by": "cli", **told})
    text = f"{person.name} may sign in no more; {told['sessions']} sessions and {told['keys']} keys ended."
    say({"person": f"person_{person.id}", **told}, [text], as_json=as_json)


def link_of(settings: "Settings", token: str) -> str:
    """Where somebody chooses their password."""
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base}/desk/join/{token}"


def _link(who: str, kind: str, *, as_json: bool) -> None:
    from gateway.access.links import new_link
    from gateway.access.people import come_back

    services = open_services()
    with services.unit_of_work() as work:
        person = _find(work, who)
        if person.left_at is not None:
            come_back(work, person.id)
        token, ends_at = new_link(work, person.id)
        told = {"person": person.id, "by": "cli", "back": person.left_at is not None}
        services.ledger.append(work, kind, told)
    link = link_of(services.settings, token)
    document = {"person": f"person_{person.id}", "link": link, "link_ends_at": ends_at}
    say(document, [f"  {link}", "", _about(ends_at)], as_json=as_json)


def _about(ends_at: object) -> str:
    return f"The link works once, until {ends_at:%Y-%m-%d %H:%M} UTC. Hand it over where nobody else reads it."


def _find(work: "UnitOfWork", who: str) -> "Person":
    """The account of a number or an address, also of somebody who left. Raises CallerError."""
    from gateway.access.people import find_person, list_people

    if "@" in who:
        found = next((one for one in list_people(work.connection) if one.address == who.strip().lower()), None)
    else:
        found = find_person(work.connection, number_of(who, "person"))
    if found is None:
        raise CallerError([Problem("unknown_person", f"there is no account {who}; see `gateway people`", field="who")])
    return found


def _show(*, as_json: bool) -> None:
    from gateway.access.authenticators import has_authenticator
    from gateway.access.passkeys import list_passkeys
    from gateway.access.people import list_people
    from gateway.db.work import reading

    services = open_services()
    with reading(services.engine) as connection:
        found = list_people(connection)
        second = {
            p.id: has_authenticator(connection, p.id) or bool(list_passkeys(connection, p.id)) for p in found
        }  # fmt: skip
    documents = [
        {"person": f"person_{p.id}", "name": p.name, "address": p.address, "role": p.role, "left_at": p.left_at,
         "password": p.has_password, "second_factor": second[p.id]} for p in found
    ]  # fmt: skip
    rows = [
        (f"person_{p.id}", "left" if p.left_at else p.role, "yes" if p.has_password else "no",
         "yes" if second[p.id] else "no", p.name, p.address) for p in found
    ]  # fmt: skip
    headings = ("person", "role", "password", "second factor", "name", "address")
    say({"people": documents}, table(rows, headings), as_json=as_json)
