"""``gateway mail``: the outbox. Without a mail server this is where our mails can be read."""

from typing import Any

import click

from gateway.cli.common import counted, json_option, number_of, open_services, say, table
from gateway.domain.problem import CallerError, Problem

STATES = ("new", "leased", "sent", "kept", "failed", "stopped")
SECONDS = 600.0


@click.group(invoke_without_command=True)
@click.option("--state", type=click.Choice(STATES), help="Only these.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many, newest first.")
@json_option
@click.pass_context
def mail(context: click.Context, *, state: str | None, limit: int, as_json: bool) -> None:
    """Show our own mails, newest first; `show` reads one, `send` sends what is due now.

    new: to be sent; leased: being sent; sent; kept: no mail server is set, so it is kept here for 30 days; failed: the
    server refused it, or twice gave no answer; stopped: nobody waits for it any more.
    """
    if context.invoked_subcommand is not None:
        return
    from gateway.db.work import reading
    from gateway.mail.outbox import list_mails

    with reading(open_services().engine) as connection:
        documents = [_document(row) for row in list_mails(connection, limit=limit, state=state)]
    shown = ("mail", "state", "source", "recipient", "subject", "error")
    rows = [[one[name] or "" for name in shown] for one in documents]
    say({"mails": documents}, table(rows, shown) if rows else ["There is no mail."], as_json=as_json)


@mail.command()
@click.argument("number", metavar="MAIL")
@json_option
def show(number: str, *, as_json: bool) -> None:
    """Read one mail (mail_7). What has been sent is not kept; what no server was there for is, for 30 days."""
    from gateway.db.work import reading
    from gateway.mail.outbox import find_mail

    with reading(open_services().engine) as connection:
        row = find_mail(connection, number_of(number, "mail"))
    if row is None:
        raise CallerError([Problem("no_such_mail", f"there is no {number}; `gateway mail` shows all", field="mail")])
    document = _document(row) | {"text": row.text, "html": row.html}
    lines = [f"{name}: {document[name]}" for name in ("mail", "state", "recipient", "subject") if document[name]]
    gone = f"The words are kept no longer ({row.state})."
    say(document, [*lines, "", *(row.text.splitlines() if row.text else [gone])], as_json=as_json)


@mail.command()
@json_option
def send(*, as_json: bool) -> None:
    """Send what is due now; a worker does the same every few seconds."""
    from dataclasses import asdict

    from gateway.jobs.owed import send_mails

    account = send_mails(open_services(), seconds=SECONDS)
    line = f"{counted(account.sent, 'mail')} sent, {account.kept} kept to be read here, {account.put_off} put off, "
    say(asdict(account), [f"{line}{account.failed} refused, {account.stopped} stopped."], as_json=as_json)


def _document(row: Any) -> dict[str, Any]:
    from gateway.db.base import text_of

    return {
        "mail": f"mail_{row.id}", "kind": row.kind, "state": row.state, "source": row.source,
        "recipient": row.recipient, "language": row.language, "subject": row.subject, "tries": row.tries,
        "created_at": text_of(row.created_at), "sent_at": None if row.sent_at is None else text_of(row.sent_at),
        "error": row.error,
    }  # fmt: skip
