"""Answers how mail reaches domains: from memory, from the demo's recordings, and of DNS for the rest."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from gateway.config import Settings
from gateway.db.work import glancing
from gateway.domain.screened import MailRoute
from gateway.mailroutes.answers import not_asked, silent
from gateway.mailroutes.memory import recall
from gateway.mailroutes.pace import Pace, usual_rate
from gateway.mailroutes.recorded import recorded

if TYPE_CHECKING:
    from gateway.mailroutes.ports import Server


BELIEVED = 100_000
"""Answers held in this process, some 30 MB. The next batch of a list names most domains of the one before."""


class Routes:
    """Mail routes as screening asks for them (domain.ports.MailRoutes). Reads the memory, never writes it."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._pace: Pace | None = None
        self._believed: dict[str, MailRoute] = {}  # answers that still hold, so that batches do not look them up again

    def ask_routes(self, domains: Iterable[str], as_of: datetime, *, seconds: float | None) -> dict[str, MailRoute]:
        """One answer per distinct domain (A-labels), asked in the order given, within ``seconds`` in all.

        None takes the setting's deadline; 0 asks no network. Never raises for a silent DNS.
        """
        wanted = list(dict.fromkeys(domains))
        found, past = self.find_routes(wanted, as_of)
        missing = [domain for domain in wanted if domain not in found]
        limit = self._settings.dns_seconds if seconds is None else seconds
        if missing and limit > 0:
            from gateway.mailroutes.dns import ask_dns  # a list whose domains are all known needs none of it

            servers = self.nameservers()
            fresh = ask_dns(missing, nameservers=servers, as_of=as_of, seconds=limit, pace=self.pace())
            found |= {domain: after(route, past.get(domain)) for domain, route in fresh.items()}
        return {domain: found[domain] if domain in found else not_asked(domain) for domain in wanted}

    def find_routes(self, domains: Iterable[str], as_of: datetime) -> tuple[dict[str, MailRoute], dict[str, MailRoute]]:
        """What is known without asking anybody, and everything remembered, also what has run out."""
        wanted = list(domains)
        if len(self._believed) > BELIEVED:
            self._believed = {}
        held = self._believed
        known = {domain: route for domain in wanted if (route := held.get(domain)) and route.expires_at > as_of}
        recalled: dict[str, MailRoute] = {}
        if missing := [domain for domain in wanted if domain not in known]:
            with glancing(self._engine) as connection:
                recalled = recall(connection, missing)
        fresh = {domain: route for domain, route in recalled.items() if route.expires_at > as_of}
        held.update({domain: route for domain, route in fresh.items() if route.kind != "unknown"})
        found, past = known | fresh, known | recalled
        if self._settings.demo:
            played = (recorded(domain, as_of) for domain in wanted if domain not in found)
            found |= {route.domain: route for route in played if route is not None}
        return found, past

    def nameservers(self) -> list["Server"]:
        """Whom to ask: the settings' servers, else the system's."""
        from gateway.mailroutes.dns import system_nameservers

        return list(self._settings.nameservers) or system_nameservers()

    def pace(self) -> Pace:
        """How fast, for all threads that ask through this object together."""
        if self._pace is None:
            self._pace = Pace(self._settings.dns_rate or usual_rate(self.nameservers()))
        return self._pace


def after(route: MailRoute, before: MailRoute | None) -> MailRoute:
    """A silence after other silences waits longer than the first."""
    if route.kind == "unknown" and route.source == "dns" and before is not None and before.kind == "unknown":
        return silent(route.domain, route.answered_at, before.failures)
    return route
