"""Lists in which rows end in every way, run to their end; everything that a run leaves behind, to be compared."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from builders import ToldRoutes, make_services
from sqlalchemy import select

from gateway.clocks.tables import clocks
from gateway.db.engine import open_engine
from gateway.intake.lists import bring
from gateway.intake.receipts import load_run
from gateway.intake.running.leases import BATCH_ROWS
from gateway.intake.runs import work_run
from gateway.lifecycle.tables import prospects
from gateway.mailroutes.tables import mail_routes
from gateway.outcomes.tables import decisions, holds, leads
from gateway.suppression.tables import suppressions
from gateway.wordings.tables import uses, wordings

MANIFEST = (
    "name: Autumn\nvendor: Meridian Leads\nmethod: form\nform_url: https://www.example.com/form\n"
    "collected: {from: 2026-09-01, until: 2026-10-31}\nconsent: {claimed: given}\nrelationship: marketing\n"
)
HEADINGS = (
    "email,first name,last name,phone,country,state,opt-in date,opt-in ip,unsubscribed,do not call,consent text\n"
)
ROWS = [
    "ann{n}@example.com,Ann,Lee,+1 206 555 0100,US,CA,2026-09-{d:02}T10:{n:02}:{d:02}Z,47.1.{n}.3,,,I agree.\n",
    "bob{n}@example.org,Bob,Ruiz,206-555-0101,US,NY,2026-10-{d:02},10.0.{n}.1,,,\n",
    "Ann{m}@Example.com,,,,,,,,,,I; ann{n}@example.com\n",  # again, of an earlier row
    "cy{n}@silent.example.net,Cy,,,US,,2026-09-{d:02}T10:{n:02}:{d:02}Z,47.1.{n}.4,,,Offer {d}\n",  # DNS
    "dee{n}@gone.example.net,,,,US,,,,,,I agree.\n",
    "left{n}@example.com,,,,US,,,,yes,,\n",  # an opt-out to remember
    "eva{n}@example.de,Eva,,+49 30 1234567,DE,,2026-09-{d:02}T10:{n:02}:{d:02}Z,47.1.{n}.5,,,I; ann{n}@example.com\n",
    "no address,,,,,,,,,,Offers {d} please\n",
    "fay{n}@example.net,Fay,,+12065550102,US,UT,2026-09-{d:02}T10:{n:02}:{d:02}Z,47.1.{n}.6,,yes,I agree.\n",
    "gus{n}@example.com,a,b,c,d,e,f,g,,,too,many\n",
    "left{m}@example.com,,,,US,,,,,,\n",  # who left in an earlier row
    "ann{m}+x@example.com,,,,,,,,,,I; ann{n}@example.com\n",  # a duplicate of a prospect
    "vic{n}@example.org,,,,,,,,,,Offers {d} please\n",
    "Vic{n}@Example.org,,,,,,,,,,I agree.\n",  # beside its first
]
"""Every way of ending, so that whatever travels between the two processes is needed somewhere."""
GOOD_EACH = 6  # with fewer good rows between them the whole list would be held as undeliverable


def write_list(path, rounds):
    """A list with every row of ROWS so many times, and good rows between them; how many rows it has."""
    rows = [row.format(n=n, m=n - 1, d=n % 28 + 1) for n in range(1, rounds + 1) for row in ROWS]
    good = [
        f"p{n * n}.q{n}@example.com,P,Q,,US,TX,2026-09-{n % 28 + 1:02}T0{n % 9}:{n % 60:02}:11Z,"
        f"48.{n % 99}.{n // 99}.7,,,I  agree.\n"
        for n in range(rounds * len(ROWS) * GOOD_EACH)
    ]
    rows = [row for n, row in enumerate(rows) for row in (*good[n * GOOD_EACH : (n + 1) * GOOD_EACH], row)]
    path.write_text(HEADINGS + "".join(rows), encoding="utf-8")
    return len(rows)


def outcomes_of(kind, databases, folder, file, *, batch_rows=BATCH_ROWS):
    """Everything that a run left in the database but the numbers that depend on how it was cut."""
    url = databases.fresh(kind)
    engine = open_engine(url)
    try:
        routes = ToldRoutes({"silent.example.net": "unknown", "gone.example.net": "no_such_domain"})
        services = make_services(engine, Moving(), folder, routes=routes)
        run = bring(services, file, MANIFEST, manifest_name="m", encoding=None, again=False, by="test")["run"]
        work_run(run, services, batch_rows=batch_rows)
        with engine.connect() as connection:
            ended = load_run(connection, run)
            assert ended.state == "done"
            named = select(
                leads.c.number, leads.c.address, leads.c.match_key, leads.c.as_arrived, leads.c.outcome, leads.c.extra,
                leads.c.duplicate_of, decisions.c.name, decisions.c.body,
            ).join(decisions, decisions.c.id == leads.c.decision_id)  # fmt: skip
            return {
                "receipt": ended.receipt,
                "leads": list(connection.execute(named.order_by(leads.c.number))),
                "prospects": _rows(connection, prospects, "since"),
                "holds": _rows(connection, holds, "batch_id", "asked_at", "deadline_at", "recheck_at", "settled_at"),
                "clocks": sorted(
                    (row.lead_id, row.obligation, row.event, row.started_at, row.due_on, row.done_by)
                    for row in connection.execute(select(clocks))
                ),
                "suppressions": Counter(
                    (bytes(row.match_key), row.cause, row.scope) for row in connection.execute(select(suppressions))
                ),
                "wordings": sorted((row.digest, row.text, row.leads) for row in connection.execute(select(wordings))),
                "wording_uses": sorted(
                    (row.digest, row.source, row.vendor, row.leads) for row in connection.execute(select(uses))
                ),
                "routes": sorted(row.domain for row in connection.execute(select(mail_routes))),
            }
    finally:
        engine.dispose()
        databases.drop(url)


def _rows(connection, table, *but):
    """The rows of a table without the columns that say when they were written."""
    names = [column for column in table.c if column.name not in but]
    return list(connection.execute(select(*names).order_by(names[0])))


class Moving:
    """A clock that every question moves on: a run is judged as of its start, and written later."""

    def __init__(self):
        self.at = datetime(2026, 11, 20, tzinfo=UTC)

    def now(self):
        self.at += timedelta(milliseconds=1)
        return self.at
