"""The first page: figures that are true, what is due, what is amiss, and what to do when there is nothing."""

from builders import signup_batch
from desk import sign_in

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
    assert "of 1 leads" in someone.get("/desk?days=30").text
    assert "of 1 leads" in someone.get("/desk?days=banana").text


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
