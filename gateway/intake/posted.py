"""A form post becomes the same document that a JSON caller sends. Only shapes here; nothing is judged."""

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.domain.problem import CallerError, Problem

_TEXTS = ("email", "source", "first_name", "last_name", "phone", "country", "region", "born_on", "age")
_CONSENT_TEXTS = ("wording", "notice", "language", "page_url")
_GUARDS = {"_start": "start", "_proof": "proof", "_gotcha": "trap"}  # a form's names for what `guard` says
_CONSENT_BOXES = ("ticked", "preticked")
_YES = frozenset({"on", "yes", "true", "1"})
_NO = frozenset({"", "off", "no", "false", "0"})


def document_of(pairs: Iterable[tuple[str | None, Sequence[str]]]) -> tuple[dict[str, Any], dict[str, str]]:
    """The signup a form posted, and its control fields (those with a leading underscore).

    Fields nobody knows become attributes; a repeated one a list. Known fields may be repeated only with one value,
    but for boxes, where frameworks put a hidden "0" before the box: there the last word counts.
    """
    fields = {name or "": list(values) for name, values in pairs}  # a part of a multipart body may have no name
    problems: list[Problem] = []
    if fields.pop("", None) is not None:
        problems.append(Problem("no_name", "every field of a form needs a name"))
    document: dict[str, Any] = {}
    consent: dict[str, Any] = {}
    for name in _TEXTS:
        _put(document, name, _text(fields, name, problems))
    for name in _CONSENT_TEXTS:
        _put(consent, name, _text(fields, f"consent_{name}", problems))
    for name in _CONSENT_BOXES:
        _put(consent, name, _box(fields, f"consent_{name}", problems))
    _put(document, "accept_as_typed", _box(fields, "accept_as_typed", problems))
    purposes = [word for value in fields.pop("consent_purposes", []) for word in value.split()]
    if purposes:
        consent["purposes"] = purposes
    if consent:
        document["consent"] = consent
    guard = {theirs: fields.pop(ours)[-1] for ours, theirs in _GUARDS.items() if ours in fields}
    if any(guard.values()):
        document["guard"] = guard
    control = {name: values[-1] for name, values in fields.items() if name.startswith("_")}
    rest = {name: values[0] if len(values) == 1 else values for name, values in fields.items() if name not in control}
    if rest:
        document["attributes"] = rest
    if problems:
        raise CallerError(problems)
    return document, control


def _put(into: dict[str, Any], name: str, value: object) -> None:
    if value is not None:
        into[name] = value


def _text(fields: dict[str, list[str]], name: str, problems: list[Problem]) -> str | None:
    values = set(fields.pop(name, []))
    if len(values) > 1:
        problems.append(Problem("given_twice", "this field came with two different values", name))
    return next(iter(values), None)


def _box(fields: dict[str, list[str]], name: str, problems: list[Problem]) -> bool | None:
    values = fields.pop(name, [])
    if not values:
        return None
    word = values[-1].strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    problems.append(Problem("not_boolean", "a box says on, yes, true or 1; off, no, false, 0 or nothing", name))
    return None
