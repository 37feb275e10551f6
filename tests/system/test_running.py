"""A list as somebody at a terminal runs it: a bar, Ctrl-C, resumed, undone; each by its command."""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading

from running_lists import person
from sqlalchemy import text
from system_house import ROOT, wait_for

from gateway.db.engine import open_engine

ROWS = 110_000  # three batches


GATEWAY = ("-m", "gateway")
SLOWLY = (ROOT / "tests/faults/slowly.py", "--batch-rows", 50_000, "--pause", 0.3, "--")


class Terminal:
    """A command with a terminal of 100 columns as its standard error, as people have it."""

    def __init__(self, house, *args, command=GATEWAY):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, *map(str, (*command, *args))], env=house.env, cwd=ROOT, stdin=theirs,
            stdout=subprocess.PIPE, stderr=theirs, start_new_session=True, text=True,
            # A shell's background job ignores Ctrl-C, and so would this.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it takes no lock
        )  # fmt: skip
        os.close(theirs)
        self._ours, self.seen = ours, b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        while True:
            try:
                block = os.read(self._ours, 4096)
            except OSError:  # the other side was closed
                return
            if not block:
                return
            self.seen += block

    def end(self):
        """Wait for it; its exit code, standard output, and what stood on the terminal."""
        out, _ = self.process.communicate(timeout=120)
        self._reader.join(10)
        os.close(self._ours)
        return self.process.returncode, out, self.seen.decode()


def many(path):
    with path.open("w", encoding="utf-8") as out:
        out.write("email,first_name,country\n")
        for i in range(ROWS):
            name, _, domain = person(i % 1500).partition("@")
            out.write(f"{name}+{i // 1500}@{domain},P{i},US\n")
    return path


def asked(house, question):
    engine = open_engine(house.env["GATEWAY_DATABASE_URL"])
    with engine.connect() as connection:
        found = connection.execute(text(question)).scalar_one()
    engine.dispose()
    return found


def test_a_day_s_end(house, manifest, tmp_path):
    file = many(tmp_path / "many.csv")
    terminal = Terminal(house, "import", file, "--manifest", manifest, "--wait", command=SLOWLY)
    wait_for(lambda: b"/s" in terminal.seen, "the bar moves", seconds=90, pause=0.02)
    os.killpg(terminal.process.pid, signal.SIGINT)  # as Ctrl-C does
    code, out, seen = terminal.end()
    assert code == 130, (out, seen)
    assert re.search(r"\r\[[#-]+\]\s+\d+%  [\d,]+ of about 1\d\d,\d{3} rows  [\d,]+/s  \d+:\d\d left", seen), seen
    assert seen.lstrip().startswith("0 rows")  # something is seen before the first batch is done
    assert "gateway lists resume list_1" in seen
    there = asked(house, "SELECT count(*) FROM leads")
    assert 0 < there < ROWS
    assert f"rows        {there:>9,}" in out
    shown = house.json("lists", "show", "list_1")
    assert (shown["state"], shown["progress"]["rows"]) == ("cancelled", there)
    again = house.json("import", file, "--manifest", manifest, check=130)  # not gone on with behind one's back
    assert (again["state"], again["repeated"]) == ("cancelled", True)

    receipt = house.json("lists", "resume", "list_1")
    assert (receipt["state"], receipt["rows"]) == ("done", ROWS)
    assert receipt["prospects"] + receipt["holds"] + receipt["rejections"] == ROWS

    terminal = Terminal(house, "lists", "undo", "list_1", "--yes")
    wait_for(lambda: b"leads undone" in terminal.seen, "the bar moves", seconds=90, pause=0.02)
    os.killpg(terminal.process.pid, signal.SIGINT)
    code, out, seen = terminal.end()
    assert code == 130, (out, seen)
    assert "`gateway lists undo list_1` goes on" in seen
    assert "Aborted" not in seen

    terminal = Terminal(house, "lists", "undo", "list_1", "--yes")
    code, out, seen = terminal.end()
    assert code == 0, (out, seen)
    assert re.search(r"\[#{16}\] 100%  ([\d,]+) of \1 leads undone", seen), seen[-400:]
    assert asked(house, "SELECT count(*) FROM prospects") == 0
    assert asked(house, "SELECT count(*) FROM leads WHERE outcome = 'rejection'") == ROWS
    assert house.json("ledger", "verify")["ok"]
    assert house.json("lists", "show", "list_1")["state"] == "undone"


def small(house, manifest, tmp_path, name="small.csv"):
    file = tmp_path / name
    file.write_text("email\n" + "".join(f"{person(n)}\n" for n in range(5)), encoding="utf-8")
    return file, house.json("import", file, "--manifest", manifest)


def test_undo_asks_at_a_terminal_and_the_file_may_come_again(house, manifest, tmp_path):
    file, receipt = small(house, manifest, tmp_path)
    assert receipt["prospects"] == 5
    engaged = Terminal(house, "lists", "undo", "list_1")
    os.write(engaged._ours, b"n\n")
    code, out, seen = engaged.end()
    assert code == 1
    assert "takes back 5 prospects" in out
    assert "Go on?" in out + seen
    assert len(house.run("prospects", "export", "--format", "ndjson").splitlines()) == 5
    undone = house.json("lists", "undo", "list_1", "--yes")
    assert undone == {
        "list": "list_1", "state": "undone", "removed": 5, "withdrawn": 0, "had_left": 0, "holds": 0,
    }  # fmt: skip
    assert house.run("prospects", "export", "--format", "ndjson") == ""
    lead = house.json("explain", "lead_1")
    assert lead["outcome"] == "rejection"
    again = house.json("import", file, "--manifest", manifest)
    assert (again["list"], again.get("repeated"), again["prospects"]) == ("list_2", None, 5)


def test_a_worker_undoes_and_judges_again_what_was_asked_for_over_http(house, manifest, tmp_path):
    small(house, manifest, tmp_path)
    base = house.serve()
    key = house.json("keys", "new", "--name", "t", "--scope", "lists")["secret"]

    def ask(verb, method="POST"):
        done = subprocess.run(
            ["curl", "-sS", "-X", method, "-H", f"Authorization: Bearer {key}", f"{base}/v1/lists/list_1{verb}"],
            capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        return done.stdout

    assert json.loads(ask("/recheck"))["errand"]["errand"] == "recheck"
    events = ask("/events", "GET")
    assert events.count("event: end") == 1
    assert json.loads(ask("", "GET"))["errand"]["state"] == "done"
    assert json.loads(ask("/undo"))["state"] in {"undoing", "undone"}
    wait_for(lambda: json.loads(ask("", "GET"))["state"] == "undone", "the worker undoes the list", seconds=30)
    assert house.run("prospects", "export", "--format", "ndjson") == ""
