"""Texts held together are the texts that they were, whoever asks for one, some or all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.lines import Lines

TEXTS = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=5), max_size=6)


@given(pieces=st.lists(TEXTS, max_size=4), start=st.integers(-3, 30), end=st.integers(-3, 30))
def test_texts_come_back_as_they_were(pieces, start, end):
    together, texts = Lines([], 0), [text for some in pieces for text in some]
    for some in pieces:
        together.add("\n".join(some).encode(), len(some))
    assert len(together) == len(texts)
    assert list(together) == texts
    assert together[start:end] == texts[start:end]
    assert [together[place] for place in range(len(texts))] == texts
    assert together == texts
    assert together == Lines.of(texts) == Lines.of(Lines.of(texts))


def test_what_is_put_behind_them_later_is_seen():
    together = Lines.of(["a", "b"])
    assert together[-1] == "b"
    together.add(b"c\nd", 2)
    assert together[-1] == "d"
    assert together != ["a", "b", "c"]
    assert together != ["a", "b", "c", "e"]
    assert repr(together) == "Lines(['a', 'b', 'c', 'd'])"
    with pytest.raises(IndexError):
        together[4]
