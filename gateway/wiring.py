"""The only place that builds real adapters: settings become Services."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from gateway.certificates.book import Certificates
from gateway.config import Settings
from gateway.db.engine import open_engine
from gateway.db.migrate import ensure_schema
from gateway.domain.address import MatchKeys
from gateway.domain.ports import Sender
from gateway.intake.asking import find_terms
from gateway.ledger.book import Ledger
from gateway.mailroutes.routes import Routes
from gateway.outcomes.reopening import Rebuilt
from gateway.pipeline import Services
from gateway.policy.coverage import load_whole
from gateway.reference.book import Wireless
from gateway.rotation import fitting
from gateway.screening.screen import World
from gateway.suppression.book import Book
from gateway.vendors.book import Vendors
from gateway.wordings.book import Wordings

DEMO_MARK = "demo-officer.key"
"""A data folder in which the demo was loaded stays a demo for every command: its domains' answers are recorded."""
DEMO_SENDER = {
    "sender_names": ("The Demo Company", "Example Gardens Inc."),
    "sender_postal_address": "1 Example Quay, Nowhere, ZZ 00000 (made up for the demo)",
    "sender_opt_out_url": "https://harbor.example.com/stop",
}
"""Who the demo writes as, unless the settings say who we are: nobody, at no place."""
POLICIES = Path(__file__).resolve().parent.parent / "policies"


class SystemClock:
    """Now, as the machine has it."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


def no_wake() -> None:
    """For processes beside a server: its workers look for what is owed every few seconds anyway."""


def _rebuild(connection: Connection, ids: Sequence[int]) -> Rebuilt:
    """As rebuilding.rebuild, which reads signups as the server does: what that needs takes a third of a second."""
    from gateway.intake.rebuilding import rebuild

    return rebuild(connection, ids)


def policy_folders(settings: Settings) -> list[Path]:
    """Our packs, then the company's own."""
    return [POLICIES, *([settings.policies] if settings.policies else [])]


def build_services(settings: Settings, *, wake: Callable[[], None] = no_wake) -> Services:
    """Open the database (bringing its tables up to date) and put everything in its place.

    ``settings`` must have its secret key (config.with_secret). Raises SettingsError where it is another database's.
    """
    if (settings.data / DEMO_MARK).exists():
        settings = replace(settings, demo=True)
    if settings.demo and not any(getattr(settings, name) for name in DEMO_SENDER):
        settings = replace(settings, **DEMO_SENDER)  # type: ignore[arg-type]  # names and types are the settings' own
    engine = open_engine(settings.database)
    ensure_schema(engine)
    settings = fitting(settings, engine, SystemClock().now())
    return Services(
        settings=settings,
        engine=engine,
        clock=SystemClock(),
        read_policies=lambda: load_whole(policy_folders(settings)),
        world=build_world(settings, engine),
        ledger=Ledger(settings.secret_key, settings.former_secret_keys),
        find_terms=find_terms,
        rebuild=_rebuild,
        wake=wake,
    )


def build_world(settings: Settings, engine: Engine) -> World:
    """What screening may ask, on this database and these settings."""
    return World(
        match_keys=MatchKeys(settings.secret_key.encode(), [one.encode() for one in settings.former_secret_keys]),
        routes=Routes(engine, settings),
        suppressions=Book(engine),
        vendors=Vendors(engine),
        sender=Sender(settings.sender_names, settings.sender_postal_address or None, settings.opt_out_url or None),
        default_country=settings.default_country,
        wireless=Wireless(engine),
        wordings=Wordings(engine),
        certificates=Certificates(engine, asks=bool(settings.trustedform_key)),
    )
