"""What is wrong with a manifest, as problems with their place: of its shape, and of what it says taken together."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from marshmallow import Schema, ValidationError, fields

from gateway.domain.problem import Problem
from gateway.intake.manifest.fields import Says
from gateway.intake.manifest.shape import KEYS_BY_OTHER_NAMES, UNKNOWN, ManifestShape
from gateway.policy.reading import Document, Place, name_of

_NO_MINOR_UNIT = frozenset({
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
})  # fmt: skip
_THREE_PLACES = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""ISO 4217: currencies whose minor unit is not a hundredth."""


def find_problems(document: Document, as_of: date | None) -> tuple[dict[str, Any], list[Problem]]:
    """What a manifest says, as far as it makes sense, and everything that is wrong with it, in its own order.

    ``as_of``: the day after which a day lies in the future; None leaves that unasked.
    """
    shape = ManifestShape()
    try:
        said: dict[str, Any] = shape.load(document.data)
        wrong: list[Problem] = []
    except ValidationError as error:
        said = error.valid_data if isinstance(error.valid_data, dict) else {}
        wrong = list(_flatten(error.messages, shape, (), document))
    if isinstance(document.data, dict):
        wrong += [_problem(document, *found) for found in _across(said, document.data, as_of)]
    return said, sorted(wrong, key=lambda problem: problem.line or 0)


def minor_units(amount: Decimal, currency: str) -> int | None:
    """A price in the currency's minor unit; None if it is finer than that."""
    places = 0 if currency in _NO_MINOR_UNIT else 3 if currency in _THREE_PLACES else 2
    scaled = amount.scaleb(places)
    return int(scaled) if scaled == scaled.to_integral_value() else None


def _flatten(wrong: Any, shape: Schema | None, path: Place, document: Document) -> Iterator[Problem]:
    """What marshmallow found, a tree with words at its ends: one problem for each."""
    if isinstance(wrong, Says):
        yield _problem(document, path, wrong.code, wrong.sentence, wrong.suggestion)
        return
    if isinstance(wrong, str):
        yield _problem(document, path, "not_valid", wrong)
        return
    if isinstance(wrong, list):
        for item in wrong:
            yield from _flatten(item, shape, path, document)
        return
    for key, inner in wrong.items():
        if key == "_schema":
            yield from _flatten(inner, shape, path, document)
            continue
        field = _field(shape, key)
        if shape is not None and field is None and inner == [UNKNOWN]:
            yield _unknown_key(document, (*path, key), shape)
        else:
            yield from _flatten(
                inner, _shape_inside(field) or (shape if field is None else None), (*path, key), document
            )


def _field(shape: Schema | None, key: Any) -> fields.Field[Any] | None:
    """The field of a key; an item of a list has none of its own."""
    if shape is None or not isinstance(key, str):
        return None
    return next((field for name, field in shape.fields.items() if (field.data_key or name) == key), None)


def _shape_inside(field: fields.Field[Any] | None) -> Schema | None:
    inner = field.inner if isinstance(field, fields.List) else field
    return inner.schema if isinstance(inner, fields.Nested) else None


def _unknown_key(document: Document, path: Place, shape: Schema) -> Problem:
    keys = [field.data_key or name for name, field in shape.fields.items()]
    word = str(path[-1]).strip().lower().replace("-", "_").replace(" ", "_")
    near = get_close_matches(word, keys, n=1)
    other = KEYS_BY_OTHER_NAMES.get(word, "")
    suggestion = near[0] if near else other if other in keys else ""
    return _problem(document, path, "unknown_key", f"there is no key {path[-1]!r} here", suggestion)


def _problem(document: Document, path: Place, code: str, sentence: str, suggestion: str = "") -> Problem:
    return Problem(code, sentence, field=name_of(path) or None, line=document.line(path), suggestion=suggestion or None)


def _across(
    said: Mapping[str, Any], written: Mapping[str, Any], as_of: date | None
) -> Iterator[tuple[Place, str, str]]:
    """What is wrong between keys: place, code, sentence."""
    if said.get("direct") and said.get("vendor"):
        yield (
            ("direct",),
            "contradiction",
            "direct: true means that nobody stood between; leave out the vendor, or this",
        )
    if not (said.get("vendor") or said.get("direct") or written.get("vendor") or written.get("direct")):
        yield ("vendor",), "missing", "say who sold or handed us the list; or direct: true if it is our own export"
    collected = said.get("collected") or {}
    since, until = collected.get("from_"), collected.get("until")
    if since and until and until < since:
        yield ("collected", "until"), "before_start", f"{until} lies before {since}, the day collecting began"
    price = said.get("price") or {}
    if len(price) == len(("amount", "currency")) and minor_units(price["amount"], price["currency"]) is None:
        sentence = f"{price['amount']} {price['currency']} is finer than the currency's smallest unit; round it"
        yield ("price", "amount"), "too_fine", sentence
    if as_of is not None:
        for path, day in _days(said):
            if day > as_of:
                yield path, "in_the_future", f"{day} lies in the future"


def _days(said: Mapping[str, Any]) -> Iterator[tuple[Place, date]]:
    """Every day the manifest names, with its place."""
    for key, day in (said.get("collected") or {}).items():
        if day:
            yield ("collected", key.removesuffix("_")), day
    for name in ("hops", "attestations"):
        for index, item in enumerate(said.get(name) or ()):
            if item.get("on"):
                yield (name, index, "on"), item["on"]
