"""A gateway with something of every kind in it, and texts of the test's choice wherever it keeps what others wrote."""

import csv
import io
import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from builders import BOUGHT
from desk import Someone, sign_in
from overriding import waiting_lead
from sqlalchemy import Text, insert, select, update
from waiting import INCOMPLETE, UNCLEAR, bring
from web import SITE, Web
from wizard import draft_of, imported, upload

from gateway.access.keys import new_key
from gateway.access.people import add_person
from gateway.access.sessions import begin_session
from gateway.access.tables import passkeys, people
from gateway.db.base import metadata
from gateway.intake.forms import Source, create_source
from gateway.intake.notices import keep_notice
from gateway.intake.runs import work_run
from gateway.vendors.book import note_vendor, set_standing

MATRIX = Path(__file__).parent / "console" / "desk" / "matrix.txt"
FREE = {
    "clocks": ["calendar", "done_by"], "confirmations": ["agent", "ip"], "feedback_events": ["detail"],
    "hold_answers": ["about", "reason", "answered_by", "error"], "hold_assignees": ["assigned_by"],
    "hold_views": ["name"], "holds": ["domain", "answered_by"], "ledger_checks": ["by", "why"],
    "leads": ["address"], "list_drafts": ["file_name"], "lists": ["name", "file_name", "vendor", "created_by"],
    "mails": ["recipient", "subject", "text", "html", "headers", "error"], "mappings": ["saved_by"],
    "overrides": ["reason", "seconded_by", "ended_by", "ended_why"], "people": ["name"],
    "prospects": ["address", "first_name", "last_name", "phone", "purposes", "withdrawn_cause"],
    "reference_loads": ["by"], "rejudgings": ["error", "asked_by"], "sources": ["title"],
    "suppressions": ["by", "note"], "suppression_hashes": ["by", "note"], "vendors": ["name"],
    "wording_standings": ["by", "why"], "wording_uses": ["vendor"], "wordings": ["text", "shown"],
    "api_keys": ["name"], "passkeys": ["name"], "identities": ["subject"], "runs": ["started_by", "error"],
    "bought_leads": ["zone"], "buying_keys": ["by"], "buying_terms": ["paused", "by", "why"],
    "deliveries": ["acknowledged_by", "answer", "remote"], "destinations": ["why", "created_by", "last_answer"],
    "happenings": ["product", "segment", "campaign", "channel"], "recalls": ["about", "why", "asked_by", "error"],
    "vendor_anomalies": ["says", "seen_by"], "vendor_contracts": ["name", "duties", "by", "evidence"],
    "vendor_invoices": ["number", "added_by"], "vendor_notes": ["by", "evidence", "why"],
    "sessions": ["agent"], "vendor_standings": ["by", "why"], "errands": ["error", "asked_by"], "notices": ["text"],
}  # fmt: skip
"""Columns that hold what somebody typed, or may; a test holds them all to be known."""


def golden() -> list[tuple[str, str, str]]:
    """Every route of the desk: method, rule, who."""
    lines = MATRIX.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split()) for line in lines if line and not line.startswith("#")]  # type: ignore[misc]


def furnish(web: Web) -> Someone:
    """Something of every kind, by the desk's own forms where it has one; an administrator who is signed in."""
    boss, services = sign_in(web, "administrator", name="Robin Boss"), web.services
    sheet = io.StringIO()
    rows = [["email", "first_name", "A heading"]] + [[f"ann.lee{n}@example.com", "Ann", "cell"] for n in range(12)]
    csv.writer(sheet).writerows([*rows, ["not an address", "Bo", "x"]])
    draft_of(upload(boss, sheet.getvalue().encode()))
    imported(boss, draft_of(upload(boss, sheet.getvalue().encode() + b"bo@example.com,Bo,y\n")))
    work_run(1, services)
    bring(services, INCOMPLETE, 4, number=101)
    bring(services, UNCLEAR, 3, number=102, name="q")
    lead = waiting_lead(services)
    boss.post("/desk/overrides", {"rule": ["H-16"], "leads": f"{lead}", "reason": "Known", "until": "2026-12-31"})
    boss.post("/desk/holds/views", {"name": "Mine", "vendor": "Meridian Leads"})
    group = re.search(r'href="/desk/holds/([0-9a-f]{16})', boss.get("/desk/holds").text)[1]
    boss.post(f"/desk/holds/{group}/assign", {"person": str(boss.number)})
    boss.post("/desk/holds/answer", {"kind": "ask", "group": group, "until_lead": "99", "reason": "No", "days": "9"})
    for digest in re.findall(r'href="/desk/wordings/([0-9a-f]{32})"', boss.get("/desk/wordings?show=all").text)[:1]:
        boss.post(f"/desk/wordings/{digest}/standing", {"standing": "refused", "reason": "Nobody reads it"})
    boss.post("/desk/ledger/verify")
    boss.post("/desk/policies/what-if", {"packs": services.policies.digest, "vendor": ""})
    until = monotonic() + 30
    while boss.get("/desk/policies/what-if/1.json").get_json()["state"] == "running":  # a thread of its own answers it
        assert monotonic() < until
        sleep(0.05)
    from filled_desk import deal_with_vendors, hand_on

    deal_with_vendors(web, boss)
    hand_on(web, boss, services.settings.data)
    with services.unit_of_work() as work:
        note_vendor(work, BOUGHT.vendor or "")
        set_standing(work, "Meridian Leads", "probation", "Seen too often", by="somebody")
        new_key(work, "A program", ["leads"])
        add_person(work, "Sam", "sam@example.com", "viewer")
        create_source(work, Source("other", "Another form", BOUGHT, origins=(SITE,), published=True))
        keep_notice(work, "demo", "en", "Words of the form")
        begin_session(work, boss.number, how="password", agent="A browser")
        work.connection.execute(insert(passkeys).values(
            person_id=boss.number, credential="abc", public_key=b"x", uses=0, name="A key", added_at=work.at,
        ))  # fmt: skip
        work.connection.execute(update(people).values(zone="Europe/Vienna"))
    return boss


def write_over(web: Web, text: str, *, first: bool = False) -> None:
    """Let every free text there is say this; ``first``: begin with it, and JSON stay JSON."""
    plain = text.replace("\0", "")
    with web.services.unit_of_work() as work:
        for table in metadata.sorted_tables:
            for name in FREE.get(table.name, ()):
                keys = list(table.primary_key.columns) or [table.c[name]]
                for place, (before, *row) in enumerate(work.connection.execute(select(table.c[name], *keys)).all()):
                    mine = [key == value for key, value in zip(keys, row, strict=True)]
                    is_long = isinstance(table.c[name].type, Text)
                    said = f"{place} {plain}" if is_long else plain[: table.c[name].type.length]
                    if first and is_long:
                        said = _begun(before, f"{plain} {place}")
                    work.connection.execute(update(table).where(*mine).values({name: said}))


def _begun(before: object, said: str) -> str:
    """The text, in every place of a JSON list or object that holds one."""
    if not (isinstance(before, str) and before[:1] in {"[", "{"}):
        return said
    found = json.loads(before)
    return json.dumps([said] * len(found) if isinstance(found, list) else dict.fromkeys(found, said))


def is_whole(answer: Any) -> bool:
    """Whether it is a whole page, and not a file to keep or a part of a page, of which a browser wants an icon."""
    return answer.status_code == 200 and answer.mimetype == "text/html" and b"<html" in answer.get_data()


def crawl(boss: Someone, each: int = 2, *, but: Callable[[Any], bool] = lambda _: False) -> dict[str, list[str]]:
    """Pages of the desk as links lead to them, a few of each route: paths by rule; without those ``but`` names."""
    adapter = boss.client.application.url_map.bind("localhost")
    found: dict[str, list[str]] = {}
    waiting, known = ["/desk", "/desk/account", "/desk/people", "/desk/keys", "/desk/settings/mails"], set()
    left_out: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        bare = path.partition("?")[0]
        if path in known or not adapter.test(bare, method="GET"):
            continue
        known.add(path)
        rule = adapter.match(bare, method="GET", return_rule=True)[0].rule
        here = found.setdefault(rule, [])
        if not rule.startswith("/desk") or len(here) >= each:
            continue
        answer = boss.get(path)
        assert answer.status_code < 500, path
        if but(answer):
            left_out.add(path)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            here.append(path)
            waiting += [unescape(link).partition("#")[0] for link in re.findall(r'href="(/desk[^"]*)"', answer.text)]
        elif answer.status_code == 200:
            here.append(path)
        answer.close()
    return {rule: [path for path in here if path not in left_out] for rule, here in found.items()}
