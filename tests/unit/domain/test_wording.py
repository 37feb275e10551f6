"""A notice's words in normal form: what makes two of them one, what keeps them apart, and what never stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.wording import DIGEST, LONGEST, wording_of


@pytest.mark.parametrize(("one", "other"), [
    ("I agree to  offers.\r\n", "I agree to offers."),
    ("I agree\N{NO-BREAK SPACE}to offers", "I agree to offers"),
    ("We\N{RIGHT SINGLE QUOTATION MARK}ll write \N{EN DASH} “soon”", "We'll write - \"soon\""),
    ("I ag\N{SOFT HYPHEN}ree\N{ZERO WIDTH SPACE}", "I agree"),
    ("\N{LATIN SMALL LIGATURE FI}rst", "first"),
    ("I, ann@example.com, agree", "I, bob.lee+x@mail.example.org, agree"),
    ("Write to ann%40example.com.", "Write to \N{FULLWIDTH COMMERCIAL AT}x@example.net."),
    ("Call me at +1 (212) 555-0187.", "Call me at 212.555.0100."),
    ("Agreed on 2026-10-05 10:22:11 from 203.0.113.9", "Agreed on 2026-10-06T09:00Z from 198.51.100.77"),
    ("Agreed 10/5/2026, 3:04 PM", "Agreed 5.10.2026 17:00"),
    ("from 2001:db8:0:0:1::9", "from 2001:db8:1:2:3:4:5:6"),
    ("See https://www.example.com/terms?lead=12&e=ann%40example.com", "See https://www.example.com/terms#x"),
    ("Session 0b0f2c7e-3a51-4a0f-9c77-0123456789ab", "Session 4fd1c2aa0b0f2c7e3a514a0f9c77"),
])  # fmt: skip
def test_two_writings_are_one_wording(one, other):
    assert wording_of(one).digest == wording_of(other).digest


@pytest.mark.parametrize(("one", "other"), [
    ("I agree", "I AGREE"),
    ("You must be 18 or older", "You must be 13 or older"),
    ("Privacy policy of 2026-05-01", "Privacy policy of 2026-06-01"),
    ("Policy of 1/5/2026", "Policy of 1/6/2026"),
    ("Riverside Garden Ltd may write", "Hillside Garden Ltd may write"),
    ("See https://www.example.com/terms", "See https://www.example.net/terms"),
    ("Up to 4 mails a month", "Up to 8 mails a month"),
])  # fmt: skip
def test_other_words_are_another_wording(one, other):
    assert wording_of(one).digest != wording_of(other).digest


def test_what_stays_is_the_text_with_marks_in_place_of_the_person():
    found = wording_of("Yes, write to Ann.Lee@example.com.\n\nCall 212-555-0187 (2026-10-05 10:22).")
    assert found.text == "Yes, write to [address]. Call [number] ([moment])."
    assert found.shown == "Yes, write to [address].\nCall [number] ([moment])."
    assert wording_of("One line").shown is None
    assert DIGEST.fullmatch(found.digest)


@pytest.mark.parametrize("words", ["", " \n\t", "\N{ZERO WIDTH SPACE}\N{BYTE ORDER MARK}"])
def test_no_words_are_no_wording(words):
    assert wording_of(words) is None


def test_of_very_long_words_the_beginning_is_kept_and_all_of_them_count():
    long = "word " * LONGEST
    assert len(wording_of(long).text) == LONGEST
    assert wording_of(long).digest != wording_of(long + "more").digest


@given(st.text() | st.text(alphabet="a.@%40 <>\"'(),;:1-+/\n\N{FULLWIDTH COMMERCIAL AT}"))
def test_no_address_stays_and_the_normal_form_of_a_normal_form_is_itself(text):
    found = wording_of(text)
    if found is None:
        return
    for kept in (found.text, found.shown or ""):
        assert "@" not in kept
        assert "%40" not in kept
        assert "\x00" not in kept
        assert " ".join(kept.split(" ")) == kept
