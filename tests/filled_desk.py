"""A gateway in which everything has happened at least once, for tests that open every page of the desk."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from time import monotonic, sleep

import buying
from builders import BOUGHT, key, list_batch, signup_batch
from confirming import ASKING, post
from dated_duties import owe
from desk import Someone, sign_in
from doors import give_app, member
from emitting import READY
from overriding import GATEWAY, ask_for, officers, waiting_lead
from running_lists import person
from sqlalchemy import insert, update
from waiting import INCOMPLETE, UNCLEAR, bring, sign_up, wait_a_minute
from wizard import STRANGE, draft_of, imported, upload
from worded_lists import WORDS, bring_worded

from gateway.access.authenticators import Authenticators
from gateway.access.keys import new_key
from gateway.access.links import new_link
from gateway.access.tables import passkeys
from gateway.answering.carry import carry_out
from gateway.answering.groups import Filter, find_groups
from gateway.becoming.said import read_said
from gateway.becoming.taking import take_in
from gateway.db.work import reading
from gateway.domain.lead import Attestation, Hop
from gateway.domain.ports import Suppression
from gateway.domain.wording import wording_of
from gateway.economics.tabled import SECTIONS
from gateway.emission.deliver import deliver
from gateway.emission.recall import work_recall
from gateway.emission.shape import Way
from gateway.emission.tables import deliveries
from gateway.feedback.tables import feedback_events
from gateway.intake.runs import work_run
from gateway.lifecycle.store import export
from gateway.outcomes import answers
from gateway.outcomes.leave import leave
from gateway.outcomes.tables import leads
from gateway.person.links import desk_links
from gateway.pipeline import process
from gateway.rejudging.again import open_rejudgings, work_rejudging
from gateway.scoring.keep import note_anomaly
from gateway.scoring.odd import Odd
from gateway.scoring.refresh import refresh

ANA, GONE = "ana.reyes@example.com", "zoe.gone@example.org"
NEAR = "Yes, Riverside Garden Ltd and partners may send me offers for house and garden by e-mail and text."
HOSTILE = "<script>alert(1)</script> I agree to <img src=x onerror=alert(1)> {{ 7*7 }}"
HOPS = (Hop("Quote Site", "First Broker", date(2026, 10, 3), "partner terms"), Hop("Second Broker", "Meridian Leads"))
ROWS = "email,first_name\n" + "".join(f"{person(n)},Ann\n" for n in range(30))


@dataclass
class Filled:
    """A gateway full of everything: who looks at it, and every page of each route of the desk."""

    boss: Someone
    join: str  # a link that lets somebody in
    pages: dict[str, list[str]]


def fill(web, folder: Path) -> Filled:
    """Let everything happen once."""
    web.services.clock.move(days=2)  # after the lists of the tests were handed over
    boss = sign_in(web, "administrator", name="Dana Reyes")
    join = _people(web, boss)
    lists = _lists(web, boss)
    bring_worded(web.services, folder, 30, notices=["", NEAR, HOSTILE])
    held, gone = _leads(web, boss)
    _lives(web)
    _overrides(web)
    _answers(web, boss, held)
    _words(web, boss)
    group = _group(web)
    done(boss, f"/desk/holds/{group}/assign", person=str(boss.number))
    done(boss, "/desk/holds/views", name="Mine", vendor="Meridian Leads")
    what_if = _what_if(boss)
    done(boss, "/desk/ledger/verify")
    _reference(boss)
    hand_on(web, boss, folder)
    _bought(web)
    owe(web.services, held[-1])
    return Filled(boss, join, {**lists, **_paths(web, boss, gone, group, what_if), **_places()})


def hand_on(web, boss, folder: Path) -> None:
    """A folder that everybody is put into, a webhook that cannot be reached and was told, one removed; a recall."""
    services = replace(web.services, world=replace(web.services.world, sender=READY))
    for name, kind, given in (("store", "files", {}), ("crm", "webhook", {"set-url": "https://hooks.example.com/in"})):
        fields = {"name": name, "kind": kind, "confirm": "processing", **given}
        answer = boss.post("/desk/settings/destinations/new", {**fields, "field": ["address", "country"]})
        assert answer.status_code in {200, 303}, answer.text
    way = Way(folder / "drops")
    while any([deliver(1, services, way)]):
        pass
    with web.services.unit_of_work() as work:
        work.connection.execute(update(deliveries).where(deliveries.c.id == 1).values(state="dead", answer="503"))
    done(boss, "/desk/settings/destinations/crm/pause", reason="It is being moved")
    done(boss, "/desk/recalls/new", what="lists", lists="list_1", cause="attestation_withdrawn", reason="Taken back")
    work_recall(1, web.services)
    while any([deliver(1, services, way)]):
        pass


def _places() -> dict[str, list[str]]:
    root = "/desk/settings/destinations"
    effect = "what=lists&lists=list_1&cause=contract"
    return {
        root: [root], f"{root}/new": [f"{root}/new", f"{root}/new?kind=files", f"{root}/new?kind=listmonk"],
        f"{root}/<name>": [f"{root}/store", f"{root}/crm", f"{root}/store?state=withheld"],
        "/desk/recalls": ["/desk/recalls"], "/desk/recalls/<int:number>": ["/desk/recalls/1"],
        "/desk/recalls/new": [
            "/desk/recalls/new", f"/desk/recalls/new?{effect}", "/desk/recalls/new?what=withheld&cause=mistake",
        ],
    }  # fmt: skip


def done(someone: Someone, path: str, **fields: str) -> str:
    """Send a form, which must be taken; where it leads."""
    answer = someone.post(path, fields)
    assert answer.status_code == 303, (path, answer.status_code, answer.text[answer.text.find("<h1>") :])
    return answer.headers["Location"]


def _lives(web) -> None:
    """Some of the prospects bought, answered, were contacted."""
    with reading(web.services.engine) as connection:
        numbers = [one["id"] for one in export(connection)]
    zone, now = web.services.settings.zone, web.services.clock.now()
    goods = {"product": "coffee", "amount": "14.50", "currency": "USD"}
    happened = (("first_purchase", 40, goods), ("purchase", 19, goods),
                ("survey", 12, {"satisfaction": 2, "recommend": 3}), ("contact", 3, {"channel": "email"}))  # fmt: skip
    told = [
        {"id": f"{number} {kind}", "prospect": number, "kind": kind, "at": str(now - timedelta(days=days)), **more}
        for number in numbers
        for kind, days, more in happened[: 1 + number % 4]
    ]
    assert take_in(web.services, "shop", [read_said(one, zone, now) for one in told]).counts["refused"] == 0


def _people(web, boss) -> str:
    apps = Authenticators([web.services.settings.secret_key])
    member(web, "viewer")
    left = member(web, "uploader", "gone@example.com")
    give_app(web, member(web, "officer"))
    member(web, "administrator")
    invited = member(web, "officer", "invited@example.com", None)
    done(boss, f"/desk/accounts/{left}/leave", reason="Works elsewhere now")
    with web.services.unit_of_work() as work:
        apps.begin(work, boss.number)
        work.connection.execute(insert(passkeys).values(
            person_id=boss.number, credential="Zm9v", public_key=b"0", uses=1, name="My laptop", added_at=work.at,
        ))  # fmt: skip
        new_key(work, "The website", ("leads",))
        ended = new_key(work, "The former website", ("leads", "lists"))
        token, _ = new_link(work, invited)
    done(boss, f"/desk/keys/{ended.id}/revoke", reason="Replaced")
    return token


def _bought(web) -> None:
    """The vendor sells one by one, too: taken, waiting, refused, not bought."""
    headers = buying.sell(
        web.services, "Meridian Leads", name="ML-2026", caps={"day": 8, "money_month": "40.00"},
        wanted={"countries": ["US"]}, bid={"share": 50, "unknown": "1.10"},
    )  # fmt: skip
    bodies = [buying.lead(f"one.by.one{number}@example.com") for number in range(4)]
    bodies += [bodies[0], buying.lead("waits@silent.example.net"), buying.lead("far@example.com", country="FR")]
    for body in bodies:
        assert web.client.post("/v1/leads", json=body, headers=headers).status_code == 200
    assert web.client.post("/v1/pings", json={"country": "US"}, headers=headers).json["wanted"]


def deal_with_vendors(web, boss) -> None:
    """The file of the vendor of list_1, its invoices, and what it sells one by one."""
    _fill_file(boss)
    _invoices(web, boss)
    _bought(web)


def _reference(boss) -> None:
    loaded = boss.post(
        "/desk/settings/reference", {"file": (BytesIO(b"vtext.com\ntxt.att.net\n"), "list.txt")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert loaded.status_code == 303


def _invoices(web, boss) -> None:
    """One of a whole list and one of single rows, and the vendor counted."""
    told = {"amount": "12.50", "currency": "USD", "dated_on": "2026-11-20", "lists": "list_1"}
    done(boss, "/desk/vendors/1/invoices", number="7/26", rows_billed="40", **told)
    lines = {**told, "number": "8/26", "rows": (BytesIO(b"row\n2\n3\n4\n99\n"), "rows.csv")}
    assert boss.post("/desk/vendors/1/invoices", lines, content_type="multipart/form-data").status_code == 303
    refresh(web.services, whole=True)
    with web.services.unit_of_work() as work:
        odd = Odd("duplicates", "duplicates", "12 % of the rows of list_1 are of people whom we had")
        note_anomaly(work, "meridian leads", "1", odd)


def _lists(web, boss) -> dict[str, list[str]]:
    """One list that was imported, one that is being imported, one that was undone, and drafts at each step."""
    poor = "x@silent.example.net,Al\ny@silent.example.net,Bo\nz1@gmial.com,Cy\nz2@gmial.com,Di\nno,Ed\n"
    path = imported(boss, draft_of(upload(boss, (ROWS + poor).encode())))
    work_run(1, web.services)
    strange = draft_of(upload(boss, STRANGE, name="Kontakte.csv"))
    plain = draft_of(upload(boss, (ROWS + "q@example.com,Al\n").encode()))
    done(boss, f"/desk/lists/new/{plain}/sample", rows="20")
    fresh = draft_of(upload(boss, (ROWS + "r@example.com,Al\n").encode(), vendor=None))
    running = imported(boss, draft_of(upload(boss, (ROWS + "s@example.com,Al\n").encode())))
    _fill_file(boss)
    done(boss, "/desk/vendors/1/standing", standing="probation", reason="Many of theirs are mistyped")
    with web.services.unit_of_work() as work:
        for place, kind in enumerate(("complaint", "complaint", "unsubscribe")):
            work.connection.execute(insert(feedback_events).values(
                reporter="generic", event_key=str(place), kind=kind, match_key=bytes([place]) * 16, source="1",
                origin_kind="list", at=work.at, received_at=work.at, detail="",
            ))  # fmt: skip
    _invoices(web, boss)
    new, listed = "/desk/lists/new/<int:draft>", "/desk/lists/<list_id:list_id>"
    return {
        "/desk/lists": ["/desk/lists"],
        "/desk/lists/new": ["/desk/lists/new"],
        f"{new}/reading": [f"/desk/lists/new/{one}/reading" for one in (strange, plain)],
        f"{new}/questions": [f"/desk/lists/new/{one}/questions" for one in (plain, fresh)],
        f"{new}/sample": [f"/desk/lists/new/{plain}/sample"],
        f"{new}/import": [f"/desk/lists/new/{plain}/import"],
        listed: [path, running], f"{listed}/report": [f"{path}/report"], f"{listed}/undo": [f"{path}/undo"],
        f"{listed}/events": [f"{path}/events"], f"{listed}/progress": [f"{running}/progress"],
        f"{listed}/rows": [f"{path}/rows"],
    }  # fmt: skip


def _leads(web, boss) -> tuple[list[int], str]:
    """Signups, bought leads with a broken chain, an order not to write, an erasure, mails; holds of several kinds."""
    services = web.services
    now = services.clock.now()
    process(signup_batch(ANA, now), services)
    process(signup_batch(GONE, now), services)
    sign_up(services, "ann@gmial.com")
    claim = Attestation("They filled our forms.", "R. Osei", date(2026, 11, 2))
    rows = [{"email": ANA}, {"email": "bo@example.org"}, {"email": "kim@silent.example.net"}]
    process(list_batch(rows, now, statement=replace(BOUGHT, hops=HOPS, attestations=(claim,))), services)
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key(ANA), "complaint", now, "brand:Garden")], by="test")
    gone = f"/desk/person/{desk_links(services).token(key(GONE))}"
    services.clock.move(minutes=1)
    done(boss, f"{gone}/erase", address=GONE, reason="Asked for by letter")
    web.source("asks", statement=ASKING)
    assert post(web, "mia@example.com").status_code == 202
    held = []
    for number, (statement, at, count) in enumerate(
        [(INCOMPLETE, "example.com", 12), (UNCLEAR, "example.com", 6), (BOUGHT, "gmial.com", 3)], 101
    ):
        held += bring(services, statement, count, number=number, at=at).lead_ids
    return held, gone


def _overrides(web) -> None:
    """One that stands, one that a second person is asked for, and one that has ended."""
    ann, _ = officers(web.services)
    first, second, third = (
        waiting_lead(web.services, a) for a in ("postmaster@example.org", GATEWAY, "abuse@example.net")
    )
    ask_for(web.services, [first], ["H-16"], ann)
    ask_for(web.services, [second], ["CS-18"], ann)
    ask_for(web.services, [third], ["H-16"], ann)
    done(sign_in(web, name="Bo Stone"), "/desk/overrides/3/end", reason="It was a mistake")


def _answers(web, boss, held) -> None:
    """A vendor was asked, leads were refused, and one answer can still be undone."""
    mistyped = [number for number, outcome in _ends(web) if outcome == "hold"][:2]
    asked = {"about": "some", "by": f"person_{boss.number}", "reason": "Nobody said how they were collected"}
    with web.services.unit_of_work() as work:
        answers.give(work, "ask", mistyped, terms={"until": "2026-12-24T12:00:00+00:00"}, **asked)
        answers.give(work, "refuse", held[:2], **asked)
    wait_a_minute(web.services)
    for number in (1, 2):
        carry_out(number, web.services)
    with web.services.unit_of_work() as work:
        answers.give(work, "refuse", held[2:4], **asked)


def _words(web, boss) -> None:
    """One wording was refused; the others wait to be read."""
    path = f"/desk/wordings/{wording_of(NEAR).digest}/standing"
    done(boss, path, standing="refused", reason="The partners are not named")
    for number in open_rejudgings(web.services):
        work_rejudging(number, web.services)


def _group(web) -> str:
    with reading(web.services.engine) as connection:
        return find_groups(connection, web.services, Filter())[0].key


def _fill_file(boss):
    """A vendor's file with something of each kind: one ends soon, one is taken back."""
    path = "/desk/vendors/1/file"
    done(boss, f"{path}/note", kind="attestation", text="Every person ticked the box.", signed_by="J. Doe, director",
         on="2026-03-31", until_on="2026-12-15", evidence="attestation.pdf")  # fmt: skip
    done(boss, f"{path}/note", kind="attestation", text="Nobody was under age.", signed_by="J. Doe", on="2026-03-31")
    done(boss, f"{path}/note", kind="registration", state="CA", year="2026", evidence="register-ca.pdf")
    done(boss, f"{path}/note", kind="registration", state="TX", year="2026", registered="no")
    done(boss, f"{path}/note", kind="drop_run", on="2026-11-10")
    done(boss, f"{path}/note", kind="answer", name="privacy_terms", answer="yes", until_on="2026-06-30")
    done(boss, f"{path}/note", kind="answer", name="chain_duties", duties=["collector_named", "shared_unsubscribe"])
    done(boss, f"{path}/note", kind="identity", name="legal_name", text="Meridian Leads LLC")
    done(boss, f"{path}/contract", name="ML-2026", from_on="2026-01-01", until_on="2026-12-31", price="0.45",
         currency="USD", return_days="30", accepted=["duplicate_in_list"], duties="Name the collector",
         evidence="contract.pdf")  # fmt: skip
    done(boss, f"{path}/note/2/withdraw", reason="The vendor says that nobody asked for the age")


def _ends(web) -> list[tuple[int, str]]:
    with reading(web.services.engine) as connection:
        return [
            tuple(row)
            for row in connection.execute(
                leads.select().with_only_columns(leads.c.id, leads.c.outcome).order_by(leads.c.id)
            )
        ]


def _what_if(boss) -> str:
    path = done(boss, "/desk/policies/what-if", packs="disk")
    until = monotonic() + 30
    while 'hx-trigger="every 1s"' in boss.get(path).text:
        assert monotonic() < until
        sleep(0.05)
    return path


def _paths(web, boss, gone, group, what_if) -> dict[str, list[str]]:
    """The pages of each route, but for the lists'."""
    lead = {outcome: f"lead_{number}" for number, outcome in _ends(web)}
    one, who = "/desk/leads/<lead_id:lead_id>", f"/desk/person/{desk_links(web.services).token(key(ANA))}"
    person, words = (
        "/desk/person/<token>",
        [f"/desk/wordings/{wording_of(said).digest}" for said in (WORDS, NEAR, HOSTILE)],
    )
    override, answer, policies = "/desk/overrides/<int:number>", "/desk/holds/answers", "/desk/policies"
    chained = next(
        f"lead_{number}"
        for number, _ in _ends(web)[::-1]
        if "Quote Site" in boss.get(f"/desk/leads/lead_{number}").text
    )
    gap = re.compile(r"<[^>]+>")
    same = ("", "/settings", "/settings/mails", "/settings/sources/new", "/account", "/account/app", "/people",
            "/keys", "/leads", "/holds", "/holds/answers", "/ledger/verify", "/overrides", "/policies/cases",
            "/policies/changes", "/holds/under-way", "/policies/what-if")  # fmt: skip
    once = {
        "/desk/settings/mails/<int:number>": "1", "/desk/settings/sources/<key>": "asks",
        "/desk/settings/sources/<key>/change": "asks", "/desk/accounts/<int:number>": str(boss.number),
        f"{one}/replay": chained, f"{one}/evidence": chained, "/desk/vendors/<int:number>": "1",
        "/desk/vendors/<int:number>/standing": "1", "/desk/vendors/<int:number>/file": "1",
        "/desk/vendors/<int:number>/invoices/new": "1", "/desk/vendors/<int:number>/buying": "1",
        "/desk/holds/<group>": group, "/desk/ledger/<int:seq>": "3",
        f"{policies}/names/<name>": "phone_known", f"{policies}/packs/<name>": "us-can-spam",
        f"{policies}/rules/<rule_id>": "CS-18", f"{override}/precedent.yaml": "1",
    }  # fmt: skip
    return {
        **{f"/desk{path}": [f"/desk{path}"] for path in same},
        **{rule: [gap.sub(value, rule)] for rule, value in once.items()},
        one: [f"/desk/leads/{each}" for each in {**lead, "chained": chained}.values()],
        person: [who, gone],
        f"{person}/suppress": [f"{who}/suppress"], f"{person}/erase": [f"{who}/erase"],
        "/desk/vendors/<int:number>/file/note": [
            f"/desk/vendors/1/file/note?kind={kind}"
            for kind in ("attestation", "registration", "drop_run", "answer", "identity")
        ],
        "/desk/vendors/<int:number>/file/contract": [
            "/desk/vendors/1/file/contract", "/desk/vendors/1/file/contract?name=ML-2026",
        ],
        "/desk/vendors/<int:number>/file/note/<int:noted>/withdraw": ["/desk/vendors/1/file/note/1/withdraw"],
        "/desk/vendors/<int:number>/recall": ["/desk/vendors/1/recall", "/desk/vendors/1/recall?note=2"],
        "/desk/vendors": ["/desk/vendors", "/desk/vendors?find=nobody"],
        "/desk/vendors/<int:number>/invoices/<int:invoice>": [f"/desk/vendors/1/invoices/{one}" for one in (1, 2)],
        "/desk/vendors/<int:number>/invoices/<int:invoice>/pack": ["/desk/vendors/1/invoices/1/pack"],
        "/desk/holds": ["/desk/holds", "/desk/holds?vendor=meridian+leads"],
        "/desk/holds/answer": [
            f"/desk/holds/answer?kind={said}"
            for said in (f"refuse&group={group}", f"ask&group={group}", "refuse&vendor=meridian+leads")
        ],
        f"{answer}/<int:number>": [f"{answer}/1", f"{answer}/3"],
        f"{answer}/<int:number>/report/<list_id:list_number>": [f"{answer}/1/report/list_1"],
        "/desk/ledger": ["/desk/ledger", "/desk/ledger?about=lead_2"],
        policies: [f"{policies}?find=consent"],
        f"{policies}/what-if/<int:number>": [what_if], f"{policies}/what-if/<int:number>.json": [f"{what_if}.json"],
        "/desk/due": ["/desk/due", "/desk/due?kind=hold", "/desk/due?kind=override"],
        "/desk/due/<day>/<code>": re.findall(
            r'href="(/desk/due/[^"]+)"', boss.get("/desk/due?kind=obligation").text
        )[:1],
        "/desk/overrides/new": ["/desk/overrides/new", f"/desk/overrides/new?leads={lead['hold']}"],
        override: [f"/desk/overrides/{number}" for number in (1, 2, 3)],
        f"{override}/precedent": ["/desk/overrides/1/precedent?days=30", "/desk/overrides/2/precedent"],
        "/desk/numbers": ["/desk/numbers"], "/desk/numbers/explained": ["/desk/numbers/explained"],
        "/desk/numbers/<section>": [f"/desk/numbers/{section}" for section in SECTIONS],
        "/desk/numbers/<section>/file": ["/desk/numbers/worth/file"],
        "/desk/lifecycle": ["/desk/lifecycle", "/desk/lifecycle?as=five-stages"],
        "/desk/lifecycle/people": ["/desk/lifecycle/people?phase=new", "/desk/lifecycle/people?phase=loyal"],
        "/desk/wordings": [f"/desk/wordings?show={which}" for which in ("waiting", "unread", "ours", "refused")],
        "/desk/wordings/<digest>": words,
        "/desk/wordings/<digest>/effect": [f"{words[0]}/effect?standing=approved"],
    }  # fmt: skip
