"""``gateway replay``: what was decided, derived again; or history decided under other packs."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.common import json_option, open_services, say
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.pipeline import Services
    from gateway.policy.pack import PolicySet
    from gateway.replay.again import Window

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--as", "as_recorded", type=click.Choice(["recorded"]),
              help="Derive every recorded decision again from its own facts and policies.")  # fmt: skip
@click.option("--policies", "folders", type=click.Path(path_type=Path), multiple=True,
              help="Decide history under the packs of this folder: instead of ours if it holds a whole set "
                   "(reasons.yaml with the gateway's own wordings), beside ours if not.")  # fmt: skip
@click.option("--since", type=_DAY, help="Leads judged on this day (UTC) or later.")
@click.option("--until", type=_DAY, help="Leads judged on this day (UTC) or earlier.")
@click.option("--vendor", help="Leads of this vendor.")
@click.option("--list", "list_id", help="Leads of this list, such as list_3.")
@click.option("--source", help="Leads of this form, such as demo.")
@click.option("--in-force-on", type=_DAY,
              help="By the rules in force on this day, to try rules that are not in force yet; otherwise those of the "
                   "day each lead was judged.")  # fmt: skip
@click.option("--fail-if", multiple=True, metavar="THRESHOLD",
              help="Exit with 1 if more leads flip: 'accept->reject > 1%' (of all leads), 'any->hold >= 500', "
                   "'flips > 0'.")  # fmt: skip
@json_option
def replay(
    *, as_recorded: str | None, folders: tuple[Path, ...], since: datetime | None, until: datetime | None,
    vendor: str | None, list_id: str | None, source: str | None, in_force_on: datetime | None,
    fail_if: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Decide recorded cases again. Writes nothing.

    \b
    gateway replay --as recorded
        Is every decision what its facts and policies give?
    gateway replay --policies DIR --since 2026-01-01 --fail-if 'accept->reject > 1%'
        Who would flip, by which rule, of which vendor, for how much money?

    Exits with 1 if a recorded decision differs, if a threshold is crossed, or if one was given and not every lead
    could be decided again. It works on distinct cases, so a million leads take little longer than a thousand.
    """  # noqa: D301 - click reads the backslash
    if bool(as_recorded) == bool(folders):
        raise CallerError([Problem("replay", "say either --as recorded or --policies DIR")])
    if as_recorded:
        narrowing = {"--since": since, "--until": until, "--vendor": vendor, "--list": list_id, "--source": source,
                     "--in-force-on": in_force_on, "--fail-if": fail_if}  # fmt: skip
        if given := [name for name, value in narrowing.items() if value]:
            raise CallerError([Problem("replay", f"--as recorded looks at everything; leave out {', '.join(given)}")])
        _as_recorded(open_services(), as_json=as_json)
        return
    from gateway.cli.common import number_of
    from gateway.replay.again import Window

    if list_id and source:
        raise CallerError(
            [Problem("replay", "a lead comes from a list or from a form; say one of --list and --source")]
        )
    where = f"list:{number_of(list_id, 'list')}" if list_id else f"form:{source}" if source else None
    days = [None if day is None else day.date() for day in (since, until, in_force_on)]
    _under(folders, Window(days[0], days[1], vendor, where, days[2]), fail_if, as_json=as_json)


def _as_recorded(services: "Services", *, as_json: bool) -> None:
    from gateway.replay.recorded import audit

    found = audit(services)
    lines = [str(difference) for difference in found.differences]
    lines.append(
        f"{found.decisions:,} recorded decisions derived again, {len(found.differences):,} differ."
        if found.differences
        else f"{found.decisions:,} recorded decisions derived again from their facts and policies: no differences."
    )
    if found.not_derivable:
        lines.append(f"{found.not_derivable:,} of them were made before policy sets were kept and could not be.")
    say(found.as_dict(), lines, as_json=as_json)
    if found.differences:
        sys.exit(1)


def _under(folders: tuple[Path, ...], window: "Window", fail_if: tuple[str, ...], *, as_json: bool) -> None:
    from gateway.replay.again import replay as decide_again
    from gateway.replay.report import as_dict, in_words
    from gateway.replay.thresholds import read_threshold

    thresholds = [read_threshold(text) for text in fail_if]
    policies = _load(folders)
    services = open_services()
    result = decide_again(services, policies, window)
    if not result.leads and (window.vendor or window.source):
        raise CallerError([Problem("nothing_found", "no lead is there; is the vendor, list or form spelt right?")])
    crossed = [bound for bound in thresholds if bound.is_crossed(result)]
    unsure = bool(thresholds) and (not result.decided or bool(result.not_derivable))
    document = as_dict(result) | {"crossed": [bound.text for bound in crossed], "vouched_for": not unsure}
    lines = in_words(result) + _later_rules(policies, window, services.clock.now().date())
    lines += [f"Crossed: {bound.text} ({bound.count(result):,} leads)." for bound in crossed]
    if unsure:
        lines.append("Not every lead could be decided again, or none was there: nothing vouches for these packs.")
    say(document, lines, as_json=as_json)
    if crossed or unsure:
        sys.exit(1)


def _load(folders: tuple[Path, ...]) -> "PolicySet":
    """Packs that are a whole set stand alone; others are read beside ours."""
    from gateway.policy.loader import load_policies, stands_alone
    from gateway.wiring import POLICIES

    alone = any(map(stands_alone, folders))
    return load_policies([*([] if alone else [POLICIES]), *folders])


def _later_rules(policies: "PolicySet", window: "Window", today: date) -> list[str]:
    """Rules that no lead of the window can have met, because they come into force after it."""
    if window.in_force_on is not None or window.until is not None:
        return []
    later = [rule for rule in policies.rules if rule.in_force_from > today]
    if not later:
        return []
    first = min(rule.in_force_from for rule in later)
    named = ", ".join(sorted({rule.id for rule in later}))
    return [f"Not in force yet, so they decided nothing here: {named}. Try them with --in-force-on {first}."]
