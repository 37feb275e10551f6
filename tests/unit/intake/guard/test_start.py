"""Start tokens: of one form, of one secret, for a day."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.intake.guard.start import GOOD_FOR, make_start, read_start

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "a secret of thirty-two characters or more"


def test_a_token_says_when_its_form_was_shown():
    assert read_start(SECRET, "news", make_start(SECRET, "news", NOON), NOON + timedelta(hours=2)) == NOON


def test_a_token_is_good_for_a_day_and_not_before_it_was_made():
    token = make_start(SECRET, "news", NOON)
    assert read_start(SECRET, "news", token, NOON + GOOD_FOR - timedelta(seconds=1)) == NOON
    assert read_start(SECRET, "news", token, NOON + GOOD_FOR) is None
    assert read_start(SECRET, "news", token, NOON - timedelta(seconds=1)) is None


def test_a_token_is_of_one_form_and_one_secret():
    token = make_start(SECRET, "news", NOON)
    assert read_start(SECRET, "shop", token, NOON) is None
    assert read_start("another" + SECRET, "news", token, NOON) is None


def test_no_character_of_a_token_can_be_changed():
    token = make_start(SECRET, "news", NOON)
    for place, was in enumerate(token):
        for now in "0123456789abcdef.":
            if now != was:
                assert read_start(SECRET, "news", token[:place] + now + token[place + 1 :], NOON) is None


@pytest.mark.parametrize("token", ["", ".", "x", "1" * 40, "\N{ARABIC-INDIC DIGIT ONE}" * 10 + "." + "a" * 32])
def test_what_is_no_token_is_none(token):
    assert read_start(SECRET, "news", token, NOON) is None
