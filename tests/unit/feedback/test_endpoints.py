import pytest
from sqlalchemy import select

from gateway.db.work import reading, unit_of_work
from gateway.domain.problem import CallerError
from gateway.feedback.endpoints import add_endpoint, find_endpoint, list_endpoints, remove_endpoint
from gateway.feedback.tables import feedback_endpoints

TOPIC = "arn:aws:sns:us-east-1:123456789012:ses-bounces"
P256 = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1F"
    "wCM/QmGUhA=="
)  # fmt: skip


def added(engine, clock, name="in", reporter="ses", secret=TOPIC):
    with unit_of_work(engine, clock.now()) as work:
        return add_endpoint(work, name, reporter, secret, by="test")


def test_an_endpoint_is_opened_found_shown_and_closed(engine, clock):
    made = added(engine, clock)
    with reading(engine) as connection:
        assert find_endpoint(connection, "in") == made
        assert list_endpoints(connection) == [made]
        assert find_endpoint(connection, "out") is None
    for there in (True, False):
        with unit_of_work(engine, clock.now()) as work:
            assert remove_endpoint(work, "in") is there
    with reading(engine) as connection:
        assert connection.execute(select(feedback_endpoints)).all() == []


def test_for_those_who_do_not_sign_a_token_is_made(engine, clock):
    tokens = {added(engine, clock, f"in{n}", "mailchimp", "").secret for n in range(3)}
    assert len(tokens) == 3
    assert min(map(len, tokens)) >= 43


@pytest.mark.parametrize(
    ("name", "reporter", "secret", "code"),
    [
        ("In", "ses", TOPIC, "bad_name"), ("", "ses", TOPIC, "bad_name"), ("a" * 65, "ses", TOPIC, "bad_name"),
        ("a/b", "ses", TOPIC, "bad_name"), ("in", "ses", "", "bad_key"), ("in", "ses", TOPIC + "\n/x", "bad_key"),
        ("in", "sendgrid", "", "bad_key"), ("in", "sendgrid", "AAAA", "bad_key"), ("in", "mailgun", "short", "bad_key"),
        ("in", "mailgun", "", "bad_key"), ("in", "generic", "whsec_AAAA", "bad_key"),
        ("in", "brevo", "short", "bad_key"),
        ("in", "arf", "x" * 20, "bad_key"), ("in", "dsn", "x" * 20, "bad_key"),
    ],
)  # fmt: skip
def test_what_would_check_nothing_is_refused(engine, clock, name, reporter, secret, code):  # noqa: PLR0917 - cases
    with pytest.raises(CallerError) as refused:
        added(engine, clock, name, reporter, secret)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_name_is_given_once_and_good_keys_are_taken(engine, clock):
    added(engine, clock)
    with pytest.raises(CallerError, match="there is an endpoint in already"):
        added(engine, clock)
    for number, (reporter, secret) in enumerate(
        [("sendgrid", P256 + "\n"), ("generic", ""), ("brevo", "user:password-of-length")]
    ):
        added(engine, clock, f"n{number}", reporter, secret)
