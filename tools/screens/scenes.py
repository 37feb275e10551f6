"""What the demonstration has none of, done so that each page has something to show: answers, uploads, a mail."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

from sqlalchemy import select

ROOT = Path(__file__).resolve().parents[2]
SEE_OTHER = 303
GROUP_ADDRESS = "H-17"  # the rule that holds what goes to several people; an officer may set it aside
PASSWORD = "quiet otter under blue rain"  # of made-up people, in a folder that is thrown away
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
WORDING = "Yes, Example Gardens Inc. may write to me about the Garden Club. I can leave with one click at any time."


QUESTION = "It is unclear whether the person was told that we would get the address"


class Stage(NamedTuple):
    """A gateway that is served: where, as whom one looks at it, and what stands for {names} in paths."""

    services: Any
    address: str
    cookies: dict[str, str]
    names: dict[str, str]

    def cookie(self, who: str) -> dict[str, str]:
        """What lets a browser look as them: inside, or before the second thing at the door."""
        return {
            "name": "desk" if who in {"boss", "colleague"} else "desk-step",
            "value": self.cookies[who],
            "url": self.address,
        }


@contextmanager
def demonstration(folder: str) -> Iterator[Stage]:
    """The month and what was added to it, served on loopback."""
    from werkzeug.serving import make_server

    from gateway.app import create_app
    from gateway.config import load, with_secret
    from gateway.wiring import build_services

    if not (Path(folder) / "gateway.sqlite").exists():
        environment = os.environ | {"GATEWAY_DATA": folder}
        subprocess.run([sys.executable, "-m", "gateway", "demo"], env=environment, cwd=ROOT, check=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for each request
    provider = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "gateway", "oidc_client_secret": "x"}
    settings = replace(with_secret(load({"GATEWAY_DATA": folder})), demo=True, second_factor="required", **provider)
    services = build_services(settings)
    app = create_app(services)
    cookies, names = furnish(services, app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Stage(services, f"http://127.0.0.1:{server.server_port}", cookies, names)
    server.shutdown()


def furnish(services: Any, app: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Do all of it; the cookies of who looks, and names of paths."""
    from desk import Someone

    from gateway.access.links import new_link
    from gateway.access.people import add_person, list_people
    from gateway.access.sessions import begin_session
    from gateway.cli.demo_people import KEPT_IN
    from gateway.db.work import reading
    from gateway.vendors.book import list_vendors

    with services.unit_of_work() as work:
        people = {one.role: one.id for one in list_people(work.connection)}
        boss, officer = people["administrator"], people["officer"]
        token = begin_session(work, boss, how="password_app", agent=FIREFOX)
        colleague = begin_session(work, officer, agent=FIREFOX)
        invited = add_person(work, "Noor Haddad", "noor.haddad@example.com", "officer")
        join, _ = new_link(work, invited)
    client = app.test_client()
    client.set_cookie("desk", token)
    someone = Someone(boss, "administrator", token, client)
    held = set_aside(services, officer)
    give_answers(services, officer)
    ask_by_mail(services)
    hand_on_elsewhere(someone)
    sent = someone.post("/desk/ledger/verify")
    assert sent.status_code < 400, sent.text  # noqa: PLR2004 - taken
    cookies = {"boss": token, "colleague": colleague, **come_to_the_door(services, app, boss)}
    client.set_cookie("desk", colleague)
    known = (services.settings.data / KEPT_IN).read_text(encoding="ascii").strip()
    assert someone.post("/desk/account/app/begin", {"current": known}).status_code == SEE_OTHER
    with reading(services.engine) as connection:
        seller = [one["vendor"] for one in list_vendors(connection)].index("Larkspur Exchange") + 1
    return cookies, {
        "join": join, "officer": str(officer), "seller": str(seller), "entry": str(_sealed(services)),
        "held": "+".join(f"lead_{lead}" for lead in held),
    }  # fmt: skip


def set_aside(services: Any, officer: int) -> list[int]:
    """What the month has none of: an override, asked for by one officer; leads of the same kind that still wait."""
    from gateway.db.work import reading
    from gateway.outcomes.overrides import find_spoken
    from gateway.outcomes.queue import Wanted, find_waiters
    from gateway.overriding import ask

    with reading(services.engine) as connection:
        waiting = [one.lead for one in find_waiters(connection, [Wanted()], limit=500)]
        held = [lead for lead in waiting if GROUP_ADDRESS in find_spoken(connection, [lead])][:7]
    reason = "Their offices answer from these addresses; we met them at the trade fair in Springfield."
    ask(services, rules=[GROUP_ADDRESS], lead_ids=held[:4], reason=reason, by=f"person_{officer}")
    return held[4:]


def give_answers(services: Any, officer: int) -> None:
    """A vendor was asked about some leads, others were refused, both some hours ago."""
    from gateway.answering.carry import carry_out
    from gateway.db.work import reading
    from gateway.outcomes import answers
    from gateway.outcomes.queue import Wanted, find_waiters

    with reading(services.engine) as connection:
        held = [one.lead for one in find_waiters(connection, [Wanted()], limit=900)][-160:]
    now = services.clock.now()
    until = (now + timedelta(days=14)).isoformat()
    for hours, kind, some, why, terms in (
        (5, "ask", held[:120], "Nobody said how these people were collected", {"until": until}),
        (2, "refuse", held[120:], "The vendor could not say where these come from", {}),
    ):
        then = replace(services, clock=_At(now - timedelta(hours=hours)))
        with then.unit_of_work() as work:
            number = answers.give(work, kind, some, about=QUESTION, reason=why,
                                  by=f"person_{officer}", terms=terms).id  # fmt: skip
        carry_out(number, replace(services, clock=_At(now - timedelta(hours=hours, minutes=-3))))


def ask_by_mail(services: Any) -> None:
    """A form that asks for confirmation, and three people who signed up by it."""
    from gateway.domain.lead import REQUEST_PARTS, Batch, Origin, Statement
    from gateway.intake.forms import Source, create_source
    from gateway.jobs.owed import send_mails
    from gateway.pipeline import process

    statement = Statement(
        direct=True, method="form", form_url="https://www.example.com/club", wording=WORDING, language="en",
        consent_act="unticked_box", relationship="marketing", audience="general", legal_basis="consent",
        form_capture="kept with the site's own releases", request_parts=frozenset(REQUEST_PARTS),
        products=frozenset({"general"}), advertisers=("Example Gardens Inc.",), asks_confirmation=True,
    )  # fmt: skip
    with services.unit_of_work() as work:
        create_source(work, Source("garden-club", "Garden club", statement, published=True))
    at = services.clock.now()
    for name in ("ada.holt", "ivo.novak", "rosa.webb"):
        address = f"{name}@harbor.example.com"
        batch = Batch(
            origin=Origin("form", "garden-club", statement), numbers=[1], arrived_at=at,
            columns={"email": [address], "country": ["US"], "consent_ticked": [True], "consent_preticked": [False],
                     "consent_wording": [WORDING], "consent_url": ["https://www.example.com/club"],
                     "consent_ip": ["198.51.100.7"], "consent_at": [at], "collected_at": [at]},
            as_arrived=[json.dumps({"posted": {"email": address}, "seen": {"at": at.isoformat()}})],
        )  # fmt: skip
        process(batch, services, dns_seconds=0)
    send_mails(services, seconds=30)


def hand_on_elsewhere(someone: Any) -> None:
    """A second destination, which rests while it is being moved."""
    root = "/desk/settings/destinations"
    fields = {"name": "crm", "kind": "webhook", "set-url": "https://hooks.example.com/in", "confirm": "processing"}
    answer = someone.post(f"{root}/new", {**fields, "field": ["address", "country"]})
    assert answer.status_code in {200, 303}, answer.text
    someone.post(f"{root}/crm/pause", {"reason": "It moves to another server on Monday"})


def come_to_the_door(services: Any, app: Any, boss: int) -> dict[str, str]:
    """The cookies of an officer who is asked for a code, and of a new one who has to set an app up."""
    from doors import Visitor, give_app

    from gateway.access.passwords import hash_of, set_password
    from gateway.access.people import add_person

    web = Stage(services, "", {}, {})
    give_app(web, boss)
    found = {}
    for who, name in (("officer", "Mara Lindgren"), ("new", "Tomas Varga")):
        address = f"{name.lower().replace(' ', '.')}@example.com"
        with services.unit_of_work() as work:
            number = add_person(work, name, address, "officer")
            set_password(work, number, hash_of(PASSWORD))
        if who == "officer":
            give_app(web, number)
        visitor = Visitor(app.test_client())
        visitor.sign_in(address, PASSWORD)
        found[who] = visitor.cookie("desk-step") or ""
    return found


def begin_uploads(page: Any, address: str) -> dict[str, str]:
    """A strange file of which the reading is looked at, and one of a vendor of whom all is known, with its sample."""
    import csv
    import io
    import random
    from datetime import UTC, datetime, timedelta

    from wizard import STRANGE

    from gateway.cli.demo_month.lists import FAIR, HEADINGS
    from gateway.cli.demo_month.people import rows

    out, now = io.StringIO(), datetime.now(UTC)
    chance = random.Random("winter")
    some = rows(chance, 600, FAIR, since=now - timedelta(days=42), until=now - timedelta(days=3),
                page="https://offers.example.com/garden")  # fmt: skip
    csv.writer(out).writerows([HEADINGS, *some])
    found = {}
    for name, file, vendor, content in (
        ("strange", "Kontakte.csv", "Blue Harbour Media", STRANGE),
        ("plain", "fernhill-winter.csv", "Fernhill Data", out.getvalue().encode()),
    ):
        page.goto(f"{address}/desk/lists/new")
        page.fill("#vendor", vendor)
        page.set_input_files("input[type=file]", {"name": file, "mimeType": "text/csv", "buffer": content})
        page.get_by_role("button", name="Look at it").click()
        page.wait_for_url("**/reading")
        found[name] = page.url.split("/")[-2]
    root = f"{address}/desk/lists/new/{found['plain']}"
    page.goto(f"{root}/questions")
    page.fill("[name=name]", "Fernhill winter")
    page.get_by_role("button", name="On to the sample").click()
    page.wait_for_url("**/sample")
    page.fill("[name=rows]", "200")
    page.get_by_role("button", name="Draw").click()
    page.get_by_text("What the sample says").wait_for()
    return found


def what_if(page: Any, address: str) -> None:
    """Ask what the house's own rules would do, if they were kept more strictly."""
    packs = ROOT / "policies" / "house.yaml"
    strict = packs.read_text(encoding="utf-8").replace("then: hold\n    question: review\n", "then: reject\n")
    page.goto(f"{address}/desk/policies/what-if")
    page.set_input_files("#files", {"name": "house.yaml", "mimeType": "text/yaml", "buffer": strict.encode()})
    page.get_by_role("button", name="Show who would flip").click()
    page.wait_for_url("**/what-if/1")
    page.get_by_role("heading", level=1).wait_for()


class _At(NamedTuple):
    """A clock that stands."""

    at: datetime

    def now(self) -> datetime:
        return self.at.astimezone(UTC)


def _sealed(services: Any) -> int:
    """The last entry in which a list's rows were counted."""
    from gateway.db.work import reading
    from gateway.ledger.tables import entries

    with reading(services.engine) as connection:
        query = select(entries.c.seq).where(entries.c.kind == "vendor.standing_set").order_by(entries.c.seq.desc())
        return int(connection.execute(query.limit(1)).scalar() or 3)
