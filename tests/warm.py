"""``gateway`` commands in processes of their own that need not import everything first: half a second each, hundreds.

A fork server imports the gateway once; every command is a fork of it with its own environment, folder and streams.
What begins, signals or outlives a command (servers, workers, terminals) is still started as a user would.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

PRELOADED = (
    "gateway.cli", "gateway.cli.common", "gateway.cli.importing", "gateway.cli.lists", "gateway.wiring",
    "gateway.intake.starting", "gateway.intake.running.leases", "gateway.outcomes.export", "alembic.command", "yaml",
    "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql", "psycopg", "phonenumbers", "dns.resolver",
    "marshmallow", "email_validator",
)  # fmt: skip
PARENT = "<parent>"  # stands for the number of a script's parent process: the fork server, which dies with the tests
_forked = multiprocessing.get_context("forkserver")
_forked.set_forkserver_preload(list(PRELOADED))


def command(args, env, cwd, *, text: str | None = None, seconds: float = 120) -> subprocess.CompletedProcess:
    """Run ``gateway ARGS``; its exit code, standard output and error output. ``text``: its standard input."""
    with TemporaryDirectory() as folder:
        streams = [Path(folder) / name for name in ("in", "out", "err")]
        streams[0].write_text(text or "", encoding="utf-8")
        words = [str(arg) for arg in args]
        process = _forked.Process(target=_run, args=(words, dict(env), str(cwd), [str(path) for path in streams]))
        process.start()
        process.join(seconds)
        if process.is_alive():
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(words, seconds)
        out, error = (path.read_bytes().decode() for path in streams[1:])
        return subprocess.CompletedProcess(words, process.exitcode, out, error)


class Script:
    """A script of ours in a process group of its own; of ``subprocess.Popen`` what tests of faults ask."""

    def __init__(self, words, env, cwd, log: Path) -> None:
        streams = [os.devnull, str(log), str(log)]
        self._process = _forked.Process(target=_script, args=([str(word) for word in words], env, str(cwd), streams))
        self._process.start()
        self.pid = self._process.pid
        while self.poll() is None and not _leads_a_group(self.pid):  # who is killed at once must have its group by then
            time.sleep(0.001)

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, seconds: float | None = None) -> int:
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), seconds or 0)
        return self._process.exitcode


def _leads_a_group(pid: int) -> bool:
    try:
        return os.getpgid(pid) == pid
    except ProcessLookupError:
        return False


def _script(words, env, cwd, streams) -> None:
    os.setsid()
    words = [str(os.getppid()) if word == PARENT else word for word in words]
    _enter(words, env, cwd, streams)
    runpy.run_path(words[0], run_name="__main__")


def _run(words, env, cwd, streams) -> None:
    _enter(["gateway", *words], env, cwd, streams)
    from gateway.cli import main

    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _enter(words, env, cwd, streams) -> None:
    for number, path in enumerate(streams):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | (os.O_APPEND if number else 0))
        os.dup2(handle, number)
        os.close(handle)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(cwd)
    sys.argv = words
