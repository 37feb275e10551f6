"""Asks DNS about the domains of the batches to come, in a thread, while others are read, judged and written.

A stand-in for Routes during one run. Each domain is asked once, the most frequent first; a batch waits only for its
own. Writes nothing: what was learned goes with the batches (``fresh``), and until then a bounded lot of it waits here.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from gateway.config import Settings
from gateway.domain.screened import MailRoute
from gateway.mailroutes.answers import not_asked
from gateway.mailroutes.routes import Routes, after
from gateway.mailroutes.tally import Tally

if TYPE_CHECKING:
    from gateway.mailroutes.asker import Asker

WAITING = 100_000
"""Answers nobody has fetched yet, some 40 MB; then only those are asked about that a batch waits for."""
KEPT = 50_000
"""Answers handed out that are kept here still: their batch may not be committed yet when the next one asks."""
AT_ONCE = 2000  # domains looked up in the memory together
TURN = 0.05  # seconds until the thread looks whether a batch has begun to wait
_log = logging.getLogger(__name__)


class Ahead:
    """The mail routes of one run (domain.ports.MailRoutes). Close it, or use it in a ``with``.

    ``as_of``: the run's instant. ``seconds``: how long the run may still wait for DNS in all, the setting's if None;
    time in which nobody waits is free. ``waited`` says how much of it is used up.
    """

    def __init__(self, routes: Routes, settings: Settings, as_of: datetime, *, seconds: float | None = None) -> None:
        self.waited = 0.0
        self._routes, self._as_of = routes, as_of
        self._seconds = settings.run_dns_seconds if seconds is None else seconds
        self._changed = threading.Condition()
        self._tally = Tally()
        self._urgent: deque[str] = deque()  # a batch waits for these
        self._lacking: set[str] = set()  # and for these, those under way among them
        self._new: dict[str, MailRoute] = {}  # not fetched yet
        self._old: dict[str, MailRoute] = {}  # fetched; the oldest go first
        self._before: dict[str, MailRoute] = {}  # silences remembered of domains that are asked about again
        self._is_over = False  # closed, or there is no DNS
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def feed(self, domains: Iterable[str | None]) -> None:
        """Domains that will be asked for, one for each row: how often each comes says which goes first."""
        with self._changed:
            self._tally.feed(domains)
            self._start()

    def ask_routes(self, domains: Iterable[str], as_of: datetime, *, seconds: float | None) -> dict[str, MailRoute]:
        """As Routes.ask_routes: waits for these domains, at most ``seconds`` and as long as the run may still wait."""
        wanted = list(dict.fromkeys(domains))
        found, past = self._routes.find_routes(wanted, as_of)
        found |= self._asked_before(past)
        found |= self.wait([name for name in wanted if name not in found], seconds, past)
        return {domain: found[domain] if domain in found else not_asked(domain) for domain in wanted}

    def wait(
        self, domains: Iterable[str], seconds: float | None = None, past: dict[str, MailRoute] | None = None
    ) -> dict[str, MailRoute]:
        """The answers about these domains, asked in this order before all others; those that came in time.

        One batch at a time waits.
        """
        wanted = list(domains)
        begin = time.monotonic()
        most = self._seconds - self.waited
        until = begin + (most if seconds is None else min(seconds, most))
        with self._changed:
            lacking = [name for name in wanted if name not in self._new and name not in self._old]
            self._urgent, self._lacking = deque(lacking), set(lacking)
            self._note_silences(past or {})
            if lacking:
                self._start()
                self._changed.notify_all()
            self._changed.wait_for(lambda: not self._lacking or self._is_over, max(0.0, until - time.monotonic()))
            self._tally.feed(self._urgent)  # too late for this batch; other rows may name them again
            self._urgent, self._lacking = deque(), set()
            self.waited += time.monotonic() - begin
            return self._fetch(wanted)

    def fresh(self) -> list[MailRoute]:
        """What was learned about domains of other batches, to be written with the present one."""
        with self._changed:
            return list(self._fetch(list(self._new)).values())

    def close(self) -> None:
        """Stop asking; what is under way is forgotten."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _asked_before(self, past: dict[str, MailRoute]) -> dict[str, MailRoute]:
        """Domains that were silent in this run already are not asked a second time: their rows are asked about later.

        A silence is believed for seconds only, so the memory alone would have each batch wait for them again.
        """
        return {
            name: route for name, route in past.items() if route.kind == "unknown" and route.answered_at >= self._as_of
        }

    def _fetch(self, names: Iterable[str]) -> dict[str, MailRoute]:
        """Answers that are here, marked from then on as handed out."""
        got: dict[str, MailRoute] = {}
        for name in names:
            if (route := self._new.pop(name, None)) is not None:
                got[name] = route
                self._old[name] = route._replace(source="memory")
            elif (route := self._old.get(name)) is not None:
                got[name] = route
        while len(self._old) > KEPT:
            del self._old[next(iter(self._old))]
        self._changed.notify_all()
        return got

    def _start(self) -> None:
        if self._thread is None and not self._is_over:
            self._thread = threading.Thread(target=self._run, name="dns-ahead", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            self._ask()
        except Exception:  # noqa: BLE001 - whatever it is, the run goes on without DNS asked ahead
            _log.exception("DNS is not asked ahead any more; the run's other domains are held and asked again")
        finally:
            with self._changed:
                self._is_over = True
                self._changed.notify_all()

    def _ask(self) -> None:
        from gateway.mailroutes.asker import Asker

        servers = self._routes.nameservers()
        if not servers:
            return
        with closing(Asker(servers, self._as_of, self._routes.pace())) as asker:
            ready: deque[str] = deque()
            while not self._is_over and not asker.is_down:
                if not ready:
                    ready.extend(self._most_frequent(asker))
                self._begin(asker, ready)
                if asker.is_idle:
                    self._rest()
                else:
                    asker.turn(TURN)
                self._collect(asker)

    def _most_frequent(self, asker: "Asker") -> list[str]:
        """The next domains that the memory does not answer and nobody is asked about."""
        with self._changed:
            names = [] if self._urgent or len(self._new) >= WAITING else self._tally.take(AT_ONCE)
        if not names:
            return []
        found, past = self._routes.find_routes(names, self._as_of)
        found |= self._asked_before(past)
        with self._changed:
            self._note_silences({name: route for name, route in past.items() if name not in found})
        return [name for name in names if name not in found and not asker.is_at(name)]

    def _begin(self, asker: "Asker", ready: deque[str]) -> None:
        """Begin as many domains as there is room for: those a batch waits for, then the most frequent."""
        with self._changed:
            while asker.room > 0 and (source := self._urgent or ready):
                name = source.popleft()
                if name not in self._new and name not in self._old and not asker.is_at(name):
                    asker.begin(name)

    def _note_silences(self, past: dict[str, MailRoute]) -> None:
        self._before |= {name: route for name, route in past.items() if route.kind == "unknown"}

    def _rest(self) -> None:
        with self._changed:
            if not self._urgent and (not self._tally or len(self._new) >= WAITING) and not self._is_over:
                self._changed.wait(1.0)

    def _collect(self, asker: "Asker") -> None:
        if not asker.found:
            return
        with self._changed:
            for name, route in asker.found.items():
                self._new[name] = after(route, self._before.pop(name, None))
            self._lacking.difference_update(asker.found)
            asker.found.clear()
            if not self._lacking:
                self._changed.notify_all()
