"""Where faults are tried: a list, its undisturbed receipt, workers that die, and what must hold afterwards."""

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text
from system_house import ROOT, wait_for
from warm import PARENT, Script, command

from gateway.config import load
from gateway.db.engine import open_engine
from gateway.intake.downloads import open_download
from gateway.intake.lists import bring
from gateway.intake.receipts import view_list
from gateway.pipeline import Services
from gateway.wiring import build_services

SLOWLY = ROOT / "tests" / "faults" / "slowly.py"
SAME = ("rows", "prospects", "holds", "rejections", "reasons", "duplicates", "unread")
_UNDISTURBED: dict[int, dict] = {}  # the receipt of a list of so many rows; its rows are the same wherever it is run
DOMAINS = ("example.com", "example.org", "example.net", "silent.example.net")

MANIFEST = (
    "name: A bought list\nvendor: Meridian Leads\nmethod: co_registration\n"
    "collected: {from: 2026-09-01, until: 2026-10-31}\nform_url: https://quotes.example.com/auto\n"
    "consent: {claimed: none}\nrelationship: marketing\ndate_order: mdy\n"
)


def environment(folder: Path, database_url: str, broker_url: str, dns_port: int) -> dict[str, str]:
    """A gateway's settings, with its data in ``folder``."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    return plain | {
        "GATEWAY_DATA": str(folder / "var"), "GATEWAY_DATABASE_URL": database_url, "GATEWAY_BROKER_URL": broker_url,
        "GATEWAY_NAMESERVERS": f"127.0.0.1:{dns_port}", "GATEWAY_DNS_SECONDS": "0.5", "PYTHONPATH": str(ROOT),
        "GATEWAY_SECRET_KEY": "a secret for tests, thirty-two characters and more",
    }  # fmt: skip


def write_list(path: Path, rows: int) -> Path:
    """A list with people of three domains, duplicates, refusals, and a domain that is not answered for."""
    with path.open("w", encoding="utf-8") as out:
        out.write("email,first_name,country\n")
        for i in range(rows):
            address = "no address" if i % 97 == 0 else f"person{i % (rows * 19 // 20)}@{DOMAINS[i % 50 % 4]}"
            out.write(f"{address},P{i},US\n")
    return path


@dataclass
class Ground:
    """One gateway with its list; workers come and go."""

    env: dict[str, str]
    folder: Path
    manifest: Path
    file: Path
    rows: int
    options: tuple[str, ...] = ("--batch-rows", "20", "--pause", "0.05")
    workers: list[Script] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def gateway(self, *args: object, check: int = 0) -> dict:
        """A command's JSON."""
        done = command((*args, "--json"), self.env, ROOT, seconds=900)
        assert done.returncode == check, f"{args}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return lines[0] if len(lines) == 1 else {"lines": lines}

    @contextmanager
    def services(self) -> Iterator[Services]:
        """The gateway's own services on this ground, for looking and beginning."""
        services = build_services(load({name: self.env[name] for name in self.env if name.startswith("GATEWAY_")}))
        try:
            yield services
        finally:
            services.engine.dispose()

    def begin(self) -> int:
        """Learn what an undisturbed run gives, and begin a run that somebody has to do; its number."""
        if self.rows not in _UNDISTURBED:
            _UNDISTURBED[self.rows] = self.gateway("import", self.file, "--manifest", self.manifest, "--dry-run")
        with self.services() as services:
            text = self.manifest.read_text(encoding="utf-8")
            begun = bring(services, self.file, text, manifest_name="m", encoding=None, again=False, by="test")
        return int(begun["run"])

    def add_worker(self, *options: str) -> Script:
        """Start one more worker, with its own log."""
        words = [SLOWLY, *self.options, *options, "--", "work", "--die-with", PARENT]
        worker = Script(words, self.env, ROOT, self.folder / f"worker{len(self.workers)}.log")
        self.workers.append(worker)
        return worker

    def kill(self, worker: Script) -> None:
        """kill -9 of a worker and every process under it."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def alive(self) -> list[Script]:
        return [worker for worker in self.workers if worker.poll() is None]

    def stop(self) -> None:
        for worker in self.alive():
            self.kill(worker)

    def ask(self, query: str) -> list:
        """Look into the database itself, as it stands."""
        engine = open_engine(self.env["GATEWAY_DATABASE_URL"])
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(query)))
        finally:
            engine.dispose()

    def do(self, statement: str) -> None:
        """Carry out a statement in the database itself."""
        engine = open_engine(self.env["GATEWAY_DATABASE_URL"])
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def batches_done(self) -> int:
        return self.ask("SELECT count(*) FROM work WHERE state = 'done'")[0][0]

    def state(self) -> str:
        return self.ask("SELECT state FROM runs ORDER BY id DESC LIMIT 1")[0][0]

    def get_on(self) -> None:
        """Wait until one batch more is done, and a moment by chance: the next one is under way then."""
        before = self.batches_done()
        self.wait_for(lambda: self.batches_done() > before or self.state() != "running", "a batch")
        time.sleep(self.chance.random() * 0.3)

    def kill_at_random(self, kills: int, *, keep: int = 2) -> int:
        """Kill one of ``keep`` workers each time the run has got on, and start another; how many died at work."""
        while len(self.alive()) < keep:
            self.add_worker()
        for killed in range(kills):
            self.get_on()
            if self.state() != "running":
                return killed
            self.kill(self.chance.choice(self.alive()))
            self.add_worker()
        return kills

    def finish(self, seconds: float = 120) -> None:
        """Wait until the run has ended."""
        self.wait_for(lambda: self.state() != "running", "the run ends", seconds)

    def wait_for(self, condition, what: str, seconds: float = 60) -> None:
        try:
            wait_for(condition, what, seconds=seconds, pause=0.05)
        except BaseException:
            print(self.ask("SELECT * FROM work WHERE state <> 'done'"), self.logs()[-6000:])
            raise

    def logs(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("worker*.log")))

    def check(self) -> dict:
        """0 rows lost, 0 doubled, the receipt as undisturbed, the ledger whole; the receipt."""
        with self.services() as services:
            receipt = view_list(services, 1)["run"]
            rows = [tuple(row[:2]) for row in open_download(services, 1, outcomes=()).rows()]  # number, outcome
            assert services.ledger.verify(services.engine).ok
        assert receipt["state"] == "done", (receipt, self.logs()[-4000:])
        undisturbed = _UNDISTURBED[self.rows]
        assert {name: receipt[name] for name in SAME} == {name: undisturbed[name] for name in SAME}
        assert receipt["prospects"] + receipt["holds"] + receipt["rejections"] == self.rows
        assert [int(number) for number, _ in rows] == list(range(2, self.rows + 2))
        assert Counter(outcome for _, outcome in rows) == Counter(
            prospect=receipt["prospects"], hold=receipt["holds"], rejection=receipt["rejections"]
        )
        assert self.ask("SELECT count(*), count(DISTINCT lead_id) FROM prospects")[0] == (receipt["prospects"],) * 2
        return receipt
