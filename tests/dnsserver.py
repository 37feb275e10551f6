"""A real DNS server on loopback whose every answer a test decides: UDP and TCP, free port, changeable while it runs."""

import socket
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from dnslib import AAAA, CNAME, MX, NS, QTYPE, RCODE, RR, SOA, A, DNSRecord


@dataclass(frozen=True)
class Answer:
    """Records of a name. ``mx``: (preference, host) pairs; ``soa_ttl``: how long a no may be believed."""

    mx: tuple[tuple[int, str], ...] = ()
    a: tuple[str, ...] = ()
    aaaa: tuple[str, ...] = ()
    cname: str | None = None
    ttl: int = 7200
    soa_ttl: int | None = 3600


@dataclass(frozen=True)
class Fault:
    """Something else than an answer: see the names below."""

    name: str


SILENT = Fault("silent")  # takes the question and never answers
SERVFAIL = Fault("servfail")
REFUSED = Fault("refused")
NXDOMAIN = Fault("nxdomain")
LAME = Fault("lame")  # no answer, but name servers to ask instead
WRONG_NAME = Fault("wrong name")  # records of another name
WRONG_ID = Fault("wrong id")  # right records under an id nobody used
GARBAGE = Fault("garbage")  # bytes that are no DNS message


@dataclass(frozen=True)
class Slow:
    """Answers, but only after a while."""

    seconds: float
    then: "Behaviour"


@dataclass(frozen=True)
class Truncated:
    """By UDP only the sign that there is more (TC); by TCP all of it."""

    then: "Behaviour"


@dataclass
class InTurn:
    """Another behaviour for each question; the last one stays."""

    steps: list["Behaviour"]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> "Behaviour":
        with self._lock:
            return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]


@dataclass(frozen=True)
class ByType:
    """Another behaviour for each type of record asked for."""

    types: Mapping[str, "Behaviour"]
    other: "Behaviour"


Behaviour = Answer | Fault | Slow | Truncated | InTurn | ByType
TAKES_MAIL = Answer(mx=((10, "mx.example.net"),))
NULL_MX = Answer(mx=((0, "."),))
HOST_ONLY = Answer(a=("192.0.2.25",))
EMPTY = Answer()


class DnsServer:
    """Serves ``zone`` (name in lower case -> behaviour) while the ``with`` lasts; other names get ``default``.

    ``zone`` may be changed at any time. ``asked`` counts questions by name, ``asked_for`` by (name, type, protocol);
    ``most`` is how many were under way at once.
    """

    def __init__(self, zone: Mapping[str, Behaviour] | None = None, *, default: Behaviour = NXDOMAIN) -> None:
        self.zone: dict[str, Behaviour] = dict(zone or {})
        self.default = default
        self.asked: Counter[str] = Counter()
        self.asked_for: Counter[tuple[str, str, str]] = Counter()
        self.most = 0
        self._open = 0
        self._lock = threading.Lock()
        self._udp, self._tcp = _both_on_one_port(self._reply)
        self.port: int = self._udp.server_address[1]
        self._threads: list[threading.Thread] = []

    @property
    def address(self) -> tuple[str, int]:
        """For Settings.nameservers."""
        return "127.0.0.1", self.port

    def __enter__(self) -> Self:
        for server in (self._udp, self._tcp):
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def _reply(self, data: bytes, protocol: str) -> bytes | None:
        question = DNSRecord.parse(data)
        name, kind = str(question.q.qname).rstrip(".").lower(), QTYPE[question.q.qtype]
        with self._lock:
            self.asked[name] += 1
            self.asked_for[name, kind, protocol] += 1
            self._open += 1
            self.most = max(self.most, self._open)
        try:
            return _act(self.zone.get(name, self.default), question, kind, protocol)
        finally:
            with self._lock:
                self._open -= 1


def _act(behaviour: Behaviour, question: DNSRecord, kind: str, protocol: str) -> bytes | None:
    match behaviour:
        case InTurn():
            return _act(behaviour.next(), question, kind, protocol)
        case ByType():
            return _act(behaviour.types.get(kind, behaviour.other), question, kind, protocol)
        case Slow():
            time.sleep(behaviour.seconds)
            return _act(behaviour.then, question, kind, protocol)
        case Truncated() if protocol == "udp":
            reply = question.reply()
            reply.header.tc = 1
            return reply.pack()
        case Truncated():
            return _act(behaviour.then, question, kind, protocol)
        case Answer():
            return _records(behaviour, question, kind).pack()
    return _fault(behaviour, question, kind)


def _records(answer: Answer, question: DNSRecord, kind: str) -> DNSRecord:
    reply, owner = question.reply(), question.q.qname
    if answer.cname is not None:
        reply.add_answer(RR(owner, QTYPE.CNAME, rdata=CNAME(answer.cname), ttl=answer.ttl))
        owner = answer.cname
    makers: dict[str, Callable[[], list[tuple[int, Any]]]] = {
        "MX": lambda: [(QTYPE.MX, MX(host, preference)) for preference, host in answer.mx],
        "A": lambda: [(QTYPE.A, A(ip)) for ip in answer.a],
        "AAAA": lambda: [(QTYPE.AAAA, AAAA(ip)) for ip in answer.aaaa],
    }
    records = makers[kind]() if kind in makers else []
    for code, data in records:
        reply.add_answer(RR(owner, code, rdata=data, ttl=answer.ttl))
    if not records:
        _say_how_long(reply, answer.soa_ttl)
    return reply


def _say_how_long(reply: DNSRecord, ttl: int | None) -> None:
    if ttl is not None:
        start = SOA("ns.example.net", "dns.example.net", (1, 60, 60, 60, ttl))
        reply.add_auth(RR(".", QTYPE.SOA, rdata=start, ttl=ttl))


def _fault(behaviour: Behaviour, question: DNSRecord, kind: str) -> bytes | None:
    reply = question.reply()
    if behaviour is SILENT:
        return None
    if behaviour is GARBAGE:
        return b"\x00\x01\x02"
    if behaviour is LAME:
        reply.add_auth(RR("example.net", QTYPE.NS, rdata=NS("ns.example.net"), ttl=60))
    elif behaviour is WRONG_NAME:
        reply.add_answer(RR("other.example.net", QTYPE.MX, rdata=MX("mx.example.net", 10), ttl=60))
    elif behaviour is WRONG_ID:
        reply = _records(TAKES_MAIL, question, kind)
        reply.header.id ^= 1
    elif behaviour is NXDOMAIN:
        reply.header.rcode = RCODE.NXDOMAIN
        _say_how_long(reply, 3600)
    else:
        reply.header.rcode = {SERVFAIL: RCODE.SERVFAIL, REFUSED: RCODE.REFUSED}[behaviour]  # type: ignore[index]
    return reply.pack()


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True
    max_packet_size = 4096


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 256


def _both_on_one_port(reply: Callable[[bytes, str], bytes | None]) -> tuple[_Udp, _Tcp]:
    """Both servers on one free port: UDP takes any, TCP the same; another try if somebody has it."""

    class UdpHandler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            answer = reply(data, "udp")
            if answer is not None:
                sock.sendto(answer, self.client_address)

    class TcpHandler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            head = self.request.recv(2)
            data = self.request.recv(int.from_bytes(head, "big")) if len(head) == 2 else b""
            answer = reply(data, "tcp") if data else None
            if answer is not None:
                self.request.sendall(len(answer).to_bytes(2, "big") + answer)

    for _ in range(50):
        udp = _Udp(("127.0.0.1", 0), UdpHandler)
        udp.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        try:
            return udp, _Tcp(("127.0.0.1", udp.server_address[1]), TcpHandler)
        except OSError:
            udp.server_close()
    raise RuntimeError("no port is free for both UDP and TCP")
