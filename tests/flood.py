"""A flood of signups: so many requests a second whatever comes back, each answer noted, on as many connections."""

import asyncio
import http.client
import json
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field

MOST_CONNECTIONS = 1_500  # more than the server lets in at once


@dataclass
class Told:
    """What came of a flood."""

    statuses: Counter = field(default_factory=Counter)
    taken: list[str] = field(default_factory=list)  # addresses answered with 202
    seconds: list[float] = field(default_factory=list)  # until the answer, of those
    broken: list[str] = field(default_factory=list)  # what went wrong with connections
    without_retry_after: int = 0
    sent: int = 0
    lasted: float = 0.0

    def __str__(self):
        """For people: how many, how they were answered, how long the slowest hundredth of the taken took."""
        slow = sorted(self.seconds)[len(self.seconds) * 99 // 100 :][:1]
        return f"{self.sent} in {self.lasted:.1f} s: {dict(self.statuses)}, p99 {slow} s"


def body_of(address):
    """One signup."""
    consent = {"ticked": True, "preticked": False, "wording": "Yes, write to me.", "language": "en",
               "page_url": "https://www.example.com/join"}  # fmt: skip
    return json.dumps({"email": address, "country": "US", "source": "site", "consent": consent}).encode()


def signup(address):
    """One signup as a request."""
    body = body_of(address)
    head = (
        f"POST /v1/signups HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Line(asyncio.Protocol):
    """One connection, with one request at a time on its way."""

    def __init__(self, told, idle):
        self.told, self.idle = told, idle
        self.address, self.begun, self.got = None, 0.0, b""

    def connection_made(self, transport):
        self.transport = transport

    def ask(self, address):
        self.address, self.begun = address, time.monotonic()
        self.transport.write(signup(address))

    def data_received(self, data):
        self.got += data
        head, found, body = self.got.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if not found or len(body) < int(fields[b"content-length"]):
            return
        status = int(head[9:12])
        self.told.statuses[status] += 1
        if status == 202:
            self.told.taken.append(self.address)
            self.told.seconds.append(time.monotonic() - self.begun)
        elif status in {429, 503} and not fields.get(b"retry-after", b"").isdigit():
            self.told.without_retry_after += 1
        self.address, self.got = None, b""
        self.idle.append(self)

    def connection_lost(self, error):
        if self.address is not None:
            self.told.broken.append(repr(error))
        elif self in self.idle:
            self.idle.remove(self)


async def _flood(port, name, *, rate, seconds, most, patience):
    told, idle, lines, opening = Told(), [], [], set()
    loop = asyncio.get_running_loop()

    async def on_new_line(address):
        try:
            _, line = await asyncio.wait_for(
                loop.create_connection(lambda: Line(told, idle), "127.0.0.1", port), patience
            )
        except (OSError, TimeoutError) as error:
            told.broken.append(f"no connection: {error!r}")
            return
        lines.append(line)
        line.ask(address)

    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < seconds:
        while told.sent < passed * rate and time.monotonic() - begun < seconds:
            if not idle and len(lines) + len(opening) >= most:
                break
            told.sent += 1
            address = f"{name}{told.sent}@example.com"
            if idle:
                idle.pop().ask(address)
            else:
                task = asyncio.create_task(on_new_line(address))
                opening.add(task)
                task.add_done_callback(opening.discard)
            if told.sent % 20 == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0.002)
    told.lasted = time.monotonic() - begun
    until = time.monotonic() + patience
    while time.monotonic() < until and (opening or any(line.address for line in lines)):  # noqa: ASYNC110 - it ends
        await asyncio.sleep(0.02)
    told.broken += ["never answered" for line in lines if line.address]
    for line in lines:
        line.address = None
        line.transport.close()
    return told


def flood(port, name, *, rate=float("inf"), seconds=1.0, most=MOST_CONNECTIONS, patience=60.0):
    """Send ``rate`` signups a second for so long, on ``most`` connections at most, and hear every answer."""
    return asyncio.run(_flood(port, name, rate=rate, seconds=seconds, most=most, patience=patience))


def one(port, address):
    """The status that one signup is answered with."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("POST", "/v1/signups", body_of(address), {"Content-Type": "application/json"})
        return connection.getresponse().status
