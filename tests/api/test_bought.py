"""POST /v1/leads: one bought lead, answered with its outcome, every reason and its price; told by the account."""

import json

import buying
import pytest
from sqlalchemy import select

from gateway.db.work import reading
from gateway.intake.buying import account, booked
from gateway.intake.buying.caps import Tally
from gateway.intake.buying.tables import bought
from gateway.intake.lists import bring
from gateway.intake.receipts import view_list
from gateway.intake.running.commands import begin_undo
from gateway.intake.running.errands import work_errand
from gateway.intake.runs import work_run
from gateway.outcomes.view import view_lead
from gateway.pipeline import release
from gateway.vendors.book import set_standing


def post(web, headers, body=None, **more):
    return web.client.post("/v1/leads", json=buying.lead() if body is None else body, headers=headers | more)


def account_of(web, span="day"):
    dealing = buying.dealing_of(web.services)
    with reading(web.services.engine) as connection:
        return account.load(connection, dealing.contract.number, web.services.clock.now(), "UTC")[span]


def test_a_lead_is_bought_and_paid(web):
    headers = buying.sell(web.services)
    told = post(web, headers).json
    assert (told["outcome"], told["reasons"], told["price_is"]) == ("prospect", [], "owed")
    assert told["price"] == {"minor": 125, "currency": "USD", "amount": "1.25"}
    assert account_of(web) == Tally(posts=1, bought=1, spent_minor=125)
    with reading(web.services.engine) as connection:
        lead = view_lead(connection, 1)
        row = connection.execute(select(bought)).one()
    assert (lead["lead"], lead["outcome"], lead["source"], lead["row"]) == (told["lead"], "prospect", "list_1", 1)
    assert lead["as_arrived"]["posted"]["email"] == "ana@example.com"
    assert (row.state, row.price_minor, row.currency, row.vendor) == ("bought", 125, "USD", "fernhill data llc")


def test_a_form_post_is_read_as_json_is(web):
    headers = buying.sell(web.services)
    answer = web.client.post("/v1/leads", data=buying.lead(), headers=headers)
    assert (answer.status_code, answer.json["outcome"]) == (200, "prospect")


def test_a_repetition_is_refused_and_costs_nothing(web):
    headers = buying.sell(web.services)
    first = post(web, headers).json
    again = post(web, headers, buying.lead("Ana+offers@Example.com")).json
    assert (again["outcome"], again["price_is"], again["price"]["minor"]) == ("rejection", "none", 0)
    assert [one["reason"] for one in again["reasons"]] == ["duplicate_in_list"]
    assert again["repeats"]["lead"] == first["lead"]  # its own, so it may know which
    assert account_of(web) == Tally(posts=2, bought=1, rejected=1, spent_minor=125)


def test_another_vendors_lead_is_not_named(web):
    post(web, buying.sell(web.services))
    other = buying.sell(web.services, "Meridian Leads", name="ML-1", says=buying.SAYS)
    told = post(web, other).json
    assert ([one["reason"] for one in told["reasons"]], told["repeats"]) == (["already_known"], None)
    assert "fernhill" not in json.dumps(told).casefold()


def test_a_lead_of_the_vendors_own_list_is_named_for_so_long_as_agreed(web, tmp_path):
    headers = buying.sell(web.services, duplicate_days=5)
    file = tmp_path / "list.csv"
    file.write_text("email,country,consent ts,consent ip,source url\n"
                    "ana@example.com,US,2026-09-03T10:11:12Z,47.12.5.9,https://www.example.com/garden\n")  # fmt: skip
    begun = bring(web.services, file, buying.dealing_of(web.services).terms.manifest, manifest_name="m",
                  encoding=None, again=True, by="test")  # fmt: skip
    work_run(begun["run"], web.services)
    assert post(web, headers).json["repeats"]["lead"] == "lead_1"
    web.services.clock.move(days=6)
    assert post(web, headers).json["repeats"] is None


def test_a_held_lead_is_paid_when_it_is_taken(web):
    headers = buying.sell(web.services)
    web.routes.kinds["slow.example.net"] = "unknown"
    told = post(web, headers, buying.lead("bo@slow.example.net")).json
    assert (told["outcome"], told["price_is"], told["price"]["minor"]) == ("hold", "conditional", 125)
    assert told["decided_by"] > web.services.clock.now().isoformat()
    assert account_of(web) == Tally(posts=1, held=1, pending_minor=125)
    web.routes.kinds["slow.example.net"] = "mx"
    number = int(told["lead"].removeprefix("lead_"))
    release([number], web.services, by="test")
    web.services.clock.move(minutes=2)
    assert booked.look_after(web.services) == 1
    assert account_of(web) == Tally(posts=1, bought=1, spent_minor=125)
    assert booked.look_after(web.services) == 0


def test_a_held_lead_that_is_refused_costs_nothing(web):
    headers = buying.sell(web.services)
    web.routes.kinds["slow.example.net"] = "unknown"
    post(web, headers, buying.lead("bo@slow.example.net"))
    web.routes.kinds["slow.example.net"] = "no_such_domain"
    release([1], web.services, by="test")
    web.services.clock.move(minutes=2)
    booked.look_after(web.services)
    assert account_of(web) == Tally(posts=1, rejected=1)


def test_who_waits_long_is_asked_after_less_often_and_at_last_every_hour(web):
    headers, clock = buying.sell(web.services), web.services.clock
    web.routes.kinds["slow.example.net"] = "unknown"
    post(web, headers, buying.lead("bo@slow.example.net"))
    waits = []
    for days in (0, 0, 0.2, 7):
        clock.move(days=days)
        since = clock.now()
        while not is_owed(web):
            clock.move(seconds=30)
        waits.append((clock.now() - since).total_seconds())
        assert booked.look_after(web.services) == 0
        assert not is_owed(web)
    assert waits[:2] == [90, 90]  # a minute, and the half one by which the clock is moved here
    assert waits[2:] == [0, 0]  # long due
    clock.move(minutes=59)
    assert not is_owed(web)
    clock.move(minutes=2)
    assert is_owed(web)
    web.routes.kinds["slow.example.net"] = "mx"
    release([1], web.services, by="test")
    assert booked.look_after(web.services) == 1
    assert account_of(web, "total").spent_minor == 125


def is_owed(web):
    with reading(web.services.engine) as connection:
        return booked.is_due(connection, web.services.clock.now())


@pytest.mark.parametrize(("held", "price_is", "owed"), [("at_once", "owed", 125), ("never", "none", 0)])
def test_held_leads_are_paid_as_agreed(small_web, held, price_is, owed):
    headers = buying.sell(small_web.services, held=held)
    small_web.routes.kinds["slow.example.net"] = "unknown"
    told = post(small_web, headers, buying.lead("bo@slow.example.net")).json
    assert (told["price_is"], account_of(small_web).spent_minor) == (price_is, owed)


def test_an_idempotency_key_gives_the_same_answer(web):
    headers = buying.sell(web.services)
    first = post(web, headers, **{"Idempotency-Key": "one"})
    again = post(web, headers, **{"Idempotency-Key": "one"})
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
    assert account_of(web).posts == 1
    other = post(web, headers, buying.lead("bo@example.com"), **{"Idempotency-Key": "one"})
    assert other.status_code == 422


def test_what_was_not_bought_may_be_posted_again_under_its_key(web):
    headers = buying.sell(web.services, caps={"day": 0})
    assert post(web, headers, **{"Idempotency-Key": "one"}).json["outcome"] == "not_bought"
    buying.change(web.services, caps={"day": 1})
    assert post(web, headers, **{"Idempotency-Key": "one"}).json["outcome"] == "prospect"


def test_nothing_is_kept_of_a_lead_that_is_not_bought(web):
    headers = buying.sell(web.services, wanted={"countries": ["CA"]})
    told = post(web, headers).json
    assert (told["outcome"], told["lead"]) == ("not_bought", None)
    assert [one["reason"] for one in told["reasons"]] == ["country_not_wanted"]
    assert web.leads() == []
    assert account_of(web) == Tally(posts=1, refused=1)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [({"wanted": {"regions": ["CA"]}}, "region_not_wanted"), ({"wanted": {"products": ["solar"]}}, "product_not_said"),
     ({"wanted": {"oldest_days": 1}}, "age_not_said"), ({"schedule": {"open": ["sun 00:00-00:01"]}}, "closed"),
     ({"caps": {"money_day": "1.24"}}, "cap"), ({"caps": {"posts_hour": 0}}, "cap")],
)  # fmt: skip
def test_terms_refuse(small_web, terms, reason):
    headers = buying.sell(small_web.services, **terms)
    body = {name: value for name, value in buying.lead(state="TX").items() if name != "consent_timestamp"}
    told = post(small_web, headers, body).json
    assert (told["outcome"], told["reasons"][0]["reason"]) == ("not_bought", reason)


def test_standing(web):
    headers = buying.sell(web.services)
    for standing in ("suspended", "barred"):
        with web.services.unit_of_work() as work:
            set_standing(work, buying.VENDOR, standing, "complaints")
        assert post(web, headers).json["reasons"][0]["reason"] == "standing"
    assert web.leads() == []
    with web.services.unit_of_work() as work:
        set_standing(work, buying.VENDOR, "probation", "let us see")
    assert post(web, headers).json["outcome"] in {"prospect", "hold", "rejection"}  # as the policies have it
    assert len(web.leads()) == 1


def test_a_price_in_the_post_changes_nothing(small_web):
    headers = buying.sell(small_web.services)
    told = post(small_web, headers, buying.lead(price="900.00", Cost="900.00", price_minor=90000)).json
    assert told["price"]["minor"] == 125


def test_undoing_the_standing_list_takes_back_what_was_bought_and_begins_another(web):
    headers = buying.sell(web.services)
    for name in ("ana", "bo", "cy"):
        post(web, headers, buying.lead(f"{name}@example.com"))
    listed = view_list(web.services, 1)
    assert (listed["state"], listed["run"]["rows"], listed["run"]["prospects"]) == ("done", 3, 3)
    work_errand(begin_undo(web.services, 1, by="test"), web.services)
    assert view_list(web.services, 1)["now"]["rejections"] == 3
    told = post(web, headers).json
    assert told["outcome"] == "prospect"
    with reading(web.services.engine) as connection:
        lead = view_lead(connection, int(told["lead"].removeprefix("lead_")))
    assert (lead["source"], lead["row"]) == ("list_2", 1)


def test_a_month_and_a_manifest_have_a_list_each(web):
    headers = buying.sell(web.services)
    post(web, headers)
    web.services.clock.move(days=31)
    post(web, headers, buying.lead("bo@example.com"))
    buying.change(web.services, says=buying.SAYS | {"audience": "general"})
    post(web, headers, buying.lead("cy@example.com"))
    assert [row.batch_id for row in web.leads()] == [1, 2, 3]
    names = [view_list(web.services, number)["name"] for number in (1, 2, 3)]
    assert names[0] != names[1] == names[2]


def test_a_test_lead_is_no_prospect(small_web):
    headers = buying.sell(small_web.services)
    told = post(small_web, headers, buying.lead(test="true")).json
    assert (told["outcome"], told["price"]["minor"]) == ("rejection", 0)


def test_dns_is_asked_from_memory_unless_agreed(small_web):
    headers = buying.sell(small_web.services)
    post(small_web, headers)
    buying.change(small_web.services, dns_milliseconds=250)
    post(small_web, headers, buying.lead("bo@example.com"))
    assert small_web.routes.seconds[-2:] == [0, 0.25]


def test_a_change_of_terms_counts_at_once(web):
    headers = buying.sell(web.services)
    post(web, headers)
    buying.change(web.services, price="0.80")
    assert post(web, headers, buying.lead("bo@example.com")).json["price"]["minor"] == 80


def test_a_vendor_without_a_contract_in_force(small_web):
    headers = buying.sell(small_web.services)
    answer = post(small_web, headers, buying.lead(contract="another"))
    assert (answer.status_code, answer.json["problems"][0]["code"]) == (409, "no_contract")
    small_web.services.clock.move(days=-400)
    assert post(small_web, headers).status_code in {401, 409}


def test_mistakes_are_named(small_web):
    headers = buying.sell(small_web.services)
    client = small_web.client
    assert client.post("/v1/leads", json=[], headers=headers).status_code == 400
    assert client.post("/v1/leads", data=b"{", content_type="application/json", headers=headers).status_code == 400
    assert client.post("/v1/leads", data=b"x", content_type="text/plain", headers=headers).status_code == 415
    nameless = b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    assert client.post("/v1/leads", data=nameless, content_type=kind, headers=headers).status_code == 422
    assert client.post("/v1/leads", json={"first_name": "Ana"}, headers=headers).json["problems"][0]["field"] == "email"
    assert (
        client.post("/v1/leads", data=b"x" * (1 << 21), content_type="application/json", headers=headers).status_code
        == 413
    )
    assert client.post("/v1/leads", json=buying.lead(name="a\x00b"), headers=headers).status_code == 422
    assert client.post("/v1/leads", json=buying.lead()).status_code == 401
    assert client.post("/v1/leads", json=buying.lead(), headers=small_web.key("lists")).status_code == 403
    nobodys = client.post("/v1/leads", json=buying.lead(), headers=small_web.key("buying"))
    assert (nobodys.status_code, nobodys.json["problems"][0]["code"]) == (403, "key_of_no_vendor")
    assert small_web.leads() == []


def test_an_hour_is_over(web):
    headers = buying.sell(web.services, caps={"hour": 1})
    assert post(web, headers).json["outcome"] == "prospect"
    assert post(web, headers, buying.lead("bo@example.com")).json["outcome"] == "not_bought"
    web.services.clock.move(minutes=60)
    assert post(web, headers, buying.lead("bo@example.com")).json["outcome"] == "prospect"
