"""What is fetched from SNS: from its host, by a path that it has, and nothing but what answers 200."""

import pytest
from tls_server import tls_server

from gateway import outgoing
from gateway.feedback.fetch import LARGEST, fetch_from_sns
from gateway.outgoing import Server, UnreachableError

HOST = "sns.eu-west-1.amazonaws.com"
URL = f"https://{HOST}/SimpleNotificationService-0a.pem"


@pytest.fixture
def sns(tmp_path, monkeypatch):
    """What lies at SNS: a server here with a certificate in its name."""
    monkeypatch.setattr(
        outgoing.socket, "getaddrinfo", lambda _, port, *__, **___: [(2, 1, 6, "", ("127.0.0.1", port))]
    )
    with tls_server(tmp_path, name=HOST) as answers:
        answers.body = b"pem"
        yield answers


def fetched(sns, url=URL):
    return fetch_from_sns(url, lambda host: Server(host, sns.port, sns.context, lambda _: True))


@pytest.mark.parametrize(
    "path",
    [
        "/SimpleNotificationService-0a.pem",
        "/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:1:x&Token=2336412f%2B",
    ],
)
def test_a_certificate_and_a_confirmation_are_fetched_by_the_whole_path(sns, path):
    assert fetched(sns, f"https://{HOST}{path}") == b"pem"
    assert [asked for asked, _ in sns.asked] == [path]


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 403, 404, 500, 503])
def test_nothing_but_200_is_an_answer_and_no_redirect_is_followed(sns, status):
    sns.status, sns.body, sns.headers = status, b"", {"Location": f"https://{HOST}:{sns.port}/inside"}
    with pytest.raises(UnreachableError, match=str(status)):
        fetched(sns)
    assert len(sns.asked) == 1


def test_an_answer_without_end_is_cut_off(sns):
    sns.body = b"x" * (LARGEST + 1)
    with pytest.raises(UnreachableError, match="more than"):
        fetched(sns)


def test_sns_is_nobody_inside(sns):
    """Its name leads to this machine: whatever DNS says, nobody connects."""
    with pytest.raises(UnreachableError, match="open internet"):
        fetch_from_sns(URL)
    assert sns.asked == []
