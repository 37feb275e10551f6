"""What the README tells a newcomer to type works when it is typed, and shows what it says."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
START_SECONDS = 60


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo of `make run` in a folder and on a port of its own: (address, environment)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = tmp_path_factory.mktemp("demo")
    environment = os.environ | {"GATEWAY_DATA": str(data), "GATEWAY_PORT": str(port), "PYTHONPATH": str(ROOT)}
    (data / "docs").symlink_to(ROOT / "docs")
    with (data / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gateway", "serve", "--demo"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/readyz", server, data / "log")
        yield f"http://127.0.0.1:{port}", environment
    finally:
        server.terminate()
        server.wait(30)


def wait_until_ready(url: str, server: subprocess.Popen, log: Path) -> None:
    """Until the server takes leads and its worker is there, as after reading what `make run` printed."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=5) as answer:
                if json.load(answer)["workers_alive"]:
                    return
        except URLError:
            pass
        time.sleep(0.1)
    pytest.fail(f"the demo did not start:\n{log.read_text()[-3000:]}")


def typed(section: str) -> list[str]:
    """The commands of a section's code blocks, comments left away."""
    text = README.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [
        line.partition("#")[0].strip() for block in blocks for line in block.splitlines() if line.startswith("gateway ")
    ]


def run(line: str, environment: dict[str, str]) -> str:
    """What a command prints. Typed in a folder of its own: some of them write files."""
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(line)],
        cwd=environment["GATEWAY_DATA"], env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{line}:\n{done.stdout}{done.stderr}"
    return done.stdout


def test_a_newcomer_types_the_readme(demo):
    address, environment = demo

    body = re.search(r"-d '(\{.*?\})'", README, re.DOTALL)[1]
    signup = Request(f"{address}/v1/signups", body.encode(), {"Content-Type": "application/json"})
    with urlopen(signup, timeout=30) as answer:
        assert answer.status == 202
        assert json.load(answer) == {"status": "received"}

    find, explain = typed("A signup")
    found = run(find, environment)
    assert explain.split()[-1] in found, "the README names another lead than the demo's next"
    assert "prospect" in found
    assert "accepted" in run(explain, environment)

    make, snippet, mail = typed("A form, and the person behind it")
    run(make, environment)
    assert "/forms/news.js" in run(snippet, environment)
    assert "no mail" in run(mail, environment)

    bring, *rest = typed("A list")
    receipt = json.loads(run(f"{bring} --json", environment))
    rows, *parts = map(int, re.search(r"\(here (\d+) = (\d+) \+ (\d+) \+ (\d+)\)", README).groups())
    assert [receipt[name] for name in ("rows", "prospects", "holds", "rejections")] == [rows, *parts]
    assert receipt["list"] in " ".join(rest), "the README names another list than the demo's next"
    for line in rest:
        assert run(line, environment).strip()
