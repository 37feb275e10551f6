"""The short cut for plain addresses never disagrees with email-validator; equal mailboxes have equal match keys."""
# ruff: noqa: RUF001 - letters that look alike are what is tested

import string
import unicodedata

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.domain.address import MatchKeys, canonical
from gateway.screening.address import syntax
from gateway.screening.address.keys import key_of
from gateway.screening.address.syntax import BLANKS, normalise, normalise_all
from gateway.screening.reference import ADDRESS, names, suffixes

LOCALS = (
    "ann", "Ann.Smith", "ANN", "a", "a.b.c", "ann+tag", "+ann", "ann+", "+", "ann+a+b", "ann-smith", "ann_smith", "a'b",
    "o'hara", "!#$%&'*+-/=?^_`{|}~", "1234567890", "12025550155", "info", "INFO", "Info+x", "info+x", "Postmaster",
    "WWW", "uucp", "noreply", "list-request", "a" * 64, "a" * 65, "a" * 63 + ".", "", ".", "..", ".ann", "ann.",
    "ann..smith", "ann smith", " ann", "ann ", "ann\t", "ann\n", "ann\r\n", "\x00", "ann\x00", "ann\x7f", '"ann"',
    '"ann smith"', '"ann', 'ann"', '"a@b"', '"a\\"b"', "'ann'", "ann\\", "ann,smith", "ann;smith", "ann:smith", "<ann",
    "ann>", "(ann)", "ann(c)", "[ann]", "Ann <ann", "mailto:ann", "ännä", "jürgen", "Жанна", "用户", "δοκιμή", "é" * 60,
    "é" * 64, "e\u0301", "a\u0301nn", "\u0301ann", "\u200bann", "a\u200bnn", "ann\u200d", "ann\u202e", "ann\u00a0",
    "a\u00a0b", "ﬁ", "ｆｕｌｌ", "\u00ad", "a\u00adb", "\ue000", "\ud800", "a\udfff", "😀", "ann\u2028", "ann.\u0301b",
    "\u00b5", "ß", "İ", "ı", "ann@", "@", "ann@@", "ann\uff20", "a\uff0eb", "ann/dept=x", "a" * 200,
)  # fmt: skip
DOMAINS = (
    "example.com", "EXAMPLE.com", "Example.Org", "sub.example.net", "x.co", "a.b.c.d.e.example.com", "1.com", "123.com",
    "1a.com", "a1.2b.c3.com", "x-y.com", "x--y.com", "ab--cd.com", "xn--.com", "xn--a.com", "xn--99.com",
    "xn--e1afmkfd.xn--p1ai", "XN--E1AFMKFD.xn--P1AI", "xn--mnchen-3ya.de", "xn--80ak6aa92e.com", "-x.com", "x-.com",
    "x.-y.com", "x.y-.com", "x.com-", "x_y.com", "_x.com", "com", "localhost", "localhost.localdomain", "ann.localhost",
    "test", "x.test", "x.invalid", "x.example", "x.local", "x.onion", "x.alt", "x.arpa", "1.168.192.in-addr.arpa",
    "x.internal", "x.corp", "x.home", "x.lan", "mail", "x.mail", "x.mailbox", "notlocal.com", "local.com", "test.com",
    "example.com.", "example.com..", ".example.com", "example..com", ".", "..", "", " ", "example.com ", " example.com",
    "exa mple.com", "example.com\n", "example.com\t", "example .com", "1.2.3.4", "[1.2.3.4]", "[1.2.3]", "[IPv6:::1]",
    "[IPv6:2001:db8::1]", "::1", "[x]", "[", "]", "x.1", "x.c0m", "x.c", "x.1c", "x.c1", "x.com1", "x.c-m", "a@b.com",
    "@b.com", "b.com@", "x.com,y.com", "x.com;y.com", "x,com", "x;com", "<x.com>", "x.com>", "(x).com", '"x".com',
    "x/y.com", "x?.com", "x#.com", "x.com/", "x.com:25", "münchen.de", "MÜNCHEN.de", "mu\u0308nchen.de", "пример.рф",
    "gооgle.com", "例え.jp", "例え。jp", "ｅｘａｍｐｌｅ.com", "example．com", "faß.de", "ﬁ.com", "😀.com",
    "x\u200by.com", "x\u200dy.com", "x\u00ady.com", "x\u202ey.com", "אב.com", "1.אב.com", "אב1.com", "\ud800.com",
    "x\x00.com", "℡.com", "a" * 63 + ".com", "a" * 64 + ".com", ".".join(["a" * 49] * 5) + ".com",
    ".".join(["a" * 60] * 4) + ".com",
    "ü" * 50 + ".com", "ü" * 60 + ".de", "xn--" + "a" * 59 + ".com", "a." * 120 + "com",
    "x." + "c" * 63, "x." + "c" * 64,
)  # fmt: skip
CORPUS = [
    *(f"{local}@{domain}" for local in LOCALS for domain in (*DOMAINS[:3], "пример.рф", "x.test", "x..com", "1.2.3.4")),
    *(f"{local}@{domain}" for local in (*LOCALS[:6], "ännä", '"ann"', "a" * 65, "") for domain in DOMAINS),
    *LOCALS, *DOMAINS,
    "Ann <ann@example.com>", "<ann@example.com>", "ann@example.com, bob@example.com", "ann@example.com bob@example.com",
    "mailto:ann@example.com", '"Ann" <ann@example.com>', "ann at example.com", "ann@example.com?subject=x",
    "\ufeffann@example.com",
    "ann@example.com\u200b", "\u00a0ann@example.com\u3000", "<<ann@example.com>>", "ann@example.com>",
    "x" * 2000 + "@example.com",
    "ann@" + "x" * 2000, "@" * 300, "." * 300, '"' * 99 + "@x.com", "=1+1@example.com", "'ann@example.com", "N/A",
    "null", "0",
]  # fmt: skip
LETTERS = st.sampled_from(
    string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~..--@@@" + '"<>()[],;:\\ \t\n\x00'
    "äöüßéжпример\u0301\u0338\u200b\u00a0\ud800＠．。ﬁ例"
)  # fmt: skip
TEXTS = st.one_of(
    st.text(LETTERS, max_size=40),
    st.builds("{}@{}".format, st.text(LETTERS, max_size=70), st.text(LETTERS, max_size=80)),
    st.builds("{}@{}".format, st.sampled_from(LOCALS), st.text(LETTERS, max_size=30)),
    st.builds("{}@{}".format, st.text(LETTERS, max_size=30), st.sampled_from(DOMAINS)),
    st.emails(),
    st.text(max_size=40),
)


def trimmed(text):
    """What is judged: without the blanks around it and the root's dot behind it."""
    text = text.strip(BLANKS)
    return text.removesuffix(".") if "@" in text else text


def judged_by_library(text):
    try:
        found = validate_email(text, strict=True, check_deliverability=False)
    except EmailNotValidError:
        return None
    return found.normalized, found.ascii_domain


def is_kept_out_of_dns(domain):
    return not names(ADDRESS, "special-use-domains.tsv").isdisjoint(suffixes(domain))


def check_against_library(text):
    found, expected = normalise(text), judged_by_library(trimmed(text))
    if expected is None:
        assert found.normalised is None
        assert found.ascii_domain is None
        assert found.problem != "none"
    elif is_kept_out_of_dns(expected[1]):  # the one thing we refuse beyond the library
        assert found.problem == "special_use"
    else:
        assert (found.normalised, found.ascii_domain, found.problem) == (*expected, "none")


def test_the_installed_library_is_the_one_the_short_cut_was_compared_with():
    assert syntax.is_known_library()
    assert syntax.SHORT_CUT


@pytest.mark.parametrize("change", [("__version__", "2.5.0"), ("SPECIAL_USE_DOMAIN_NAMES", ["arpa", "alt"])])
def test_another_library_switches_the_short_cut_off(monkeypatch, change):
    monkeypatch.setattr(syntax.email_validator, *change)
    assert not syntax.is_known_library()


def test_the_corpus_is_judged_as_the_library_judges_it():
    for text in CORPUS:
        check_against_library(text)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("ann@\u0338x.com")
def test_any_text_is_judged_as_the_library_judges_it(text):
    check_against_library(text)


@settings(max_examples=400, deadline=None)
@given(
    st.text("ab1 !#$%&'()*+,-./:;=?AZ[]^_`{|}~", min_size=1, max_size=66),
    st.sampled_from(["example.com", "Example.ORG", "gmail.com", "bücher.example", "example", "-x.example.com"]),
)
def test_what_is_wrong_before_the_at_is_what_the_library_finds_wrong(local, domain):
    check_against_library(f"{local}@{domain}")


def test_without_the_short_cut_nothing_changes(monkeypatch):
    """Verdict, normal form, reason and form for comparing: the short cut costs none of them."""
    quick = list(map(normalise, CORPUS))
    monkeypatch.setattr(syntax, "SHORT_CUT", False)
    assert [text for text, before in zip(CORPUS, quick, strict=True) if normalise(text) != before] == []


def test_plain_addresses_do_take_the_short_cut(monkeypatch):
    """So that the comparisons above compare something."""
    asked = []
    monkeypatch.setattr(syntax, "_ask_library", lambda text: asked.append(text) or "bad_domain")
    assert normalise("Ann.Smith+x@Sub.Example.COM").normalised == "Ann.Smith+x@sub.example.com"
    assert asked == []


@settings(max_examples=200, deadline=None)
@given(st.text(".-+'\u00b5×÷" + "".join(map(chr, range(0xBD, 0x185))), max_size=66), st.sampled_from(DOMAINS[:6]))
def test_latin_letters_with_accents_are_judged_as_the_library_judges_them(local, domain):
    check_against_library(f"{local}@{domain}")


def test_plain_latin_letters_with_accents_take_the_short_cut_too(monkeypatch):
    asked = []
    monkeypatch.setattr(syntax, "_ask_library", lambda text: asked.append(text) or "bad_domain")
    assert normalise("Zoë.Łucja@Example.com").normalised == "Zoë.Łucja@example.com"
    assert asked == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), TEXTS), max_size=8))
def test_many_at_once_are_read_as_each_alone(texts):
    columns = normalise_all(texts)
    rows = list(zip(columns.normalised, columns.domain, columns.problem, columns.comparable, strict=True))
    alone = [normalise(text) for text in texts]
    assert rows == [(one.normalised, one.ascii_domain, one.problem, one.comparable) for one in alone]


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_what_is_compared_is_the_canonical_form_of_what_is_valid(text):
    found = normalise(text)
    if found.problem == "none":
        assert found.comparable == canonical(found.local, found.ascii_domain)
        assert normalise(found.normalised) == found  # the normal form is its own normal form
    else:
        assert (found.comparable is None) == (found.problem == "missing")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann@example.com", "  Ann@Example.COM. "),
        ("ann@example.com", "ann+shop@example.com"),
        ("ann@example.com", '"ann"@example.com'),
        ("ann@example.com", "\u200bann@example.com\u00a0"),
        ("ann.smith@gmail.com", "AnnSmith+x@googlemail.com"),
        ("ann@yahoo.com", "ann-shop@yahoo.com"),
        ("ann@пример.рф", "ann@xn--e1afmkfd.xn--p1ai"),
        ("ann@münchen.de", "ann@MU\u0308NCHEN.de"),
        ("jos\u00e9@example.com", "jose\u0301@example.com"),
        ('"jos\u00e9"@münchen.de', "jose\u0301@xn--mnchen-3ya.de"),
    ],
)
def test_one_mailbox_has_one_match_key(one, other):
    match_keys = MatchKeys(b"0123456789abcdef")
    assert key_of(one, match_keys) == key_of(other, match_keys)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann.smith@example.com", "annsmith@example.com"),
        ("ann-shop@example.com", "ann@example.com"),
        ("ann@example.com", "ann@example.org"),
        ("ann@gооgle.com", "ann@google.com"),
    ],
)
def test_different_mailboxes_have_different_match_keys(one, other):
    match_keys = MatchKeys(b"0123456789abcdef")
    assert key_of(one, match_keys) != key_of(other, match_keys)


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=16, max_size=80), st.lists(st.text(st.characters(), max_size=300), max_size=5))
def test_keys_made_together_are_the_keys_made_one_by_one(secret, forms):
    match_keys = MatchKeys(secret)
    assert match_keys.keys(forms) == [match_keys.key(form) for form in forms]


def test_the_corpus_holds_what_python_would_not_see():
    """Hidden characters survive editors only while somebody checks."""
    assert any(unicodedata.category(char) == "Cf" for text in CORPUS for char in text)
    assert any(unicodedata.category(char) == "Cs" for text in CORPUS for char in text)
