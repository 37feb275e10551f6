"""The first page: figures that are true, what is due, what is amiss, and what to do when there is nothing."""

import re
from dataclasses import replace

from builders import signup_batch
from desk import sign_in
from waiting import UNCLEAR, bring

from gateway.pipeline import process


def test_an_empty_gateway_says_what_to_do(site):
    page = sign_in(site, "administrator").get("/desk").text
    assert "Nothing came in during this time." in page
    assert 'href="/desk/lists"' in page
    assert "Upload a list" not in sign_in(site, "viewer").get("/desk").text


def test_it_shows_what_came_in(site, clock):
    process(signup_batch("ana@example.com", clock.now()), site.services)
    process(signup_batch("ben@dead.example.net", clock.now()), site.services)
    page = sign_in(site, "viewer").get("/desk").text
    assert "of 2 leads" in page
    assert "50 %" in page
    assert "The domain does not exist" in page
    assert "21 Nov: 1 prospects" in page
    assert "ana@example.com" not in page


def test_the_time_shown_can_be_chosen_and_nonsense_is_a_month(site, clock):
    process(signup_batch("ana@example.com", clock.now()), site.services)
    clock.move(days=10)
    someone = sign_in(site, "viewer")
    assert "Nothing came in" in someone.get("/desk?days=7").text
    assert "of 1 lead<" in someone.get("/desk?days=30").text
    assert "of 1 lead<" in someone.get("/desk?days=banana").text


def test_its_links_lead_to_what_they_name(site):
    """A reason to the holds for it, a vendor to itself, what is due to where it is seen to; the same thing once."""
    clear = replace(UNCLEAR, vendor="Northwind", wording="We may sell it.")
    for number, statement in enumerate((UNCLEAR, clear), 1):
        bring(site.services, statement, 3, number=number)
    someone = sign_in(site)
    page = someone.get("/desk").text
    links = set(re.findall(r'href="(/desk/(?:holds|vendors)\?[^"]+)"', page))
    assert links == {
        "/desk/holds?code=transfer_notice_unclear",
        "/desk/holds?question=review",
        "/desk/vendors?find=Meridian%20Leads",
        "/desk/vendors?find=Northwind",
    }
    assert someone.get("/desk/holds?code=transfer_notice_unclear").text.count("data-row>") == 2
    assert ">Transfer notice unclear</a>" in someone.get("/desk/leads").text, "codes are told in words"
    assert "Meridian" not in someone.get("/desk/vendors?find=Northwind").text
    due = [row for row in page.split("<tr>") if "Leads that an officer must look at" in row]
    assert len(due) == 1
    assert all(word in due[0] for word in ('href="/desk/holds?question=review"', "list_1", "list_2", ">6<"))


def test_what_is_overdue_is_an_alarm(site, clock):
    clock.move(days=400)
    page = sign_in(site, "viewer").get("/desk").text
    assert "Overdue:" in page
    assert "Read the law of the pack" in page


def test_a_stranger_is_led_to_the_door_and_back(site):
    answer = site.client.get("/desk?days=7")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/sign-in?next=/desk?days%3D7")


def test_a_ledger_whose_checkpoint_nobody_keeps_is_an_alarm(site, clock):
    officer = sign_in(site, "officer")
    assert "Keep a checkpoint" not in officer.get("/desk").text
    with site.services.unit_of_work() as work:
        for number in range(101):
            site.services.ledger.append(work, "key.revoked", {"key": number})
    assert "none was ever kept" in officer.get("/desk").text
    assert officer.post("/desk/ledger/checkpoint").status_code == 200
    assert "Keep a checkpoint" not in officer.get("/desk").text
    clock.move(days=32)
    page = sign_in(site, "viewer").get("/desk").text
    assert "Keep a checkpoint of the ledger:" in page
    assert "the last one was kept" in page
