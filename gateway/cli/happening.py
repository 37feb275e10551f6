"""``gateway events``, ``contactable`` and ``phases``: what became of people, and who may be contacted."""

import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import json_option, match_key, open_services, read_day, say, table

if TYPE_CHECKING:
    from gateway.pipeline import Services

_SHOWN = 20  # refused rows on a screen


@click.group()
def events() -> None:
    """What people bought, used, answered and said."""


@events.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--teller", default="file", show_default=True, help="Who tells; ids of events are each teller's own.")
@click.option("--encoding", help="Of the file, if it is not UTF-8.")
@click.option("--zone", help="Of times and days that name none, such as Europe/Berlin; else such times are refused.")
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would become of each row.")
@json_option
def import_file(file: Path, *, teller: str, encoding: str | None, zone: str | None, dry: bool, as_json: bool) -> None:
    """Take in the events of FILE, a table with headings: kind, at, and one of address, match_key, prospect, lead.

    Also id, product, segment, quantity, amount, currency, campaign, channel, satisfaction, recommend. A row without an
    id is known by its content, so that a file taken in twice changes nothing. Exits with 1 if rows were refused.
    """
    from gateway.domain.problem import CallerError, Problem
    from gateway.intake.event_file import import_events

    if not file.is_file():
        raise CallerError([Problem("unreadable", f"cannot read {file}: it is no plain file", "file")])
    if not teller.strip() or "@" in teller or len(teller) > 100:  # noqa: PLR2004 - characters
        raise CallerError([Problem("bad_teller", "a teller is a short name without an address", "teller")])
    counts: Counter[str] = Counter()
    refused: list[dict[str, Any]] = []
    parts = import_events(open_services(), file, teller=teller, encoding=encoding, zone=zone, dry=dry)
    for rows, taken in parts:
        counts.update(taken.counts)
        for row, reply in zip(rows, taken.replies, strict=True):
            if reply.problems:
                refused.append({"row": row, "problems": [problem.as_dict() for problem in reply.problems]})
    document = {"dry_run": dry, "counts": dict(counts), "refused": refused}
    lines = [f"row {one['row']}: {'; '.join(p['message'] for p in one['problems'])}" for one in refused[:_SHOWN]]
    if len(refused) > _SHOWN:
        lines.append(f"and {len(refused) - _SHOWN:,} more; --json has all")
    told = ", ".join(f"{count:,} {state.replace('_', ' ')}" for state, count in counts.items())
    lines.append(f"{'Would be: ' if dry else ''}{told or 'no rows'}.")
    say(document, lines, as_json=as_json)
    if refused:
        sys.exit(1)


@events.command("reorder")
@click.option("--within", default=14, show_default=True, type=click.IntRange(0, 366), help="Days from today on.")
@click.option("--since", default=30, show_default=True, type=click.IntRange(0, 366), help="Days before today, too.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 1000))
@click.option("--after", help="Go on where an earlier answer ended.")
@json_option
def reorder(*, within: int, since: int, limit: int, after: str | None, as_json: bool) -> None:
    """Who is about to run out of what they bought, by their own pace, soonest first."""
    from gateway.becoming.contactable import find_reorders
    from gateway.clocks.calendar import day_of

    services = open_services()
    today = day_of(services.clock.now(), services.settings.zone)
    first, last = today - timedelta(days=since), today + timedelta(days=within)
    found = find_reorders(services, first, last, after=after, limit=limit).as_dict()
    rows = [
        (one["reorder_on"], one["run_out_on"], one["prospect"], one["product"] or "", one["address"] or one["why_not"])
        for one in found["reorders"]
    ]
    lines = table(rows, ("reorder on", "runs out on", "prospect", "product", "to")) if rows else ["Nobody."]
    say(found, [*lines, *_more(found["after"])], as_json=as_json)


@click.command()
@click.option("--after", default=0, type=click.IntRange(0), help="Go on behind this prospect's number.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 1000))
@click.option("--channel", type=click.Choice(["email", "phone"]), default="email", show_default=True)
@click.option("--phase", help="Only people of this phase.")
@json_option
def contactable(*, after: int, limit: int, channel: str, phase: str | None, as_json: bool) -> None:
    """Who may be contacted today, by what channel, in what tone and with which obligations.

    Orders not to write, ended consents, what is withheld and how often the phase allows are looked at now.
    """
    from gateway.becoming.contactable import find_contactable
    from gateway.person.links import link_maker

    services = open_services()
    found = find_contactable(
        services, after=after, limit=limit, channel=channel, phase=phase, link_of=link_maker(services)
    ).as_dict()
    owed = dict.fromkeys(_duties(one) for one in found["people"])
    letters = {duties: _letter(place) for place, duties in enumerate(owed)}
    rows = [
        (one["prospect"], one["address"], _place(one["cadence"]), " ".join(one["channels"]), one["cadence"]["tone"],
         letters[_duties(one)])
        for one in found["people"]
    ]  # fmt: skip
    lines = table(rows, ("prospect", "address", "phase", "by", "tone", "duties")) if rows else ["Nobody just now."]
    lines += [f"Duties {letter}: {', '.join(duties)}." for duties, letter in letters.items()]
    not_now = ", ".join(f"{count:,} {why.replace('_', ' ')}" for why, count in found["not_now"].items())
    lines += [f"Not now: {not_now}."] if not_now else []
    say(found, [*lines, *_more(found["after"])], as_json=as_json)


@click.command()
@click.argument("who", metavar="[ADDRESS|PROSPECT]", required=False)
@click.option("--as", "view", help="In the words of a view of lifecycle.yaml, such as five-stages.")
@click.option("--known-by", help="Of a person: as we knew it at the end of this day.")
@json_option
def phases(who: str | None, *, view: str | None, known_by: str | None, as_json: bool) -> None:
    """How many people stand where; of one person where they stood from when on, and by which rule and events."""
    from gateway.becoming.counted import history_of, tell_counts
    from gateway.clocks.calendar import end_of

    services = open_services()
    if who is None:
        counts = tell_counts(services, view)
        rows = [(one.get("stage") or _place(one), f"{one['people']:,}") for one in counts]
        lines = table(rows, ("stage" if view else "phase", "people"))
        say({"lines": counts}, [*lines, *_restated(services)], as_json=as_json)
        return
    day: date | None = None if known_by is None else read_day(known_by, "known-by")
    number = _prospect(services, who)
    until = None if day is None else end_of(day, services.settings.zone)
    changes = history_of(services, number, known_by=until, view=view)
    told = [
        (one["at"][:10], one["stage"] if view else _place(one), one["rule"] or "", one["cause"], one["known_at"][:10])
        for one in changes
    ]
    heads = ("from", "stage" if view else "phase", "rule", "because", "known since")
    lines = table(told, heads) if told else ["A prospect; nothing happened."]
    say({"prospect": number, "changes": changes}, lines, as_json=as_json)


def _duties(one: dict[str, Any]) -> tuple[str, ...]:
    """What is owed to somebody, with its days; most people of a page owe the same."""
    return tuple(
        duty["code"] + (f" by {duty['due_on']}" if duty.get("due_on") else "") for duty in one["obligations"]
    )  # fmt: skip


def _letter(place: int) -> str:
    """A to Z, then AA."""
    return (_letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)  # noqa: PLR2004 - letters


def _restated(services: "Services") -> list[str]:
    """That the rules tell the past otherwise than they did, where the last change of them does."""
    from gateway.becoming.restating import find_last
    from gateway.db.work import reading

    with reading(services.engine) as connection:
        last = find_last(connection)
    if last is None or not last["restates"]:
        return []
    names, day = ", ".join(last["restates"]), last["at"].date()
    return [f"Since {day} the past is told by other rules, too: {names}. What was believed before: --known-by."]


def _prospect(services: "Services", who: str) -> int:
    from gateway.db.work import reading
    from gateway.domain.problem import CallerError, Problem
    from gateway.lifecycle.store import known

    if who.isascii() and who.isdigit() and len(who) < 19:  # noqa: PLR2004 - 64 bits hold 18 digits
        return int(who)
    with reading(services.engine) as connection:
        found = list(known(connection, [match_key(services, who)]).values())
    if not found:
        raise CallerError([Problem("unknown_person", "nobody with this address is or was a prospect", "who")])
    return found[0].prospect_id


def _place(one: dict[str, Any]) -> str:
    return f"{one['phase']}, {one['kind'].replace('_', ' ')}" if one["kind"] else str(one["phase"])


def _more(after: object) -> list[str]:
    return [] if after is None else [f"There is more: --after {after}"]
