"""``gateway clocks``: what is due when, and what was done about it."""

from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import counted, json_option, match_key, number_of, open_services, read_day, say, table
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.db.work import UnitOfWork
    from gateway.due.marks import Whose
    from gateway.pipeline import Services

address_option = click.option("--address", help="Of the prospect with this address.")
lead_option = click.option("--lead", help="Of the prospect that this lead became (lead_12).")
list_option = click.option("--list", "list_id", help="Of all prospects of this list (list_3).")


@click.group(invoke_without_command=True)
@click.option("--until", help="Only what is due on this day or before (2026-12-31).")
@click.option("--past", is_flag=True, help="Requests to stop that are past due, too.")
@click.option("--each", is_flag=True, help="Name every lead.")
@json_option
@click.pass_context
def clocks(context: click.Context, *, until: str | None, past: bool, each: bool, as_json: bool) -> None:
    """What is due when, soonest first: requests to stop, notices, consents that end, comparisons, holds, reviews.

    Days are counted in the operator's zone (GATEWAY_ZONE). Business days pass over US, Canadian or Australian public
    holidays; "safe" is the day by the earliest count, which passes over weekends only: keep to that one. `note` says
    that something happened which makes clocks end earlier, `done` that a duty was done.
    """
    if context.invoked_subcommand is not None:
        return
    from gateway.due.agenda import make_agenda

    day = None if until is None else read_day(until, "until")
    document = make_agenda(open_services(), until=day, past=past, each=each).as_dict()
    say(document, _lines(document), as_json=as_json)


def _lines(document: dict[str, Any]) -> list[str]:
    if not document["clocks"]:
        return ["Nothing is due."]
    rows, leads = [], []
    for one in document["clocks"]:
        what = f"{one['id']} {one['title']}" if one["kind"] in {"opt_out", "obligation"} else one["title"]
        safe = one["safe_on"] if one["safe_on"] not in {None, one["due_on"]} else ""
        people = "" if one["people"] is None else f"{one['people']:,}"
        rows.append((one["due_on"], safe, _left(one), what.strip(), people, one["source"] or "", one["law"] or ""))
        leads.append(one.get("leads", ()))
    heading, *lines = table(rows, ("due", "safe", "left", "what", "people", "from", "law"))
    told = [heading]
    for line, named in zip(lines, leads, strict=True):
        told += [line, *(f"    {lead}" for lead in named)]
    return told


def _left(one: dict[str, Any]) -> str:
    days = one["days_left"]
    if one["overdue"]:
        return "overdue" if days >= 0 else f"overdue by {_days(-days)}"
    return "today" if days == 0 else _days(days)


def _days(count: int) -> str:
    return counted(count, "day")


@clocks.command("note")
@click.argument("event", type=click.Choice(["first_message", "first_disclosure"]))
@click.option("--on", "on", required=True, help="The day it happened.")
@address_option
@lead_option
@list_option
@json_option
def note(
    event: str, *, on: str, address: str | None, lead: str | None, list_id: str | None, as_json: bool
) -> None:  # fmt: skip
    """Say that the first message went out, or that the data went on to somebody else, on a day.

    Notices that are owed with it are then due on that day (GDPR Art. 14(3)).
    """
    from gateway.due.marks import note_event

    services = open_services()
    with services.unit_of_work() as work:
        whose = _whose(services, work, address, lead, list_id)
        told = note_event(services, work, whose, event, read_day(on, "on"))  # type: ignore[arg-type]  # click's choice
    ends, starts = "ends" if told["moved"] == 1 else "end", "starts" if told["started"] == 1 else "start"
    line = f"{told['whose']}: {counted(told['moved'], 'clock')} {ends} earlier now, {told['started']:,} {starts}."
    say(told, [line], as_json=as_json)


@clocks.command("done")
@click.option("--obligation", required=True, help="The obligation's id or code (OB-CL1, tell_the_source).")
@click.option("--on", "on", help="The day it was done, if not now.")
@address_option
@lead_option
@list_option
@json_option
def done(
    *, obligation: str, on: str | None, address: str | None, lead: str | None, list_id: str | None, as_json: bool
) -> None:  # fmt: skip
    """Say that a duty was done. One that is due again and again starts anew from that day."""
    from gateway.due.marks import close

    services = open_services()
    with services.unit_of_work() as work:
        whose = _whose(services, work, address, lead, list_id)
        told = close(services, work, whose, obligation, None if on is None else read_day(on, "on"))
    again = f" Due again on {told['due_again_on']}." if told["due_again_on"] else ""
    say(told, [f"{told['whose']}: {counted(told['closed'], 'clock')} of {obligation} closed.{again}"], as_json=as_json)


def _whose(
    services: "Services", work: "UnitOfWork", address: str | None, lead: str | None, list_id: str | None
) -> "Whose":
    from gateway.due.marks import whose_address, whose_lead, whose_list

    if sum(given is not None for given in (address, lead, list_id)) != 1:
        raise CallerError([Problem("whose", "say whose: one of --address, --lead or --list")])
    if address is not None:
        return whose_address(work, match_key(services, address))
    if lead is not None:
        return whose_lead(work, number_of(lead, "lead"))
    return whose_list(work, number_of(str(list_id), "list"))
