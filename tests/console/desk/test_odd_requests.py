"""Whatever a request says, the desk answers it: no number, no text and no name of it is a failure of ours."""

import re

import pytest
from desk import OURS, sign_in
from furnished import furnish, golden
from web import make_web

NUMBERS = ("0", "0" * 30 + "9" * 19, str(2**63), "9" * 30, "9" * 5000, "\u0663", "\u00b2", "-1")
TEXTS = (
    "a\0b", "%00", "%ED%A0%80", "\ufffe", "'\"", "%_\\", "x" * 3_000, "0001-01-01", "9999-12-31",
    "lead_" + "9" * 30, "person_" + "9" * 30, "../../etc/passwd", "999999999999-" + "0" * 32, "a@example.com",
)  # fmt: skip
COUNTED = ("after", "before", "below", "days", "until_lead", "lead", "leads", "rows", "seed", "least_seconds", "person")
SAID = (
    "from", "order", "vendor", "form", "code", "domain", "find", "outcome", "reason", "source", "show", "standing",
    "group", "rule", "by", "about", "format", "done", "next", "packs", "bounds", "name", "address", "password",
    "again", "current", "role", "scope", "zone", "key", "title", "url", "wording", "language", "origins", "purposes",
    "text", "encoding", "seen", "country", "cause", "brand", "state",
)  # fmt: skip
NAMED = ("list", "question", "until", "assigned", "day", "since", "in_force_on", "kind", "expires_on", "told_on")


@pytest.fixture
def web(engine, clock, tmp_path):
    made = make_web(engine, clock, tmp_path)
    furnish(made)
    return made


def usual(rule):
    return re.sub(r"<(?:[a-z_]+:)?[a-z_]+>", "1", re.sub(r"<(list|lead)_id:[a-z_]+>", r"\1_1", rule))


def ask(someone, method, path, **options):
    """Whether we fail at it."""
    answer = someone.client.open(path, method=method, headers=OURS, **options)
    answer.close()
    return answer.status_code >= 500


def odd():
    """What is said of which names; the numbers of pages by themselves, for a bad one is refused at once."""
    yield from ([(name, value) for name in COUNTED[:3]] for value in (NUMBERS[1], NUMBERS[6]))
    yield from (
        [(name, value) for name in (*COUNTED[3:], *SAID)] for value in (NUMBERS[3], NUMBERS[6], TEXTS[0], TEXTS[4])
    )
    for value in ("9999-12-31", "0001-01-01"):
        yield [("until", value), ("day", value)]


def test_no_odd_id_is_a_failure(web):
    boss = sign_in(web, "administrator")
    failed = [
        (method, rule, value[:40])
        for method, rule, _ in golden() if "<" in rule
        for value in (*NUMBERS[1:6], *TEXTS[:2])
        if ask(boss, method, re.sub(r"<[^>]+>", lambda _: value.replace("%", "%25").replace("\0", "%00"), rule))  # noqa: B023
    ]  # fmt: skip
    assert failed == []


def test_no_odd_query_is_a_failure(web):
    boss = sign_in(web, "administrator")
    pages = [rule for method, rule, _ in golden() if method == "GET"]
    failed = [
        (rule, said[0][0], said[0][1][:40])
        for rule in pages for said in odd() if ask(boss, "GET", usual(rule), query_string=said)
    ]  # fmt: skip
    assert failed == []


def test_no_odd_form_is_a_failure(web):
    boss, failed = sign_in(web, "administrator"), []
    for method, rule, _ in golden():
        if method == "POST" and rule not in {"/desk/sign-out", "/desk/account/sessions/end"}:
            for said in ([*one, ("reason", "Why"), ("kind", "refuse")] for one in list(odd())[2:6]):
                failed += [(rule, said[0])] if ask(boss, "POST", usual(rule), data=dict(said)) else []
    assert failed == []
