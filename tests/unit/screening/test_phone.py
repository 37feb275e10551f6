"""Phone numbers: E.164 where sure, as typed where not, nothing where it is no number."""

import random
import runpy
import subprocess
import sys
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.address import MatchKeys
from gateway.screening import phone
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
        (" 020 7946 0018 ", "GB", "+442079460018"),
        ("7911 123456", "GB", "+447911123456"),  # the leading zero went in a spreadsheet
        ("030 901820", "DE", "+4930901820"),
        ("+49 (0)30 901820", "US", "+4930901820"),
        ("+49 030 901820", "US", "+4930901820"),
        ("33612345678", "FR", "+33612345678"),
        ("06 6982", "IT", "+39066982"),
        ("+54 11 15 2345 6789", "US", "+5491123456789"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("202-555-0155 ext. 12", "US", "+12025550155"),
        ("+44 20 7946 0018 x5", None, "+442079460018"),
        ("2025550155.0", "US", "+12025550155"),
        ("+442079460018.0", "US", "+442079460018"),
        ("\u202a+44 20 7946 0018\u202c", "US", "+442079460018"),
        ("030 901820", None, "030 901820"),
        ("0301234567", "US", "0301234567"),  # no area code begins with 0
        ("0000000000", "US", None),
        ("+999 1234 5678", "US", None),
        ("1-800-FLOWERS", "US", None),
        ("4,28018E+15", "DE", None),
        ("p:<test lead: dummy data for phone_number>", "DE", None),
        ("2025550155", "GB", "2025550155"),
        ("4.28018E+15", "US", None),
        ("12345", "US", None),
        ("0012345", "US", None),
        ("+1234567890123456", "US", None),
        ("ask me", "US", None),
        ("\uff12\uff10\uff12\uff15\uff15\uff15\uff10\uff11\uff15\uff15", "US", "+12025550155"),
        ("", "US", None),
        (None, "US", None),
    ],
)
def test_what_is_kept_of_a_number(typed, country, kept):
    assert normalise_all([typed], [country]) == [kept]


NUMBERS = st.one_of(
    st.none(),
    st.text("+0123456789 ()-.\n\u0663x", max_size=16),
    st.from_regex(r"\+(1202555|44207946|4930)[0-9]{2,6}", fullmatch=True),
    st.sampled_from(["+12025+550155", "12025550155+", "+1 (202) 555-0155", "p:+12025550155", "+1202555015\u0665"]),
)


@given(st.lists(NUMBERS, max_size=8), st.sampled_from([None, "US", "GB"]))
def test_many_numbers_are_read_as_each_alone(typed, country):
    """Also where all of a column's numbers are seen at once to be digits."""
    alone = [normalise_all([one], [country])[0] for one in typed]
    assert normalise_all(typed, [country] * len(typed)) == alone
    assert alone == [
        phone._normalise(one, phone._bare(one), country) if one and phone._bare(one) else None for one in typed
    ]


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
        ("(202) 555-0155", None, None), ("020 7946 0018", "GB", "+442079460018"),
        ("ask me", "US", None), ("", "US", None),
    ],
)  # fmt: skip
def test_a_number_is_sure_only_with_its_country(typed, country, number):
    assert e164(typed, country) == number


def test_a_number_has_a_match_key_of_its_own():
    keys = MatchKeys(b"0123456789abcdef")
    assert phone_key("+12025550155", keys) == keys.key("tel:+12025550155")
    assert len({phone_key("+12025550155", keys), phone_key("+12025550156", keys), keys.key("+12025550155")}) == 3


ROOT = Path(__file__).parents[3]
CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def by_library(typed: str) -> str | None:
    """What the library says of a number with its code: E.164 if it is possible."""
    try:
        number = phonenumbers.parse(typed, None)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if possible else None


def numbers(count: int, seed: int) -> list[str]:
    """Random numbers of all codes: any digits, examples of every region with digits changed, national prefixes."""
    dice = random.Random(seed)
    found = []
    for index in range(count):
        region = dice.choice(REGIONS)
        example = phonenumbers.example_number(region) if index % 2 else None
        if example is None:
            digits = "".join(dice.choices("0123456789", k=dice.randint(2, 15)))
            found.append(f"+{dice.choice(CODES)}{digits}")
        else:
            national = list(phonenumbers.national_significant_number(example))
            national[dice.randrange(len(national))] = dice.choice("0123456789")
            prefix = dice.choice(("", "", "0", "1", "8"))
            found.append(f"+{example.country_code}{prefix}{''.join(national)}")
    return found


def compare(typed: list[str]) -> int:
    """Hold our reading against the library's; how many of the numbers took the short cut."""
    assert normalise_all(typed, [None] * len(typed)) == [by_library(one) for one in typed]
    plain = phone._plain()
    return sum(len(one) in plain.get(one[:5], ()) for one in typed)


def test_the_short_cut_says_what_the_library_says():
    assert compare(numbers(5_000, seed=1)) > 1_500


@pytest.mark.slow
def test_the_short_cut_says_what_the_library_says_of_many_numbers():
    assert compare(numbers(200_000, seed=2)) > 60_000


@given(st.from_regex(r"[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True), st.sampled_from(sorted(phone.NANP)))
def test_ten_digits_of_north_america_are_what_the_library_makes_of_them(digits, country):
    number = phonenumbers.parse(digits, country)
    assert e164(digits, country) == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert e164("1" + digits, country) == e164(digits, country)


@given(st.text(max_size=25), st.sampled_from([None, *REGIONS]))
def test_whatever_is_typed_ends_as_a_number_as_typed_or_as_nothing(typed, country):
    (kept,) = normalise_all([typed], [country])
    assert kept is None or kept == typed.strip() or (kept[0] == "+" and kept[1:].isdigit() and len(kept) <= 18)


@given(st.sampled_from(REGIONS))
def test_a_number_as_dialled_at_home_is_the_same_as_from_abroad(country):
    example = phonenumbers.example_number(country)
    if example is not None:
        home = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
        abroad = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        assert e164(home, country) in {e164(abroad), None}
        assert e164(abroad) is not None


def test_the_table_of_plain_numbers_is_made_of_the_installed_library():
    made = runpy.run_path(str(ROOT / "tools" / "plain_phones.py"))["table"]()
    kept = ROOT / "gateway" / "screening" / "data" / "plain-phones.tsv"
    assert kept.read_text(encoding="utf-8").splitlines() == made


def test_plain_numbers_do_not_load_the_library():
    program = (
        "import sys; from gateway.screening.phone import normalise_all; "
        "normalise_all(['+442079460018', '(202) 555-0155', '+49 30 901820'], [None, 'US', None]); "
        "sys.exit('phonenumbers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
