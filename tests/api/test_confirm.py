"""Double opt-in as a person and their mailbox see it: the mail, the pages, the one button that does something."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import key, tallies_fit
from confirming import ASKING, asked, links, outbox, outcomes, post, reachable, work
from sqlalchemy import select, text
from web import app_of

from gateway.confirmation.words import languages, words
from gateway.domain.ports import EVERYTHING, Suppression
from gateway.intake.forms import Form
from gateway.intake.guard.networks import kept_ip
from gateway.intake.languages import LANGUAGES
from gateway.jobs.owed import is_owed, recheck
from gateway.outcomes.leave import leave
from gateway.outcomes.tables import holds
from gateway.suppression.book import find

SCANNERS = [
    "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2) SafeLinks", "Barracuda/1.0", "Mimecast", "GoogleImageProxy",
    "Slackbot-LinkExpanding 1.0",
]  # fmt: skip


@pytest.fixture
def web(web):
    web.source("asks", statement=ASKING)
    return web


@pytest.fixture
def small(small_web):
    small_web.source("asks", statement=ASKING)
    return small_web


def signed_up(web, email="ana@example.com", **fields):
    """Sign up, work the outbox; the links of the newest mail."""
    assert post(web, email, **fields).status_code == 202
    work(web)
    return links(outbox(web)[-1])


def ledger(web, kind):
    with web.services.engine.connect() as connection:
        query = text("SELECT body FROM ledger_entries WHERE kind = :kind ORDER BY 1")
        return list(connection.execute(query, {"kind": kind}).scalars())


def leave_now(web, email="ana@example.com", scope=EVERYTHING):
    with web.services.unit_of_work() as unit:
        leave(unit, web.services.ledger, [Suppression(key(email), "opt_out", unit.at, scope)], by="a test")


def dump(web):
    """The database word for word."""
    with web.services.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return list(connection.connection.driver_connection.iterdump())
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        return [str(row) for table in sorted(tables)
                for row in connection.execute(text(f'SELECT t::text FROM "{table}" t ORDER BY 1'))]  # fmt: skip


# --- the way through


def test_a_signup_waits_the_click_confirms_and_the_prospect_appears_with_both_events(web, clock):
    confirm, _ = signed_up(web, consent={"purposes": ["news"]})
    assert (outcomes(web), reachable(web)) == (["hold"], [])
    clock.move(hours=3)
    page = web.client.get(confirm)
    assert page.status_code == 200
    assert f'action="{confirm}" method="post"' in page.text
    assert "The form asks" in page.text
    assert outcomes(web) == ["hold"]
    done = web.client.post(confirm, environ_base={"REMOTE_ADDR": "203.0.113.77"}, headers={"User-Agent": "Browser/2"})
    assert (done.status_code, "Thank you" in done.text) == (200, True)
    assert (outcomes(web), reachable(web)) == (["prospect"], ["ana@example.com"])
    [question] = asked(web)
    assert (question.state, question.ip, question.agent) == ("confirmed", "203.0.113.77", "Browser/2")
    assert (question.asked_at, question.answered_at) == (clock.now() - timedelta(hours=3), clock.now())
    assert (question.purposes, question.lead_id) == ("news", 1)
    assert len(ledger(web, "confirmation.given")) == 1
    assert web.services.ledger.verify(web.services.engine).ok
    with web.services.engine.connect() as connection:
        assert tallies_fit(connection)


def test_the_tokens_are_not_in_the_database_once_the_mail_is_gone_and_are_long(web):
    confirm, _ = signed_up(web)
    token = confirm.rpartition("/")[2]
    assert len(token) == 43  # 256 bits
    web.client.post(confirm)
    with web.services.unit_of_work() as unit:
        unit.connection.execute(text("UPDATE mails SET text = NULL, html = NULL, headers = NULL"))
    assert not [line for line in dump(web) if token in line]


def test_looking_changes_nothing_however_often_and_whoever_looks(web):
    paths = signed_up(web)
    before = dump(web)
    for agent in SCANNERS:
        for path in paths:
            for _ in range(20):
                assert web.client.get(path, headers={"User-Agent": agent}).status_code == 200
                assert web.client.head(path, headers={"User-Agent": agent}).status_code == 200
                prefetch = {"User-Agent": agent, "Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"}
                assert web.client.get(path, headers=prefetch).status_code == 200
            assert web.client.options(path).status_code == 200
    assert dump(web) == before


def test_pressing_twice_is_confirming_once(web):
    confirm, _ = signed_up(web)
    pages = [web.client.post(confirm).text for _ in range(3)]
    assert pages == [pages[0]] * 3
    assert web.client.get(confirm).text == pages[0]
    assert len(ledger(web, "confirmation.given")) == 1
    assert outcomes(web) == ["prospect"]


def test_links_that_are_not_good_get_one_page(web, clock):
    confirm, not_me = signed_up(web)
    old = signed_up(web, "bob@example.org")[0]
    web.client.post(not_me)
    clock.move(days=7)
    answers = [
        (page.status_code, page.text, sorted(page.headers))
        for path in (old, confirm, "/confirm/unknown", "/confirm/" + "a" * 43, "/confirm/%00", "/confirm/%E2%82%AC",
                     "/confirm/" + "x" * 5000)
        for page in (web.client.get(path), web.client.post(path))
    ]  # fmt: skip
    assert answers == [answers[0]] * len(answers)
    assert answers[0][0] == 404
    assert "fill in the form once more" in answers[0][1]
    assert "prospect" not in outcomes(web)


def test_what_the_last_second_allows_the_next_does_not(web, clock):
    first, second = signed_up(web)[0], signed_up(web, "bob@example.org")[0]
    clock.move(days=7, seconds=-1)
    assert web.client.post(first).status_code == 200
    clock.move(seconds=1)
    assert web.client.post(second).status_code == 404
    assert outcomes(web) == ["prospect", "hold"]


# --- who is asked


@pytest.mark.parametrize(("source", "fields", "mails"), [
    ("asks", {}, 1), ("demo", {}, 0), ("demo", {"country": "DE"}, 1), ("asks", {"consent": {"ticked": False}}, 0),
])  # fmt: skip
def test_a_form_asks_if_it_says_so_or_the_persons_law_does(small, source, fields, mails):
    post(small, source=source, **fields)
    assert len(outbox(small)) == mails


def test_a_domain_that_is_not_known_yet_is_asked_about_after_the_click_too(web):
    """The answer of the person is kept with the lead that goes on waiting for DNS."""
    confirm, _ = signed_up(web, "ana@silent.example.net")
    assert web.client.post(confirm).status_code == 200
    assert outcomes(web) == ["hold"]
    assert web.client.post(confirm).status_code == 200
    web.routes.kinds["silent.example.net"] = "mx"
    web.services.clock.move(days=1)
    recheck(web.services)
    assert (outcomes(web), reachable(web)) == (["prospect"], ["ana@silent.example.net"])
    assert len(outbox(web)) == 1


def test_whoever_waits_for_something_else_first_is_asked_when_that_is_settled(small, clock):
    small.source("late", statement=replace(ASKING, asks_confirmation=None))
    post(small, "ana@silent.example.net", source="late")
    assert outbox(small) == []
    with small.services.unit_of_work() as unit:  # the form's people must confirm from now on, these included
        unit.connection.exec_driver_sql(
            """UPDATE statements SET body = replace(body, '"consent_act"', '"asks_confirmation":true,"consent_act"')"""
        )
    clock.move(minutes=1)
    recheck(small.services)
    assert len(outbox(small)) == 1
    for _ in range(5):
        clock.move(hours=30)
        recheck(small.services)
    assert len(outbox(small)) == 1, "asked once is asked"


# --- the mail


def test_the_mail_waits_for_the_worker_and_the_answer_waits_for_nobody(web):
    post(web)
    assert [row.state for row in outbox(web)] == ["new"]
    assert is_owed(web.services).mails
    assert work(web).kept == 1
    assert not is_owed(web.services).mails


@pytest.mark.parametrize("language", languages())
def test_mail_and_pages_speak_the_persons_language(small, language):
    confirm, not_me = signed_up(small, consent={"language": f"{language}-XX"})
    [mail] = outbox(small)
    said = words(language)
    assert mail.subject == said["subject"].format(title="The form asks")
    for part in (mail.text, mail.html):
        for name in ("intro", "ask", "agreed", "not_me"):
            assert said[name] in part.replace("&#x27;", "'")
    for path, name in ((confirm, "confirm_title"), (not_me, "not_me_title")):
        page = small.client.get(path).text
        assert said[name] in page
        assert f'<html lang="{language}" dir="{said["dir"]}">' in page
    assert said["gone_title"] in small.client.get("/confirm/x", headers={"Accept-Language": language}).text
    assert said["confirmed_title"] in small.client.post(confirm).text


def test_every_language_says_everything(small):
    names = {language: sorted(words(language)) for language in languages()}
    assert sorted(names) == sorted(LANGUAGES)  # of the forms: who read one of them gets its mail
    assert set(map(tuple, names.values())) == {tuple(names["en"])}
    for language in languages():
        for name, said in words(language).items():
            assert re.findall(r"\{\w+\}", said) == re.findall(r"\{\w+\}", words("en")[name]), (language, name)


HOSTILE = [
    "\r\nBcc: victim@example.net", "<script>alert(1)</script>", "{{7*7}}", "{title}", "=cmd|' /C calc'!A0", "${x}",
    "http://evil.example.net/win", "\u202eevil",
]  # fmt: skip


@pytest.mark.parametrize("evil", HOSTILE)
def test_nothing_that_a_stranger_types_is_in_the_mail(small, evil):
    post(small, first_name=evil, last_name=evil, region=evil, attributes={"note": evil},
         consent={"wording": evil, "language": "en", "page_url": evil, "purposes": ["news"]})  # fmt: skip
    [mail] = outbox(small)
    plain = {"en", "ana@example.com"}
    assert evil.strip() not in " ".join(filter(None, (mail.subject, mail.text, mail.html, mail.headers)))
    assert {mail.language, mail.recipient} == plain
    assert words("en")["agreed"] not in mail.text, "words that are not the form's are left out"


def test_the_forms_own_notice_is_repeated_and_its_title_is_told_as_it_is(small):
    small.source("odd", statement=ASKING, title="Fish & <b>Chips</b> {day}")
    post(small, source="odd", consent={"wording": " Yes,  write to me. "})
    [mail] = outbox(small)
    assert "Yes, write to me." in mail.text
    assert "Fish & <b>Chips</b> {day}" in mail.text
    assert "Fish &amp; &lt;b&gt;Chips&lt;/b&gt; {day}" in mail.html
    assert "&lt;b&gt;" in small.client.get(links(mail)[0]).text


@pytest.mark.parametrize(("public", "one_click"), [("https://leads.example.com", True), ("", False)])
def test_links_lead_to_where_people_reach_us(small, public, one_click):
    services = replace(small.services, settings=replace(
        small.services.settings, public_url=public, sender_names=("Riverside Garden Ltd",),
        sender_postal_address="1 Mill Lane, Springfield",
    ))  # fmt: skip
    small.services, small.app = services, app_of(services)
    post(small)
    [mail] = outbox(small)
    base = public or "http://127.0.0.1:8000"
    assert f"{base}/confirm/" in mail.text
    assert f'href="{base}/confirm/' in mail.html
    assert "Riverside Garden Ltd\n1 Mill Lane, Springfield" in mail.text
    assert f'"List-Unsubscribe": "<{base}{links(mail)[1]}>"' in mail.headers
    assert ('"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"' in mail.headers) is one_click


# --- it was somebody else


@pytest.mark.parametrize("data", [{"List-Unsubscribe": "One-Click"}, {}])
def test_whoever_disowns_a_signup_is_asked_no_more_by_this_form(web, clock, data):
    confirm, not_me = signed_up(web)
    assert web.client.post(not_me, data=data).status_code == 200
    [lead] = web.leads()
    assert (lead.outcome, lead.extra) == ("rejection", "signup_disowned")
    assert [question.state for question in asked(web)] == ["refused"]
    assert web.client.post(confirm).status_code == 404
    assert web.client.post(not_me, data=data).status_code == 200
    assert len(ledger(web, "confirmation.refused")) == 1
    clock.move(days=30)
    post(web)
    assert len(outbox(web)) == 1
    web.source("other", statement=ASKING)
    post(web, source="other")
    assert len(outbox(web)) == 2, "another form may ask: the address itself is not suppressed"
    with web.services.engine.connect() as connection:
        assert tallies_fit(connection)
    assert web.services.ledger.verify(web.services.engine).ok


def test_every_signup_of_the_form_that_waits_goes_with_it_and_its_mail_is_not_sent(web):
    for _ in range(3):
        post(web)
    [mail] = outbox(web)
    web.client.post(links(mail)[1])
    assert {(lead.outcome, lead.extra) for lead in web.leads()} == {("rejection", "signup_disowned")}
    assert [(row.state, row.text) for row in outbox(web)] == [("stopped", None)]


def test_who_disowns_what_was_confirmed_leaves(web):
    confirm, not_me = signed_up(web)
    web.client.post(confirm)
    assert reachable(web) == ["ana@example.com"]
    for _ in range(2):
        assert web.client.post(not_me, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert reachable(web) == []
    with web.services.engine.connect() as connection:
        assert [order.scope for order in find(connection, [key("ana@example.com")])[key("ana@example.com")]] == ["all"]
    assert web.client.post(confirm).status_code == 404
    assert reachable(web) == []


@pytest.mark.parametrize("scope", ["brand:Other", "source:demo", "purpose:news"])
def test_who_left_something_else_and_disowns_what_was_confirmed_leaves_all_the_same(web, clock, scope):
    confirm, not_me = signed_up(web)
    web.client.post(confirm)
    clock.move(hours=1)
    leave_now(web, scope=scope)
    clock.move(hours=1)
    assert reachable(web) == ["ana@example.com"]
    assert web.client.post(not_me).status_code == 200
    assert reachable(web) == []


def test_who_left_and_came_back_leaves_again_by_the_first_mail(web, clock):
    confirm, not_me = signed_up(web)
    web.client.post(confirm)
    for _ in range(2):
        clock.move(days=2)
        web.client.post(not_me)
        assert reachable(web) == []
        clock.move(days=2)
        web.client.post(signed_up(web)[0])
        assert reachable(web) == ["ana@example.com"]


def test_an_opt_out_by_the_first_mail_outdates_the_link_of_the_second(web, clock):
    """Who left, signed up again and says by the old mail that it was not them, is asked nothing by the new one."""
    confirm, not_me = signed_up(web)
    web.client.post(confirm)
    web.client.post(not_me)
    clock.move(days=2)
    second, _ = signed_up(web)
    clock.move(hours=1)
    web.client.post(not_me)
    assert web.client.post(second).status_code == 404
    assert reachable(web) == []


# --- opt-outs


@pytest.mark.parametrize(("scope", "stands"), [(EVERYTHING, 404), ("source:asks", 404), ("source:other", 200)])
def test_nobody_who_left_since_is_told_that_their_signup_is_confirmed(web, clock, scope, stands):
    confirm, _ = signed_up(web)
    assert web.client.post(confirm).status_code == 200
    clock.move(days=1)
    assert web.client.get(confirm).status_code == web.client.post(confirm).status_code == 200
    leave_now(web, scope=scope)
    clock.move(days=1)
    assert web.client.get(confirm).status_code == web.client.post(confirm).status_code == stands
    assert reachable(web) == ([] if stands == 404 else ["ana@example.com"])


def test_who_left_and_signs_up_again_comes_back_by_confirming(web, clock):
    web.client.post(signed_up(web)[0])
    clock.move(days=2)
    leave_now(web)
    clock.move(days=2)
    confirm, _ = signed_up(web)
    assert (outcomes(web)[-1], reachable(web)) == ("hold", [])
    assert web.client.post(confirm).status_code == 200
    assert reachable(web) == ["ana@example.com"]


@pytest.mark.parametrize("by", ["leaving", "a list of hashes"])
def test_a_link_from_before_an_opt_out_lifts_nothing(web, clock, by):
    confirm, _ = signed_up(web)
    clock.move(hours=1)
    if by == "leaving":
        leave_now(web)
    else:
        from gateway.suppression.book import record

        with web.services.unit_of_work() as unit:
            record(unit, [Suppression(key("ana@example.com"), "opt_out", unit.at)], by="a test")
    clock.move(hours=1)
    assert web.client.post(confirm).status_code == 404
    assert reachable(web) == []
    assert [question.state for question in asked(web)] == ["asked"]


@pytest.mark.parametrize(
    ("scope", "status"),
    [("brand:Other", 200), ("source:asks", 200), ("purpose:news", 200), ("brand:Green", 404), ("source:green", 404)],
)
def test_an_order_of_another_brand_or_form_leaves_the_link_good(web, clock, scope, status):
    web.source("green", statement=replace(ASKING, brand="Green"))
    confirm, _ = signed_up(web, source="green")
    clock.move(hours=1)
    leave_now(web, scope=scope)
    assert web.client.post(confirm).status_code == status
    assert reachable(web) == (["ana@example.com"] if status == 200 else [])


# --- the evidence


@pytest.mark.parametrize(
    ("keep", "ip", "kept"),
    [
        ("full", "203.0.113.77", "203.0.113.77"), ("truncated", "203.0.113.77", "203.0.113.0"),
        ("none", "203.0.113.77", None), ("full", "2001:db8:1:2::3", "2001:db8:1:2::3"),
        ("truncated", "2001:db8:1:2::3", "2001:db8:1::"), ("truncated", "::ffff:203.0.113.77", "203.0.113.0"),
        ("full", "unix socket", None), ("full", None, None),
    ],
)  # fmt: skip
def test_the_network_address_is_kept_as_the_form_says(keep, ip, kept):
    assert kept_ip(ip, keep) == kept


def test_the_forms_word_on_network_addresses_is_asked(small):
    small.source("shy", statement=ASKING, form=Form(keep_ip="truncated"))
    confirm, _ = signed_up(small, source="shy")
    small.client.post(confirm, environ_base={"REMOTE_ADDR": "203.0.113.77"}, headers={"User-Agent": "x" * 2000})
    assert [(question.ip, len(question.agent)) for question in asked(small)] == [("203.0.113.0", 512)]


@pytest.mark.parametrize(("seconds", "hasty"), [(1.9, True), (2, False)])
def test_a_click_before_anybody_can_have_read_the_mail_is_marked(small, clock, seconds, hasty):
    confirm, _ = signed_up(small)
    clock.move(seconds=seconds)
    assert small.client.post(confirm).status_code == 200
    assert f'"hasty":{str(hasty).lower()}' in ledger(small, "confirmation.given")[0]


def test_a_stranger_learns_nothing_from_the_answer(web):
    first = post(web)
    again = [post(web) for _ in range(3)]
    web.client.post(links(outbox(web)[0])[1])
    again.append(post(web))
    assert {(answer.status, answer.data, tuple(answer.headers)) for answer in again} == {
        (first.status, first.data, tuple(first.headers))
    }
    with web.services.engine.connect() as connection:
        assert set(connection.execute(select(holds.c.question)).scalars()) == {"confirm"}
