"""A made-up company of two years, lived over HTTP: signups, lists, what people did; the numbers find the truth."""

import pytest
from company import AS_OF, COMPANY, instant, live
from running_lists import person
from truths import TERMS, held_against_truth

from gateway.economics.worth import worth_of
from gateway.intake.runs import work_run
from gateway.jobs.owed import renew_numbers

SCALE = 0.14
MANIFEST = (
    "name: List {number}\nvendor: {vendor}\nmethod: event\ncollected: {{from: {began}, until: {ended}}}\n"
    "consent: {{claimed: none}}\nrelationship: marketing\nprice: {{amount: 0.60, currency: USD}}\n"
)
FORMS = [one.name for one in COMPANY if one.vendor is None]


@pytest.fixture
def company(small_web):
    """Two years lived day by day; the web and the life."""
    web, life = small_web, live(11, scale=SCALE)
    clock = web.services.clock
    clock.set(instant(0))
    for form in FORMS:
        web.source(form)
    headers = web.key("lists", "leads")
    addresses = iter(range(1600))
    names: dict[int, str] = {}
    for number, one in enumerate(sorted(life.arrivals, key=lambda each: each.at), 1):
        clock.set(instant(one.at))
        emails = {who: person(next(addresses)) for who in one.people}
        names |= emails
        rows = [*emails.values(), *["no address"] * (one.leads - len(emails))]
        if one.source.vendor is None:
            address = rows[0] if emails else f"{person(number % 1600).partition('@')[0]}@dead.example.net"
            given = {"source": one.source.name, "email": address, "consent": {"ticked": True}}
            assert web.client.post("/v1/signups", json=given).status_code == 202
            continue
        manifest = MANIFEST.format(
            number=number,
            vendor=one.source.vendor,
            began=instant(one.at - 60).date(),
            ended=instant(one.at - 30).date(),
        )
        made = web.client.post("/v1/lists", data=manifest, content_type="application/yaml", headers=headers).json
        body = "email\n" + "\n".join(rows) + "\n"
        begun = web.client.put(made["upload"], data=body.encode(), headers=headers).json
        work_run(int(begun["run"].removeprefix("run_")), web.services)
    clock.set(AS_OF)
    return web, life, names


def tell(web, life, names) -> None:
    """The shop tells what people did."""
    events = []
    for number, one in enumerate(life.events):
        event = {"id": f"e{number}", "address": names[one.person], "kind": one.kind, "at": instant(one.at).isoformat()}
        if one.amount is not None:
            event |= {"amount": f"{one.amount / 100:.2f}", "currency": one.currency}
        if one.recommend is not None:
            event["recommend"] = one.recommend
        events.append(event)
    headers = web.key("events")
    for start in range(0, len(events), 1000):
        some = events[start : start + 1000]
        answer = web.client.post("/v1/events", json={"events": some}, headers=headers)
        assert answer.json["counts"]["recorded"] == len(some), answer.text[:500]


def test_the_numbers_find_the_truth_of_two_years(company):
    web, life, names = company
    tell(web, life, names)
    document = web.client.get("/v1/numbers", headers=web.key("numbers")).json
    assert document["people"] == life.people
    curve, by = document["curve"], document["all"]["bought_within"]
    drawn = {day: curve["share"][curve["days"].index(float(day))] for day in by}
    told = {day: one["value"] for day, one in by.items()}
    assert drawn == pytest.approx(told, abs=0.001)  # the picture says the same
    assert document["terms"]["cost_per_prospect"] == TERMS.cost_per_prospect  # as the truth has it
    held = [one for one in held_against_truth(document, again_days=135) if one.told]
    right = [one for one in held if not one.number.startswith("the naive")]
    inside = sum(one.is_inside for one in right)
    assert len(right) > 60
    assert inside / len(right) >= 0.88, [one for one in right if not one.is_inside]
    naive = next(one for one in held if one.number == "the naive mean, USD")
    mean = document["all"]["spent"]["USD"]["mean"]["value"]
    assert naive.told["value"] < 0.9 * naive.truth  # of few people; make truth tells more
    assert abs(mean - naive.truth) < abs(naive.told["value"] - naive.truth)

    renew_numbers(web.services)
    with web.services.engine.connect() as connection:
        good, poor = (worth_of(connection, as_of=AS_OF, vendor=name) for name in ("Good Leads", "Poor Data"))
        unknown = worth_of(connection, as_of=AS_OF, vendor="Nobody Knows Them")
    assert good.currency == "USD"
    assert good.low > poor.minor  # of 170 and 110 people: their ranges still touch
    assert (unknown.people, unknown.low < unknown.minor < unknown.high) == (0, True)
