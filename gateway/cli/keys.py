"""``gateway keys``: which programs may ask what."""

from datetime import timedelta

import click

from gateway.cli.common import json_option, number_of, open_services, say, table
from gateway.domain.problem import CallerError, Problem


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def keys(context: click.Context, *, as_json: bool) -> None:
    """Show API keys (never their secrets); `new` makes one, `revoke` ends one."""
    if context.invoked_subcommand is not None:
        return
    from gateway.access.keys import list_keys
    from gateway.db.work import reading

    with reading(open_services().engine) as connection:
        found = list_keys(connection)
    documents = [
        {"key": f"key_{k.id}", "name": k.name, "scopes": sorted(k.scopes), "expires_at": k.expires_at,
         "revoked_at": k.revoked_at} for k in found
    ]  # fmt: skip
    rows = [
        (f"key_{k.id}", " ".join(sorted(k.scopes)), k.expires_at or "never", k.revoked_at or "", k.name) for k in found
    ]
    say({"keys": documents}, table(rows, ("key", "scopes", "expires", "revoked", "name")), as_json=as_json)


@keys.command("new")
@click.option("--name", default="key", show_default=True, help="What the key is for.")
@click.option("--scope", "scopes", multiple=True, help="What it may do; repeat. All scopes if not given.")
@click.option("--days", type=click.IntRange(1, 3650), help="Ends after so many days.")
@json_option
def new(*, name: str, scopes: tuple[str, ...], days: int | None, as_json: bool) -> None:
    """Make an API key. Its secret is shown once, now."""
    from gateway.access.keys import SCOPES, new_key

    asked = {part for scope in scopes for part in scope.replace(",", " ").split()} or set(SCOPES)
    wrong = sorted(asked - set(SCOPES))
    if wrong:
        message = f"no scope {', '.join(wrong)}; there are " + ", ".join(sorted(SCOPES))
        raise CallerError([Problem("unknown_scope", message, field="scope")])
    services = open_services()
    with services.unit_of_work() as work:
        expires = work.at + timedelta(days=days) if days else None
        made = new_key(work, name, asked, expires_at=expires)
        services.ledger.append(work, "key.created", {"key": made.id, "scopes": sorted(asked), "by": "cli"})
    document = {"key": f"key_{made.id}", "secret": made.secret, "name": name, "scopes": sorted(asked)}
    lines = [made.secret, "", f"Shown once. Send it as: Authorization: Bearer {made.secret}"]
    say(document, lines, as_json=as_json)


@keys.command("revoke")
@click.argument("key")
@json_option
def revoke(key: str, *, as_json: bool) -> None:
    """End KEY (key_3) at once."""
    from gateway.access.keys import revoke_key

    services = open_services()
    number = number_of(key, "key")
    with services.unit_of_work() as work:
        if not revoke_key(work, number):
            raise CallerError([Problem("unknown_key", f"there is no key_{number} to revoke; see `gateway keys`")])
        services.ledger.append(work, "key.revoked", {"key": number, "by": "cli"})
    say({"key": f"key_{number}", "revoked": True}, ["Revoked."], as_json=as_json)


@keys.command("rotate-secret")
@json_option
def rotate_secret(*, as_json: bool) -> None:
    """Change the gateway's own secret: every match key is renewed, and what was suppressed stays so.

    Stop every gateway of this database first. Where GATEWAY_SECRET_KEY is set, set it to the new secret and add the
    one of before to GATEWAY_FORMER_SECRET_KEYS, the oldest first; where it is not, a new one is made and kept.
    """
    from gateway.config import load, with_secret
    from gateway.db.engine import open_engine
    from gateway.db.migrate import ensure_schema
    from gateway.rotation import chain_of, fitting, prepare, rotate, take_up
    from gateway.wiring import SystemClock

    given = load()
    settings, now = with_secret(given), SystemClock().now()
    engine = open_engine(settings.database)
    ensure_schema(engine)
    if given.secret_key:
        done = rotate(engine, now, chain_of(settings), by="cli")
    else:
        settings = fitting(settings, engine, now)
        done = rotate(engine, now, (*chain_of(settings), prepare(settings)), by="cli")
        take_up(settings)
    lines = [f"{count:,} keys of {table} are renewed." for table, count in done.items() if count]
    kept = f"The new secret is in {settings.data}; back it up with former-secret.keys beside it."
    lines += ["The secret is changed." if given.secret_key else kept, "Start the gateway again."]
    say({"renewed": done}, lines, as_json=as_json)
