"""Where nothing may be kept of a lead, nothing is: not in any table, and not in our copy of the file."""

import json

import pytest
from builders import list_batch, signup_batch
from dated_duties import services_with_duties
from sqlalchemy import select, text, update

from gateway.db.base import metadata
from gateway.domain.lead import Statement
from gateway.intake.downloads import open_download
from gateway.intake.lists import bring, sweep_files
from gateway.intake.receipts import view_list
from gateway.intake.runs import work_run
from gateway.outcomes.fates import Rehearsal
from gateway.outcomes.seal import account
from gateway.outcomes.tables import holds, leads
from gateway.outcomes.view import view_lead
from gateway.pipeline import process, rehearsed, release

BOUGHT = Statement(direct=False, vendor="Meridian Leads", method="co_registration", consent="none")
TRACES = ("tim.kid", "Timothy", "2085550", "198.51.100.77")
CHILD = {"email": "tim.kid@example.com", "first_name": "Timothy", "phone": "+12085550177", "age": "9"}
MANIFEST = """name: A bought list
vendor: Meridian Leads
method: co_registration
consent: {claimed: none}
"""


@pytest.fixture
def services(engine, clock, tmp_path):
    return services_with_duties(engine, clock, tmp_path)


def everything(engine):
    """Every cell of every table, as text."""
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):
                yield table.name, " ".join(map(str, row))


def traces(engine):
    """Tables in which something of the child stands. What DNS said of a domain is about nobody's lead."""
    found = {name for name, row in everything(engine) for trace in TRACES if trace in row}
    return sorted(found - {"mail_routes"})


def test_nothing_but_key_outcome_and_reason_is_kept(services, clock):
    settled = process(list_batch([CHILD, {"email": "ann@example.com"}], clock.now(), statement=BOUGHT), services)
    assert settled.outcomes == ["rejection", "prospect"]
    assert traces(services.engine) == []
    with services.engine.connect() as connection:
        child, ann = connection.execute(select(leads).order_by(leads.c.id))
        shown = view_lead(connection, child.id)
    assert (child.address, json.loads(child.as_arrived)) == (None, {"erased": "because"})
    assert len(child.match_key) == 16
    assert ann.address == "ann@example.com"
    assert (shown["reasons"], shown["as_arrived"]) == (["because"], {"erased": "because"})
    assert account(settled).erased == 1


def test_a_signup_leaves_nothing_either(services, clock):
    batch = signup_batch(CHILD["email"], clock.now(), age="9", first_name="Timothy", consent_ip="198.51.100.77")
    assert process(batch, services).outcomes == ["rejection"]
    assert traces(services.engine) == []


def test_a_lead_that_waited_and_turns_out_to_be_a_child_s_is_emptied(services, clock):
    waits = {**CHILD, "email": "info@tim.kid.example.com"}
    del waits["age"]
    assert process(list_batch([waits], clock.now(), statement=BOUGHT), services).outcomes == ["hold"]
    assert traces(services.engine) == ["holds", "leads"]
    with services.unit_of_work() as work:
        fields = json.loads(work.connection.execute(select(holds.c.fields)).scalar_one())
        work.connection.execute(update(holds).values(fields=json.dumps({**fields, "age": "9"})))
    [settled] = release([1], services, by="test")
    assert settled.outcomes == ["rejection"]
    assert traces(services.engine) == []


def test_a_dry_run_says_how_many_it_would_be(services, clock):
    batch = list_batch([CHILD], clock.now(), statement=BOUGHT)
    assert account(rehearsed(batch, services, Rehearsal(), as_of=clock.now())).erased == 1


def test_our_copy_of_the_file_goes_with_the_run_and_the_receipt_says_so(services, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("email,first_name,age\ntim.kid@example.com,Timothy,9\nann@example.com,Ann,40\n", encoding="utf-8")
    begun = bring(services, file, MANIFEST, manifest_name="m.yaml", encoding=None, again=False, by="test")
    folder = services.settings.data / "files"
    assert len(list(folder.iterdir())) == 1
    work_run(begun["run"], services)
    assert list(folder.iterdir()) == []
    receipt = view_list(services, begun["list"])["run"]
    assert (receipt["erased"], receipt["rejections"], receipt["prospects"]) == (1, 1, 1)
    child, ann = open_download(services, begun["list"]).rows()
    assert (child[:3], child[8:]) == (["2", "rejection", "because"], ["", "", ""])
    assert ann[8:] == ["ann@example.com", "Ann", "40"]
    assert file.exists()


def test_a_copy_that_a_dying_process_left_is_swept(services, clock, tmp_path):
    test_our_copy_of_the_file_goes_with_the_run_and_the_receipt_says_so(services, tmp_path)
    with services.engine.connect() as connection:
        path = services.settings.data / connection.execute(text("SELECT file_path FROM lists")).scalar_one()
    path.write_bytes(b"left behind")
    clock.set(clock.now().replace(year=2099))
    assert sweep_files(services) == 1
    assert not path.exists()
