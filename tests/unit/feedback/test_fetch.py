"""The one way out: what is asked for, and what of the answer is taken."""

import http.client
import time

import pytest

from gateway.feedback import fetch
from gateway.feedback.fetch import UnreachableError, fetch_from_sns

URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem"


class Answer:
    def __init__(self, status=200, body=b"pem", slow=0.0):
        self.status, self.body, self.slow = status, body, slow

    def read1(self, size):
        time.sleep(self.slow)
        piece, self.body = self.body[:size], self.body[size:]
        return piece


@pytest.fixture
def asked(monkeypatch):
    """What would be asked of whom; the answers are the test's."""
    seen = {"answer": Answer(), "asked": [], "closed": 0}

    class Connection:
        def __init__(self, host, *, timeout, context):
            assert timeout <= 5
            assert context.check_hostname
            self.host = host

        def request(self, method, path):
            if isinstance(seen["answer"], Exception):
                raise seen["answer"]
            seen["asked"].append((method, self.host, path))

        def getresponse(self):
            return seen["answer"]

        def close(self):
            seen["closed"] += 1

    monkeypatch.setattr(http.client, "HTTPSConnection", Connection)
    return seen


def test_a_certificate_is_fetched_from_its_host(asked):
    assert fetch_from_sns(URL) == b"pem"
    assert asked["asked"] == [("GET", "sns.eu-west-1.amazonaws.com", "/SimpleNotificationService-0a.pem")]
    assert asked["closed"] == 1


def test_a_confirmation_is_fetched_with_all_of_its_query(asked):
    query = "/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:1:x&Token=2336412f%2B"
    fetch_from_sns("https://sns.eu-west-1.amazonaws.com" + query)
    assert asked["asked"] == [("GET", "sns.eu-west-1.amazonaws.com", query)]


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 403, 404, 500, 503])
def test_nothing_but_200_is_an_answer_and_no_redirect_is_followed(asked, status):
    asked["answer"] = Answer(status)
    with pytest.raises(UnreachableError, match=str(status)):
        fetch_from_sns(URL)
    assert len(asked["asked"]) == asked["closed"] == 1


def test_an_answer_without_end_is_cut_off(asked, monkeypatch):
    asked["answer"] = Answer(body=b"x" * (1 << 20))
    with pytest.raises(UnreachableError, match="too much"):
        fetch_from_sns(URL)
    monkeypatch.setattr(fetch, "SECONDS", 0.05)
    asked["answer"] = Answer(body=b"x" * 30_000, slow=0.03)
    with pytest.raises(UnreachableError, match="too slowly"):
        fetch_from_sns(URL)


@pytest.mark.parametrize(
    "error", [TimeoutError(), ConnectionRefusedError(), http.client.BadStatusLine("x"), OSError("dns")]
)
def test_a_network_that_fails_is_said_so(asked, error):
    asked["answer"] = error
    with pytest.raises(UnreachableError):
        fetch_from_sns(URL)
    assert asked["closed"] == 1
