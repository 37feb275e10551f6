"""What intake reads of a row, it reads again of the row as it was kept: the same fields, whatever was sent."""

import json
from datetime import UTC, datetime

import pytest
from builders import ToldRoutes, make_services
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_lists import bring_rows, person
from sqlalchemy import select
from web import make_web

from gateway.db.engine import open_engine
from gateway.db.work import reading
from gateway.intake.rebuilding import rebuild
from gateway.intake.runs import work_run
from gateway.outcomes.holds import fields_to_json
from gateway.outcomes.refusing import refuse
from gateway.outcomes.tables import holds

HEADINGS = "email,first_name,last_name,phone,country,state,date of birth,consent ts,consent ip,source url,opt in"
CELLS = st.sampled_from((
    "", "", "Ann", "n/a", "DE", "us", "+1 202 555 0147", "p:+12025550147", "2026-09-03 12:30:11", "03/04/1990", "1990",
    "2026-09-03T10:00:00Z", "203.0.113.7", "https://www.example.com/garden", "yes", "no", "=SUM(A1)", " two  words ",
    "Zoë", "\N{SNOWMAN}",
))  # fmt: skip
ROWS = st.lists(st.lists(CELLS, min_size=10, max_size=10), min_size=1, max_size=6)
TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)
SIGNUPS = st.fixed_dictionaries(
    {"consent": st.fixed_dictionaries({}, optional={
        "ticked": st.booleans(), "preticked": st.booleans(), "wording": TEXT, "language": st.sampled_from(("en", "de")),
        "page_url": st.just("https://www.example.com/join"),
    })},
    optional={
        "first_name": TEXT, "last_name": TEXT, "phone": st.just("+1 202 555 0147"), "region": TEXT,
        "country": st.sampled_from(("US", "DE")), "born_on": st.sampled_from(("1990-02-28", "2001-12-31")),
    },
)  # fmt: skip


class _Still:
    def now(self):
        return datetime(2026, 11, 21, 12, tzinfo=UTC)


def same_again(services, *, unspoken=False):
    """Every lead that waits, refused, is read again as what it waited with.

    ``unspoken``: a program did not speak of the box; kept, that looks like one that a browser left out.
    """
    with services.unit_of_work() as work:
        kept = {row[0]: row[1] for row in work.connection.execute(select(holds.c.lead_id, holds.c.fields))}
        refuse(work, sorted(kept), "refused_by_officer", by="test")
    with reading(services.engine) as connection:
        found = rebuild(connection, sorted(kept))
    again = {
        lead: {name: column[row] for name, column in batch.columns.items() if column[row] is not None}
        for batch in found.batches for row, lead in enumerate(batch.lead_ids)
    }  # fmt: skip
    assert found.lost == {}
    assert sorted(again) == sorted(kept)
    for lead, fields in again.items():
        was = json.loads(kept[lead])
        assert json.loads(fields_to_json(fields)) == ({**was, "consent_ticked": False} if unspoken else was)
    return len(kept)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(rows=ROWS)
def test_a_row_of_a_list(databases, tmp_path_factory, kind, *, rows):
    folder = tmp_path_factory.mktemp("rebuilt")
    engine = open_engine(databases.fresh(kind))
    services = make_services(engine, _Still(), folder / "var", routes=ToldRoutes(default="unknown"))
    file = folder / "list.csv"
    lines = ['"' + '","'.join((person(n), *cells)) + '"' for n, cells in enumerate(rows)]
    file.write_text("\n".join([HEADINGS, *lines]) + "\n", encoding="utf-8")
    work_run(bring_rows(services, folder, 0, file=file), services)
    same_again(services)
    engine.dispose()


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(sent=SIGNUPS, by_form=st.booleans())
def test_a_signup(databases, tmp_path_factory, *, sent, by_form):
    engine = open_engine(databases.fresh("sqlite"))
    web = make_web(engine, _Still(), tmp_path_factory.mktemp("rebuilt"))
    key = web.key("decisions")
    document = {"email": "ana@silent.example.net", "source": "demo", **sent}
    if by_form:
        consent = {f"consent_{name}": value for name, value in sent["consent"].items()}
        flat = {name: value for name, value in document.items() if name != "consent"} | consent
        answer = web.client.post("/v1/signups", data={n: str(v).lower() if isinstance(v, bool) else v
                                                      for n, v in flat.items()}, headers=key)  # fmt: skip
    else:
        answer = web.client.post("/v1/signups", json=document, headers=key)
    assert answer.status_code < 500
    if answer.status_code < 300:
        same_again(web.services, unspoken=not by_form and "ticked" not in sent["consent"])
    engine.dispose()
