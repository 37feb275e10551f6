"""Whatever was posted, stated or delivered stands on the pages of leads and people as text: nothing of it runs."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from builders import BOUGHT, key, list_batch, signup_batch
from desk import seat, sign_in
from hostile import payloads
from sqlalchemy import insert, select, update
from web import make_web

from gateway.domain.lead import Attestation, Hop
from gateway.feedback.tables import feedback_events
from gateway.intake.tables import lists
from gateway.mail.tables import mails
from gateway.outcomes.leave import Suppression, leave
from gateway.outcomes.tables import holds, leads
from gateway.person.links import desk_links
from gateway.pipeline import process

ANA = "ana@example.com"
ALLOWED = {"details", "select", "input"}


class Seen(HTMLParser):
    """Every element that a browser would make, and the attributes that could do something."""

    def __init__(self):
        super().__init__()
        self.tags, self.acts, self.links = set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"srcdoc", "style", "formaction"}:
                self.acts.append((tag, name, value))
            if name in {"href", "src", "action"}:
                self.links.append((tag, value or ""))


def fill(web, payload):
    """A signup and a row of a list with the payload in every stored field there is; their person has it all."""
    services, at = web.services, web.services.clock.now()
    statement = replace(
        BOUGHT, vendor=payload, contract=payload, form_url=payload, wording=payload, language=payload[:30] or "en",
        brand=None, hops=(Hop(payload, payload, date(2026, 10, 1), payload), Hop("x", payload, None, payload)),
        attestations=(Attestation(payload, payload, date(2026, 10, 1)),),
    )  # fmt: skip
    fields = dict.fromkeys(
        ("first_name", "last_name", "phone", "country", "region", "consent_wording", "consent_url", "consent_ip",
         "consent_agent", "certificate_url", "lead_token", "age", "subscriber"), payload)  # fmt: skip
    process(signup_batch(ANA, at, **fields), services)
    process(list_batch([{"email": ANA, **fields}, {"email": payload}], at, statement=statement), services)
    clean = payload.replace("\0", "")
    shown = json.dumps({"posted": {"email": ANA, "first_name": clean, "consent": {"wording": clean, clean: clean}},
                        "seen": {"ip": clean, "user_agent": clean, "at": "2026-11-21T12:00:00Z"},
                        clean: clean})  # fmt: skip
    person = key(ANA)
    with services.unit_of_work() as work:
        work.connection.execute(update(leads).where(leads.c.id % 2 == 1).values(as_arrived=shown))
        work.connection.execute(update(holds).values(answered_by=clean))
        number = work.connection.execute(select(leads.c.id).order_by(leads.c.id.desc()).limit(1)).scalar_one()
        work.connection.execute(insert(feedback_events).values(
            reporter="generic", event_key=str(number), kind="complaint", match_key=person, at=work.at,
            received_at=work.at, detail=clean,
        ))  # fmt: skip
        work.connection.execute(insert(mails).values(
            kind="confirmation", match_key=person, source="demo", recipient=clean, language="en", subject=clean,
            message_id=str(number), state="sent", not_before=work.at, tries=1, unknown=0, attempt=1, created_at=work.at,
        ))  # fmt: skip
        work.connection.execute(insert(lists).values(
            name=clean, manifest="{}", manifest_digest="", statement=json.dumps({"vendor": clean}), file_name=clean,
            created_at=work.at, created_by=clean,
        ))  # fmt: skip
    with services.unit_of_work() as work:
        order = Suppression(person, "manual", datetime(2026, 11, 1, tzinfo=UTC), "purpose:x")
        leave(work, services.ledger, [order], by=clean.replace("@", "")[:60], note=clean.replace("@", ""))
    return number


def paths(web, number):
    person = f"/desk/person/{desk_links(web.services).token(key(ANA))}"
    one = [f"/desk/leads/lead_{n}{tail}" for n in (number - 2, number - 1, number) for tail in ("", "/replay")]
    return ["/desk/leads", *one, person, person + "/suppress", person + "/erase"]


def queries(payload):
    """The payload asked for in every way one can."""
    names = ("outcome", "reason", "source", "vendor", "said", "before")
    return [(f"/desk/leads?{name}=", {name: payload}) for name in names]


def plain(web, someone):
    """The elements these pages have when nothing is hostile."""
    number, tags = fill(web, "Plain text"), set()
    for path in paths(web, number):
        seen = Seen()
        seen.feed(someone.get(path).text)
        tags |= seen.tags
    return tags


def test_no_payload_makes_an_element_an_act_or_a_foreign_link(engine, clock, tmp_path):
    web = make_web(engine, clock, tmp_path)
    officer = sign_in(web, "officer")
    known = plain(web, officer)
    every = payloads()
    assert len(every) >= 300
    for payload in every[::5]:  # while there are few leads: each of these pages would show them all
        for _, query in queries(payload):
            answer = officer.get("/desk/leads", query_string=query)
            assert answer.status_code < 500
            check(answer, known | {"b"}, payload)
        answer = officer.post("/desk/leads/find", {"find": payload})
        assert answer.status_code in {303, 422}, payload
        assert answer.headers.get("Location", "/desk").startswith("/desk"), payload
    for start in range(0, len(every), 12):  # several in one field, for time
        number = fill(web, " ".join(every[start : start + 12])[:8000])
        for path in paths(web, number):
            check(officer.get(path), known, path)


def check(answer, known, where):
    assert answer.status_code == 200, (where, answer.status_code)
    seen = Seen()
    seen.feed(answer.text)
    assert seen.tags <= known | ALLOWED | {"datalist", "option", "em", "strong", "article"}, (where, seen.tags - known)
    assert seen.acts == [], where
    for tag, link in seen.links:
        assert re.match(r"/(?!/)|\?|#|https://(?!evil)", link), (where, tag, link)


@pytest.mark.parametrize("part", [0, 1])
def test_nothing_of_it_runs_in_a_browser(browser, site, address, part):
    officer = sign_in(site, "officer")
    every = payloads()
    context = browser.new_context(viewport={"width": 390, "height": 900})
    seat(context, address, officer)
    page, amiss = context.new_page(), []
    page.on("dialog", lambda dialog: (amiss.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: amiss.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: amiss.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(address) else amiss.append(request.url))
    half = every[part::2]
    for start in range(0, len(half), 40):
        number = fill(site, " ".join(half[start : start + 40])[:9000])
        for path in (f"/desk/leads/lead_{number - 2}", f"/desk/leads/lead_{number - 1}", *paths(site, number)[-3:]):
            assert page.goto(address + path).status == 200
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide == 0, path
    assert amiss == []
    context.close()
