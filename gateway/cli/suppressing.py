"""``gateway suppress`` and ``gateway suppressions``: people who must not be written to."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import counted, json_option, open_services, read_bytes, read_instant, say, suppression_key
from gateway.domain.ports import CAUSE_WORDS, CAUSES, EVERYTHING, PHONE, read_cause, read_scope
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.intake.stops import Account
    from gateway.pipeline import Services


class _Checked(click.ParamType):  # type: ignore[type-arg]  # generic in the stubs only
    """Text that one of the domain's readers understands."""

    def __init__(self, name: str, read: Any) -> None:
        self.name = name
        self.read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The cause or scope; a usage error says which there are."""
        try:
            return self.read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


cause_option = click.option(
    "--cause", type=_Checked("cause", read_cause), default="opt_out", show_default=True,
    help=f"Why: {', '.join((*CAUSES, *CAUSE_WORDS))}.",
)  # fmt: skip
scope_option = click.option(
    "--scope", type=_Checked("scope", read_scope), default=EVERYTHING, show_default=True,
    help="What of addresses: all, email, brand:NAME, source:KEY (a form's key, list_7) or purpose:WORD.",
)  # fmt: skip
received_option = click.option("--received-at", help="When the person said so, if not now (ISO 8601).")
note_option = click.option("--note", default="", help="Kept beside the order; no addresses.")


@click.command()
@click.argument("who", metavar="ADDRESS|NUMBER")
@cause_option
@scope_option
@received_option
@note_option
@json_option
def suppress(who: str, *, cause: str, scope: str, received_at: str | None, note: str, as_json: bool) -> None:
    """Never write to ADDRESS, or never call NUMBER, again: acts at once and lasts for ever.

    An address: its prospect is withdrawn, its waiting leads are refused; with --scope brand:NAME or source:KEY only
    what stands on leads of that brand or source. A phone number (+44 20 7946 0018, or one of the United States):
    it is not handed out any more, and its people may still be written to.
    """
    from gateway.domain.ports import Suppression
    from gateway.outcomes.leave import leave

    services = open_services()
    key, kind = suppression_key(services, who)
    over = PHONE if kind == PHONE else scope
    with services.unit_of_work() as work:
        at = read_instant(received_at, work.at, services.settings.zone, "received-at")
        order = Suppression(key, read_cause(cause), at, over)
        left = leave(work, services.ledger, [order], by="cli", note=note)
    document = {"recorded": left.recorded, "scope": over, "withdrawn": left.withdrawn, "refused": left.refused}
    state = "Suppressed" if left.recorded else "Was suppressed for this cause already"
    line = f"{state}. Prospects withdrawn: {left.withdrawn}; waiting leads refused: {left.refused}."
    if over == PHONE:
        line = f"{state}: this phone number is not handed out any more. Its people may still be written to."
    say(document, [line], as_json=as_json)


@click.group()
def suppressions() -> None:
    """The list of people who must not be written to or called."""


@suppressions.command("check")
@click.argument("who", metavar="ADDRESS|NUMBER|HASH")
@json_option
def check(who: str, *, as_json: bool) -> None:
    """Whether ADDRESS, the phone NUMBER or the owner of a HASH is suppressed, since when, why and how we know.

    A hash (MD5, SHA-1, SHA-256, SHA-512 in hex) that is not found may still be of somebody who left: of most of them
    no address is kept that could be hashed.
    """
    from gateway.intake.stops import look_up

    services = open_services()
    (answer,) = look_up(services, [who])
    if answer.state == "not_understood":
        suppression_key(services, who)  # says what is wrong with it
    told = answer.as_dict()
    scopes = {order["scope"] for order in told["orders"]}
    document = {"address": who, "scope": PHONE if scopes == {PHONE} else EVERYTHING, **told}
    lines = [_line(order) for order in told["orders"]]
    unknown = answer.state == "unknown_hash"
    say(document, lines or ["not found by this hash" if unknown else "not suppressed"], as_json=as_json)


def _line(order: dict[str, Any]) -> str:
    part = "" if order["scope"] in {EVERYTHING, PHONE} else f", {order['scope']}"
    known = f", known by the {order['known_by']}" if order["known_by"] else ""
    return f"suppressed: {order['cause']}, {order['received_at'][:10]}{part}{known}"


@suppressions.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@cause_option
@scope_option
@received_option
@note_option
@json_option
def import_file(file: Path, *, cause: str, scope: str, received_at: str | None, note: str, as_json: bool) -> None:
    """Suppress every address in FILE, every hash of one, and every phone number on a line without either.

    Hashes are MD5, SHA-1, SHA-256 or SHA-512 in hex, mixed as they come, of the address as typed, trimmed, lower-cased
    or in its provider's own form. Those that are of nobody we know are kept and stop whoever comes with such an
    address. A backup made by `gateway suppressions export --as backup` is known for what it is. Exits with 1 if a line
    was not understood.
    """
    from gateway.intake.stops import Told
    from gateway.intake.stops import suppress as suppress_all
    from gateway.intake.suppression_file import read_suppression_file
    from gateway.suppression.backup import is_backup

    services = open_services()
    with _opened(file) as head:
        first = head.readline()
    if is_backup(first):
        _restore(services, file, as_json=as_json)
        return
    found = read_suppression_file(file)
    told = Told(found.addresses, found.phones, found.hashes)
    with services.unit_of_work() as work:
        at = read_instant(received_at, work.at, services.settings.zone, "received-at")
        account = suppress_all(services, work, told, read_cause(cause), at=at, scope=scope, by="cli", note=note)
    named = len(found.addresses) + len(found.phones) + len(found.hashes)
    document: dict[str, Any] = {
        "rows": found.rows, "addresses": len(found.addresses), "phones": len(found.phones),
        "hashes": len(found.hashes), "recorded": account.recorded, "already": account.distinct - account.recorded,
        "repeated": named - account.distinct, "unread": found.unread, "withdrawn": account.withdrawn,
        "refused": account.refused,
    }  # fmt: skip
    lines = [
        f"{counted(found.rows, 'line')}, {len(found.unread):,} of them not understood.",
        *_told(account, document["repeated"]),
        *(f"  row {item['row']}: {item['reason']}" for item in found.unread[:20]),
    ]
    say(document, lines, as_json=as_json)
    if found.unread:
        sys.exit(1)


def _opened(file: Path) -> Any:
    try:
        return file.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise CallerError([Problem("unreadable", f"cannot read {file}: {error.strerror}")]) from None


def _told(account: "Account", repeated: int) -> list[str]:
    already = account.distinct - account.recorded
    return [
        f"Newly suppressed: {account.recorded:,}; already: {already:,}; repeated: {repeated:,}.",
        f"Prospects withdrawn: {account.withdrawn:,}; waiting leads refused: {account.refused:,}.",
    ]


def _restore(services: "Services", file: Path, *, as_json: bool) -> None:
    from gateway.intake.restoring import read_backup, restore

    with _opened(file) as lines:
        backup = read_backup(services, lines)
    with services.unit_of_work() as work:
        account = restore(services, work, backup, by="backup")
    moves = len({frozenset(move) for move in backup.moves})
    document = {**account.as_dict(), "already": account.distinct - account.recorded, "moves": moves}
    head = f"A backup of {counted(account.distinct, 'order')} and {counted(moves, 'change')} of address."
    say(document, [head, *_told(account, 0)], as_json=as_json)


@suppressions.command("export")
@click.option("--as", "form", type=click.Choice(["sha256", "sha512", "sha1", "md5", "plain", "backup"]),
              default="sha256", show_default=True, help="Hashes in hex, addresses, or the whole book.")  # fmt: skip
@click.option("--variant", type=click.Choice(["lower", "raw", "trimmed", "canonical"]), default="lower",
              show_default=True, help="Which way of writing the address is hashed.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="A file for it, instead of printing.")
def export(*, form: str, variant: str, out: Path | None) -> None:
    """Print those who left, for whoever must leave them out.

    The book keeps match keys, no addresses: hashed (or named, with `plain`) can only be those whose address is still
    stored with a lead or prospect, and the error output says of how many it is not. `backup` has every order as it
    is kept; keep it apart from the database, and after restoring an older database take it in again with
    `gateway suppressions import`.
    """
    from gateway.intake.stops_given import BACKUP, Given

    given = Given(open_services())
    if out is None:
        for line in given.lines(form, variant):
            click.echo(line)
    else:
        _write(out, (line + "\n" for line in given.lines(form, variant)))
    if form != BACKUP and given.without_address:
        people = counted(given.without_address, "person")
        click.echo(f"gateway: no address is stored of {people} more who left; only --as backup has them.", err=True)


@suppressions.command("scrub")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the file without them goes.")
@click.option("--receipt", "receipt_path", type=click.Path(path_type=Path), help="Where the signed receipt goes.")
@json_option
def scrub_file(file: Path, *, out: Path, receipt_path: Path | None, as_json: bool) -> None:
    """Take out of FILE (CSV, or lines of addresses or hashes) whoever left, and sign a receipt of it.

    Every column stays; cells that a spreadsheet would run are disarmed. `gateway suppressions receipt` checks the
    receipt.
    """
    from gateway.intake.scrub import scrub

    done = scrub(open_services(), read_bytes(file))
    _write(out, done.lines)
    if receipt_path is not None:
        _write(receipt_path, [done.receipt])
    document = {
        "rows": done.rows, "removed": done.removed, "kept": done.rows - done.removed, "causes": done.causes,
        "unknown_hashes": done.unknown_hashes, "receipt": done.receipt,
    }  # fmt: skip
    lines = [f"{counted(done.rows, 'row')}: {done.removed:,} left and were taken out, {document['kept']:,} stay."]
    if done.unknown_hashes:
        lines.append(f"Of {counted(done.unknown_hashes, 'hash')} nobody can say whose they are; they stay.")
    say(document, lines if receipt_path else [*lines, "", done.receipt.rstrip()], as_json=as_json)


def _write(path: Path, pieces: Iterable[str]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
    except OSError as error:
        raise CallerError([Problem("unwritable", f"cannot write {path}: {error.strerror}")]) from None


@suppressions.command("receipt")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def receipt(file: Path, *, as_json: bool) -> None:
    """Whether FILE is a receipt of a scrub that this gateway signed, as it stands."""
    import json

    services = open_services()
    try:
        text = services.ledger.read_attested(read_bytes(file).decode("utf-8", "replace"))
        said = json.loads(text.split("\n", 1)[1])
    except (ValueError, IndexError) as error:
        raise CallerError([Problem("bad_receipt", f"{file} is no receipt of ours: {error}", "file")]) from None
    say(said, [f"Signed by this gateway on {said['at'][:10]}: {said['removed']:,} of {said['rows']:,} taken out."],
        as_json=as_json)  # fmt: skip
