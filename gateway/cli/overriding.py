"""``gateway override``: setting rules aside for leads that wait, by people who answer for it."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import counted, json_option, number_of, open_services, read_day, say, table
from gateway.db.base import text_of
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.outcomes.overrides import Record
    from gateway.pipeline import Services

by_option = click.option("--by", required=True, help="Whose act it is: an officer's address or person_3.")
reason_option = click.option("--reason", required=True, help="Why; kept for ever, so without addresses.")
until_option = click.option("--until", help="The last day of it, within a year; in 90 days if not said.")
number = click.argument("number", metavar="OVERRIDE")


@click.group()
def override() -> None:
    """Overrides: rules set aside for leads that wait. Signed, with a reason and an end.

    What a rule marks never, nobody sets aside. Where a rule asks for four eyes, a second person has to stand by it.
    """


@override.command("ask")
@click.argument("leads", nargs=-1, required=True)
@click.option("--rule", "rules", multiple=True, required=True, help="A rule to set aside (H-16); may come again.")
@reason_option
@by_option
@until_option
@json_option
def ask(
    leads: tuple[str, ...], *, rules: tuple[str, ...], reason: str, by: str, until: str | None, as_json: bool
) -> None:  # fmt: skip
    """Ask to set rules aside for LEADS (lead_12 ...); they are judged again once it is in force."""
    from gateway.overriding import ask as ask_for

    services = open_services()
    ids = [number_of(lead, "lead") for lead in leads]
    asked = ask_for(
        services, rules=rules, lead_ids=ids, reason=reason, by=_officer(services, by), expires_on=_day(until)
    )  # fmt: skip
    _tell(services, asked, as_json=as_json)


@override.command("second")
@number
@by_option
@json_option
def second(number: str, *, by: str, as_json: bool) -> None:
    """Stand by what somebody else asked for: it comes into force."""
    from gateway.overriding import stand_by

    services = open_services()
    stood = stand_by(services, number_of(number, "override"), by=_officer(services, by))
    _tell(services, stood, as_json=as_json)


@override.command("refuse")
@number
@reason_option
@by_option
@json_option
def refuse(number: str, *, reason: str, by: str, as_json: bool) -> None:
    """Do not let it come into force."""
    from gateway.outcomes.overrides import refuse as close

    _close(close, number, reason=reason, by=by, as_json=as_json)


@override.command("end")
@number
@reason_option
@by_option
@json_option
def end(number: str, *, reason: str, by: str, as_json: bool) -> None:
    """End it now: what it let in is not handed out any more."""
    from gateway.outcomes.overrides import end as close

    _close(close, number, reason=reason, by=by, as_json=as_json)


def _close(close: "Callable[..., Record]", number: str, *, reason: str, by: str, as_json: bool) -> None:
    services = open_services()
    with services.unit_of_work() as work:
        found = close(
            work, services.ledger, number_of(number, "override"), by=_officer(services, by), reason=reason
        )  # fmt: skip
    _tell(services, found, as_json=as_json)


@override.command("renew")
@number
@reason_option
@by_option
@until_option
@json_option
def renew(number: str, *, reason: str, by: str, until: str | None, as_json: bool) -> None:
    """Ask for one that goes on where it ends."""
    from gateway.overriding import renew as go_on

    services = open_services()
    asked = go_on(
        services, number_of(number, "override"), reason=reason, by=_officer(services, by), expires_on=_day(until)
    )  # fmt: skip
    _tell(services, asked, as_json=as_json)


@override.command("list")
@json_option
def show(*, as_json: bool) -> None:
    """All overrides, the newest first."""
    from gateway.db.work import reading
    from gateway.outcomes.overrides import list_records

    services = open_services()
    with reading(services.engine) as connection:
        found = [_as_dict(services, one) for one in list_records(connection)]
    rows = [
        (one["override"], one["state"], " ".join(one["rules"]), one["leads"], one["expires_on"], one["by"],
         one["seconded_by"] or "", "yes" if one["signed"] else "NO")
        for one in found
    ]  # fmt: skip
    heads = ("override", "state", "rules", "leads", "until", "asked by", "seconded by", "signed")
    say({"overrides": found}, table(rows, heads) if rows else ["There is no override."], as_json=as_json)


def _officer(services: "Services", who: str) -> str:
    """The number of an officer by address or number. Raises CallerError for anybody else."""
    from gateway.access.people import list_people, reaches
    from gateway.db.work import reading

    with reading(services.engine) as connection:
        known = {name: one for one in list_people(connection) for name in (one.address, f"person_{one.id}")}
    found = known.get(who.strip().lower())
    if found is None:
        raise CallerError([Problem("unknown_person", f"there is no account {who}; see gateway people", field="by")])
    if not reaches(found.role, "officer"):
        message = f"{found.name} is {found.role}; overrides are for officers"
        raise CallerError([Problem("missing_role", message, field="by")])
    return f"person_{found.id}"


def _day(until: str | None) -> date | None:
    return None if until is None else read_day(until, "until")


def _as_dict(services: "Services", found: "Record") -> dict[str, Any]:
    return {
        "override": found.name, "state": found.stands(services.clock.now()), "rules": list(found.rules),
        "leads": found.leads, "reason": found.reason, "by": found.by, "asked_at": text_of(found.asked_at),
        "four_eyes": found.four_eyes, "seconded_by": found.seconded_by, "expires_on": found.expires_on.isoformat(),
        "renews": f"override_{found.renews}" if found.renews else None, "ended_by": found.ended_by,
        "ended_why": found.ended_why, "signed": found.is_signed(services.ledger),
    }  # fmt: skip


def _tell(services: "Services", found: "Record", *, as_json: bool) -> None:
    """What came of it."""
    from gateway.db.work import reading
    from gateway.outcomes.override_leads import count_leads

    with reading(services.engine) as connection:
        stand = count_leads(connection, found.id)
    told = _as_dict(services, found) | {"outcomes": stand}
    state = {
        "asked": "waits for a second person (gateway override second)",
        "in_force": f"is in force until the end of {found.expires_on}",
        "refused": "was refused",
        "ended": "is over; what it let in is withheld",
    }[found.state]
    lines = [f"{found.name} ({', '.join(found.rules)}, {counted(found.leads, 'lead')}) {state}."]
    if found.state == "in_force":
        lines.append("Its leads stand as " + ", ".join(counted(count, name) for name, count in stand.items()) + ".")
    say(told, lines, as_json=as_json)
