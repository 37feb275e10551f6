"""A link names its person to us and to nobody else, and cannot be changed into any other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.address import MatchKeys, Renewal
from gateway.person.links import DeskLinks, LeaveLinks, Whose

SECRET = "a secret for tests, thirty-two characters and more"
LINKS = LeaveLinks(SECRET)
LENGTH = 52
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
KEYS = st.binary(min_size=16, max_size=16)
NUMBERS = st.integers(0, 2**48 - 1)


@given(KEYS, NUMBERS)
def test_a_link_leads_back_to_its_person(key, lead):
    token = LINKS.token(key, lead)
    assert len(token) == LENGTH
    assert set(token) <= set(ALPHABET)
    assert LINKS.read(token) == Whose(key, lead)
    assert LINKS.token(key, lead) == token


def test_no_character_can_be_changed():
    """All 52 places with every other sign, those of plain base64 among them."""
    token = LINKS.token(b"k" * 16, 17)
    for place, sign in enumerate(token):
        for other in set(ALPHABET + "+/=. é") - {sign}:
            assert LINKS.read(token[:place] + other + token[place + 1 :]) is None, (place, other)


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "A", lambda t: t + "=", lambda _: "", str.swapcase])
def test_no_part_and_nothing_more_is_a_link(change):
    assert LINKS.read(change(LINKS.token(b"k" * 16, 17))) is None


@given(st.text(max_size=60))
def test_no_text_is_a_link_by_chance(text):
    assert LINKS.read(text) is None


def test_a_link_is_good_for_its_secret_only():
    assert LeaveLinks(SECRET + ".").read(LINKS.token(b"k" * 16, 17)) is None


@pytest.mark.parametrize(
    ("key", "lead", "token"),
    [
        (bytes(range(16)), 17, "ARZLMqVIZgX1wF0VhMRZmMkdaeDrW8tNRYV26sQoHHXVoe44cKeU"),
        (b"k" * 16, 2**48 - 1, "ARsBwwKD6LqVx9UdevB0YvzQ9JocIeUuBKxcCM6N5KMuhRlkMrgJ"),
    ],
)
def test_links_in_mails_that_went_out_long_ago_go_on_working(key, lead, token):
    """Made by the first version: a person may click in years, so what they hold is read for ever."""
    assert LINKS.read(token) == Whose(key, lead)
    assert LINKS.token(key, lead) == token


def test_links_of_before_the_secret_changed_go_on_working():
    old, new = "the secret of long ago, thirty-two and more", "the secret of now, also thirty-two characters"
    token = LeaveLinks(old).token(b"k" * 16, 17)
    renewed = Renewal(new.encode()).of(Renewal(SECRET.encode()).of([b"k" * 16]))  # as the database's keys were
    assert LeaveLinks(new, [old, SECRET]).read(token) == Whose(renewed[0], 17)
    assert LeaveLinks(new, [old, SECRET]).token(b"k" * 16, 17) == LeaveLinks(new).token(b"k" * 16, 17)


@given(KEYS, NUMBERS, NUMBERS)
def test_a_token_shows_neither_key_nor_lead(key, lead, other):
    """Two links of one person have nothing in common to know the person by."""
    from base64 import urlsafe_b64decode

    sealed = urlsafe_b64decode(LINKS.token(key, lead))
    assert key not in sealed
    if other != lead:
        again = urlsafe_b64decode(LINKS.token(key, other))
        assert sum(a == b for a, b in zip(sealed[1:], again[1:], strict=True)) < 19


def test_a_desk_link_names_nobody_stays_the_same_and_outlives_a_rotation():
    key = MatchKeys(b"the first secret of all, long enough").key("ana@example.com")
    links = DeskLinks("the first secret of all, long enough")
    token = links.token(key)
    assert token == links.token(key)
    assert key.hex() not in token
    assert links.read(token) == key
    assert links.read(token[:-2] + "AA") is None
    assert DeskLinks("quite another secret, long enough too").read(token) is None
    keys = MatchKeys(b"the second secret, long enough as well", [b"the first secret of all, long enough"])
    rotated = DeskLinks("the second secret, long enough as well", ["the first secret of all, long enough"])
    assert rotated.read(token) == keys.key("ana@example.com")
