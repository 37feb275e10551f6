"""``gateway feedback``: reports of senders from files, the endpoints senders post to, what was reported so far."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import counted, json_option, open_services, read_bytes, read_text, say, table
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.feedback.book import Account

_REPORTERS = ("ses", "sendgrid", "mailgun", "brevo", "mailchimp", "generic")
_SHOWN = 20


class _Reports(click.Group):
    """A group whose unknown commands are files: ``gateway feedback bounces.mbox``."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command of the group, or the one that reads this file."""
        known = super().get_command(ctx, cmd_name)
        return known or click.Command(cmd_name, callback=partial(_read, cmd_name), params=_OPTIONS, help=_read.__doc__)


@click.group(cls=_Reports, subcommand_metavar="FILE|-|COMMAND [OPTIONS]")
def feedback() -> None:
    """Take in what senders report: FILE (or - for standard input) is a message, an mbox, or JSON.

    Hard bounces, complaints and unsubscribes suppress their people at once. What was told before changes nothing.
    Exits with 1 if something in the file could not be read.
    """


_OPTIONS: list[click.Parameter] = [
    click.Option(
        ["--reporter"], type=click.Choice(_REPORTERS),
        help="Whose webhook's body the file is; if not given, a message, an mbox or our own JSON.",
    ),
    click.Option(["--json", "as_json"], is_flag=True, help="Print JSON for programs."),
]  # fmt: skip


def _read(file: str, *, reporter: str | None, as_json: bool) -> None:
    """Take in the reports of a file."""
    from gateway.feedback.book import Account, record
    from gateway.feedback.event import RefusedError
    from gateway.feedback.files import LARGEST_FILE, parse_file
    from gateway.person.links import whose_link

    data = sys.stdin.buffer.read(LARGEST_FILE + 1) if file == "-" else read_bytes(Path(file))
    if len(data) > LARGEST_FILE:
        message = f"it is larger than {LARGEST_FILE >> 20} MB; give it in parts"
        raise CallerError([Problem("too_large", message, field="file")])
    services, account, events = open_services(), Account(), []
    read_link = whose_link(services)
    refused: list[dict[str, Any]] = []
    for place, found in parse_file(data, reporter):
        if isinstance(found, RefusedError):
            refused.append({"message": place, "code": found.code, "reason": str(found)})
            continue
        events += found.events
        refused += [{"message": place, "code": "bad_event", "reason": reason} for reason in found.refused]
        if len(events) > 1_000:  # noqa: PLR2004 - keeps the writing transaction short
            account.add(record(services, events, read_link=read_link))
            events = []
    account.add(record(services, events, read_link=read_link))
    say(account.as_dict() | {"unreadable": refused}, _lines(account, refused), as_json=as_json)
    if refused:
        sys.exit(1)


def _lines(account: "Account", refused: list[dict[str, Any]]) -> list[str]:
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in account.kinds.items())
    new = counted(account.new, "new event") + (f": {kinds}" if kinds else "")
    more = len(refused) - _SHOWN
    return [
        f"{new}; known already: {account.known:,}; not kept (delivered, opened, clicked): {account.ignored:,}.",
        f"Newly suppressed: {account.suppressed:,}; prospects withdrawn: {account.withdrawn:,}.",
        f"Waiting leads refused: {account.refused:,}; about nobody we know: {account.strangers:,}.",
        *(f"  message {item['message']}: {item['reason']} ({item['code']})" for item in refused[:_SHOWN]),
        *([f"  and {more:,} more"] if more > 0 else []),
    ]  # fmt: skip


@feedback.command("show")
@json_option
def show(*, as_json: bool) -> None:
    """What was reported so far, by form or list, reporter and kind."""
    from gateway.db.work import reading
    from gateway.feedback.counts import find_counts

    with reading(open_services().engine, snapshot=True) as connection:
        found = find_counts(connection)
    rows = [
        ("nobody we know" if one.source is None else f"{one.origin_kind}:{one.source}", one.vendor or "", one.reporter,
         one.kind, f"{one.events:,}", f"{one.people:,}") for one in found
    ]  # fmt: skip
    headings = ("source", "vendor", "reporter", "kind", "events", "people")
    say({"counts": [one._asdict() for one in found]}, table(rows, headings), as_json=as_json)


@feedback.group("endpoint")
def endpoint() -> None:
    """The addresses that senders' webhooks post to."""


@endpoint.command("add")
@click.argument("name")
@click.option("--reporter", type=click.Choice(_REPORTERS), required=True, help="Who posts there.")
@click.option("--key-file", type=click.Path(path_type=Path), help="What its deliveries are checked with.")
@click.option("--topic", default="", help="For ses: the ARN of the SNS topic; no other is taken.")
@json_option
def add(name: str, *, reporter: str, key_file: Path | None, topic: str, as_json: bool) -> None:
    """Open the endpoint NAME.

    The key file holds, of sendgrid: the verification key; of mailgun: the webhook signing key; of brevo: a token or
    user:password; of mailchimp: a token for the address; of generic: a secret as Standard Webhooks has it (without
    one an API key of scope `feedback` is asked for). A token that is not given is made, and shown once.
    """
    from gateway.feedback.endpoints import add_endpoint

    given = topic if reporter == "ses" else read_text(key_file) if key_file is not None else ""
    services = open_services()
    with services.unit_of_work() as work:
        made = add_endpoint(work, name, reporter, given, by="cli")  # type: ignore[arg-type]  # click offers the reporters
        services.ledger.append(work, "feedback_endpoint.added", {"name": name, "reporter": reporter, "by": "cli"})
    in_path = reporter in {"brevo", "mailchimp"} and ":" not in made.secret
    path = f"/v1/feedback/{name}" + (f"/{made.secret}" if in_path else "")
    shown_once = " (shown once; the last part is the token)" if in_path else ""
    address = f"{services.settings.public_url or 'https://<this gateway>'}{path}"
    say(
        {"name": name, "reporter": reporter, "path": path},
        [f"{reporter} posts to {address}{shown_once}"],
        as_json=as_json,
    )


@endpoint.command("list")
@json_option
def list_all(*, as_json: bool) -> None:
    """All endpoints, without their secrets."""
    from gateway.db.work import reading
    from gateway.feedback.endpoints import list_endpoints

    with reading(open_services().engine) as connection:
        found = list_endpoints(connection)
    documents = [{"name": one.name, "reporter": one.reporter, "created_at": one.created_at} for one in found]
    rows = [(one.name, one.reporter, one.created_at) for one in found]
    say({"endpoints": documents}, table(rows, ("name", "reporter", "since")), as_json=as_json)


@endpoint.command("remove")
@click.argument("name")
@json_option
def remove(name: str, *, as_json: bool) -> None:
    """Close the endpoint NAME. What it reported stays."""
    from gateway.feedback.endpoints import remove_endpoint

    services = open_services()
    with services.unit_of_work() as work:
        if not remove_endpoint(work, name):
            raise CallerError([Problem("unknown_endpoint", f"there is no endpoint {name}", field="name")])
        services.ledger.append(work, "feedback_endpoint.removed", {"name": name, "by": "cli"})
    say({"name": name, "removed": True}, ["Removed."], as_json=as_json)
