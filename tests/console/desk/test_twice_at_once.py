"""The same form sent twice at the same moment: what it asks for is done once, and the other hears so."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from desk import OURS, sign_in
from doors import PASSWORD
from overriding import GATEWAY, waiting_lead
from sqlalchemy import func, select
from waiting import UNCLEAR, bring
from web import make_web
from wizard import draft_of, imported, upload
from worded_lists import WORDS, bring_worded

from gateway.access.links import new_link
from gateway.access.people import add_person
from gateway.db.work import reading
from gateway.domain.wording import wording_of
from gateway.ledger.tables import entries
from gateway.outcomes.tables import hold_answers, overrides
from gateway.wordings.tables import standings


@pytest.fixture
def site(engine, clock, tmp_path):
    return make_web(engine, clock, tmp_path)


def at_once(*calls):
    """What each of these answers, all begun at the same moment."""
    gate = Barrier(len(calls))

    def run(call):
        gate.wait()
        return call().status_code

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


def count(site, table, *where):
    with reading(site.services.engine) as connection:
        return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


def told(site, kind):
    return count(site, entries, entries.c.kind == kind)


def test_a_release_is_given_once(site):
    bring(site.services, UNCLEAR, 5)
    officers = [sign_in(site, name="Ann Field"), sign_in(site, name="Bo Stone")]
    group = re.search(r'href="/desk/holds/([0-9a-f]{16})', officers[0].get("/desk/holds").text)[1]
    page = officers[0].get(f"/desk/holds/answer?kind=release&group={group}").text
    until = re.search(r'name="until_lead" value="(\d+)"', page)[1]
    form = {"kind": "release", "group": group, "until_lead": until, "reason": "Seen", "expires_on": "2026-12-31"}
    found = at_once(*(lambda who=who: who.post("/desk/holds/answer", form) for who in (*officers, officers[0])))
    assert found[0] == 303
    assert all(status in {409, 422} for status in found[1:]), found
    assert (count(site, hold_answers, hold_answers.c.leads == 5), told(site, "holds.answered")) == (1, 1)


def test_an_override_is_asked_for_and_stood_by_once(site):
    lead = waiting_lead(site.services, GATEWAY)
    ann, bo, cy = (sign_in(site, name=name) for name in ("Ann Field", "Bo Stone", "Cy Lind"))
    form = {"rule": ["CS-18"], "reason": "A person's own mailbox", "until": "2026-12-31", "leads": f"lead_{lead}"}
    assert at_once(*[lambda: ann.post("/desk/overrides", form)] * 3) == [303, 303, 303]
    assert (count(site, overrides), told(site, "override.asked")) == (1, 1)
    assert at_once(*(lambda who=who: who.post("/desk/overrides/1/second") for who in (bo, cy, bo))) == [303, 409, 409]
    assert told(site, "override.seconded") == 1
    assert site.services.ledger.verify(site.services.engine).ok


def test_a_wordings_standing_is_said_once(site, tmp_path):
    site.services.clock.move(days=2)
    bring_worded(site.services, tmp_path, 4)
    officer, path = sign_in(site), f"/desk/wordings/{wording_of(WORDS).digest}/standing"
    form = {"standing": "approved", "reason": "It names us"}
    assert at_once(*[lambda: officer.post(path, form)] * 3) == [303, 303, 303]
    assert (count(site, standings), told(site, "wording.approved")) == (1, 1)
    assert officer.post(path, {"standing": "refused", "reason": "It names us"}).status_code == 303
    assert count(site, standings) == 2


def test_a_vendors_standing_is_said_once(site):
    imported(boss := sign_in(site, "administrator"), draft_of(upload(boss, b"email\nann@example.com\n")))
    form = {"standing": "probation", "reason": "Many mistyped"}
    assert at_once(*[lambda: boss.post("/desk/vendors/1/standing", form)] * 3) == [303, 303, 303]
    assert told(site, "vendor.standing_set") == 1


def test_a_one_time_link_sets_one_password(site):
    with site.services.unit_of_work() as work:
        number = add_person(work, "Dana Weber", "dana@example.com", "officer")
        token, _ = new_link(work, number)
    first, second = (f"{PASSWORD} {word}" for word in ("blue heron", "red kite"))

    def join(password):
        return lambda: site.client.post(
            f"/desk/join/{token}", data={"password": password, "again": password}, headers=OURS
        )

    assert at_once(join(first), join(second), join(first)) == [303, 410, 410]
    assert told(site, "password.set") == 1
