"""One at a time, in pieces or at once: the same facts for every row, whatever stands beside it (law 3)."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.address import MatchKeys
from gateway.domain.lead import FIELDS, PHONE_PARTS, Batch, Hop, Origin, Statement
from gateway.domain.ports import Sender, Suppression, VendorFile
from gateway.domain.screened import MailRoute
from gateway.screening.address.keys import key_of
from gateway.screening.phone import phone_key
from gateway.screening.screen import World, screen

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEYS = MatchKeys(b"0123456789abcdef")
KINDS = ("mx", "mx", "mx", "implicit_mx", "null_mx", "no_such_domain", "no_mail_host", "unknown")

CELLS = {
    "email": [
        "ann@example.com", "Ann+x@Example.com", "bob@example.net", "info@example.org", "eve@gmial.com", "x@gmail,com",
        "2065550100@vtext.com", "zoe@mailinator.com", "kim@gmail.com", "lee@пример.рф", "nobody", "left@example.com",
        "a..b@example.com", "dead@example.org", "p@duck.com", "q@a.example.com", "r@b.example.com", "s@x.test", "",
        "Ann <ann@example.com>", "x@@y; bob@example.net", "mailto:kim@gmail.com",
        None,
    ],
    "phone": ["+44 20 7946 0018", "(202) 555-0155", "x", None],
    "country": ["US", "Canada", "Atlantis", "", None],
    "consent_ticked": [True, False, None],
    "consent_preticked": [True, False, None],
    "consent_wording": ["I agree.", "I  agree.", "Yes, to ann@example.com.", "Offers, please", "Why not", "", None],
    "consent_url": ["https://quotes.example.com/", "N/A", None],
    "consent_ip": ["203.0.113.9", "10.0.0.5", "x", None],
    "consent_at": [NOON - 400 * DAY, NOON - 3 * DAY, NOON + DAY, None],
    "confirmed_at": [NOON - 2 * DAY, NOON - 900 * DAY, None],
    "certificate_url": ["https://cert.trustedform.com/" + "0a" * 20, "http://cert.trustedform.com/x", None],
    "lead_token": ["00000000-0000-0000-0000-000000000000", None],
    "purposes": ["newsletter", "orders", "surprises", None],
    "collected_at": [NOON - 90 * DAY, None],
    "stop": [True, False, None],
    "other_emails": ["other@example.com", "nobody; dead@example.org", "x", None],
    "is_test": [True, False, None],
    "region": ["CA", "Texas", "Ont.", "US-VT", "Bayern", "", None],
    "born_on": [NOON - 365 * 12 * DAY, NOON - 365 * 15 * DAY, NOON - 365 * 40 * DAY, NOON + DAY, None],
    "age": ["12", "13-17", "34", "old", None],
    "subscriber": ["Sole trader", "Ltd", "business", "", None],
    "last_dealing_at": [NOON - 800 * DAY, NOON - 20 * DAY, None],
    "no_sale": [True, False, None],
    "do_not_call": [True, False, None],
}  # fmt: skip
STATEMENTS = [
    ("list", Statement(direct=False)),
    ("list", Statement(direct=False, vendor="Meridian Leads", method="co_registration", consent="given",
                       collected_from=datetime(2026, 10, 1, tzinfo=UTC).date(), form_url="https://quotes.example.com/",
                       transfer_notice="named_us", wireless_authorization=frozenset({"signed"}))),
    ("list", Statement(direct=True, method="form", country="France", relationship="transactional")),
    ("list", Statement(direct=False, vendor="Meridian Leads", country="GB", region="CA", subscribers="corporate",
                       hops=(Hop("Meridian Leads", "us"),), registrations=(("CA", 2026),), dealings="inquiry",
                       dealings_on=date(2026, 6, 1), phone_consent=frozenset(PHONE_PARTS), consent="given",
                       dnc_scrubbed_on=date(2026, 11, 1), reassigned_checked_on=date(2026, 10, 1),
                       products=frozenset({"alcohol"}), advertisers=("A", "B"))),
    ("list", Statement(direct=True, region="TX", consent_act="oral", consent="given", sensitive_columns=("Union",))),
    ("form", Statement(direct=True, wording="Yes.", form_url="https://www.example.com/join")),
    ("form", Statement(direct=True, dealings="purchase", phone_consent=frozenset({"signed"}), legal_basis="consent",
                       request_parts=frozenset({"purpose"}), audience="youth")),
]  # fmt: skip


ORDERS = {
    key_of("left@example.com", KEYS): ("opt_out", NOON - 5 * DAY),
    key_of("dead@example.org", KEYS): ("bounce", NOON - 500 * DAY),
    key_of("nobody", KEYS): ("complaint", NOON - 1000 * DAY),
    phone_key("+12025550155", KEYS): ("opt_out", NOON - 5 * DAY),
}


class Fixed:
    """A world that gives the same answers however it is asked."""

    def ask_routes(self, domains, as_of, *, seconds):
        del seconds
        kinds = {domain: KINDS[sum(domain.encode()) % len(KINDS)] for domain in domains}
        return {domain: MailRoute(domain, kind, as_of, as_of + DAY) for domain, kind in kinds.items()}

    def holds_phones(self):
        return True

    def find_suppressions(self, keys, people=()):  # noqa: ARG002 - the interface
        return {key: [Suppression(key, *ORDERS[key])] for key in keys if key in ORDERS}

    def find_standing(self, name):
        return "approved" if name == "Meridian Leads" else None

    def find_file(self, name, as_of):  # noqa: ARG002 - the interface
        return VendorFile()

    def find_standings(self, digests):
        return {digest: ("approved", "refused")[int(digest[0], 16) % 2] for digest in digests if digest[1] < "a"}

    def find_list(self):
        return {"vtext.com": NOON - 90 * DAY}, NOON - 3 * DAY


WORLD = World(
    match_keys=KEYS, routes=Fixed(), suppressions=Fixed(), vendors=Fixed(), sender=Sender(), default_country="US",
    wireless=Fixed(), wordings=Fixed(),
)  # fmt: skip


def make_batch(kind, statement, rows, broken):
    names = {name for row in rows for name in row}
    return Batch(
        Origin(kind, "1", statement), list(range(2, len(rows) + 2)),
        {name: [row.get(name) for row in rows] for name in names}, ["{}"] * len(rows), NOON, broken=broken,
    )  # fmt: skip


def in_pieces(kind, statement, rows, broken, size):
    """What is found of each row when only ``size`` rows are screened at a time."""
    found = []
    for start in range(0, len(rows), size):
        piece = rows[start : start + size]
        here = {i - start: code for i, code in broken.items() if start <= i < start + size}
        screened = screen(make_batch(kind, statement, piece, here), WORLD, NOON)
        found += [
            (
                screened.facts.of_row(i), screened.addresses[i], screened.keys[i], screened.domains[i],
                screened.countries[i], screened.phones[i], screened.suggestions.get(i),
                screened.wordings[place] if (place := screened.worded[i]) >= 0 else None,
            )
            for i in range(len(piece))
        ]  # fmt: skip
    return found


def test_the_cast_uses_every_field_we_understand():
    assert set(CELLS) | {"first_name", "last_name", "language", "consent_agent", "confirmed_ip"} == set(FIELDS)


@pytest.mark.parametrize(("kind", "statement"), STATEMENTS)
def test_a_list_in_pieces_is_the_same_list(kind, statement):
    dice = random.Random(2026)
    rows = [
        {name: dice.choice(cells) for name, cells in CELLS.items() if name == "email" or dice.random() < 0.6}
        for _ in range(300)
    ]
    broken = dict.fromkeys(dice.sample(range(300), 12), "too_many_cells")
    whole = in_pieces(kind, statement, rows, broken, 300)
    for size in (1, 7, 100):
        assert in_pieces(kind, statement, rows, broken, size) == whole


ROW = st.fixed_dictionaries({}, optional={name: st.sampled_from(cells) for name, cells in CELLS.items()})


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STATEMENTS), st.lists(ROW, min_size=1, max_size=6), st.sets(st.integers(0, 5)))
def test_no_row_depends_on_its_neighbours(source, rows, unread):
    broken = {i: "empty" for i in unread if i < len(rows)}
    assert in_pieces(*source, rows, broken, 1) == in_pieces(*source, rows, broken, len(rows))
