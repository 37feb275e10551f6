"""The made-up list has the shape that its module promises, and the same bytes every time."""

from collections import Counter
from itertools import islice

import pytest
from bench import generate
from email_validator import EmailNotValidError, validate_email

from gateway.intake.manifest import read_manifest

ROWS = 20_000


@pytest.fixture(scope="module")
def addresses():
    return list(generate.addresses(ROWS))


def test_the_same_seed_gives_the_same_list_and_another_another():
    first, again, other = (list(islice(generate.generate(50, seed), 50)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_domains_have_a_heavy_tail_and_are_all_announced(addresses):
    announced = set(generate.domains())
    found = Counter()
    invalid = 0
    for address in addresses:
        try:
            domain = validate_email(address.strip(), check_deliverability=False).ascii_domain
        except EmailNotValidError:
            invalid += 1
            continue
        assert domain in announced
        found[domain] += 1
    shares = [count / sum(found.values()) for _, count in found.most_common()]
    assert sum(shares[:10]) == pytest.approx(0.48, abs=0.015)
    assert sum(shares[:40]) == pytest.approx(0.70, abs=0.015)
    assert invalid / ROWS == pytest.approx(0.03, abs=0.005)


def test_every_way_of_being_wrong_is_wrong():
    for spoil in generate.INVALID:
        with pytest.raises(EmailNotValidError):
            validate_email(spoil("alee482915", "maple7.example.com"), check_deliverability=False, strict=True)


def test_some_rows_repeat_others(addresses):
    assert 1 - len(set(addresses)) / ROWS == pytest.approx(0.02, abs=0.01)


def test_its_manifest_leaves_nothing_open():
    assert read_manifest(generate.MANIFEST, name="list").gaps == ()
