"""Whether a list's addresses look as if a machine had counted them up (CS-07). It never says so lightly."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

LEAST = 100  # addresses; fewer show no pattern
SHARE = 0.2  # of the addresses looked at must belong to one sequence
EVEN = 0.9  # of the steps in the sequence must be the same

_COUNTED = re.compile(r"([^0-9@]*)([0-9]{1,12})([^0-9@]*)@([^@]+)")
_LETTERED = re.compile(r"([a-z]{2,8})@([^@]+)")


def looks_generated(addresses: Iterable[str]) -> bool | None:
    """Whether the addresses hold a sequence such as a1 ... a900 or aaa, aab, aac at one domain.

    The rule: at least LEAST distinct addresses at one domain that differ only in one number (or are all letters, of one
    length), are at least SHARE of all that were looked at, and rise by the same step EVEN of the time. Numbers that
    people choose do not rise evenly: a birth year leaves gaps, an employee number is rarely on a list of everybody.
    None when there are fewer than LEAST addresses.
    """
    found = find_sequence(addresses)
    return None if found is None else bool(found)


def find_sequence(addresses: Iterable[str]) -> list[int] | None:
    """Where the addresses of the longest such sequence stand, from 0; empty if there is none, None as above."""
    series: defaultdict[tuple[str, ...], dict[int, int]] = defaultdict(dict)
    count = 0
    for place, address in enumerate(addresses):
        count += 1
        text = address.strip().lower()
        if found := _COUNTED.fullmatch(text):
            before, digits, after, domain = found.groups()
            series[before, after, domain].setdefault(int(digits), place)
        elif found := _LETTERED.fullmatch(text):
            letters, domain = found.groups()
            series[str(len(letters)), "letters", domain].setdefault(_place_of(letters), place)
    if count < LEAST:
        return None
    least = max(LEAST, SHARE * count)
    even = [steps for steps in series.values() if len(steps) >= least and _rises_evenly(steps)]
    return sorted(max(even, key=len).values()) if even else []


def _place_of(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("a")
    return place


def _rises_evenly(places: Iterable[int]) -> bool:
    ordered = sorted(places)
    steps = Counter(later - earlier for earlier, later in pairwise(ordered))
    return steps.most_common(1)[0][1] >= EVEN * (len(ordered) - 1)
