"""``gateway recalls``: what was recalled, how far it has come, and which destinations have not answered."""

import click

from gateway.cli.common import json_option, number_of, open_services, say, table
from gateway.domain.problem import CallerError, Problem

SHOWN = 50


@click.command("recalls")
@click.argument("recall", required=False)
@json_option
def recalls(recall: str | None, *, as_json: bool) -> None:
    """Recalls, the newest first, and how each destination answers; of RECALL (recall_3) alone, where it is given."""
    from gateway.db.work import reading
    from gateway.emission.browse import answering, find_recall, page_recalls

    services = open_services()
    number = None if recall is None else number_of(recall, "recall")
    with reading(services.engine) as connection:
        if number is None:
            found = page_recalls(connection, limit=SHOWN)
        elif (one := find_recall(connection, number)) is not None:
            found = [one]
        else:
            raise CallerError([Problem("unknown_recall", f"there is no recall_{number}", field="recall")])
        told = answering(connection, services.clock.now(), number)
    rows = [
        (f"recall_{one.id}", one.asked_at.date().isoformat(), one.cause, one.about, one.state, f"{one.people:,}",
         f"{one.acknowledged:,} of {one.messages:,}") for one in found
    ]  # fmt: skip
    theirs = [
        (each.destination, f"{each.issued:,}", f"{each.acknowledged:,}", f"{each.unsent:,}", f"{each.by_hand:,}",
         each.reminders, "late" if each.is_late else "") for each in told
    ]  # fmt: skip
    lines = table(rows, ("recall", "asked on", "cause", "of", "state", "people", "acknowledged"))
    if not rows:
        lines = ["Nothing was recalled."]
    if theirs:  # people who left by themselves are told of, too
        about = "How destinations answer it:" if number else "How destinations answer, recalled or left by themselves:"
        heads = ("destination", "told", "acknowledged", "to be sent", "by hand", "reminders", "")
        lines += ["", about, *table(theirs, heads)]
    document = {
        "recalls": [
            {"recall": f"recall_{one.id}", "cause": one.cause, "about": one.about, "why": one.why, "state": one.state,
             "asked_at": one.asked_at, "people": one.people, "messages": one.messages,
             "acknowledged": one.acknowledged} for one in found
        ],
        "destinations": [
            {"destination": each.destination, "issued": each.issued, "acknowledged": each.acknowledged,
             "unsent": each.unsent, "by_hand": each.by_hand, "reminders": each.reminders, "late": each.is_late}
            for each in told
        ],
    }  # fmt: skip
    say(document, lines, as_json=as_json)
