"""Asks many questions at once over a few sockets: one loop, no thread and no task for each question.

Whether somebody is silent is judged only after all that had arrived was read, and never for a time in which this loop
itself did not get its turn: then the question is asked again. A busy machine must not make domains look dead.
"""

import selectors
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime

from gateway.domain.screened import MailRoute
from gateway.mailroutes.answers import not_asked, silent
from gateway.mailroutes.chain import Chain, route_of
from gateway.mailroutes.pace import Pace
from gateway.mailroutes.ports import Port, Ports, Server, Stream
from gateway.mailroutes.wire import (
    OddError,
    Reply,
    is_answer,
    is_truncated,
    is_useless,
    message_of,
    question_of,
    read_plain,
)

IN_FLIGHT = 200
"""Domains asked about at once. Measured: with 2,000 the socket's buffer overflows and answers in time are lost."""
PATIENCE = (0.7, 0.9, 1.2)
"""Seconds for each try; a domain is given up after less than three seconds and asked again later."""
LATE = 0.2
"""A time-out in whose time the loop stood still for more than this part of it says nothing of the server."""
EXCUSED = 10
"""So often a question is asked again without counting; then nothing is said about its domain."""
DOWN = 30
"""So many time-outs without a single answer: there is no DNS here, and waiting for the rest would teach nothing."""


class _Domain:
    """A domain under way: which question it is at, where that was sent, how often it failed."""

    __slots__ = ("chain", "excused", "failed", "id", "name", "port", "question", "sent_at", "server", "stream",
                 "tries", "turn")  # fmt: skip

    def __init__(self, name: str, chain: Chain) -> None:
        self.name, self.chain = name, chain
        self.question = b""
        self.tries = self.failed = self.excused = self.turn = self.id = self.server = 0
        self.port: Port[_Domain] | None = None
        self.stream: Stream | None = None
        self.sent_at = 0.0


class Asker:
    """Domains under way and what became of them. ``begin`` some, then take ``turn`` after ``turn``.

    ``found`` holds what was learned; whoever reads it may take it out. ``is_down``: nobody answers at all.
    """

    def __init__(self, servers: Sequence[Server], as_of: datetime, pace: Pace) -> None:
        self.found: dict[str, MailRoute] = {}
        self.is_down = False
        self._servers, self._as_of, self._pace = servers, as_of, pace
        self._under_way: dict[str, _Domain] = {}
        self._ready: deque[_Domain] = deque()
        self._due: list[deque[tuple[float, _Domain, int]]] = [deque() for _ in PATIENCE]
        self._selector = selectors.DefaultSelector()
        self._ports: Ports[_Domain] = Ports(self._selector, servers)
        self._first = 0  # the server that answered last is asked first
        self._answers = self._time_outs = 0
        self._looked_at = self._stood_until = time.monotonic()

    @property
    def room(self) -> int:
        """How many more domains may be begun."""
        return IN_FLIGHT - len(self._under_way)

    @property
    def is_idle(self) -> bool:
        """Whether no domain is under way."""
        return not self._under_way

    def is_at(self, domain: str) -> bool:
        """Whether this domain is under way."""
        return domain in self._under_way

    def begin(self, domain: str) -> None:
        """Take a domain up that is not under way."""
        asked = self._under_way[domain] = _Domain(domain, route_of(domain, self._as_of))
        self._next(asked, next(asked.chain))

    def turn(self, longest: float) -> None:
        """Send what may be sent, wait for answers at most ``longest`` seconds, read them, judge who is silent."""
        self._note_delay(self._looked_at, time.monotonic())
        begin = time.monotonic()
        self._send_ready()
        begin = self._note_delay(begin, time.monotonic())
        wait = max(0.0, min(longest, self._until_due(begin))) if self._under_way else 0.0
        if self._ready:
            wait = min(wait, self._pace.wait())
        events = self._selector.select(wait)
        self._looked_at = self._note_delay(begin + wait, time.monotonic())
        self._read(events)
        if self._until_due(self._looked_at) <= 0:
            seen = time.monotonic()
            self._read(self._selector.select(0))  # whatever arrived before ``seen`` was read by now
            self._judge_silence(seen)

    def give_up(self) -> None:
        """End what is under way: silent if it failed before, else nothing was learned."""
        for asked in self._under_way.values():
            self.found[asked.name] = silent(asked.name, self._as_of) if asked.failed else not_asked(asked.name)
            if asked.stream is not None:
                asked.stream.close()
        self._under_way.clear()
        self._ready.clear()

    def close(self) -> None:
        """Close the sockets; what is under way is forgotten."""
        self.give_up()
        self._ports.close()
        self._selector.close()

    def _note_delay(self, expected: float, now: float) -> float:
        """What is in flight while the loop stands still is not judged by that time."""
        if now - expected > LATE * min(PATIENCE):
            self._stood_until = now
        return now

    def _send_ready(self) -> None:
        while self._ready and self._pace.spend():
            self._send(self._ready.popleft())

    def _send(self, asked: _Domain) -> None:
        asked.server = (self._first + asked.tries) % len(self._servers)
        try:
            port = self._ports.pick(asked.server)
        except OSError:
            self._failed(asked)
            return
        asked.port, asked.id = port, port.take_id(asked)
        try:
            port.socket.send(message_of(asked.id, asked.question))
        except BlockingIOError:  # the kernel's queue is full: our own haste, so it is sent again in the next turn
            self._forget(asked)
            self._ready.append(asked)
        except OSError:
            self._forget(asked)
            self._failed(asked)
        else:
            self._wait_for(asked)

    def _wait_for(self, asked: _Domain) -> None:
        asked.sent_at = time.monotonic()
        asked.turn += 1
        self._due[asked.tries].append((asked.sent_at + PATIENCE[asked.tries], asked, asked.turn))

    def _until_due(self, now: float) -> float:
        """Seconds until the first question in flight times out."""
        first = 3600.0
        for due in self._due:
            while due and due[0][1].turn != due[0][2]:  # answered meanwhile
                due.popleft()
            if due:
                first = min(first, due[0][0] - now)
        return first

    def _read(self, events: Sequence[tuple[selectors.SelectorKey, int]]) -> None:
        for key, _ in events:
            source = key.data
            if isinstance(source, Stream):
                source.go_on()
                continue
            while (data := source.receive()) is not None:
                self._hear(source, data)
            self._ports.release(source)

    def _hear(self, port: Port[_Domain], data: bytes) -> None:
        asked = port.open.get(int.from_bytes(data[:2], "big"))
        if asked is None or not is_answer(data, asked.id, asked.question):
            return
        if is_truncated(data) and not is_useless(data):
            self._ask_by_tcp(asked)
            return
        self._understand(asked, data, by_tcp=False)

    def _understand(self, asked: _Domain, data: bytes, *, by_tcp: bool) -> None:
        reply = None
        if not is_useless(data):
            try:
                reply = read_plain(data, asked.question)
            except OddError:
                from gateway.mailroutes.odd import MalformedError, read_any  # dnspython, slow to import

                try:
                    reply = read_any(data)
                except MalformedError:
                    if not by_tcp:
                        return  # the answer may still come
        self._answers += 1
        self._forget(asked)
        if reply is None:
            self._pace.heard(good=False)
            self._failed(asked)
            return
        self._pace.heard(good=True)
        self._first = asked.server
        self._step(asked, reply)

    def _ask_by_tcp(self, asked: _Domain) -> None:
        self._forget(asked)
        ident = asked.id

        def done(data: bytes | None) -> None:
            asked.stream = None
            if data is None or not is_answer(data, ident, asked.question):
                self._forget(asked)
                self._failed(asked)
            else:
                self._understand(asked, data, by_tcp=True)

        try:
            asked.stream = Stream(self._selector, self._servers[asked.server], message_of(ident, asked.question), done)
        except OSError:
            self._failed(asked)
        else:
            self._wait_for(asked)

    def _forget(self, asked: _Domain) -> None:
        """The question is not in flight any more: no answer to it counts from now on."""
        asked.turn += 1
        if asked.port is not None:
            asked.port.open.pop(asked.id, None)
            self._ports.release(asked.port)
            asked.port = None
        if asked.stream is not None:
            asked.stream.close()
            asked.stream = None

    def _judge_silence(self, now: float) -> None:
        for due in self._due:
            while due and due[0][0] <= now:
                _, asked, turn = due.popleft()
                if asked.turn == turn:
                    self._forget(asked)
                    self._missed(asked)

    def _missed(self, asked: _Domain) -> None:
        if self._stood_until > asked.sent_at:
            asked.excused += 1
            if asked.excused > EXCUSED:
                self._end(asked, not_asked(asked.name))
            else:
                self._ready.append(asked)
            return
        self._pace.heard(good=False)
        self._time_outs += 1
        self.is_down = self._answers == 0 and self._time_outs >= DOWN
        self._failed(asked)

    def _failed(self, asked: _Domain) -> None:
        asked.failed += 1
        asked.tries += 1
        if asked.tries < len(PATIENCE):
            self._ready.append(asked)
        else:
            self._step(asked, None)

    def _step(self, asked: _Domain, reply: Reply | None) -> None:
        try:
            kind = asked.chain.send(reply)
        except StopIteration as end:
            self._end(asked, end.value)
        else:
            self._next(asked, kind)

    def _next(self, asked: _Domain, kind: int) -> None:
        question = question_of(asked.name, kind)
        if question is None:
            self._end(asked, silent(asked.name, self._as_of))
            return
        asked.question, asked.tries = question, 0
        self._ready.append(asked)

    def _end(self, asked: _Domain, route: MailRoute) -> None:
        self.found[asked.name] = route
        del self._under_way[asked.name]
