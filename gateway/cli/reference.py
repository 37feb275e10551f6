"""``gateway reference``: lists from outside that change, loaded from files, and how old they are."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from gateway.cli.common import counted, decode, json_option, open_services, read_bytes, read_instant, say, table

_EFFECT = "a stale list holds leads whose domain is no known mailbox provider's (CS-20)"
_NEVER = "phones are known by the public list of carriers' domains only (CS-18)"


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def reference(context: click.Context, *, as_json: bool) -> None:
    """Show which reference lists are loaded and when they go stale; `load` brings a new one."""
    if context.invoked_subcommand is not None:
        return
    from gateway.clocks.calendar import day_of
    from gateway.db.base import text_of
    from gateway.db.work import reading
    from gateway.due.agenda import stale_on
    from gateway.reference.book import NAMES, find_last_load
    from gateway.screening.address.kinds import list_age

    services = open_services()
    now, zone = services.clock.now(), services.settings.zone
    documents: list[dict[str, Any]] = []
    with reading(services.engine) as connection:
        for name in NAMES:
            last = find_last_load(connection, name)
            state = list_age(None if last is None else last.loaded_at, now)
            documents.append({
                "name": name,
                "state": state,
                "loaded_at": None if last is None else text_of(last.loaded_at),
                "loaded_on": None if last is None else day_of(last.loaded_at, zone).isoformat(),
                "stale_on": None if last is None else stale_on(last.loaded_at, zone).isoformat(),
                "days_old": None if last is None else (day_of(now, zone) - day_of(last.loaded_at, zone)).days,
                "rows": None if last is None else last.rows,
                "sha256": None if last is None else last.digest,
                "effect": _NEVER if last is None else _EFFECT,
            })  # fmt: skip
    names = ("name", "state", "rows", "of", "stale from", "what that does")
    rows = [
        (one["name"], one["state"].replace("_", " "), one["rows"] or "", one["loaded_on"] or "",
         one["stale_on"] or "", one["effect"]) for one in documents
    ]  # fmt: skip
    say({"lists": documents}, table(rows, names), as_json=as_json)


@reference.command("load")
@click.argument("name", type=click.Choice(["fcc-wireless"]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--loaded-on", help="The day or moment the list is of, if it was not fetched just now (ISO 8601).")
@click.option("--listed-since", help="Since when domains that are new here have been posted; its own day if not given.")
@click.option("--even-if-smaller", is_flag=True, help="Take a list that has less than half of the domains held.")
@json_option
def load(
    name: str, file: Path, *, loaded_on: str | None, listed_since: str | None, even_if_smaller: bool, as_json: bool
) -> None:
    """Put the list in FILE in force: one domain a line, or a table with a column called domain.

    Domains that are on it already keep the day on which they were first seen, since they bind only after 30 days (47
    CFR 64.3100(a)(4)). A first load cannot know for how long its domains have been posted: their 30 days begin on the
    list's own day unless --listed-since says more. Until they are over CS-17 holds such leads, which is the safe side.
    """
    from gateway.reference.book import load_wireless
    from gateway.reference.domains import read_domains

    data = read_bytes(file)
    domains, digest = read_domains(decode(data, file)), sha256(data).hexdigest()
    services = open_services()
    zone = services.settings.zone
    with services.unit_of_work() as work:
        loaded_at = read_instant(loaded_on, work.at, zone, "loaded-on")
        since = None if listed_since is None else read_instant(listed_since, work.at, zone, "listed-since")
        changes = load_wireless(
            work, domains, digest=digest, loaded_at=loaded_at, by="cli", listed_since=since,
            even_if_smaller=even_if_smaller,
        )  # fmt: skip
        told = {
            "name": name, "rows": changes.rows, "added": len(changes.added), "removed": len(changes.removed),
            "sha256": digest, "loaded_at": loaded_at.isoformat(),
        }  # fmt: skip
        services.ledger.append(work, "reference.loaded", {**told, "by": "cli"})
    number, new, gone = counted(changes.rows, "domain"), len(changes.added), len(changes.removed)
    line = f"{name}: {number}, {new:,} new, {gone:,} gone. In force now."
    say(told, [line], as_json=as_json)
