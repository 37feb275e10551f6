"""One signer for every link: of one purpose it is nothing for another, though their bytes are as many."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.person.tokens import Opened, Purpose, Signer

SECRET, NEWER = "the first secret of thirty-two characters!", "the second secret of thirty-two characters"


@given(
    st.sampled_from(get_args(Purpose)),
    st.integers(0, 4).flatmap(lambda n: st.binary(min_size=3 * n + 1, max_size=3 * n + 1)),
)
def test_a_token_gives_back_what_it_holds_and_to_its_purpose_alone(purpose, body):
    token = Signer(purpose, len(body), SECRET).token(body)
    for other in get_args(Purpose):
        found = Signer(other, len(body), SECRET).read(token)
        assert found == (Opened(body, 0) if other == purpose else None)


def test_it_says_under_which_secret_it_was_made():
    token = Signer("leave", 4, SECRET).token(b"four")
    assert Signer("leave", 4, NEWER, [SECRET]).read(token) == Opened(b"four", 1)
    assert Signer("leave", 4, NEWER).read(token) is None


@pytest.mark.parametrize("size", [5, 6, 21, 34])
def test_a_size_that_would_leave_characters_that_do_not_count_is_refused(size):
    with pytest.raises(ValueError, match="have a rest"):
        Signer("leave", size, SECRET)


def test_bytes_of_another_number_are_no_token():
    assert Signer("leave", 4, SECRET).read(Signer("leave", 7, SECRET).token(b"seven..")) is None
