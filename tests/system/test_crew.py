"""Several web processes on one port: they count as one, share the connections, and live and die together."""

import json
import os
import re
import signal
import socket
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from system_house import free_port, wait_for

COUNT = 3
CONSENT = {"ticked": True, "wording": "Yes, write to me.", "language": "en"}


@pytest.fixture
def crew(house):
    """The server's own process, with so many web processes and no worker."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # who is started behind a shell's `&` hears none
    house.env["GATEWAY_PROCESSES"] = str(COUNT)
    house.run("sources", "add", "site", "--title", "A form", "--wording", "Yes, write to me.", "--proof", "never",
              "--most-an-hour", "9")  # fmt: skip
    process = house.start("serve", "--no-worker")
    signal.signal(signal.SIGINT, before)
    wait_for(lambda: status(house) == 200, "the server answers", seconds=60)
    wait_for(lambda: len(children(process.pid)) == COUNT, "all are there")
    return process


def status(house, path="/readyz", body=None):
    """Of one request on a connection of its own; None where nobody answers."""
    headers = {"Content-Type": "application/json", "Connection": "close"}
    request = urllib.request.Request(f"http://127.0.0.1:{house.env['GATEWAY_PORT']}{path}", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def children(pid):
    """Processes that this one begot and that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it ended meanwhile
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return found


def owners(port, pids):
    """How many established connections to this port each of these processes has."""
    inodes = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        parts = line.split()
        if int(parts[1].rpartition(":")[2], 16) == port and parts[3] == "01":
            inodes.add(parts[9])
    found = Counter(dict.fromkeys(pids, 0))
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            target = re.fullmatch(r"socket:\[(\d+)\]", str(handle.readlink()))
            found[pid] += bool(target) and target[1] in inodes
    return found


def test_a_cap_holds_for_all_of_them_together(house, crew):
    def sign_up(number):
        return {"email": f"ann{number}@example.com", "source": "site", "country": "US", "consent": CONSENT}

    told = Counter(status(house, "/v1/signups", json.dumps(sign_up(number)).encode()) for number in range(30))
    assert told == {202: 9, 429: 21}


def spread(house, crew):
    """How many of twelve connections that are held open each process has."""
    port = int(house.env["GATEWAY_PORT"])
    with ExitStack() as held:
        for _ in range(4 * COUNT):
            one = held.enter_context(socket.create_connection(("127.0.0.1", port)))
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert one.recv(100).startswith(b"HTTP/1.1 200")
        shares = owners(port, children(crew.pid))
    assert sum(shares.values()) == 4 * COUNT
    return shares


def test_connections_are_spread_evenly(house, crew):
    """Once all of them are at it, and a processor is free for whoever has the fewest."""
    wait_for(lambda: set(spread(house, crew).values()) == {4}, "four for each")


def test_whichever_dies_is_begun_again_and_the_others_go_on(house, crew):
    first = children(crew.pid)
    os.kill(first[0], signal.SIGKILL)
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        assert status(house) == 200
    wait_for(lambda: len(children(crew.pid)) == COUNT, "another in its place")
    assert len(set(children(crew.pid)) & set(first)) == COUNT - 1


@pytest.mark.parametrize(
    ("sign", "whole", "code"),
    [(signal.SIGTERM, False, 0), (signal.SIGTERM, True, 0), (signal.SIGINT, True, 0),
     (signal.SIGKILL, False, -signal.SIGKILL)],
)  # fmt: skip
def test_all_end_with_the_first_one(house, crew, sign, whole, code):
    theirs = children(crew.pid)
    (os.killpg if whole else os.kill)(crew.pid, sign)  # Ctrl-C reaches everybody at the terminal
    assert crew.wait(15) == code
    wait_for(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in theirs), "all are gone", seconds=5)
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the next server would: for what just ended
        probe.bind(("127.0.0.1", int(house.env["GATEWAY_PORT"])))
        probe.listen()


def test_a_port_that_is_taken_is_said_at_once(house):
    with closing(socket.socket()) as other:
        port = free_port()
        other.bind(("127.0.0.1", port))
        other.listen()
        house.env["GATEWAY_PORT"] = str(port)
        house.run("serve", "--no-worker", check=2)


@pytest.mark.parametrize("wrong", ["0", "33", "two", "-1"])
def test_how_many_there_are_is_a_number(house, wrong):
    house.env["GATEWAY_PROCESSES"] = wrong
    assert "expected a whole number from 1 to 32" in failing(house)


def failing(house):
    """What the command says on its way out."""
    from warm import command

    done = command(("serve", "--no-worker"), house.env, Path.cwd(), text=None)
    assert done.returncode == 2
    return done.stdout + done.stderr
