"""Whatever is uploaded: it imports with a receipt that adds up to the row, or is refused with words that help.

The files are made by tests/odd_files.py; the samples of real systems go the same way.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import make_services
from conftest import StillClock
from odd_files import Odd, odd_files
from sqlalchemy import select

from gateway.db.engine import open_engine
from gateway.domain.problem import CallerError
from gateway.intake.lists import bring
from gateway.intake.runs import work_run
from gateway.intake.tables import lists, runs
from gateway.outcomes.origins import ranges_of_run
from gateway.outcomes.tables import leads

SAMPLES = Path(__file__).parents[1] / "samples"
FILES = odd_files() + [
    Odd(f"sample-{path.relative_to(SAMPLES).as_posix().replace('/', '-')}", path.read_bytes())
    for path in sorted(SAMPLES.rglob("*")) if path.is_file()
]  # fmt: skip
MANIFEST = """name: A bought list
vendor: Meridian Leads
method: co_registration
form_url: https://quotes.example.com/
collected: {from: 2026-10-01, until: 2026-10-31}
consent: {claimed: none}
"""
_OURS = re.compile(r"[A-Z][a-zA-Z]+(?:Error|Exception)\b|Traceback|<class|0x[0-9a-f]{8,}|/tmp/|None\b")


class House:
    """One gateway for many files, one after another."""

    def __init__(self, services, folder):
        self.services = services
        self.folder = folder

    def complaints(self, odd: Odd) -> list[str]:
        """What is wrong with the way this file was treated."""
        before = self._lists()
        stored = self._stored()
        path = self.folder / "upload" / odd.name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(odd.content)
        try:
            bring(self.services, path, MANIFEST, manifest_name="m.yaml", encoding=odd.encoding, again=True, by="test")
        except CallerError as error:
            left = {"files": self._stored() - stored, "lists": self._lists() - before}
            return [f"refused, and left {what}" for what, some in left.items() if some] + _unhelpful(error)
        finally:
            path.unlink()
        new = sorted(self._lists() - before)
        for run in self._runs(new):
            work_run(run, self.services)
        told = [found for number in new for found in self._accounts(number)]
        if odd.rows is not None and (rows := sum(rows for rows, _ in told)) != odd.rows:
            return [f"has {odd.rows} rows and ended with {rows}"]
        return [wrong for _, found in told for wrong in found] or ([] if new else ["neither refused nor taken in"])

    def _accounts(self, number):
        """Of each run of a list: its rows, and what does not add up."""
        with self.services.engine.connect() as connection:
            found = connection.execute(select(runs).where(runs.c.list_id == number)).all()
            for run in found:
                receipt = json.loads(run.receipt)
                rows = receipt["rows"]
                numbers = []
                for start, end in ranges_of_run(connection, str(run.id)):
                    there = select(leads.c.number).where(leads.c.id >= start, leads.c.id < end)
                    numbers += connection.execute(there).scalars()
                wrong = []
                if run.state != "done":
                    wrong.append(f"the run is {run.state}: {run.error}")
                if receipt["prospects"] + receipt["holds"] + receipt["rejections"] != rows:
                    wrong.append(f"the receipt does not add up: {receipt}")
                if len(numbers) != rows or len(set(numbers)) != rows:
                    wrong.append(f"{rows} rows in the receipt, {len(numbers)} leads, {len(set(numbers))} row numbers")
                yield rows, wrong

    def _lists(self):
        with self.services.engine.connect() as connection:
            return set(connection.execute(select(lists.c.id)).scalars())

    def _runs(self, numbers):
        with self.services.engine.connect() as connection:
            return list(connection.execute(select(runs.c.id).where(runs.c.list_id.in_(numbers))).scalars())

    def _stored(self):
        data = self.services.settings.data
        return {path for path in data.rglob("*") if path.is_file() and "upload" not in path.parts}


def _unhelpful(error: CallerError) -> list[str]:
    if not error.problems:
        return ["refused without a problem"]
    return [
        f"refused with {problem.code}: {problem.message!r}"
        for problem in error.problems
        if len(problem.message) < 20 or _OURS.search(problem.message) or not re.fullmatch(r"[a-z_]+", problem.code)
    ]


@pytest.fixture(scope="module")
def houses(databases, tmp_path_factory):
    """One gateway for each kind of database. Not a parameter: pytest would make a new one for each file."""
    made = {}

    def house(kind):
        if kind not in made:
            url, folder = databases.fresh(kind), tmp_path_factory.mktemp("any-file")
            services = make_services(open_engine(url), StillClock(datetime(2026, 11, 21, 12, tzinfo=UTC)), folder)
            made[kind] = House(services, folder)
        return made[kind]

    yield house
    for kept in made.values():
        kept.services.engine.dispose()


def test_there_are_many_odd_files():
    assert len(FILES) >= 250
    assert len({odd.content for odd in FILES}) >= 250


EVERY = [("sqlite", odd) for odd in FILES] + [("postgresql", odd) for odd in FILES[::20]]


@pytest.mark.parametrize(("kind", "odd"), [pytest.param(*one, id=f"{one[0]}-{one[1].name}") for one in EVERY])
def test_it_is_taken_in_to_the_row_or_refused_with_advice(houses, kind, odd):
    assert houses(kind).complaints(odd) == []
