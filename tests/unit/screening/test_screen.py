"""A whole batch screened: every fact of the catalogue, details for writing, rows that could not be read."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.address import MatchKeys
from gateway.domain.facts import CATALOGUE
from gateway.domain.lead import Batch, Origin, Statement
from gateway.domain.ports import Sender, Suppression, VendorFile
from gateway.domain.screened import MailRoute
from gateway.screening.address.keys import key_of
from gateway.screening.phone import phone_key
from gateway.screening.screen import World, screen

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEYS = MatchKeys(b"0123456789abcdef")
SAID = Statement(direct=False, vendor="Meridian Leads", method="co_registration", consent="none")


class Routes:
    """Answers as told, anything else takes mail; remembers what it was asked."""

    def __init__(self, **kinds):
        self.kinds = {name.replace("_", "."): kind for name, kind in kinds.items()}
        self.asked = []

    def ask_routes(self, domains, as_of, *, seconds):
        wanted = list(domains)
        self.asked.append((wanted, seconds))
        return {domain: self.route(domain, as_of) for domain in wanted}

    def route(self, domain, as_of):
        kind = self.kinds.get(domain, "mx")
        if kind == "remembered":
            return MailRoute(domain, "mx", as_of, as_of + DAY, source="memory")
        if kind == "recorded":
            return MailRoute(domain, "mx", as_of, as_of + DAY, source="recorded")
        return MailRoute(domain, kind, as_of, as_of + DAY)


class Nobody:
    def holds_phones(self):
        return True

    def find_suppressions(self, keys, people=()):  # noqa: ARG002 - the interface
        del keys
        return {}

    def find_standing(self, name):
        del name

    def find_file(self, name, as_of):  # noqa: ARG002 - the interface
        return VendorFile()

    def find_standings(self, digests):
        del digests
        return {}


class Listed:
    """The FCC's list as told."""

    def __init__(self, domains=None, loaded_at=None):
        self.told = domains or {}, loaded_at

    def find_list(self):
        return self.told


def world(routes=None, **changes):
    told = {"sender": Sender(), "wireless": Listed(), "suppressions": Nobody(), **changes}
    return World(
        match_keys=KEYS,
        routes=routes or Routes(),
        vendors=Nobody(),
        wordings=Nobody(),
        default_country="US",
        **told,
    )


def batch(*emails, broken=None, statement=SAID, **columns):
    return Batch(
        Origin("list", "1", statement), list(range(2, len(emails) + 2)), {"email": list(emails), **columns},
        ["{}"] * len(emails), NOON, broken=broken or {},
    )  # fmt: skip


def fact(screened, name):
    return [screened.facts.of_row(i)[name] for i in range(screened.facts.size)]


def test_every_fact_has_an_answer_of_its_kind():
    emails = ["ann@example.com", "nobody", None, "info@mailinator.com", "ann@gmial.com", "ann@silent.example.net"]
    found = screen(batch(*emails), world(Routes(silent_example_net="unknown")), NOON)
    facts = found.facts
    assert set(facts.constants) | set(facts.columns) == set(CATALOGUE)
    assert not set(facts.constants) & set(facts.columns)
    for name, spec in CATALOGUE.items():
        answers = {answer for answer in fact(found, name) if answer is not None}
        if spec.kind == "boolean":
            assert answers <= {True, False}, name
        elif spec.kind == "choice":
            assert answers <= set(spec.choices), name
        elif spec.kind == "instant":
            assert all(isinstance(answer, datetime) and answer.tzinfo is not None for answer in answers), name
        else:
            assert all(isinstance(answer, str) for answer in answers), name


def test_what_holds_for_all_rows_is_said_once():
    facts = screen(batch("ann@example.com", "bob@example.com"), world(), NOON).facts
    assert facts.columns == {}
    assert facts.constants["address.is_valid"] is True


def test_each_domain_is_asked_once_the_most_frequent_first():
    routes = Routes()
    emails = [
        "a@one.example.com",
        "b@two.example.com",
        "c@TWO.example.com",
        "d@two.example.com.",
        "e@x.test",
        "f",
        None,
    ]
    screen(batch(*emails), world(routes), NOON, dns_seconds=2.5)
    assert routes.asked == [(["two.example.com", "one.example.com"], 2.5)]


def test_no_domain_no_question():
    routes = Routes()
    screen(batch("nobody", ""), world(routes), NOON)
    assert routes.asked == []


@pytest.mark.parametrize(
    ("kind", "route", "accepts"),
    [
        ("mx", "mx", True), ("implicit_mx", "implicit_mx", True), ("null_mx", "null_mx", False),
        ("no_such_domain", "no_such_domain", False), ("no_mail_host", "no_mail_host", False), ("unknown", None, None),
    ],
)  # fmt: skip
def test_a_time_out_is_neither_yes_nor_no(kind, route, accepts):
    found = screen(batch("ann@example.com"), world(Routes(example_com=kind)), NOON)
    assert fact(found, "address.mail_route") == [route]
    assert fact(found, "address.accepts_mail") == [accepts]


def test_only_fresh_answers_by_dns_are_learned():
    routes = Routes(old_example_com="remembered", demo_example_com="recorded", silent_example_com="unknown")
    emails = [f"ann@{name}.example.com" for name in ("old", "demo", "silent", "new")]
    found = screen(batch(*emails), world(routes), NOON)
    assert sorted(route.domain for route in found.learned) == ["new.example.com", "silent.example.com"]


def test_details_for_writing():
    found = screen(
        batch(
            " Ann+x@Example.com. ", '"ann"@example.com', None, "ann@münchen.de",
            phone=["(202) 555-0155", None, "x", None],
        ), world(), NOON,
    )  # fmt: skip
    assert found.addresses == ["Ann+x@example.com", None, None, "ann@münchen.de"]
    assert found.domains == ["example.com", None, None, "xn--mnchen-3ya.de"]
    assert found.keys == [key_of("ann@example.com", KEYS)] * 2 + [None, key_of("ann@münchen.de", KEYS)]
    assert found.countries == ["US", "US", "US", "DE"]
    assert found.phones == ["+12025550155", None, None, None]


def test_phones_are_asked_about_in_one_question_apart_from_addresses():
    orders = Told({phone_key("+12025550155", KEYS)})
    found = screen(
        batch("ann@example.com", "bob@example.com", "eve@example.com", phone=["(202) 555-0155", None, "555 0155"]),
        world(suppressions=orders), NOON,
    )  # fmt: skip
    assert [len(keys) for keys in orders.asked] == [1, 3]
    assert fact(found, "phone.is_given") == [True, False, True]
    assert fact(found, "phone.is_on_own_list") == [True, None, None]
    assert fact(found, "suppression.is_matched") == [False] * 3


class Told:
    """A suppression list with orders for some keys; remembers what it was asked."""

    def __init__(self, keys):
        self.keys, self.asked = keys, []

    def holds_phones(self):
        return True

    def find_suppressions(self, keys, people=()):  # noqa: ARG002 - the interface
        self.asked.append(set(keys))
        return {key: [Suppression(key, "opt_out", NOON - DAY)] for key in self.asked[-1] & self.keys}


def test_place_age_and_basis_of_a_row_belong_together():
    said = Statement(direct=False, vendor="Meridian Leads", registrations=(("CA", 2026),), legal_basis="consent")
    found = screen(
        batch(*["ann@example.com"] * 3, statement=said, country=["US", "US", "DE"], region=["Calif.", "Texas", None],
              age=["15", None, "15"]), world(), NOON,
    )  # fmt: skip
    assert fact(found, "person.region") == ["CA", "TX", None]
    assert fact(found, "vendor.is_registered") == [True, False, None]
    assert fact(found, "person.is_under_consent_age") == [None, None, True]
    assert fact(found, "source.legal_basis") == ["consent"] * 3


def test_slips_are_offered_by_row_and_the_address_stays_as_typed():
    emails = ["ann@example.com", "Ann@gmial.com", "bob@gmail,com", "eve@gmail", "a b@gmail", "x@nowhere"]
    found = screen(batch(*emails), world(), NOON)
    assert found.suggestions == {1: "Ann@gmail.com", 2: "bob@gmail.com", 3: "eve@gmail.com"}
    assert found.addresses == ["ann@example.com", "Ann@gmial.com", None, None, None, None]
    assert fact(found, "address.looks_mistyped") == [False, True, True, True, False, False]


def test_a_row_that_could_not_be_read_is_not_looked_into():
    routes = Routes()
    found = screen(batch("ann@example.com", "bob@other.example.com", broken={1: "too_many_cells"}), world(routes), NOON)
    assert routes.asked == [(["example.com"], None)]
    assert fact(found, "row.is_broken") == [False, True]
    assert fact(found, "row.problem") == ["none", "too_many_cells"]
    names = [name for name, spec in CATALOGUE.items() if spec.by == "screening.address" and name != "wireless.fcc_list"]
    assert {name: fact(found, name)[1] for name in names} == dict.fromkeys(names)
    assert fact(found, "address.is_valid")[0] is True
    assert found.addresses == ["ann@example.com", None]
    assert found.keys[1] == key_of("bob@other.example.com", KEYS)  # the person must be findable for erasure


def test_the_fcc_s_list_never_loaded_says_nothing():
    found = screen(batch("2065550100@vtext.com"), world(), NOON)
    assert fact(found, "wireless.fcc_list") == ["never_loaded"]
    assert fact(found, "wireless.fcc_listed") == [None]
    assert fact(found, "address.wireless_gateway") == ["high"]
    assert fact(found, "address.is_phone_shaped") == [True]


def test_the_fcc_s_list_once_loaded():
    told = Listed({"vtext.com": NOON - 30 * DAY, "new.example.com": NOON}, NOON - DAY)
    emails = ["2065550100@sms.vtext.com", "ann@new.example.com", "ann@example.com", "nobody"]
    found = screen(batch(*emails, broken={}), world(wireless=told), NOON)
    assert fact(found, "wireless.fcc_list") == ["current"] * 4
    assert fact(found, "wireless.fcc_listed") == ["30_days_or_more", "under_30_days", "no", "no"]


def test_the_sender_s_profile():
    assert fact(screen(batch("ann@example.com"), world(), NOON), "sender.is_ready") == [False]
    ready = Sender(("Harbor Lane Inc.",), "1 Main St, Springfield", "https://www.example.com/stop")
    assert fact(screen(batch("ann@example.com"), world(sender=ready), NOON), "sender.is_ready") == [True]


def test_a_batch_of_nobody():
    found = screen(batch(), world(), NOON)
    assert found.facts.size == 0
    assert (found.addresses, found.keys, found.learned) == ([], [], [])
