"""What is wrong with a manifest, as problems with their place: of its shape, and of what it says taken together."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from marshmallow import Schema, ValidationError, fields

from gateway.domain.money import places
from gateway.domain.phrase import phrase
from gateway.domain.problem import Problem
from gateway.intake.manifest.fields import Says
from gateway.intake.manifest.shape import KEYS_BY_OTHER_NAMES, OF_A_FORM, UNKNOWN, FormShape, ManifestShape
from gateway.policy.reading import Document, Place, name_of
from gateway.screening.regions import COUNTRIES, region_of


def find_problems(
    document: Document, as_of: date | None, *, of_form: bool = False
) -> tuple[dict[str, Any], list[Problem]]:  # fmt: skip
    """What a manifest says, as far as it makes sense, and everything that is wrong with it, in its own order.

    ``as_of``: the day after which a day lies in the future; None leaves that unasked. ``of_form``: it is what one of
    our own forms states, which has fewer keys and no vendor.
    """
    shape = FormShape(only=OF_A_FORM) if of_form else ManifestShape()
    try:
        said: dict[str, Any] = shape.load(document.data)
        wrong: list[Problem] = []
    except ValidationError as error:
        said = error.valid_data if isinstance(error.valid_data, dict) else {}
        wrong = list(_flatten(error.messages, shape, (), document))
    if isinstance(document.data, dict):
        across = _of_all(said, as_of) if of_form else (*_of_list(said, document.data), *_of_all(said, as_of))
        wrong += [_problem(document, *found) for found in across]
    return said, sorted(wrong, key=lambda problem: problem.line or 0)


MOST_DIGITS = 15


def minor_units(amount: Decimal, currency: str) -> int | None:
    """A price in the currency's minor unit; None if it is finer than that, or no amount that anybody pays."""
    if not amount.is_finite() or amount.adjusted() > MOST_DIGITS:  # 1E999999999 is one, and takes all our memory
        return None
    scaled = amount.scaleb(places(currency))
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
    if shape.only and path[-1] in ManifestShape().fields:
        return _problem(
            document,
            path,
            "unknown_key",
            phrase("%(path)s is said of lists; a form has no such key", path=repr(path[-1])),
        )
    return _problem(
        document, path, "unknown_key", phrase("there is no key %(path)s here", path=repr(path[-1])), suggestion
    )


def _problem(document: Document, path: Place, code: str, sentence: str, suggestion: str = "") -> Problem:
    return Problem(code, sentence, field=name_of(path) or None, line=document.line(path), suggestion=suggestion or None)


def _of_list(said: Mapping[str, Any], written: Mapping[str, Any]) -> Iterator[tuple[Place, str, str]]:
    """What is wrong between keys that only a list has: place, code, sentence."""
    if said.get("direct") and said.get("vendor"):
        yield (
            ("direct",),
            "contradiction",
            phrase("direct: true means that nobody stood between; leave out the vendor, or this"),
        )
    if not (said.get("vendor") or said.get("direct") or written.get("vendor") or written.get("direct")):
        yield (
            ("vendor",),
            "missing",
            phrase("say who sold or handed us the list; or direct: true if it is our own export"),
        )
    collected = said.get("collected") or {}
    since, until = collected.get("from_"), collected.get("until")
    if since and until and until < since:
        yield (
            ("collected", "until"),
            "before_start",
            phrase("%(until)s lies before %(since)s, the day collecting began", until=until, since=since),
        )
    price = said.get("price") or {}
    if len(price) == len(("amount", "currency")) and minor_units(price["amount"], price["currency"]) is None:
        sentence = phrase("%(amount)s %(currency)s is finer than the currency's smallest unit; round it",
                          amount=price["amount"], currency=price["currency"])  # fmt: skip
        yield ("price", "amount"), "too_fine", sentence


def _of_all(said: Mapping[str, Any], as_of: date | None) -> Iterator[tuple[Place, str, str]]:
    """What is wrong between keys that lists and forms have: place, code, sentence."""
    region, country = said.get("region"), said.get("country")
    if region and (country is None or country in COUNTRIES):
        found = region_of(region)
        if found is None or found.country != (country or found.country):
            where = {"US": "the United States have", "CA": "Canada has"}.get(country or "", "we know")
            yield (
                ("region",),
                "not_a_region",
                phrase(
                    "%(where)s no state or province %(region)s; two letters will do, as in TX",
                    where=where,
                    region=repr(region),
                ),
            )
    campaign = said.get("campaign") or {}
    sender, advertisers = campaign.get("designated_sender"), campaign.get("advertisers") or ()
    if sender and sender not in advertisers:
        sentence = f"the one sender is one of the advertisers (16 CFR 316.2(m)), and {sender!r} is not among them"
        yield ("campaign", "designated_sender"), "not_an_advertiser", sentence
    if as_of is not None:
        for path, day in _days(said):
            if day > as_of:
                yield path, "in_the_future", phrase("%(day)s lies in the future", day=day)
        for state, years in ((said.get("vendor_facts") or {}).get("registrations") or {}).items():
            if max(years) > as_of.year:
                yield (
                    ("vendor_facts", "registrations", state),
                    "in_the_future",
                    phrase("%(max)s lies in the future", max=max(years)),
                )


def _days(said: Mapping[str, Any]) -> Iterator[tuple[Place, date]]:
    """Every day the manifest names, with its place."""
    for key, day in (said.get("collected") or {}).items():
        if day:
            yield ("collected", key.removesuffix("_")), day
    for name in ("dealings", "vendor_facts", "phone", "campaign"):
        for key, value in (said.get(name) or {}).items():
            if isinstance(value, date):
                yield (name, key), value
    for name in ("hops", "attestations"):
        for index, item in enumerate(said.get(name) or ()):
            if item.get("on"):
                yield (name, index, "on"), item["on"]
