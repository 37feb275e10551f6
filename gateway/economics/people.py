"""Everybody who came in, and what they did since, as columns of numbers: some 150 bytes a person and as many an event.

Read thousands of rows at a time. Whose lead was taken back with its run is left out. Those who left stay under
observation: a lead that leaves is worth what it spent, and to drop it would make the others look like it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection

from gateway.domain.happening import BOUGHT, KINDS
from gateway.domain.outcome import UNDONE
from gateway.domain.wording import wording_of
from gateway.lifecycle.columns import change_rows, left_rows, people_rows, told_rows
from gateway.lifecycle.store import STATES
from gateway.outcomes.arrivals import arrival_rows, undone_rows
from gateway.outcomes.remembered import statements_of

Array = np.ndarray[Any, Any]
DAY, HOURS = 86_400.0, 24.0
GRACE = 1.0  # days: who orders and then signs up at the checkout bought as a prospect
NONE = -1
KIND = {kind: number for number, kind in enumerate(KINDS)}
BUYING = tuple(KIND[kind] for kind in sorted(BOUGHT))
_WORDS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where leads entered, and what their source states."""

    kind: str  # form, list
    name: str  # the form's key, or list_7
    vendor: str | None
    price_minor: int | None
    currency: str | None
    wording: str | None  # how the notice begins
    is_paid_when_taken: bool = False  # the price is of leads that became prospects; else of every row


@dataclass(slots=True)
class Names:
    """Texts as small numbers, in the order they were met."""

    texts: list[str] = field(default_factory=list)
    numbers: dict[Any, int] = field(default_factory=dict)

    def of(self, text: Any) -> int:
        """The number of a text; NONE of no text."""
        if text is None:
            return NONE
        found = self.numbers.get(text)
        if found is None:
            found = self.numbers[text] = len(self.texts)
            self.texts.append(text)
        return found

    def all_of(self, texts: Sequence[Any], kind: Any) -> Array:
        """The numbers of many texts."""
        codes = {text: self.of(text) for text in dict.fromkeys(texts)}
        return _coded(texts, codes, kind)


@dataclass(slots=True)
class People:
    """Columns of people, and of what they did; days are counted from joining."""

    as_of: datetime
    number: Array
    joined: Array  # days since 1970, UTC
    watched: Array  # days from joining until as_of
    left: Array  # whether they left
    phase: Array  # place in STATES
    place: Array
    places: list[Place]
    rows: Array  # of each place: how many leads arrived
    # What they did, ordered by person and time:
    person: Array
    at: Array
    kind: Array
    amount: Array  # minor units; NaN where no money was told
    currency: Array
    product: Array
    campaign: Array
    satisfaction: Array
    recommend: Array
    currencies: list[str]
    products: list[str]
    campaigns: list[str]
    # Changes of phase, ordered by person and time:
    mover: Array
    moved_at: Array
    moved_from: Array
    moved_to: Array

    def __len__(self) -> int:
        return len(self.number)


def load_people(connection: Connection, as_of: datetime) -> People:
    """Everybody who had joined by an instant, and what they had done by then, as far as it is known now."""
    places = _Places(connection, as_of)
    number, lead, left = _people(connection, as_of)
    place, joined = places.of(lead)
    here = place != NONE  # those who joined later are not
    number, left, place, joined = (column[here] for column in (number, left, place, joined))
    now = as_of.astimezone(UTC).timestamp() / DAY
    watched = np.floor((now - joined) * HOURS) / HOURS
    told, names = _told(connection, as_of, number, joined)
    moves = _moves(connection, as_of, number, joined)
    phase = _phases_then(len(number), moves)
    currencies, products, campaigns = (one.texts for one in names)
    person, at, kind, amount, currency, product, campaign, satisfaction, recommend = told
    mover, moved_at, moved_from, moved_to = moves
    return People(
        as_of=as_of, number=number, joined=joined, watched=watched, left=left, phase=phase, place=place,
        places=places.places, rows=places.rows(), person=person, at=at, kind=kind, amount=amount, currency=currency,
        product=product, campaign=campaign, satisfaction=satisfaction, recommend=recommend, currencies=currencies,
        products=products, campaigns=campaigns, mover=mover, moved_at=moved_at, moved_from=moved_from,
        moved_to=moved_to,
    )  # fmt: skip


class _Places:
    """From which batch, and so from where and when, each lead is."""

    def __init__(self, connection: Connection, as_of: datetime) -> None:
        codes: dict[tuple[str, str, int], int] = {}
        columns: list[tuple[Array, Array, Array, Array]] = []
        for rows in arrival_rows(connection, as_of):
            _, first, leads, at, kinds, sources, statements = zip(*rows, strict=True)
            code = [codes.setdefault(key, len(codes)) for key in zip(kinds, sources, statements, strict=True)]
            columns.append((np.array(first), np.array(leads), _days(at), np.array(code)))
        empty = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64))
        parts = [np.concatenate(some) for some in zip(*columns, strict=True)] if columns else list(empty)
        order = np.argsort(parts[0], kind="stable")
        self.first, self.leads, self.at, self.code = (part[order] for part in parts)
        said = statements_of(connection, {statement for _, _, statement in codes})
        self.places = [_place(kind, source, said[statement]) for kind, source, statement in codes]
        self._keys = [(kind, source) for kind, source, _ in codes]
        self._undone = undone_rows(connection, as_of)

    def of(self, lead: Array) -> tuple[Array, Array]:
        """Place and instant of each lead; NONE of those that had not arrived."""
        if not len(self.first):
            return np.full(len(lead), NONE), np.zeros(len(lead))
        batch = np.searchsorted(self.first, lead, "right") - 1
        inside = (batch >= 0) & (lead < self.first[batch] + self.leads[batch])
        return np.where(inside, self.code[batch], NONE).astype(np.int32), np.where(inside, self.at[batch], 0.0)

    def rows(self) -> Array:
        """Leads that arrived by place, but for those whose run was taken back."""
        found = np.bincount(self.code, self.leads, len(self.places)) if len(self.code) else np.zeros(len(self.places))
        for number, key in enumerate(self._keys):
            taken = min(self._undone.get(key, 0), int(found[number]))
            found[number] -= taken
            if taken:
                self._undone[key] -= taken
        return found


def _place(kind: str, source: str, said: Any) -> Place:
    wording = wording_of(said.wording) if said.wording else None
    name = source if kind == "form" else f"list_{source}"
    return Place(kind, name, said.vendor, said.price_minor, said.currency,
                 wording.text[:_WORDS] if wording else None, said.paid_for is not None)  # fmt: skip


def _days(texts: Any) -> Array:
    """Days since 1970 of instants as they are kept, to the second."""
    return np.array(texts, dtype="datetime64[s]").astype(np.float64) / DAY


def _people(connection: Connection, as_of: datetime) -> list[Array]:
    """Number, lead, and whether they left; but for those whose lead was taken back with its run."""
    parts = [np.array(rows, np.int64) for rows in people_rows(connection)]
    number, lead = np.concatenate(parts).T if parts else np.empty((2, 0), np.int64)
    gone = [row for rows in left_rows(connection, as_of) for row in rows]
    left = np.isin(number, np.array([one for one, cause in gone if cause != UNDONE.reason], np.int64))
    undone = np.isin(number, np.array([one for one, cause in gone if cause == UNDONE.reason], np.int64))
    return [column[~undone] for column in (number, lead, left)]


def _told(
    connection: Connection, as_of: datetime, number: Array, joined: Array
) -> tuple[list[Array], tuple[Names, ...]]:
    names = (Names(), Names(), Names())  # currencies, products, campaigns
    parts = [_told_page(rows, number, joined, names) for rows in told_rows(connection, as_of)]
    types = (np.int32, np.float64, np.int8, np.float64, np.int16, np.int32, np.int32, np.int8, np.int8)
    columns = [
        np.concatenate([part[place] for part in parts]) if parts else np.empty(0, kind)
        for place, kind in enumerate(types)
    ]
    order = np.lexsort((columns[1], columns[0]))
    return [column[order] for column in columns], names


def _told_page(rows: Any, number: Array, joined: Array, names: tuple[Names, ...]) -> tuple[Array, ...]:
    _, who, kind, at, amount, currency, product, campaign, satisfied, recommend = zip(*rows, strict=True)
    person, known = _found(np.array(who), number)
    after = _days(at) - joined[person] if len(joined) else np.zeros(len(who))
    known &= after >= -GRACE
    money = np.array(amount, np.float64)  # none is NaN
    paid_in = [None if minor is None else one for one, minor in zip(currency, amount, strict=True)]
    columns = (
        person.astype(np.int32),
        np.maximum(np.floor(after * HOURS) / HOURS, 0.0),
        _coded(kind, KIND, np.int8),
        money,
        names[0].all_of(paid_in, np.int16),
        names[1].all_of(product, np.int32),
        names[2].all_of(campaign, np.int32),
        _answers(satisfied),
        _answers(recommend),
    )  # fmt: skip
    return tuple(column[known] for column in columns)


def _coded(texts: Sequence[Any], codes: Mapping[Any, int], kind: Any) -> Array:
    return np.fromiter(map(codes.__getitem__, texts), kind, len(texts))


def _answers(given: Sequence[int | None]) -> Array:
    told = np.array(given, np.float64)
    return np.where(np.isnan(told), NONE, told).astype(np.int8)


def _moves(connection: Connection, as_of: datetime, number: Array, joined: Array) -> list[Array]:
    codes: Mapping[str | None, int] = {None: 0} | {state: place for place, state in enumerate(STATES)}
    parts: list[tuple[Array, ...]] = []
    for rows in change_rows(connection, as_of):
        _, who, at, before, after = zip(*rows, strict=True)
        person, known = _found(np.array(who), number)
        day = np.maximum(_days(at) - joined[person], 0.0) if len(joined) else np.zeros(len(who))
        known_codes = defaultdict(int, codes)
        columns = (
            person.astype(np.int32), day, _coded(before, known_codes, np.int8), _coded(after, known_codes, np.int8)
        )  # fmt: skip
        parts.append(tuple(column[known] for column in columns))
    if not parts:
        return [np.empty(0, np.int32), np.empty(0), np.empty(0, np.int8), np.empty(0, np.int8)]
    merged = [np.concatenate(some) for some in zip(*parts, strict=True)]
    order = np.lexsort((np.arange(len(merged[0])), merged[1], merged[0]))
    return [column[order] for column in merged]


def _found(who: Array, number: Array) -> tuple[Array, Array]:
    """The place of each prospect among all, and whether they are there."""
    if not len(number):
        return np.zeros(len(who), np.int64), np.zeros(len(who), bool)
    place = np.minimum(np.searchsorted(number, who), len(number) - 1)
    return place, number[place] == who


def _phases_then(count: int, moves: list[Array]) -> Array:
    """In which phase everybody was after the last change until then; who has none is where they began."""
    then = np.zeros(count, np.int8)
    then[moves[0]] = moves[3]  # in order of time: the last stands
    return then
