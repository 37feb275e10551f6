"""``gateway suppress`` and ``gateway suppressions``: people who must not be written to."""

import sys
from pathlib import Path
from typing import Any

import click

from gateway.cli.common import counted, json_option, open_services, read_instant, say, suppression_key
from gateway.domain.ports import CAUSES

cause_option = click.option("--cause", type=click.Choice(CAUSES), default="opt_out", show_default=True)
received_option = click.option("--received-at", help="When the person said so, if not now (ISO 8601).")
note_option = click.option("--note", default="", help="Kept beside the order; no addresses.")


@click.command()
@click.argument("who", metavar="ADDRESS|NUMBER")
@cause_option
@received_option
@note_option
@json_option
def suppress(who: str, *, cause: str, received_at: str | None, note: str, as_json: bool) -> None:
    """Never write to ADDRESS, or never call NUMBER, again: acts at once and lasts for ever.

    An address: its prospect is withdrawn, its waiting leads are refused. A phone number (+44 20 7946 0018, or a
    national one of the United States): it is not handed out any more, and its people may still be written to.
    """
    from gateway.domain.ports import Suppression
    from gateway.outcomes.leave import leave

    services = open_services()
    key, scope = suppression_key(services, who)
    with services.unit_of_work() as work:
        at = read_instant(received_at, work.at, services.settings.zone, "received-at")
        order = Suppression(key, cause, at)  # type: ignore[arg-type]  # click offers the causes
        left = leave(work, services.ledger, [order], by="cli", note=note, scope=scope)
    document = {"recorded": left.recorded, "scope": scope, "withdrawn": left.withdrawn, "refused": left.refused}
    state = "Suppressed" if left.recorded else "Was suppressed for this cause already"
    line = f"{state}. Prospects withdrawn: {left.withdrawn}; waiting leads refused: {left.refused}."
    if scope == "phone":
        line = f"{state}: this phone number is not handed out any more. Its people may still be written to."
    say(document, [line], as_json=as_json)


@click.group()
def suppressions() -> None:
    """The list of people who must not be written to or called."""


@suppressions.command("check")
@click.argument("who", metavar="ADDRESS|NUMBER")
@json_option
def check(who: str, *, as_json: bool) -> None:
    """Whether ADDRESS, or the phone NUMBER, is suppressed, since when and why."""
    from gateway.db.base import text_of

    services = open_services()
    key, scope = suppression_key(services, who)
    orders = services.world.suppressions.find_suppressions([key]).get(key, [])
    document = {
        "address": who,
        "scope": scope,
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
    """Suppress every address in FILE, and every phone number on a line without an address.

    Exits with 1 if a line was not understood.
    """
    from gateway.domain.ports import Scope, Suppression
    from gateway.intake.suppression_file import read_suppression_file
    from gateway.outcomes.leave import leave
    from gateway.screening.address.keys import key_of
    from gateway.screening.phone import phone_key

    found = read_suppression_file(file)
    services = open_services()
    keys = services.world.match_keys
    people: dict[Scope, dict[bytes, None]] = {
        "all": dict.fromkeys(key_of(address, keys) for address in found.addresses),
        "phone": dict.fromkeys(phone_key(number, keys) for number in found.phones),
    }
    recorded, withdrawn, refused = 0, 0, 0
    with services.unit_of_work() as work:
        at = read_instant(received_at, work.at, services.settings.zone, "received-at")
        for scope, wanted in people.items():
            orders = [Suppression(key, cause, at) for key in wanted]  # type: ignore[arg-type]  # click offers the causes
            if orders:
                left = leave(work, services.ledger, orders, by="cli", note=note, scope=scope)
                recorded, withdrawn = recorded + left.recorded, withdrawn + left.withdrawn
                refused += left.refused
    distinct = sum(map(len, people.values()))
    document: dict[str, Any] = {
        "rows": found.rows, "addresses": len(found.addresses), "phones": len(found.phones), "recorded": recorded,
        "already": distinct - recorded, "repeated": len(found.addresses) + len(found.phones) - distinct,
        "unread": found.unread, "withdrawn": withdrawn, "refused": refused,
    }  # fmt: skip
    lines = [
        f"{counted(found.rows, 'line')}, {len(found.unread):,} of them not understood.",
        f"Newly suppressed: {recorded:,}; already: {document['already']:,}; repeated: {document['repeated']:,}.",
        f"Prospects withdrawn: {withdrawn:,}; waiting leads refused: {refused:,}.",
        *(f"  row {item['row']}: {item['reason']}" for item in found.unread[:20]),
    ]
    say(document, lines, as_json=as_json)
    if found.unread:
        sys.exit(1)
