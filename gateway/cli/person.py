"""``gateway receipt``, ``gateway export-person`` and ``gateway erase``: what a person may ask of us."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import click

from gateway.cli.common import decode, json_option, number_of, open_services, read_bytes, say
from gateway.domain.problem import CallerError, Problem

_SEALED = re.compile(r"^[\w-]+\.[\w-]+\.[\w-]+$", re.ASCII | re.MULTILINE)
"""A JWS in its compact form (RFC 7515), on a line of its own."""


@click.group()
def receipt() -> None:
    """Receipts of consent: what was agreed to, signed."""


@receipt.command("show")
@click.argument("whose")
@json_option
def show(whose: str, *, as_json: bool) -> None:
    """The signed receipts of WHOSE: one lead (lead_12), or every lead of an address."""
    from gateway.cli.common import match_key
    from gateway.db.work import reading
    from gateway.intake.people.consents import make_receipt, receipt_links
    from gateway.outcomes.person import find_ids

    services = open_services()
    if "@" in whose:
        with reading(services.engine) as connection:
            numbers = find_ids(connection, match_key(services, whose))
    else:
        numbers = [number_of(whose, "lead")]
    links = receipt_links(services)
    made = [
        {**one, "link": f"{services.settings.public_url}/receipt/{links.token(number)}"}
        for number in numbers if (one := make_receipt(services, number)) is not None
    ]  # fmt: skip
    if not made:
        raise CallerError([Problem("unknown_lead", "there is no such lead, or nothing of it is kept any more")])
    lines = [line for one in made for line in (*_told(one["receipt"]), f"Link: {one['link']}", "", one["jws"], "")]
    say({"receipts": made}, lines, as_json=as_json)


def _told(document: dict[str, Any]) -> list[str]:
    """A receipt for people to read."""
    processing = document["processing"]
    lines = [
        f"{document['metadata']['lead']}: {document['metadata']['pii_principal_id']}",
        f"Words shown: {processing['privacy_notice']['wording']}",
        f"Purposes: {', '.join(processing['purposes'])}; language: {processing['language']}",
        f"Given by {document['provenance']['given_by']}, {document['provenance']['source']}",
    ]
    lines += [f"{event['event']}: {event['state']} ({event['type']}), {event['time']}" for event in document["events"]]
    return lines


@receipt.command("verify")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--key", type=click.Path(path_type=Path), help="The public keys (jwks.json); then no database is needed.")
@json_option
def verify(file: Path, key: Path | None, *, as_json: bool) -> None:
    """Check the receipt in FILE (- for standard input) and say what it says. Exits with 2 where it is not good.

    What `gateway receipt show` printed will do as it is; of several receipts each is checked.
    """
    from gateway.person.sealing import verify as check

    text = decode(sys.stdin.buffer.read() if str(file) == "-" else read_bytes(file), file)
    keys = _public_keys(key)
    good = [check(one, keys) for one in _SEALED.findall(text) or [text]]
    lines = [line for said in good for line in ("The receipt is good.", *_told(said))]
    say(good[0] if len(good) == 1 else {"receipts": good}, lines, as_json=as_json)


@receipt.command("key")
def key() -> None:
    """Print the public keys by which receipts are checked, those of before among them."""
    click.echo(json.dumps(_public_keys(None), indent=2))


def _public_keys(file: Path | None) -> dict[str, Any]:
    if file is None:
        from gateway.config import load, with_secret
        from gateway.person.sealing import Sealer

        settings = with_secret(load())
        return Sealer(settings.secret_key, settings.former_secret_keys).public_keys()
    try:
        document = json.loads(decode(read_bytes(file), file))
        if isinstance(document["keys"], list):
            return dict(document)
    except (ValueError, TypeError, KeyError):
        pass
    raise CallerError([Problem("bad_keys", f"{file} holds no public keys; see `gateway receipt key`", "key")])


@click.command("export-person")
@click.argument("address")
@click.option("--out", type=click.Path(path_type=Path), help="Write the JSON into this file, for us alone to read.")
@json_option
def export_person(address: str, out: Path | None, *, as_json: bool) -> None:
    """What we have of the person with ADDRESS, and where we got it."""
    from gateway.intake.people.told import tell_person
    from gateway.invoicing.person import tell

    told = tell_person(open_services(), address, tell)
    if out is not None:
        text = json.dumps(told, ensure_ascii=False, indent=2, default=str) + "\n"
        try:
            handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise CallerError([Problem("unwritable", f"cannot write {out}: {error.strerror}")]) from None
    say(told, told["sentences"], as_json=as_json)


@click.command()
@click.argument("address")
@click.option("--why", required=True, help="In a few words, without the address: it is kept.")
@json_option
def erase(address: str, why: str, *, as_json: bool) -> None:
    """Erase the person with ADDRESS from every row and file. What was cut off before is finished too.

    A keyed hash stays, so that no list brings the person back. Backups and the database's own logs keep what they
    hold until they are gone themselves.
    """
    from gateway.intake.people.erasing import erase_person, finish_erasures

    services = open_services()
    told = erase_person(services, address, why=why, by="cli")
    finish_erasures(services)
    rows = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in told["rows"].items() if count)
    lines = [f"Erased: {rows or 'nothing was there'}; the tombstone is set."]
    files = told["files"]
    lines.append(
        f"In files: {files['rows']:,} rows made blank, {files['removed']:,} packed files removed, "
        f"{files['dropped']:,} lines taken out of dropped files, {files['uploads']:,} unfinished uploads removed."
    )
    if told["rows"]["named_in"]:
        lines.append(
            "Rows of other addresses named this one and do not any more; are those the same person's, erase them too."
        )
    if not told["done"]:
        lines.append(
            "Readers keep the database's journal or a file open; run this again, or leave the rest to the workers."
        )
    say(told, lines, as_json=as_json)
