"""A worker killed between sending and noting it: the same is sent again under the same id, and nobody is lost."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from emitting import destine, items, ready_services, serve, sign_up, states
from receivers import PUBLIC, Reply, resolve_to_public, stand, way_to

HERE = Path(__file__).parents[1]
WORKER = """
import ssl, socket, sys
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, {tests!r})
from conftest import StillClock
from emitting import ready_services
from gateway import outgoing
from gateway.db.engine import open_engine
from gateway.emission.deliver import deliver
from gateway.emission.shape import Way
outgoing.PORTS = frozenset(range(1024, 65536))
found = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
outgoing.socket.getaddrinfo = lambda host, port, *a, **k: [(*found, ({public!r}, port))]
context = ssl.create_default_context(cafile={authority!r})
services = ready_services(open_engine({url!r}), StillClock(datetime.fromisoformat({at!r})), Path({folder!r}))
deliver(1, services, Way(Path({folder!r}), lambda: context, lambda address: address == {public!r}))
"""


TIMES = 3


def test_what_was_sent_and_not_noted_is_sent_again_under_the_same_id(
    engine, database_url, clock, tmp_path, monkeypatch
):
    services = ready_services(engine, clock, tmp_path)
    resolve_to_public(monkeypatch)
    with stand(tmp_path / "crm") as receiver:
        destine(services, url=receiver.url)
        sign_up(services, "ann@example.com", "bea@example.com")
        for _ in range(TIMES):
            before = len(receiver.requests)
            script = WORKER.format(
                tests=str(HERE), public=PUBLIC, authority=str(receiver.authority), url=database_url,
                at=clock.now().isoformat(), folder=str(tmp_path),
            )  # fmt: skip
            receiver.answer = lambda _: Reply(seconds=20)  # taken, and its answer is on the way
            worker = subprocess.Popen([sys.executable, "-c", script], cwd=HERE.parent)
            until = time.monotonic() + 60
            while len(receiver.requests) == before:
                assert worker.poll() is None
                assert time.monotonic() < until
                time.sleep(0.02)
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
            assert states(services) == [("accepted", "pending")] * 2
            clock.move(minutes=3)  # its lease is over
        receiver.answer = lambda _: Reply()
        serve(services, way_to(tmp_path / "drops", receiver))
        names = {one.headers["webhook-id"] for one in receiver.requests}
        assert len(names) == 1
        assert len(receiver.requests) == TIMES + 1
        assert sorted(receiver.by_person()) == ["prospect_1", "prospect_2"]
        assert [row.tries for row in items(services)] == [TIMES + 1] * 2
