"""Purposes: what somebody agreed to be written to about, in words with blanks between."""

from collections.abc import Set as AbstractSet


def words_of(purposes: str | None) -> tuple[str, ...]:
    """The purposes of a lead one by one, each once, in their order."""
    return tuple(dict.fromkeys((purposes or "").replace(",", " ").split()))


def kept(purposes: str | None, left: AbstractSet[str]) -> tuple[str, ...]:
    """Those of the purposes that were not left; ``left`` is folded, so that News and news are one."""
    return tuple(word for word in words_of(purposes) if word.casefold() not in left)
