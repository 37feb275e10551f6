"""Ways to cut the people into groups: by phase, form, list, vendor and month of joining."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gateway.economics.people import NONE, Array, People
from gateway.lifecycle.store import STATES

CUTS = ("phases", "sources", "lists", "vendors", "cohorts")


@dataclass(frozen=True, slots=True)
class Cut:
    """Of each person the number of the group, NONE of none; and what the groups are called."""

    name: str
    codes: Array
    names: list[str]
    rows: Array  # leads that arrived, of each group; NaN where that cannot be said
    by_place: list[int]  # the group of each place; empty where places say nothing of it


def make_cut(people: People, name: str) -> Cut:
    """One of CUTS."""
    if name == "phases":
        return Cut(name, people.phase.astype(np.int64), list(STATES), _unknown(len(STATES)), [])
    if name == "cohorts":
        return _cohorts(people)
    chosen = {"sources": _form, "lists": _list, "vendors": _vendor}[name]
    return _of_places(people, name, [chosen(place) for place in people.places])


def _form(place: Any) -> str | None:
    return place.name if place.kind == "form" else None


def _list(place: Any) -> str | None:
    return place.name if place.kind == "list" else None


def _vendor(place: Any) -> str | None:
    return None if place.vendor is None else " ".join(place.vendor.split())


def _of_places(people: People, name: str, called: list[str | None]) -> Cut:
    folded: dict[str, int] = {}
    names: list[str] = []
    codes = []
    for one in called:
        if one is None:
            codes.append(NONE)
            continue
        key = one.casefold() if name == "vendors" else one
        if key not in folded:
            folded[key] = len(names)
            names.append(one)
        codes.append(folded[key])
    of = np.array([*codes, NONE], np.int64)
    rows = np.zeros(len(names))
    for code, count in zip(codes, people.rows, strict=True):
        if code != NONE:
            rows[code] += count
    return Cut(name, of[people.place], names, rows, codes)


def _cohorts(people: People) -> Cut:
    months = people.joined.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    if not len(months):
        return Cut("cohorts", months, [], np.empty(0), [])
    begin, end = int(months.min()), int(months.max())
    names = [str(np.datetime64(month, "M")) for month in range(begin, end + 1)]
    return Cut("cohorts", months - begin, names, _unknown(len(names)), [])


def _unknown(count: int) -> Array:
    return np.full(count, np.nan)


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the people."""

    number: int
    chosen: Array  # who
    told: Array  # what they did
    place: Array  # of each of all people: which of the chosen they are


def everybody(people: People) -> Group:
    """All of them as one group."""
    return Group(0, np.arange(len(people)), np.arange(len(people.person)), np.arange(len(people)))


def groups(people: People, cut: Cut) -> Iterator[Group]:
    """Each group with anybody in it, or of whose rows nobody was taken."""
    count = len(cut.names)
    order = np.argsort(cut.codes, kind="stable")
    starts = np.searchsorted(cut.codes[order], np.arange(count + 1))
    place = np.empty(len(people), np.int64)
    first = int(np.searchsorted(cut.codes[order], 0))
    place[order] = np.arange(len(order))
    place -= np.append(starts, first)[np.where(cut.codes >= 0, cut.codes, count)] if count else 0
    doing = cut.codes[people.person] if len(people.person) else np.empty(0, np.int64)
    told = np.argsort(doing, kind="stable")
    told_starts = np.searchsorted(doing[told], np.arange(count + 1))
    for number in range(count):
        chosen = order[starts[number] : starts[number + 1]]
        if len(chosen) or cut.rows[number] > 0:
            yield Group(number, chosen, told[told_starts[number] : told_starts[number + 1]], place)
