"""Wordings at the desk: a thousand leads resolved by one answer, its effect shown before, all of it by keyboard too."""

from dataclasses import replace

import pytest
from builders import tallies_fit
from desk import seat, sign_in
from playwright.sync_api import expect
from sqlalchemy import select
from worded_lists import WORDS, bring_worded, ends

from gateway.db.work import reading
from gateway.domain.wording import wording_of
from gateway.ledger.tables import entries
from gateway.rejudging.again import open_rejudgings, work_rejudging

DIGEST = wording_of(WORDS).digest
NEAR = "Yes, Riverside Garden Ltd and partners may send me offers for house and garden by e-mail and text."
OTHER = wording_of(NEAR).digest
HOSTILE = "<script>alert(1)</script> I agree to <img src=x onerror=alert(1)> {{ 7*7 }}"


@pytest.fixture
def house(site, clock, tmp_path):
    """A gateway on a day on which words are to be read."""
    clock.move(days=2)
    return replace(site, services=site.services)


def work_all(web):
    for number in open_rejudgings(web.services):
        work_rejudging(number, web.services)


def test_a_thousand_leads_by_one_answer_in_a_browser(browser, house, address, tmp_path):
    bring_worded(house.services, tmp_path, 1000)
    assert ends(house.services) == {"hold": 1000}
    officer = sign_in(house, "officer", name="Dana Reyes")
    context, amiss = browser.new_context(), []
    seat(context, address, officer)
    page = context.new_page()
    page.on("console", lambda message: amiss.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/desk/wordings")
    page.get_by_text("1,000 leads wait").wait_for()
    page.get_by_role("link", name="Riverside Garden Ltd").click()
    page.get_by_role("heading", name="Your answer").wait_for()
    page.wait_for_load_state()  # keys are heard once the page's script has run
    page.keyboard.press("a")
    page.get_by_role("heading", name="Approve this wording?").wait_for()
    figures = page.locator("dl.figures dd").all_text_contents()
    assert figures == ["1,000", "1,000", "0", "0"]
    assert ends(house.services) == {"hold": 1000}
    page.get_by_role("textbox", name="Why").fill("It names us and says what for.")
    page.get_by_role("button", name="Approve, for 1,000 waiting leads").click()
    page.get_by_text("0 of 1,000 judged again").wait_for()
    work_all(house)
    page.get_by_text("1,000 leads were judged again:").wait_for()  # the page asks by itself
    expect(page.get_by_text("1,000 became prospects, 0 were refused.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("It names us and says what for.")).to_be_visible()
    context.close()
    assert amiss == []
    assert ends(house.services) == {"prospect": 1000}
    with reading(house.services.engine) as connection:
        assert tallies_fit(connection)
        kinds = list(connection.execute(select(entries.c.kind).order_by(entries.c.seq)).scalars())
        assert kinds.count("wording.approved") == 1
        assert f'"by":"person_{officer.number}"' in next(
            connection.execute(select(entries.c.body).where(entries.c.kind == "wording.approved")).scalars()
        )
    assert house.services.ledger.verify(house.services.engine).ok


def test_a_refusal_refuses_and_the_story_stands_on_the_page(house, tmp_path):
    bring_worded(house.services, tmp_path, 30, notices=["", NEAR])
    officer = sign_in(house, "officer")
    page = officer.get(f"/desk/wordings/{OTHER}").text
    assert "<ins>and partners</ins>" in page
    assert "<del>e-mail.</del>" in page
    effect = officer.get(f"/desk/wordings/{OTHER}/effect?standing=refused").text
    assert "Would be refused" in effect
    assert "The words were read here and refused" in effect
    answer = officer.post(f"/desk/wordings/{OTHER}/standing", {"standing": "refused", "reason": "partners unnamed"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/wordings/{OTHER}")
    work_all(house)
    assert ends(house.services) == {"hold": 15, "rejection": 15}
    page = officer.get(f"/desk/wordings/{OTHER}").text
    assert "15 leads were judged again" in page
    assert "partners unnamed" in page
    assert "Nobody waits" not in officer.get("/desk/wordings").text
    assert OTHER in officer.get("/desk/wordings?show=refused").text
    assert OTHER in officer.get("/desk/wordings?find=and+PARTNERS").text


@pytest.mark.parametrize(("data", "said"), [
    ({"standing": "approved", "reason": ""}, "Say why"),
    ({"standing": "approved", "reason": "as ann@example.com says"}, "without an e-mail address"),
    ({"standing": "fine", "reason": "x"}, "approved or refused"),
])  # fmt: skip
def test_what_cannot_be_done_is_said_and_nothing_is_changed(house, tmp_path, data, said):
    bring_worded(house.services, tmp_path, 3)
    officer = sign_in(house, "officer")
    answer = officer.post(f"/desk/wordings/{DIGEST}/standing", data)
    assert answer.status_code == 422
    assert said in answer.text
    assert open_rejudgings(house.services) == []
    assert officer.get("/desk/wordings/nothing").status_code == 404
    assert officer.get(f"/desk/wordings/{DIGEST}/effect?standing=odd").status_code == 422


def test_a_viewer_reads_along_and_is_shown_no_button(house, tmp_path):
    bring_worded(house.services, tmp_path, 3)
    page = sign_in(house, "viewer").get(f"/desk/wordings/{DIGEST}").text
    assert "effect?standing" not in page
    assert "Officers answer" in page


def test_pages_go_on_behind_the_last_wording(house, tmp_path):
    notices = [f"Words of kind {a}{b} for garden and house." for a in "abcdef" for b in "uvwxyz"]
    bring_worded(house.services, tmp_path, 90, notices=notices)
    viewer, ours = sign_in(house, "viewer"), wording_of("Yes, write to me.").digest
    for show in ("waiting", "unread", "all"):
        seen, path = [], f"/desk/wordings?show={show}"
        while path:
            page = viewer.get(path).text
            seen += [part.split('"')[0] for part in page.split('class="wording-text" href="/desk/wordings/')[1:]]
            path = next(
                (one.split('"')[0].replace("&amp;", "&") for one in page.split('href="')[1:] if "after=" in one), ""
            )
        digests = {wording_of(words).digest for words in notices}
        assert set(seen) - {DIGEST, ours} == digests, show
        assert len(seen) == len(set(seen)), show
