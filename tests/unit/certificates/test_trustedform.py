"""Issuers asked: a stand-in on loopback that behaves as the API is documented, errors, slowness and all."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from threading import Event

import pytest
from builders import BOUGHT, key, list_batch, make_services
from sqlalchemy import select
from tls_server import served_by_tls

from gateway.certificates.asking import WAITS, answers_of
from gateway.certificates.book import Certificates, find_windows, tell
from gateway.certificates.tables import answers, questions
from gateway.certificates.trustedform import BusyError, Question, RefusedError, ask
from gateway.db.work import reading
from gateway.jobs.owed import is_owed
from gateway.outcomes.tables import leads
from gateway.outgoing import Server
from gateway.pipeline import process
from gateway.verifying import ask_issuers

ID = "ab12" * 10
KEY = "a-key-of-the-account"
SUCCESS = {
    "outcome": "success", "reason": None,
    "match_lead": {"result": {"success": True, "email_match": True, "phone_match": True}},
    "retain": {"results": {"expires_at": "2030-11-03T12:03:52.000Z", "previously_retained": False}},
    "insights": {"properties": {"age_seconds": 76287, "page_url": "https://quotes.example.com/auto",
                                "ip": "192.0.2.14", "is_masked": False}},
}  # fmt: skip
FAILURE = {
    "outcome": "failure",
    "reason": "The lead does not match the certificate",
    "match_lead": {"result": {"success": False, "email_match": False, "phone_match": False}},
}
GONE = {"outcome": "error", "reason": "Certificate has expired or could not be found"}


class Issuer:
    """What it says to each question, and what it was asked."""

    def __init__(self):
        self.status, self.body = 200, json.dumps(SUCCESS).encode()
        self.asked = []
        self.rest = Event()  # set: it answers at once
        self.rest.set()

    def says(self, document, status=200):
        self.status, self.body = status, document if isinstance(document, bytes) else json.dumps(document).encode()


@pytest.fixture
def issuer(tmp_path):
    made = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.asked.append((self.path, dict(self.headers), body))
            made.rest.wait(5)
            self.send_response(made.status)
            self.send_header("Content-Length", str(len(made.body)))
            self.end_headers()
            self.wfile.write(made.body)

        def log_message(self, *args):
            pass

    with served_by_tls(tmp_path, "localhost", Handler) as (port, authority):
        import ssl

        made.server = Server(
            "localhost", port, context=lambda: ssl.create_default_context(cafile=str(authority)),
            is_good=lambda _: True,
        )  # fmt: skip
        yield made
        made.rest.set()


@pytest.fixture
def services(engine, clock, tmp_path):
    clock.move(days=2)
    made = make_services(engine, clock, tmp_path)
    return replace(
        made, settings=replace(made.settings, trustedform_key=KEY, sender_names=("Riverside Garden Ltd",)),
        world=replace(made.world, certificates=Certificates(engine, asks=True)),
    )  # fmt: skip


QUESTION = Question(ID, "mike@example.com", "+1 (512) 555-0111", "lead_7", "meridian leads", "Riverside Garden Ltd")


def test_one_call_asks_whether_it_is_this_lead_and_keeps_the_certificate(issuer):
    said = ask(QUESTION, KEY, server=issuer.server)
    assert (said.says, said.retained) == ("matches", True)
    assert said.told == {
        "age_seconds": 76287, "page_url": "https://quotes.example.com/auto", "is_masked": False, "email_match": True,
        "phone_match": True, "retained_until": "2030-11-03T12:03:52.000Z",
    }  # fmt: skip
    [(path, headers, body)] = issuer.asked
    assert path == f"/{ID}"
    assert headers["Authorization"] == "Basic " + b64encode(f"API:{KEY}".encode()).decode()
    assert headers["Api-Version"] == "4.0"
    assert body["match_lead"] == {"email": "mike@example.com", "phone": "5125550111"}
    assert body["retain"] == {"reference": "lead_7", "vendor": "meridian leads"}
    assert body["verify"] == {"advertiser_name": "Riverside Garden Ltd"}
    assert "ip" not in body["insights"]["properties"]


@pytest.mark.parametrize(("document", "status", "says"), [
    (FAILURE, 200, "does_not_match"), (GONE, 200, "not_found"), (GONE, 404, "not_found"), (b"", 404, "not_found"),
    ({"outcome": "failure", "reason": "The page was framed", "match_lead": SUCCESS["match_lead"]}, 200, "no_answer"),
    (b"<html>hello</html>", 200, "no_answer"), ([1], 200, "no_answer"), ({}, 200, "no_answer"),
    ({"outcome": "success", "match_lead": FAILURE["match_lead"]}, 200, "no_answer"), (b"[" * 5000, 200, "no_answer"),
    ({"outcome": "error", "message": "match_lead is needed"}, 400, "no_answer"),
])  # fmt: skip
def test_only_what_is_clearly_an_answer_is_one(issuer, document, status, says):
    issuer.says(document, status)
    assert ask(QUESTION, KEY, server=issuer.server).says == says


@pytest.mark.parametrize(("status", "error"), [
    (429, BusyError), (500, BusyError), (503, BusyError), (401, RefusedError), (403, RefusedError),
])  # fmt: skip
def test_an_overloaded_or_refusing_issuer_is_asked_nothing_more_for_now(issuer, status, error):
    issuer.says({"message": "mike@example.com"}, status)
    with pytest.raises(error) as said:
        ask(QUESTION, KEY, server=issuer.server)
    assert "mike" not in str(said.value)
    assert KEY not in str(said.value)


def test_a_slow_issuer_and_an_endless_answer_are_none(issuer):
    issuer.says(b"x" * (300 << 10))
    with pytest.raises(BusyError):
        ask(QUESTION, KEY, server=issuer.server)
    issuer.rest.clear()
    with pytest.raises(BusyError):
        ask(QUESTION, KEY, server=issuer.server, seconds=0.3)


# --- leads that wait for it


def bring(services, *addresses):
    rows = [
        {"email": one, "certificate_url": f"https://cert.trustedform.com/{n:040x}"} for n, one in enumerate(addresses)
    ]
    return process(list_batch(rows, services.clock.now(), statement=BOUGHT), services, dns_seconds=0)


def outcomes(services):
    with reading(services.engine) as connection:
        return list(connection.execute(select(leads.c.outcome).order_by(leads.c.id)).scalars())


def rows(services, table):
    with reading(services.engine) as connection:
        return connection.execute(select(table)).all()


def test_a_lead_waits_for_the_answer_and_passes_by_it(services, issuer):
    settled = bring(services, "ann@example.com")
    assert settled.outcomes == ["hold"]
    assert "H-76" in {finding.rule for finding in settled.decisions[0].findings}
    assert is_owed(services).certificates
    assert ask_issuers(services, server=issuer.server) == 1
    assert outcomes(services) == ["prospect"]
    assert not is_owed(services).certificates
    assert ask_issuers(services, server=issuer.server) == 0
    with reading(services.engine) as connection:
        assert find_windows(connection, since=services.clock.now().date()) == []
        assert tell(connection, key("ann@example.com"))[0]["issuer_says"] == "matches"
        [said] = answers_of(connection, settled.lead_ids)
        assert (said["says"], said["retained"], said["told"]["age_seconds"]) == ("matches", True, 76287)


@pytest.mark.parametrize("document", [FAILURE, GONE])
def test_one_the_issuer_does_not_stand_by_waits_for_other_evidence(services, issuer, document):
    issuer.says(document)
    bring(services, "ann@example.com")
    assert ask_issuers(services, server=issuer.server) == 1
    assert outcomes(services) == ["hold"]
    with reading(services.engine) as connection:
        assert len(find_windows(connection, since=services.clock.now().date())) == 1


def test_a_busy_issuer_is_left_alone_and_asked_later_each_in_turn(services, issuer, clock):
    bring(services, "ann@example.com", "bob@example.com", "cid@example.com")
    issuer.says({}, 429)
    assert ask_issuers(services, server=issuer.server) == 0
    assert len(issuer.asked) == 1
    assert outcomes(services) == ["hold"] * 3
    assert sorted(row.tries for row in rows(services, questions)) == [0, 0, 1]
    assert not is_owed(services).certificates
    issuer.says(SUCCESS)
    clock.move(minutes=2)
    assert ask_issuers(services, server=issuer.server) == 3
    assert outcomes(services) == ["prospect"] * 3


def test_what_is_never_answered_is_unknown_and_goes_on_waiting_for_a_person(services, issuer, clock):
    bring(services, "ann@example.com")
    issuer.says({})
    for minutes in (*WAITS, 1):
        assert ask_issuers(services, server=issuer.server) == 0
        clock.move(minutes=minutes)
    assert rows(services, questions) == []
    assert [row.says for row in rows(services, answers)] == ["no_answer"]
    assert outcomes(services) == ["hold"]


def test_two_workers_do_not_ask_the_same(services, issuer):
    bring(services, "ann@example.com")
    issuer.says({}, 503)
    assert ask_issuers(services, server=issuer.server) == 0
    assert ask_issuers(services, server=issuer.server) == 0
    assert len(issuer.asked) == 1


def test_without_a_key_nobody_is_asked_and_nothing_waits(services, issuer):
    off = replace(
        services, settings=replace(services.settings, trustedform_key=""),
        world=replace(services.world, certificates=Certificates(services.engine)),
    )  # fmt: skip
    assert bring(off, "ann@example.com").outcomes == ["prospect"]
    assert ask_issuers(off, server=issuer.server) == 0
    assert rows(off, questions) == []
    assert issuer.asked == []
    clock_day = off.clock.now().date()
    with reading(off.engine) as connection:
        assert find_windows(connection, since=clock_day) == [("list_1", clock_day + timedelta(days=90), 1)]
