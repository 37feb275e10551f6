"""What all commands share: loading on demand, services, printing, failing."""

import importlib
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from zoneinfo import ZoneInfo

import click

from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.domain.ports import Scope
    from gateway.pipeline import Services
    from gateway.policy.pack import PolicySet

FIRST_YEAR, LAST_YEAR = 1990, 2200
"""Dates on the command line lie in these years."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


class Lazy(click.Group):
    """A group whose commands are imported when they are called: importing everything costs a second."""

    def __init__(
        self, *args: Any, commands_table: dict[str, tuple[str, str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.table = commands_table or {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """In the order of a newcomer's needs."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's interface
        """Import the command's module and hand it over."""
        if cmd_name not in self.table:
            return None
        module, name, _ = self.table[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's interface
        """The help page, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in self.table.items()])


def open_services(wake: Callable[[], None] | None = None) -> "Services":
    """Services after the environment's settings."""
    from gateway.config import load, with_secret
    from gateway.wiring import build_services, no_wake

    return build_services(with_secret(load()), wake=wake or no_wake)


def require_policies(services: "Services") -> "PolicySet":
    """The packs in force, read now: whatever judges leads does not begin without them. Raises PolicyError."""
    return services.policies


def say(document: Any, lines: Sequence[str], *, as_json: bool) -> None:
    """Print the JSON document or the lines for people."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, default=str))
    else:
        for line in lines:
            click.echo(line)


def fail(problems: Sequence[Problem], *, as_json: bool) -> NoReturn:
    """The caller's mistakes, all of them, and exit code 2."""
    if as_json:
        click.echo(json.dumps({"problems": [problem.as_dict() for problem in problems]}, ensure_ascii=False))
    for line in str(CallerError(list(problems))).splitlines():
        click.echo(f"gateway: {line}", err=True)
    sys.exit(2)


def number_of(text: str, kind: str) -> int:
    """The number in list_7, lead_12 or plain 7. Raises CallerError."""
    digits = text.removeprefix(f"{kind}_")
    if digits.isascii() and digits.isdigit() and len(digits) < 19:  # noqa: PLR2004 - 64 bits hold 18 digits
        return int(digits)
    raise CallerError([Problem("bad_id", f"{text!r} is not a {kind}; write it as {kind}_7", field=kind)])


def read_bytes(path: Path) -> bytes:
    """A small file the caller named; a pipe or a device, which may never end, is refused. Raises CallerError."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise CallerError([Problem("unreadable", f"cannot read {path}: it is no plain file")])
        return path.read_bytes()
    except OSError as error:
        raise CallerError([Problem("unreadable", f"cannot read {path}: {error.strerror}")]) from None


def read_text(path: Path) -> str:
    """A small text file the caller named. Raises CallerError."""
    return decode(read_bytes(path), path)


def decode(data: bytes, path: Path) -> str:
    """What a file's bytes say. Raises CallerError."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 text (byte {error.start + 1})"
        raise CallerError([Problem("not_text", message)]) from None


def match_key(services: "Services", address: str) -> bytes:
    """The match key of one address as somebody typed it. Raises CallerError for text that holds none, or several."""
    from gateway.screening.address.found import find_addresses
    from gateway.screening.address.keys import key_of

    found = find_addresses(address)
    if len(found) != 1:
        message = f"{address!r} is no address" if not found else f"{address!r} is several; take them one by one"
        raise CallerError([Problem("not_an_address", message, field="address")])
    return key_of(found[0], services.world.match_keys)


def suppression_key(services: "Services", text: str) -> tuple[bytes, "Scope"]:
    """The match key of an address or of a phone number, and which of the two it is. Raises CallerError for neither."""
    from gateway.screening.phone import e164, phone_key

    number = None if "@" in text else e164(text, "US")
    if number is not None:
        return phone_key(number, services.world.match_keys), "phone"
    return match_key(services, text), "all"


def read_day(text: str, field: str) -> date:
    """A date as 2026-12-03. Raises CallerError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CallerError([Problem("bad_date", f"{text!r} is no date; write 2026-12-03", field=field)]) from None
    _check_year(day, text, field)
    return day


def read_instant(text: str | None, now: datetime, zone: str, field: str) -> datetime:
    """A moment that has been, or now; dates and times without a zone are read in the operator's (GATEWAY_ZONE)."""
    if text is None:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no date; write 2026-03-01 or 2026-03-01T12:00:00Z"
        raise CallerError([Problem("bad_date", message, field=field)]) from None
    _check_year(moment, text, field)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    if moment > now:
        raise CallerError([Problem("future_date", f"{text!r} lies in the future", field=field)])
    return moment


def _check_year(day: date, text: str, field: str) -> None:
    """Nothing here is of other years, and the calendar's ends lie in no zone's reach. Raises CallerError."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = f"{text!r} is not between {FIRST_YEAR} and {LAST_YEAR}"
        raise CallerError([Problem("bad_date", message, field=field)])


def counted(count: int, thing: str) -> str:
    """``1 clock``, ``2,000 clocks``."""
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def table(rows: Sequence[Sequence[object]], headings: Sequence[str]) -> list[str]:
    """Lines of a plain table, columns as wide as they need."""
    cells = [[str(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(headings))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
