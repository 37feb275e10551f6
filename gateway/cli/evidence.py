"""``gateway evidence``: all that shows why one lead ended as it did, made here and checked anywhere."""

import sys
from pathlib import Path

import click

from gateway.cli.common import json_option, number_of, open_services, read_bytes, read_text, say
from gateway.domain.problem import CallerError, Problem


@click.group()
def evidence() -> None:
    """Evidence bundles: made for one lead, checked without our server."""


@evidence.command("export")
@click.argument("lead")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; LEAD.evidence.zip if not given.")
@click.option("--reason", required=True, help="Why it is exported; it stands in the ledger, without addresses.")
@json_option
def export(lead: str, *, out: Path | None, reason: str, as_json: bool) -> None:
    """Write the evidence bundle of LEAD (lead_12). That it was made is an entry of the ledger."""
    from gateway.evidence.make import make_bundle

    number = number_of(lead, "lead")
    path = out or Path(f"lead_{number}.evidence.zip")
    if "@" in reason:
        raise CallerError([Problem("contains_address", "say it without an address: the ledger keeps none", "reason")])
    if path.exists():
        raise CallerError([Problem("already_exists", f"{path} is there already; name another file (--out)", "out")])
    data = make_bundle(open_services(), number, {"by": "cli", "reason": " ".join(reason.split())})
    if data is None:
        raise CallerError([Problem("unknown_lead", f"there is no {lead}")])
    path.write_bytes(data)
    lines = [f"Written: {path} ({len(data):,} bytes). Check it with: gateway evidence verify {path}"]
    say({"file": str(path), "bytes": len(data)}, lines, as_json=as_json)


@evidence.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--key", help="The ledger's public key, had by another way than the bundle; or a file with some.")
@click.option("--checkpoint", type=click.Path(path_type=Path), help="A checkpoint that you had before.")
@json_option
def verify(bundle: Path, *, key: str | None, checkpoint: Path | None, as_json: bool) -> None:
    """Check BUNDLE on its own: no database, no settings, no network. Exits with 1 and says what is wrong.

    Without --key the bundle is checked by the key in it: that nothing in it was changed, not whose it is.
    """
    from gateway.evidence.archive import LARGEST
    from gateway.evidence.verify import is_good, verify_bundle

    if bundle.is_file() and bundle.stat().st_size > LARGEST:
        raise CallerError([Problem("too_large", f"{bundle} is larger than {LARGEST:,} bytes: it is no bundle")])
    found = verify_bundle(read_bytes(bundle), known=_keys(key), kept=read_text(checkpoint) if checkpoint else None)
    wrong = sum(one.state == "wrong" for one in found)
    last = (
        "The bundle is good." if is_good(found) else f"The bundle is NOT good: {wrong} of {len(found)} checks failed."
    )
    document = {"ok": is_good(found), "checks": [one._asdict() for one in found]}
    say(document, [*map(str, found), last], as_json=as_json)
    if not is_good(found):
        sys.exit(1)


def _keys(given: str | None) -> list[str]:
    """The keys that were given as such, or in a file. Raises CallerError for text that is none."""
    if given is None:
        return []
    text = given if given.startswith("lead-gateway+") else read_text(Path(given))
    keys = [line.strip() for line in text.splitlines() if line.strip()]
    if not keys or any(not key.startswith("lead-gateway+") for key in keys):
        raise CallerError([Problem("bad_key", "expected a key as `gateway ledger key` prints it", "key")])
    return keys
