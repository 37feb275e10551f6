"""Kinds of addresses: each list answers for itself, and known names are left in peace."""
# ruff: noqa: RUF001 - letters that look alike are what is tested

from datetime import UTC, datetime, timedelta

import idna
import pytest
from confusable_homoglyphs.confusables import confusables_data
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from gateway.domain.facts import CATALOGUE
from gateway.screening.address import kinds
from gateway.screening.address.kinds import kinds_of, list_age, listed_for, phone_shaped, role_classes
from gateway.screening.address.lookalikes import suggest
from gateway.screening.address.syntax import normalise
from gateway.screening.reference import ADDRESS, SCREENING, names, rows, suffixes

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FREE = names(ADDRESS, "free-mail-domains.txt")
MISTYPED = names(ADDRESS, "often-mistyped-domains.txt")


def a_label(domain):
    return normalise(f"ann@{domain}").ascii_domain


@pytest.mark.parametrize(
    ("local", "role"),
    [
        ("info", "business"), ("postmaster", "operational"), ("noreply", "automated"), ("spamtrap", "trap_risk"),
        ("ann", "none"), ("", "none"), ("news-request", "automated"), ("information", "none"),
    ],
)  # fmt: skip
def test_a_function_s_mailbox_has_its_class(local, role):
    assert role_classes([local]) == [role]


def test_every_class_stands_in_the_catalogue():
    assert {row[1] for row in rows(ADDRESS, "role-accounts.tsv")} < set(CATALOGUE["address.role_class"].choices)
    assert set(CATALOGUE["address.wireless_gateway"].choices) == {"none", *kinds._gateways().values()}


def test_ten_or_eleven_digits_are_phone_shaped():
    assert phone_shaped(["2065550100", "12065550100", "206555010", "ann", "206555010a", "٢٠٦٥٥٥٠١٠٠"]) == [
        True, True, False, False, False, False,
    ]  # fmt: skip


def test_a_listed_domain_covers_the_names_below_it_and_no_others():
    assert kinds_of("mailinator.com").is_disposable
    assert kinds_of("inbox.mailinator.com").is_disposable
    assert not kinds_of("mailinator.com.example.net").is_disposable
    assert kinds_of("vtext.com").wireless_gateway == "high"
    assert kinds_of("2065550100.vtext.com").wireless_gateway == "high"
    assert kinds_of("avtext.com").wireless_gateway == "none"
    assert kinds_of("airmessage.net").wireless_gateway == "low"


def test_a_relay_is_no_throw_away_mailbox():
    """opayq.com stands on the list of throw-away domains; behind a relay stands one person's own mailbox."""
    assert "opayq.com" in kinds.blocklist
    assert kinds_of("opayq.com")[:2] == (False, True)
    assert kinds_of("abc.privaterelay.appleid.com").is_privacy_relay


def test_consumer_providers_are_known_by_exact_name():
    assert kinds_of("gmail.com").is_free_mail
    assert not kinds_of("corp.gmail.com").is_free_mail
    assert not kinds_of("example.com").is_free_mail


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"), ("gmail.con", "gmail.com"), ("gmail.co", "gmail.com"), ("gmal.com", "gmail.com"),
        ("gmaill.com", "gmail.com"), ("hotmial.com", "hotmail.com"), ("yahoo.cm", "yahoo.com"),
        ("outlok.com", "outlook.com"), ("comcast.nte", "comcast.net"), ("gmail,com", "gmail.com"),
        ("gmail", "gmail.com"), ("yahoo", "yahoo.com"), ("hotmail", "hotmail.com"),
        ("gmx.net", None), ("gmx.de", None), ("ymail.com", None), ("email.com", None),
        ("yahoo.se", None),
        ("hotmail.se", None), ("example.com", None), ("gmail.com", None), ("mail.gmail.com", None), ("", None),
    ],
)  # fmt: skip
def test_a_slip_is_suggested_and_a_known_provider_never_corrected(domain, meant):
    assert suggest(domain) == meant


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(MISTYPED)), st.text("abcdeglmnoy.-", max_size=3), st.data())
def test_suggestions_are_exactly_the_names_at_distance_one(target, letters, data):
    place = data.draw(st.integers(0, len(target)))
    typed = target[:place] + letters + target[place + data.draw(st.integers(0, 3)) :]
    near = {other for other in MISTYPED if OSA.distance(typed, other) == 1}
    found = suggest(typed)
    if typed in FREE or not near:
        assert found is None or found.partition(".")[0] == typed
    else:
        assert found in near


def test_the_lists_agree_with_each_other():
    assert MISTYPED <= FREE
    assert all(len(name) >= 9 for name in MISTYPED)
    assert {kinds_of(name)._replace(is_free_mail=False) for name in FREE} == {kinds.ORDINARY}
    assert not FREE & names(ADDRESS, "privacy-relays.tsv")


def test_every_table_is_dated_and_says_where_it_is_from():
    from importlib.resources import files

    tables = [path for room in (ADDRESS, SCREENING) for path in files(room).joinpath("data").iterdir()]
    assert len(tables) == 12
    for path in tables:
        head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        assert any("Compiled 2026-11-21" in line for line in head), path.name


@pytest.mark.parametrize(
    "domain",
    [
        "gооgle.com", "gmаil.com", "аррӏе.com", "gmáil.com", "yаhoo.co.uk", "rnsn.com", "gmai1.com", "0utlook.com",
        "ոutlook.com", "яндекс-mail.com", "paypаl.com", "gmaіӏ.com", "vvindstream.net",
    ],
)  # fmt: skip
def test_look_alike_letters_are_noticed(domain):
    assert kinds_of(a_label(domain)).is_confusable


@pytest.mark.parametrize(
    "domain",
    [
        "пример.рф", "почта.рф", "сосо.рф", "москва.com", "münchen.de", "bücher.example.com", "例え.jp",
        "日本語kana.jp", "παράδειγμα.gr", "한국어.kr", "العربية.com", "españa.es", "løkken.dk", "øl.no", "český.cz",
        "İstanbul.com.tr", "example.com", "gmail.com", "modern.com", "barn.com", "1and1.com", "o2.pl",
    ],
)  # fmt: skip
def test_ordinary_domains_of_all_scripts_are_left_in_peace(domain):
    assert not kinds_of(a_label(domain)).is_confusable


def test_nearly_all_imitations_of_big_providers_are_noticed():
    """Every letter of 40 providers' names exchanged for every look-alike that a domain may hold (UTS 39)."""
    alike = {}
    for char, others in confusables_data.items():
        for other in others:
            if len(char) == 1 and not char.isascii() and other["c"].isascii() and len(other["c"]) == 1:
                alike.setdefault(other["c"].lower(), set()).add(char)
    made = {
        name[:i] + char + name[i + 1 :]
        for name in sorted(MISTYPED)[:40]
        for i, letter in enumerate(name.partition(".")[0])
        for char in sorted(alike.get(letter, ()))[i % 5 :: 5]
    }
    read = [domain for domain in map(a_label, sorted(made)) if domain is not None and domain not in FREE]
    disguised = [domain for domain in read if "xn--" in domain]
    # Some letters, such as Roman numerals, are ASCII once a domain is in normal form: a slip like any other.
    assert all(kinds_of(domain).suggestion for domain in read if "xn--" not in domain)
    missed = [domain for domain in disguised if not kinds_of(domain).is_confusable]
    assert len(disguised) > 500
    assert len(missed) <= len(disguised) / 100, [idna.decode(domain) for domain in missed]


def test_the_fcc_s_list_grows_old():
    assert list_age(None, NOON) == "never_loaded"
    assert list_age(NOON - 30 * DAY, NOON) == "current"
    assert list_age(NOON - 30 * DAY - timedelta(seconds=1), NOON) == "stale"


def test_a_listed_phone_domain_counts_its_days():
    listed = {"old.example.com": NOON - 30 * DAY, "new.example.com": NOON - 29 * DAY, "sms.old.example.com": NOON}
    found = listed_for(
        ["x.old.example.com", "sms.old.example.com", "new.example.com", "example.com", None], listed, NOON
    )
    assert found == {
        "x.old.example.com": "30_days_or_more", "sms.old.example.com": "30_days_or_more",
        "new.example.com": "under_30_days", "example.com": "no", None: "no",
    }  # fmt: skip


def test_suffixes_end_at_the_top():
    assert suffixes("a.b.c") == ["a.b.c", "b.c", "c"]
    assert suffixes("c") == ["c"]
