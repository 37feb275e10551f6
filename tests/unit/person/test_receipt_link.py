"""Links to receipts: one for each lead, made by nobody else, good after a rotation."""

from base64 import urlsafe_b64encode

from hypothesis import given
from hypothesis import strategies as st

from gateway.person.receipt_link import ReceiptLinks

SECRET, NEWER = "the first secret of thirty-two characters!", "the second secret of thirty-two characters"
LINKS = ReceiptLinks(SECRET)
LENGTH = 32


@given(st.integers(1, 2**56 - 1))
def test_a_link_leads_to_its_lead_also_after_a_rotation(lead):
    token = LINKS.token(lead)
    assert len(token) == LENGTH
    assert LINKS.read(token) == lead
    newer = ReceiptLinks(NEWER, [SECRET])
    assert newer.read(token) == lead
    assert newer.token(lead) != token
    assert LINKS.read(newer.token(lead)) is None


def test_no_changed_character_passes():
    token = LINKS.token(17)
    for place, letter in enumerate(token):
        for other in "AB-_+/=.é":
            if other != letter:
                assert LINKS.read(token[:place] + other + token[place + 1 :]) is None


@given(st.text() | st.binary(min_size=24, max_size=24).map(lambda raw: urlsafe_b64encode(raw).decode()))
def test_nothing_else_is_a_link(text):
    assert LINKS.read(text) is None
