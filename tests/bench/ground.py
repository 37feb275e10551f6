"""What every measurement stands on: a house that is ready to import, timed processes, figures that are right."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import generate
from sqlalchemy.exc import OperationalError

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PLAIN = [sys.executable, str(HERE / "plain.py")]
BULK = [sys.executable, "-m", "gateway"]


@dataclass(frozen=True)
class Timed:
    """One process from start to exit."""

    seconds: float
    output: str
    rss: float  # MiB, at its largest; the process's own, without a database server's


def has_bulk() -> bool:
    """Whether the extra [bulk] is installed."""
    return find_spec("pyarrow") is not None


def settings(data: Path, database: str | None = None) -> dict[str, str]:
    """The environment of a gateway that is ready to send, whose name servers answer nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    # A checkout is byte-compiled once and stays so; a shell that forbids it would time the compiler.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    made = kept | {
        "GATEWAY_DATA": str(data),
        "GATEWAY_NAMESERVERS": "127.0.0.1:9",
        "GATEWAY_SENDER_NAMES": generate.SENDER,
        "GATEWAY_SENDER_POSTAL_ADDRESS": "1 Main Street, Springfield, IL 62701",
        "GATEWAY_SENDER_OPT_OUT_URL": "https://www.example.com/stop",
    }
    return made | ({"GATEWAY_DATABASE_URL": database} if database else {})


def prepare(data: Path, database: str | None = None) -> None:
    """A database with all tables, an approved vendor and remembered answers for every domain of the list."""
    from gateway.db.migrate import ensure_schema
    from gateway.db.work import unit_of_work
    from gateway.domain.screened import MailRoute
    from gateway.mailroutes.memory import keep_routes
    from gateway.vendors.book import note_vendor, set_standing

    engine = opened(data, database)
    ensure_schema(engine)
    at = datetime.now(UTC)
    with unit_of_work(engine, at) as work:
        keep_routes(work, [MailRoute(name, "mx", at, at + timedelta(days=7)) for name in generate.domains()])
        note_vendor(work, generate.VENDOR)
        set_standing(work, generate.VENDOR, "approved", "a vendor of the benchmark")
    engine.dispose()


def opened(data: Path, database: str | None = None) -> Any:
    """An engine on the house's database."""
    from gateway.config import load
    from gateway.db.engine import open_engine

    told = {"GATEWAY_DATA": str(data)} | ({"GATEWAY_DATABASE_URL": database} if database else {})
    return open_engine(load(told).database)


def timed(command: list[str], environment: dict[str, str]) -> Timed:
    """Run a command to its end. Stops the benchmark if it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=out, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        output, told = out.read().decode(), errors.read().decode()
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{output}{told}")
    return Timed(seconds, output, usage.ru_maxrss / 1024)


def imported(list_path: Path, rows: int, environment: dict[str, str], program: list[str]) -> tuple[Timed, dict]:
    """Import a list as a user does; the process and the receipt."""
    manifest = str(list_path.with_suffix(".manifest.yaml"))
    done = timed([*program, "import", str(list_path), "--manifest", manifest, "--wait", "--json"], environment)
    receipt = json.loads(done.output)
    check(receipt, rows)
    return done, receipt


def check(receipt: dict[str, int], rows: int) -> None:
    """A quick answer that is wrong is no figure."""
    ended = receipt["prospects"] + receipt["holds"] + receipt["rejections"]
    if receipt["rows"] != rows or ended != rows or receipt["prospects"] < rows // 2:
        sys.exit(f"the receipt is not right: {receipt}")


def stored_bytes(data: Path, database: str | None = None) -> int:
    """How large the database is on disk, with nothing left in SQLite's journal."""
    engine = opened(data, database)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            pages, page = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("page_count", "page_size")
            )
            size = pages * page
        else:
            size = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar()
    engine.dispose()
    return size


def stored_by_table(data: Path, database: str | None = None) -> dict[str, int]:
    """The bytes of each table with its indexes; nothing where SQLite was built without its own statistics."""
    engine = opened(data, database)
    question = (
        "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    if engine.dialect.name == "sqlite":
        question = "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_master USING (name) GROUP BY tbl_name"
    try:
        with engine.connect() as connection:
            found = {name: int(size) for name, size in connection.exec_driver_sql(question)}
    except OperationalError:
        found = {}
    engine.dispose()
    return found


class Server:
    """A PostgreSQL of the benchmark's own, with its safety on; none where there are no binaries."""

    def __init__(self) -> None:
        self._server: Any = None
        self._count = 0

    def fresh(self) -> str | None:
        """The URL of an empty database."""
        sys.path.insert(0, str(HERE.parent))
        from postgres import Postgres, find_binaries

        if self._server is None:
            binaries = find_binaries()
            if binaries is None:
                return None
            self._server = Postgres(binaries, settings=("listen_addresses=", "shared_buffers=1GB", "max_wal_size=8GB"))
        self._count += 1
        self._server.sql(f'CREATE DATABASE "bench_{self._count}"')
        return self._server.url(f"bench_{self._count}").render_as_string()

    def stop(self) -> None:
        """End it and remove its data."""
        if self._server is not None:
            self._server.stop()
