"""The database fails at the n-th statement of a small import, for every n: the run goes on, and ends as undisturbed."""

from collections import Counter

import pytest
from builders import make_services, tallies_fit
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from gateway.db.engine import open_engine
from gateway.domain.outcome import Receipt
from gateway.intake.downloads import open_download
from gateway.intake.lists import bring
from gateway.intake.receipts import view_list
from gateway.intake.running.leases import drop_leases, open_runs
from gateway.intake.runs import work_run
from gateway.lifecycle.tables import prospects

MANIFEST = (
    "name: Autumn\nvendor: Meridian Leads\nmethod: event\ncollected: {from: 2026-09-01, until: 2026-10-31}\n"
    "consent: {claimed: none}\nrelationship: marketing\n"
)
ADDRESSES = ["ann@example.com", "no address", "ANN@example.com", "bob@example.org"]
SAME = (*(name for name in Receipt().as_dict()), "state", "error")


class Faults:
    """Counts statements and commits; fails the n-th, once or with all that follow until somebody notices."""

    def __init__(self, engine, at: int, *, stays: bool) -> None:
        self.seen, self.at, self.stays, self.is_away = 0, at, stays, False
        event.listen(engine, "before_cursor_execute", self._count)
        event.listen(engine, "commit", self._count)

    def _count(self, *_) -> None:
        self.seen += 1
        if self.seen == self.at or self.is_away:
            self.is_away = self.stays
            raise OperationalError("the n-th statement", None, Exception("the database went away"))


@pytest.fixture
def imported(databases, clock, tmp_path, request):
    """Import the list on a fresh database, its n-th statement failing: (services, list, statements seen)."""
    made = []
    file = tmp_path / "autumn.csv"
    file.write_text("email\n" + "".join(f"{address}\n" for address in ADDRESSES), encoding="utf-8")

    def forget() -> None:
        while made:
            url, engine = made.pop()
            engine.dispose()
            databases.drop(url)

    def run(kind: str, n: int, *, stays: bool = True):
        forget()  # one after the other: PostgreSQL empties a database sooner than it makes another
        url = databases.fresh(kind)
        engine = open_engine(url)
        made.append((url, engine))
        services = make_services(engine, clock, tmp_path / f"var{n}")
        faults = Faults(engine, n, stays=stays)
        for _ in range(50):
            try:
                number = bring_and_work(services, file)
            except OperationalError:
                faults.is_away = False
                drop_leases(services)
                clock.move(minutes=1)
            else:
                seen, faults.at = faults.seen, 0
                assert open_runs(services) == []
                return services, number, seen
        pytest.fail(f"the run does not end after the failure of statement {n}")

    yield run
    forget()


def bring_and_work(services, file) -> int:
    begun = bring(services, file, MANIFEST, manifest_name="m.yaml", encoding=None, again=False, by="test")
    work_run(begun["run"], services, batch_rows=2)
    return begun["list"]


def what_is_there(services, number: int) -> dict:
    """The receipt, every row's fate, the prospects: all that must be as undisturbed."""
    run = view_list(services, number)["run"]
    rows = [tuple(row[:3]) for row in open_download(services, number, outcomes=()).rows()]  # row, outcome, reasons
    with services.engine.connect() as connection:
        assert tallies_fit(connection)
        people = connection.execute(select(prospects.c.address).order_by(prospects.c.address)).scalars().all()
        many = connection.execute(select(func.count()).select_from(prospects)).scalar_one()
    assert services.ledger.verify(services.engine).ok
    assert Counter(row[0] for row in rows) == Counter(str(i) for i in range(2, len(ADDRESSES) + 2))
    return {"receipt": {name: run[name] for name in SAME if name in run}, "rows": rows, "people": people, "many": many}


EVERY = [pytest.param(1, marks=pytest.mark.slow), 4]


@pytest.mark.parametrize("step", EVERY)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_that_goes_away_at_any_statement_changes_nothing_in_the_end(imported, kind, step):
    services, number, seen = imported(kind, 0)
    undisturbed = what_is_there(services, number)
    assert undisturbed["many"] == 2
    n = 1
    while n <= seen:  # until so many were not needed any more
        services, number, seen = imported(kind, n)
        assert what_is_there(services, number) == undisturbed, f"the {n}-th statement"
        n += step
    assert n > 20 * step


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_single_statement_that_fails_loses_and_doubles_nothing(imported, kind):
    """A question that failed alone is unknown, and an unknown that matters holds (law 6): then there are more holds."""
    services, number, seen = imported(kind, 0)
    undisturbed = what_is_there(services, number)
    n = 1
    while n <= seen:
        services, number, seen = imported(kind, n, stays=False)
        found = what_is_there(services, number)
        held = [row for row in found["rows"] if row[1:] == ("hold", "suppression_not_checked")]
        assert found == undisturbed or held, f"the {n}-th statement"
        n += 1
    assert n > 20
