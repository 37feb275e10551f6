"""The web server: its port, the processes that share it, and what each of them loads beside the first requests."""

import gc
import mmap
import multiprocessing
import socket
import sys
import threading
import time
from contextlib import AbstractContextManager
from typing import Any

import waitress
from flask import Flask

from gateway.config import Settings, SettingsError
from gateway.intake.guard.bodies import Keys, bounded
from gateway.intake.guard.load import RememberedOrigins, Shed
from gateway.intake.guard.onebyone import pays
from gateway.pipeline import Services

UPLOAD_LIMIT = 2 << 30
BACKLOG = 1024
COLLECT_AFTER = (10_000, 10, 10)
"""Objects more before the collector looks for cycles; a request makes a few thousand and leaves hardly any."""
HAND_OVER_SECONDS = 0.0005
"""So long one thread computes while another could go on; Python's own is ten times as long.

A signup asks its database some forty small questions, and lets go of the interpreter at each. Beside a page that is
computed each of them waited that long to go on: with one such neighbour half of the signups took 126 ms, 49 with this.
"""
COURTESY_SECONDS = 0.002
"""So long a process that has more connections than another lets that one take the next."""


def bound(settings: Settings) -> list[socket.socket]:
    """The port, taken: a socket for each address that the host's name has. Raises SettingsError where it cannot be."""
    found: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(
            socket.getaddrinfo(
                settings.host, settings.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP,
                flags=socket.AI_PASSIVE,
            )
        ):  # fmt: skip
            taken = socket.socket(family, kind, protocol)
            found.append(taken)
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            taken.bind(address)
            taken.listen(BACKLOG)
    except OSError as error:
        for taken in found:
            taken.close()
        message = f"cannot serve on {settings.host}:{settings.port}: {error.strerror}; choose another GATEWAY_PORT"
        raise SettingsError(message) from None
    return found


class Shares:
    """How many connections each of several forked processes has open, known to all of them.

    ``turn``: for what they do one after the other, so that the port is answered meanwhile.
    """

    def __init__(self, count: int) -> None:
        self._open = memoryview(mmap.mmap(-1, 4 * count)).cast("i")
        self.turn = multiprocessing.get_context("fork").Lock()

    def note(self, place: int, connections: int) -> None:
        """This process has so many."""
        self._open[place] = connections

    def has_more(self, place: int) -> bool:
        """Whether some other process has fewer than this one."""
        return self._open[place] > min(self._open)


def listen(services: Services, pages: Flask, sockets: list[socket.socket], shares: Shares, place: int = 0) -> Any:
    """The web server of this process, the one of this place, on these sockets; not yet serving."""
    settings = services.settings
    app = Shed(pages, origins=RememberedOrigins(services), threads=settings.threads)
    proxy = {}
    if settings.trusted_proxy:
        proxy = {
            "trusted_proxy": settings.trusted_proxy, "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }  # fmt: skip
    servers: dict[int, Any] = {}
    server = waitress.create_server(
        app, map=servers, sockets=sockets, threads=settings.threads, ident=None,
        max_request_body_size=UPLOAD_LIMIT, clear_untrusted_proxy_headers=True,
        # Half-open connections must not shut others out: many are let in, and the idle are sent away soon.
        connection_limit=1000, channel_timeout=30, cleanup_interval=5, asyncore_use_poll=True, **proxy,
    )  # fmt: skip
    bounded(servers, Keys(services), in_turn=pays(services.engine))
    _even(servers, shares, place)
    app.waiting = lambda: len(server.task_dispatcher.queue)
    pass_by()
    sys.setswitchinterval(HAND_OVER_SECONDS)
    threading.Thread(target=_make_ready, args=(pages, shares.turn), daemon=True, name="warming").start()
    return server


def _even(servers: dict[int, Any], shares: Shares, place: int) -> None:
    """Let the process with the fewest connections take the next: else one computes, and the others look on."""
    accepting = [server for server in servers.values() if hasattr(server, "active_channels")]

    def note() -> None:
        shares.note(place, sum(len(server.active_channels) for server in accepting))

    def politely(accept: Any) -> Any:
        def taken() -> None:
            note()
            if shares.has_more(place):
                time.sleep(COURTESY_SECONDS)
            accept()  # finds nothing, where another was quicker
            note()

        return taken

    def noting(readable: Any) -> Any:  # asked in each turn of the server's loop
        def told() -> bool:
            note()
            return bool(readable())

        return told

    for server in accepting:
        server.handle_accept = politely(server.handle_accept)
        server.readable = noting(server.readable)


def pass_by() -> None:
    """Tell Python's collector to pass by all that is there: it stays until the end.

    Else it goes through policies, calendars and templates every few thousand requests, and all wait for a fifth of a
    second. First of all, before the first request: of what is loaded by then it would find a few dozen objects to drop.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _make_ready(pages: Flask, turn: AbstractContextManager[bool]) -> None:
    """Load what is loaded late, beside the first requests: seconds of computing, for one process at a time."""
    from gateway.console.desk.warming import warm

    with turn:
        warm(pages)
    gc.collect(1)  # the young ones: nobody waits for it
    pass_by()
