"""One lead for each way in which the CAN-SPAM Act and the FCC's rule look at leads, in by the door and out as they say.

Each row is an example of the table of rules (docs/reference/coverage.md, table 2.2): a manifest and a row go in as a
bought list or our own, and the rule and the outcome that the table names come out.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import key, make_services, signup_batch

from gateway.db.work import reading
from gateway.domain.ports import Sender, Suppression
from gateway.handout import Handout
from gateway.intake.lists import bring
from gateway.intake.runs import work_run
from gateway.outcomes.cases import load_decision
from gateway.outcomes.leave import leave
from gateway.outcomes.view import find_decided, view_lead
from gateway.pipeline import process
from gateway.reference.book import load_wireless
from gateway.vendors.book import note_vendor, set_standing

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
KNOWN = "method: co_registration\ncollected: {from: 2026-09-01, until: 2026-10-31}\nform_url: https://q.example.com/a\n"
BOUGHT = f"name: A list\nvendor: Deals Inc\n{KNOWN}country: US\n"
OURS = f"name: Our own\ndirect: true\n{KNOWN}country: US\n".replace("co_registration", "form")
ALL_PARTS = "[sender_named, address_typed, charges_told, revocation_told, shown_separately, signed]"
PROOF = {"consent_at": "2026-10-01T10:00:00Z", "ip": "24.1.2.3", "source_url": "https://q.example.com/a"}
PHONE = "5551234567@vtext.com"


@dataclass(frozen=True)
class Example:
    rule: str
    about: str
    outcome: str
    manifest: str
    row: dict = field(default_factory=dict)
    owes: str | None = None  # an obligation that travels
    not_owes: str | None = None
    listed_days: int | None = None  # vtext.com on the FCC's list for so long, loaded today
    loaded_days: int | None = None  # ... or a list that was loaded so long ago


EXAMPLES = [
    Example("CS-02", "unsubscribed=1 in the row", "rejection", BOUGHT, {"unsubscribed": "1"}),
    Example("CS-04", "a club directory that shares no addresses", "rejection",
            BOUGHT.replace("co_registration", "scraped") + "site_refuses_transfer: true\n"),
    Example("CS-05", "a scraped trade-fair list, page not archived", "hold",
            BOUGHT.replace("co_registration", "scraped")),
    Example("CS-06", "a pattern file", "rejection", BOUGHT.replace("co_registration", "generated")),
    Example("CS-08", "an address and nothing else", "hold", "name: A list\nvendor: Deals Inc\ncountry: US\n"),
    Example("CS-11", "consent to somebody else, no word on partners", "prospect",
            BOUGHT + "consent: {claimed: given, act: unticked_box}\nnotice: {wording: News please., transfer: none}\n",
            PROOF, owes="identify_as_advertisement"),
    Example("CS-12", "partners in the terms", "hold",
            BOUGHT + "consent: {claimed: given, act: unticked_box}\nnotice: {transfer: vague}\n", PROOF),
    Example("CS-13", "a pre-ticked box at checkout", "prospect",
            OURS + "consent: {claimed: given, act: preticked_box}\nnotice: {wording: News please.}\n", PROOF,
            owes="identify_as_advertisement"),
    Example("CS-14", "our own unticked box, wording and time stored", "prospect",
            OURS + "consent: {claimed: given, act: unticked_box}\nnotice: {wording: News please.}\n"
            "relationship: marketing\n", PROOF, not_owes="identify_as_advertisement"),
    Example("CS-15", "a business contact typed from a card", "prospect",
            OURS.replace("method: form", "method: in_person") + "consent: {claimed: none}\n",
            owes="identify_as_advertisement"),
    Example("CS-16", "a phone on the FCC's list", "rejection", BOUGHT, {"email": PHONE}, listed_days=45),
    Example("CS-17", "a carrier domain seen nine days ago", "hold", BOUGHT, {"email": PHONE}, listed_days=9),
    Example("CS-18", "a known gateway that is not on the list", "hold", BOUGHT, {"email": "5551234567@cspire1.com"}),
    Example("CS-19", "ten digits at an ordinary domain", "prospect", BOUGHT, {"email": "2065550100@example.net"}),
    Example("CS-20", "the FCC's list was loaded 41 days ago", "hold", BOUGHT, loaded_days=41),
    Example("CS-21", "'text me deals' with no charge notice", "rejection",
            OURS + "wireless_authorization: [sender_named, address_typed]\nconsent: {claimed: given}\n",
            {"email": PHONE}, listed_days=45),
    Example("CS-22", "a vendor's mobile opt-in", "rejection",
            BOUGHT + f"wireless_authorization: {ALL_PARTS}\nconsent: {{claimed: given}}\n", {"email": PHONE},
            listed_days=45),
    Example("CS-23", "our own SMS form with all notices", "prospect",
            OURS + f"wireless_authorization: {ALL_PARTS}\nconsent: {{claimed: given, act: unticked_box}}\n"
            "notice: {wording: News please.}\nrelationship: marketing\n", {"email": PHONE, **PROOF}, listed_days=45,
            owes="phone_duties"),
    Example("CS-24", "a dating campaign, no age field", "hold", BOUGHT + "campaign: {products: [adult]}\n"),
    Example("CS-24", "a dating campaign among adults", "prospect", BOUGHT + "campaign: {products: [adult]}\n",
            {"age": "34"}, owes="label_sexual_content"),
    Example("CS-25", "a co-branded offer of two firms", "hold",
            BOUGHT + "campaign: {products: [general], advertisers: [One Inc, Two Inc]}\n"),
    Example("CS-27", "the address of an order confirmation", "prospect",
            OURS + "relationship: transactional\nconsent: {claimed: none}\n", owes="transactional_use_only"),
]  # fmt: skip


@pytest.fixture
def services(engine, clock, tmp_path):
    made = make_services(engine, clock, tmp_path)
    sender = Sender(("Riverside Garden Ltd",), "1 Mill Lane, Springfield", "https://www.example.com/stop")
    return replace(made, world=replace(made.world, sender=sender))


def arrive(services, tmp_path, manifest, *rows):
    """A list comes in by the door; its first lead and the decision on it."""
    filled = [{"email": "ana@example.com"} | row for row in rows or [{}]]
    file = tmp_path / "list.csv"
    lines = [",".join(filled[0]), *(",".join(row.values()) for row in filled)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    begun = bring(services, file, manifest, manifest_name="m.yaml", encoding=None, again=False, by="test")
    work_run(begun["run"], services)
    return shown(services, 1)


def shown(services, number):
    with reading(services.engine) as connection:
        lead = view_lead(connection, number)
        return lead, load_decision(connection, find_decided(connection, number).decision_id)


def spoke(decision):
    return {finding.rule for finding in decision.findings}


def load_list(services, domains, at, since=None):
    with services.unit_of_work() as work:
        load_wireless(work, domains, digest="0" * 64, loaded_at=at, by="test", listed_since=since)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.rule} {example.about}")
def test_the_example_comes_out_as_the_table_says(services, tmp_path, example):
    if example.listed_days is not None:
        load_list(services, ["vtext.com", "mms.example.net"], AT, AT - timedelta(days=example.listed_days))
    if example.loaded_days is not None:
        load_list(services, ["vtext.com"], AT - timedelta(days=example.loaded_days))
    lead, decision = arrive(services, tmp_path, example.manifest, example.row)
    assert example.rule in spoke(decision), spoke(decision)
    assert lead["outcome"] == example.outcome, [(f.rule, f.verdict) for f in decision.findings]
    if example.owes:
        assert example.owes in decision.obligations
    if example.not_owes:
        assert example.not_owes not in decision.obligations


def test_cs_01_whoever_unsubscribed_in_march_stays_out_of_a_list_of_may(services, tmp_path):
    with services.unit_of_work() as work:
        order = Suppression(key("ana@example.com"), "opt_out", datetime(2026, 3, 3, tzinfo=UTC))
        leave(work, services.ledger, [order], by="test")
    lead, decision = arrive(services, tmp_path, BOUGHT)
    assert lead["outcome"] == "rejection"
    assert "CS-01" in spoke(decision)


def test_cs_03_a_later_yes_on_our_own_form_lifts_it(services):
    with services.unit_of_work() as work:
        order = Suppression(key("ana@example.com"), "opt_out", datetime(2025, 1, 9, tzinfo=UTC))
        leave(work, services.ledger, [order], by="test")
    later = datetime(2026, 6, 1, tzinfo=UTC)
    process(signup_batch("ana@example.com", later, confirmed_at=later, country="US"), services, as_of=AT)
    lead, decision = shown(services, 1)
    assert lead["outcome"] == "prospect"
    assert "CS-03" in spoke(decision)
    assert "stop_on_opt_out" in decision.obligations


def test_cs_07_a_list_that_counts_is_held(services, tmp_path):
    lead, decision = arrive(services, tmp_path, BOUGHT, *({"email": f"a{n}@example.net"} for n in range(1, 901)))
    assert lead["outcome"] == "hold"
    assert "CS-07" in spoke(decision)


def test_cs_09_a_barred_vendor_is_refused(services, tmp_path):
    with services.unit_of_work() as work:
        note_vendor(work, "Deals Inc")
        set_standing(work, "Deals Inc", "barred", "two lists of harvested addresses")
    lead, decision = arrive(services, tmp_path, BOUGHT)
    assert lead["outcome"] == "rejection"
    assert "CS-09" in spoke(decision)


def test_cs_10_nothing_passes_while_the_suppression_list_is_down(services, tmp_path):
    class Down:
        def holds_phones(self):
            return True

        def find_suppressions(self, keys, people=()):  # noqa: ARG002 - the interface
            raise OSError("the store is down")

    services = replace(services, world=replace(services.world, suppressions=Down()))
    lead, decision = arrive(services, tmp_path, BOUGHT)
    assert lead["outcome"] == "hold"
    assert "CS-10" in spoke(decision)


def test_cs_26_a_sender_without_an_address_hands_nobody_out(services, tmp_path):
    services = replace(services, world=replace(services.world, sender=Sender()))
    lead, decision = arrive(services, tmp_path, BOUGHT)
    assert lead["outcome"] == "prospect"
    assert ("CS-26", "hold") in {(f.rule, f.verdict) for f in decision.findings if f.use == "emission"}
    handout = Handout(services, AT)
    assert list(handout.prospects()) == []
    assert handout.withheld == 1
    assert [reason.rule for reason in handout.reasons()] == ["CS-26"]


def test_cs_28_an_address_that_was_dead_for_long_and_lives_again_waits(services, tmp_path):
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key("ana@example.com"), "bounce", AT - timedelta(days=425))], by="t")
    lead, decision = arrive(services, tmp_path, BOUGHT)
    assert lead["outcome"] == "hold"
    assert "CS-28" in spoke(decision)


def test_every_rule_of_the_table_has_its_example():
    shown_here = {example.rule for example in EXAMPLES}
    told = {name.split("_")[2] for name in globals() if name.startswith("test_cs_")}
    assert shown_here | {f"CS-{number}" for number in told} == {f"CS-{n:02}" for n in range(1, 29)}
