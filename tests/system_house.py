"""The whole gateway as people run it: the command line in its own processes, a server, a real DNS server."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from dnsserver import Answer, DnsServer
from warm import command

ROOT = Path(__file__).resolve().parents[1]
MAIL = Answer(mx=((10, "mx.example.net"),))


@dataclass
class House:
    """One gateway: its settings, its commands, its server."""

    env: dict[str, str]
    dns: DnsServer
    processes: list[subprocess.Popen] = field(default_factory=list)

    def run(self, *args, check=0, stdin=None):
        """Run a command; its standard output. ``check``: the exit code it must have."""
        done = command(args, self.env, ROOT, text=stdin)
        assert done.returncode == check, f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *args, check=0):
        return json.loads(self.run(*args, "--json", check=check))

    def start(self, *args):
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway", *map(str, args)], env=self.env, cwd=ROOT, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def serve(self):
        """Start the server with its worker; its address, once it answers."""
        self.start("serve")
        base = f"http://127.0.0.1:{self.env['GATEWAY_PORT']}"
        wait_for(lambda: _answers(base + "/readyz"), "the server answers", seconds=60)
        return base

    def outcome(self, address):
        """The outcomes of an address's leads, oldest first."""
        return [lead["outcome"] for lead in self.json("leads", "find", address)["leads"]]

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def wait_for(condition, what, seconds=30.0, pause=0.1):
    """Try until it is true; fails with ``what`` when it never is."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(pause)
    pytest.fail(f"waited {seconds} s in vain: {what}")


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
