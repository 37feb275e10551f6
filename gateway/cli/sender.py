"""``gateway sender``: who we are toward the people we write to, and what is missing for the first mail."""

import click

from gateway.cli.common import json_option, open_services, say

_WITHOUT = {
    "postal_address": "prospects are withheld until it is (CS-26, H-31)",
    "opt_out_url": "prospects are withheld until it is (CS-26, H-31)",
    "names": "no notice or contract of a vendor can be seen to name us",
}
"""What comes of each that is not set."""


@click.command()
@json_option
def sender(*, as_json: bool) -> None:
    """Show the sender's profile (GATEWAY_SENDER_* settings), what it lacks, and what that does."""
    who = open_services().world.sender
    held = {"names": list(who.names), "postal_address": who.postal_address, "opt_out_url": who.opt_out_url}
    lacks = [{"setting": f"GATEWAY_SENDER_{name.upper()}", "without_it": _WITHOUT[name]} for name in who.lacks]
    lines = [
        f"Names        {'; '.join(who.names) or 'none'}",
        f"Address      {who.postal_address or 'none'}",
        f"Opt-out page {who.opt_out_url or 'none'}",
        "",
        "Ready: prospects may be handed out." if who.is_ready else "Not ready.",
        *(f"{lack['setting']} is not set: {lack['without_it']}." for lack in lacks),
    ]
    say({**held, "is_ready": who.is_ready, "lacks": lacks}, lines, as_json=as_json)
