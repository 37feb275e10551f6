"""Phone numbers: E.164 where sure, as typed where not, nothing where it is no number."""

import pytest

from gateway.domain.address import MatchKeys
from gateway.screening.phone import country_of, e164, international, normalise_all, phone_key


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("+44 20 7946 0018", "US", "+442079460018"),
        ("0044 20 7946 0018", "GB", "+442079460018"),
        ("p:+12025550155", None, "+12025550155"),
        ("(202) 555-0155", "US", "+12025550155"),
        ("202.555.0155", "CA", "+12025550155"),
        ("1-202-555-0155", "US", "+12025550155"),
        ("(202)\u00a0555\u20110155", "US", "+12025550155"),
        ("'2025550155", "US", "+12025550155"),
        (" 020 7946 0018 ", "GB", "020 7946 0018"),
        ("2025550155", "GB", "2025550155"),
        ("4.28018E+15", "US", None),
        ("12345", "US", None),
        ("0012345", "US", None),
        ("+1234567890123456", "US", None),
        ("ask me", "US", None),
        ("\uff12\uff10\uff12\uff15\uff15\uff15\uff10\uff11\uff15\uff15", "US", None),
        ("", "US", None),
        (None, "US", None),
    ],
)
def test_what_is_kept_of_a_number(typed, country, kept):
    assert normalise_all([typed], [country]) == [kept]


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("+442079460018", "GB"), ("+44 1481 960 194", "GG"), ("+1 416 555 0100", "CA"), ("+1 876 555 0100", "JM"),
        ("+1 202 555 0155", None), ("+7 495 123 4567", "RU"), ("+7 701 123 4567", "KZ"), ("+881 612 345 678", None),
    ],
)  # fmt: skip
def test_the_country_of_an_international_number(typed, country):
    assert country_of(international(typed)) == country


def test_a_number_without_its_country_is_not_international():
    assert international("202 555 0155") is None


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("+44 20 7946 0018", None, "+442079460018"), ("0044 20 7946 0018", "US", "+442079460018"),
        ("(202) 555-0155", "US", "+12025550155"), ("1-202-555-0155", "CA", "+12025550155"),
        ("(202) 555-0155", None, None), ("020 7946 0018", "GB", None), ("ask me", "US", None), ("", "US", None),
    ],
)  # fmt: skip
def test_a_number_is_sure_only_with_its_country(typed, country, number):
    assert e164(typed, country) == number


def test_a_number_has_a_match_key_of_its_own():
    keys = MatchKeys(b"0123456789abcdef")
    assert phone_key("+12025550155", keys) == keys.key("tel:+12025550155")
    assert len({phone_key("+12025550155", keys), phone_key("+12025550156", keys), keys.key("+12025550155")}) == 3
