"""States and provinces by every name people give them."""

import pytest

from gateway.screening.reference import SCREENING, fold, rows
from gateway.screening.regions import COUNTRIES, region_of


@pytest.mark.parametrize(
    ("typed", "region"),
    [
        ("CA", ("US", "CA")), ("ca", ("US", "CA")), ("Calif.", ("US", "CA")), (" california ", ("US", "CA")),
        ("US-CA", ("US", "CA")), ("us_tx", ("US", "TX")), ("N.Y.", ("US", "NY")), ("W.Va.", ("US", "WV")),
        ("W. Va.", ("US", "WV")), ("D.C.", ("US", "DC")), ("Washington, D.C.", ("US", "DC")),
        ("Washington", ("US", "WA")), ("Puerto Rico", ("US", "PR")), ("U.S. Virgin Islands", ("US", "VI")),
        ("ON", ("CA", "ON")), ("CA-ON", ("CA", "ON")), ("Québec", ("CA", "QC")), ("QUEBEC", ("CA", "QC")),
        ("B.C.", ("CA", "BC")), ("Newfoundland & Labrador", ("CA", "NL")), ("nunavut", ("CA", "NU")),
        ("US-ON", None), ("CA-TX", None), ("Bayern", None), ("XX", None), ("", None), ("-", None), ("75065", None),
    ],
)  # fmt: skip
def test_a_region_by_many_names(typed, region):
    assert region_of(typed) == region


def test_no_name_is_two_regions_and_every_code_its_own():
    seen: dict[str, tuple[str, str]] = {}
    for country, code, name, *others in rows(SCREENING, "regions.tsv"):
        for spelling in {fold(text) for text in (code, name, *(others[0].split(";") if others else ()))}:
            assert seen.setdefault(spelling, (country, code)) == (country, code), spelling
    assert {country for country, _ in seen.values()} == COUNTRIES
    assert len({region for region in seen.values() if region[0] == "US"}) == 56  # states, the District, territories
    assert len({region for region in seen.values() if region[0] == "CA"}) == 13
