"""A DNS server in its own process, as quick as Python gets: every name takes mail, after a while if told, some never.

python tests/fastdns.py --median 0.03 --silent 0.02     prints its port and serves until its input ends
"""

import argparse
import heapq
import os
import random
import select
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

_TAIL = b"\xc0\x0c\x00\x0f\x00\x01\x00\x00\x1c\x20\x00\x07\x00\x0a\x02mx\xc0\x0c"
SPREAD = 0.5  # of the logarithm of the latency: one answer in a thousand takes five times the median


def never_answers(domain: str, share: float) -> bool:
    """Whether a name belongs to the share that nobody answers for; the same every time."""
    return zlib.crc32(domain.encode()) % 10_000 < share * 10_000


@contextmanager
def fast_dns(*, median: float = 0.0, silent: float = 0.0) -> Iterator[tuple[str, int]]:
    """The server's address while the ``with`` lasts."""
    command = [sys.executable, __file__, "--median", str(median), "--silent", str(silent)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield "127.0.0.1", int(process.stdout.readline())
        process.communicate()


def answer(question: bytes) -> bytes:
    """One MX with the question's own id and name; EDNS is left out."""
    end = question.index(b"\x00", 12) + 5
    return question[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + question[12:end] + _TAIL


def _domain(question: bytes) -> str:
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode())
        at += question[at] + 1
    return ".".join(labels)


def serve(median: float, silent: float) -> None:
    """Answer until the standard input ends."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    print(sock.getsockname()[1], flush=True)
    chance, late = random.Random(1), []
    while True:
        wait = max(0.0, late[0][0] - time.monotonic()) if late else None
        readable, _, _ = select.select([sock, sys.stdin], [], [], wait)
        if sys.stdin in readable and not os.read(0, 1):
            return
        for _ in range(500 if sock in readable else 0):
            try:
                question, client = sock.recvfrom(4096)
            except BlockingIOError:
                break
            if silent and never_answers(_domain(question), silent):
                continue
            if median:
                due = time.monotonic() + median * chance.lognormvariate(0, SPREAD)
                heapq.heappush(late, (due, question, client))
            else:
                sock.sendto(answer(question), client)
        while late and late[0][0] <= time.monotonic():
            _, question, client = heapq.heappop(late)
            sock.sendto(answer(question), client)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--median", type=float, default=0.0)
    parser.add_argument("--silent", type=float, default=0.0)
    asked = parser.parse_args()
    serve(asked.median, asked.silent)
