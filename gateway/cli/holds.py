"""``gateway holds``: what waits for an officer, grouped, and answering it."""

from typing import Any

import click

from gateway.cli.common import json_option, number_of, open_services, read_day, say, table
from gateway.domain.problem import CallerError, Problem


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def holds(context: click.Context, *, as_json: bool) -> None:
    """What waits, a line for each question; `answer` settles one, `undo` takes an answer back within its minute."""
    if context.invoked_subcommand is not None:
        return
    from gateway.answering.giving import in_words
    from gateway.answering.groups import Filter, find_groups
    from gateway.db.work import reading

    services = open_services()
    with reading(services.engine, snapshot=True) as connection:
        found = find_groups(connection, services, Filter())
    rows = [
        (group.key, f"{group.leads:,}", "asked" if group.is_asked else group.question, group.deadline_at.date(),
         in_words(group)) for group in found
    ]  # fmt: skip
    documents = [
        {"group": group.key, "question": group.question, "asked": group.is_asked, "leads": group.leads,
         "deadline_at": group.deadline_at, "rules": [finding.rule for finding in group.findings],
         "place": group.place._asdict(), "by_itself": group.answers_itself} for group in found
    ]  # fmt: skip
    lines = table(rows, ("group", "leads", "waits for", "deadline", "question")) if rows else ["Nothing waits."]
    say({"groups": documents}, lines, as_json=as_json)


@holds.command("answer")
@click.argument("group")
@click.argument("kind", type=click.Choice(["release", "refuse", "ask"]))
@click.option("--reason", required=True, help="Why, in a few words; kept in the ledger.")
@click.option("--person", required=True, help="Who answers (person_3, see `gateway people`).")
@click.option("--days", type=int, default=14, show_default=True, help="How long the vendor has, of `ask`.")
@click.option("--until", help="The last day of the exception (2026-12-31), of `release`.")
@click.option("--now", is_flag=True, help="Carry it out now, without the minute in which it can be undone.")
@json_option
def answer(
    group: str, kind: str, *, reason: str, person: str, days: int, until: str | None, now: bool, as_json: bool
) -> None:
    """Release, refuse or ask the vendor about all leads of GROUP."""
    from gateway.answering.carry import carry_out
    from gateway.answering.giving import find_meant, give
    from gateway.answering.groups import Filter
    from gateway.outcomes.answers import find, hasten

    services = open_services()
    if "@" in reason or not reason.strip():
        raise CallerError([Problem("bad_reason", "Say why, without an address.", field="reason")])
    with services.unit_of_work() as work:
        by = _officer(work.connection, person)
        meant = find_meant(work.connection, services, Filter(key=group), kind)  # type: ignore[arg-type]  # click's choice
        day = None if until is None else read_day(until, "until")
        given = give(work, services, meant, reason=reason, by=by, days=days, expires_on=day)
        services.ledger.append(
            work, "holds.answered",
            {"by": by, "reason": reason, "answer": given.id, "leads": given.leads, "questions": [group],
             "terms": given.terms, "before": "waiting", "after": kind},
        )  # fmt: skip
        if now:
            hasten(work, given.id)
    while now and carry_out(given.id, services):
        pass
    with services.unit_of_work() as work:
        done = find(work.connection, given.id)
    assert done is not None
    document: dict[str, Any] = {"answer": given.id, "leads": given.leads, "state": done.state, "account": done.account}
    line = f"answer {given.id}: {given.leads:,} leads, {done.state}"
    line += "".join(f", {count:,} {name.replace('_', ' ')}" for name, count in done.account.items())
    say(document, [line if now else f"{line}; for a minute: gateway holds undo {given.id}"], as_json=as_json)


@holds.command("undo")
@click.argument("number")
@click.option("--person", required=True, help="Who undoes it (person_3).")
@json_option
def undo(number: str, *, person: str, as_json: bool) -> None:
    """Take an answer back, as long as nobody has begun to carry it out."""
    from gateway.outcomes.answers import undo as take_back

    services, which = open_services(), number_of(number, "answer")
    with services.unit_of_work() as work:
        by = _officer(work.connection, person)
        if not take_back(work, which):
            raise CallerError([Problem("too_late", "There is no such answer that could still be undone.")])
        services.ledger.append(work, "answer.undone", {"by": by, "answer": which, "after": "waiting"})
    say({"answer": which, "undone": True}, ["Undone; its leads wait on."], as_json=as_json)


def _officer(connection: Any, text: str) -> str:
    from gateway.access.people import list_people

    number = number_of(text, "person")
    for person in list_people(connection):
        if person.id == number and person.role in {"officer", "administrator"}:
            return f"person_{number}"
    raise CallerError([Problem("no_officer", f"{text} may not answer holds; see `gateway people`", field="person")])
