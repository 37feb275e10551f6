"""``gateway suppress`` and ``gateway suppressions``: people who must not be written to."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from gateway.cli.common import json_option, match_key, open_services, say
from gateway.domain.ports import CAUSES
from gateway.domain.problem import CallerError, Problem


def _instant(text: str | None, now: datetime, zone: str) -> datetime:
    """When the person said so; a date or a time without a zone is read in the operator's (GATEWAY_ZONE)."""
    if text is None:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no date; write 2026-03-01 or 2026-03-01T12:00:00Z"
        raise CallerError([Problem("bad_date", message, field="received-at")]) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    if moment > now:
        raise CallerError([Problem("future_date", f"{text!r} lies in the future", field="received-at")])
    return moment


cause_option = click.option("--cause", type=click.Choice(CAUSES), default="opt_out", show_default=True)
received_option = click.option("--received-at", help="When the person said so, if not now (ISO 8601).")
note_option = click.option("--note", default="", help="Kept beside the order; no addresses.")


@click.command()
@click.argument("address")
@cause_option
@received_option
@note_option
@json_option
def suppress(address: str, *, cause: str, received_at: str | None, note: str, as_json: bool) -> None:
    """Never write to ADDRESS again: acts at once, withdraws the prospect, refuses waiting leads, lasts for ever."""
    from gateway.domain.ports import Suppression
    from gateway.outcomes.leave import leave

    services = open_services()
    key = match_key(services, address)
    with services.unit_of_work() as work:
        order = Suppression(key, cause, _instant(received_at, work.at, services.settings.zone))  # type: ignore[arg-type]
        left = leave(work, services.ledger, [order], by="cli", note=note)
    document = {"recorded": left.recorded, "withdrawn": left.withdrawn, "refused": left.refused}
    state = "Suppressed" if left.recorded else "Was suppressed for this cause already"
    line = f"{state}. Prospects withdrawn: {left.withdrawn}; waiting leads refused: {left.refused}."
    say(document, [line], as_json=as_json)


@click.group()
def suppressions() -> None:
    """The list of people who must not be written to."""


@suppressions.command("check")
@click.argument("address")
@json_option
def check(address: str, *, as_json: bool) -> None:
    """Whether ADDRESS is suppressed, since when and why."""
    from gateway.db.base import text_of

    services = open_services()
    key = match_key(services, address)
    orders = services.world.suppressions.find_suppressions([key]).get(key, [])
    document = {
        "address": address,
        "suppressed": bool(orders),
        "orders": [{"cause": order.cause, "received_at": text_of(order.received_at)} for order in orders],
    }
    lines = [f"suppressed: {order.cause}, {text_of(order.received_at)[:10]}" for order in orders]
    say(document, lines or ["not suppressed"], as_json=as_json)


@suppressions.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@cause_option
@received_option
@note_option
@json_option
def import_file(file: Path, *, cause: str, received_at: str | None, note: str, as_json: bool) -> None:
    """Suppress every address in FILE: one a line. Exits with 1 if a line was not understood."""
    from gateway.domain.ports import Suppression
    from gateway.intake.suppression_file import read_suppression_file
    from gateway.outcomes.leave import leave
    from gateway.screening.address.keys import key_of

    found = read_suppression_file(file)
    services = open_services()
    keys = dict.fromkeys(key_of(address, services.world.match_keys) for address in found.addresses)
    with services.unit_of_work() as work:
        at = _instant(received_at, work.at, services.settings.zone)
        orders = [Suppression(key, cause, at) for key in keys]  # type: ignore[arg-type]
        left = leave(work, services.ledger, orders, by="cli", note=note)
    document: dict[str, Any] = {
        "rows": found.rows, "addresses": len(found.addresses), "recorded": left.recorded,
        "already": len(keys) - left.recorded, "repeated": len(found.addresses) - len(keys), "unread": found.unread,
        "withdrawn": left.withdrawn, "refused": left.refused,
    }  # fmt: skip
    lines = [
        f"{found.rows:,} lines, {len(found.unread):,} of them not understood.",
        f"Newly suppressed: {left.recorded:,}; already: {document['already']:,}; repeated: {document['repeated']:,}.",
        f"Prospects withdrawn: {left.withdrawn:,}; waiting leads refused: {left.refused:,}.",
        *(f"  row {item['row']}: {item['reason']}" for item in found.unread[:20]),
    ]
    say(document, lines, as_json=as_json)
    if found.unread:
        sys.exit(1)
