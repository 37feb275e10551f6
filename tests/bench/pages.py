"""Opens every page of the desk on a large database: how long, how much work, how many questions to the database.

    make bench-pages                                   # builds a house on each database (minutes), measures, removes it
    make bench-pages ARGS="--only sqlite --house DIR"  # the house is built in DIR once and stays

Every page is opened in a process of its own, which has opened none before: ``first`` is what the first visitor after
a start waits, with all that is loaded and compiled for it; ``median`` and ``worst`` are of the visits after it.
``cpu`` (of this process, its median) and ``asks`` (statements) hold on a busy machine too. Slower than ``LIMIT`` is
marked. Pages are the GET lines of the desk's matrix, and what of them is known to be hard (``HARD``).
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from ground import ROOT, Server

sys.path.insert(0, str(ROOT / "tests"))

LIMIT = 200.0  # ms
VISITS = 7
MATRIX = ROOT / "tests" / "console" / "desk" / "matrix.txt"
FILES = ("/rows", "/events", "/report", "/report/<list_id:list_number>")
"""Downloads, as long as their lists: of them the beginning counts, which is when the browser starts to save."""
HARD = (
    "/desk?days=7",
    "/desk?days=90",
    "/desk/holds?order=deadline",
    "/desk/holds?list={list}",
    "/desk/holds?domain=gmail.com",
    "/desk/holds?vendor=Fernhill+Data+LLC",
    "/desk/holds?find=ana1@gmail.com",
    "/desk/holds/{group}?after={held}",
    "/desk/holds/answer?kind=refuse&group={group}",
    "/desk/holds/answer?kind=refuse",
    "/desk/holds/answer?kind=ask",
    "/desk/leads?outcome=hold",
    "/desk/leads?outcome=rejection",
    "/desk/leads?reason=disposable_address",
    "/desk/leads?source=list_3",
    "/desk/leads?source=form-1&outcome=hold",
    "/desk/leads?vendor=Vendor+Elm+LLC",
    "/desk/leads?day={day}",
    "/desk/leads?before=500000",
    "/desk/lists?before=20",
    "/desk/lists/list_1",
    "/desk/lists/list_1/undo",
    "/desk/vendors?find=elm",
    "/desk/vendors/1",
    "/desk/ledger?kind=batch.settled",
    "/desk/ledger?kind=override.asked",
    "/desk/ledger?by=person_1",
    "/desk/ledger?about=list_3",
    "/desk/ledger?about=lead_500000",
    "/desk/ledger?day={day}",
    "/desk/ledger?before=50000",
    "/desk/wordings?show=all",
    "/desk/wordings?show=unread&find=town+13",
    "/desk/wordings?show=ours",
    "/desk/wordings?show=waiting",
    "/desk/wordings/{digest}/effect?standing=approved",
    "/desk/wordings/{digest}/effect?standing=refused",
    "/desk/overrides?before=200",
    "/desk/overrides/new?leads={held}",
    "/desk/lists/list_1/rows?outcome=hold",
)


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="Open every page of the desk on a large database.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="leads of lists")
    parser.add_argument("--signups", type=int, default=200_000)
    parser.add_argument("--waiting", type=int, default=10_000, help="holds")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--house", type=Path, help="where the house is kept, and found the next time")
    parser.add_argument("--database", help="URL of a PostgreSQL database that is kept, with --house")
    parser.add_argument("--pages", default="", help="only those whose addresses hold this")
    parser.add_argument("--out", type=Path, help="write the figures there, as JSON")
    asked = parser.parse_args()
    server = None if asked.database else Server()
    figures: dict[str, Any] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="gateway-pages-") as folder:
            for kind in [asked.only] if asked.only else ["sqlite", "postgresql"]:
                database = None if kind == "sqlite" else asked.database or (server and server.fresh())
                if kind != "sqlite" and database is None:
                    print("no PostgreSQL here")
                    continue
                house = (asked.house or Path(folder)) / kind
                house.mkdir(parents=True, exist_ok=True)
                figures[kind] = measure(house, database, asked)
    finally:
        if server is not None:
            server.stop()
    if asked.out:
        asked.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measure(house: Path, database: str | None, asked: argparse.Namespace) -> dict[str, Any]:
    """The figures of each page, printed as they come."""
    import desk_house

    if not (house / "built").exists():
        desk_house.build(house, database, rows=asked.rows, signups=asked.signups, waiting=asked.waiting)
        (house / "built").write_text("", encoding="utf-8")
    services = desk_house.open_house(house, database)
    paths, token = seated(services)
    print(
        f"\n{services.engine.dialect.name}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {sizes(services)}"
    )
    print(f"{'first':>8} {'cpu':>7} {'median':>8} {'worst':>8} {'cpu':>7} {'asks':>5}   ms; * over {LIMIT:.0f}")
    from gateway.app import create_app

    app = create_app(services)
    found: dict[str, Any] = {}
    for path in paths:
        if asked.pages not in path:
            continue
        services.engine.dispose()
        figures = found[path] = visited(app, services, path, token)
        late = "*" if figures["median"] > LIMIT else "f" if figures["first"] > LIMIT else " "
        print(
            f"{figures['first']:8.1f} {figures['first_cpu']:7.1f} {figures['median']:8.1f} {figures['worst']:8.1f} "
            f"{figures['cpu']:7.1f} {figures['asks']:5} {late} {figures['status']} {path}", flush=True,
        )  # fmt: skip
    late = [path for path, figures in found.items() if figures["median"] > LIMIT]
    print(f"{len(found)} pages, {len(late)} over {LIMIT:.0f} ms; load {os.getloadavg()[0]:.1f}")
    services.engine.dispose()
    return found


def sizes(services: Any) -> str:
    """How much there is."""
    from sqlalchemy import func, select

    from gateway.ledger.tables import entries
    from gateway.outcomes.tables import batches, holds, leads

    with services.engine.connect() as connection:
        counts = [(t.name, connection.execute(select(func.count()).select_from(t)).scalar())
                  for t in (leads, holds, batches, entries)]  # fmt: skip
    return ", ".join(f"{count:,} {name}" for name, count in counts)


def seated(services: Any) -> tuple[list[str], str]:
    """The addresses of all pages, with what there is in this house in their gaps, and an administrator's session."""
    from sqlalchemy import func, select

    from gateway.access.people import add_person
    from gateway.access.sessions import begin_session
    from gateway.answering.groups import Filter, find_groups
    from gateway.outcomes.tables import hold_answers, holds, leads, overrides
    from gateway.person.links import desk_links
    from gateway.wordings.tables import wordings

    with services.unit_of_work() as work:
        number = add_person(work, "The measurer", f"measurer{time.time_ns()}@example.com", "administrator")
        token = begin_session(work, number)
    with services.engine.connect() as connection:

        def one(query: Any) -> Any:
            return connection.execute(query.limit(1)).scalar()

        group = find_groups(connection, services, Filter())[0].key
        held = one(select(holds.c.lead_id).where(holds.c.state == "waiting"))
        key = one(select(leads.c.match_key).where(leads.c.id == held))
        digest = one(
            select(holds.c.wording)
            .where(holds.c.wording.is_not(None))
            .group_by(holds.c.wording)
            .order_by(func.count().desc())
        )
        gaps: dict[str, Any] = {
            "lead_id:lead_id": f"lead_{held}", "list_id:list_id": "list_1", "list_id:list_number": "list_1",
            "group": group, "digest": digest or one(select(wordings.c.digest).order_by(wordings.c.leads.desc())),
            "token": desk_links(services).token(key), "int:number": 1, "int:seq": 1000, "key": "form-1",
            "name": "files", "section": "worth", "rule_id": "CS-18", "int:draft": 1, "list": 1, "held": held,
            "day": f"{services.clock.now():%Y-%m-%d}",
        }  # fmt: skip
        numbered = {
            "/overrides/": one(select(func.max(overrides.c.id))),
            "/answers/": one(select(func.max(hold_answers.c.id))),
        }
    return [*_rules(gaps, numbered), *(path.format(**gaps) for path in HARD)], token


def _rules(gaps: dict[str, Any], numbered: dict[str, Any]) -> list[str]:
    found = []
    for line in MATRIX.read_text(encoding="utf-8").splitlines():
        method, rule, *_ = [*line.split(), "", ""]
        if method != "GET":
            continue
        for part, number in numbered.items():
            if part in rule:
                rule = rule.replace("<int:number>", str(number or 1))
        if "/policies/names/" in rule:
            rule = rule.replace("<name>", "phone_known")
        if "/policies/packs/" in rule:
            rule = rule.replace("<name>", "us-can-spam")
        for gap, value in gaps.items():
            rule = rule.replace(f"<{gap}>", str(value))
        found.append(rule)
    return found


def visited(app: Any, services: Any, path: str, token: str) -> dict[str, Any]:
    """The figures of one page, in a process of its own."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_visit, args=(app, services, path, token, theirs))
    child.start()
    theirs.close()
    figures = ours.recv()
    child.join()
    return figures


def _visit(app: Any, services: Any, path: str, token: str, told: Any) -> None:
    from sqlalchemy import event

    asks = 0

    def count(*_: Any) -> None:
        nonlocal asks
        asks += 1

    event.listen(services.engine, "before_cursor_execute", count)
    client = app.test_client()
    client.set_cookie("desk", token)
    with services.engine.connect():  # a server has its connections
        pass
    walls, work = [], []
    status = 0
    for _ in range(1 + VISITS):
        asks, wall, cpu = 0, time.perf_counter(), time.process_time()
        answer = client.get(path, buffered=not path.partition("?")[0].endswith(("/rows", "/report")))
        next(iter(answer.response), None)
        walls.append(1000 * (time.perf_counter() - wall))
        work.append(1000 * (time.process_time() - cpu))
        status = answer.status_code
        answer.close()
        if walls[-1] > 20 * LIMIT:
            break
    rest, restful = walls[1:] or walls, work[1:] or work
    told.send({
        "first": walls[0], "first_cpu": work[0], "median": median(rest), "worst": max(rest), "cpu": median(restful),
        "asks": asks, "status": status,
    })  # fmt: skip


if __name__ == "__main__":
    main()
