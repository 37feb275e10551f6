"""A manifest as a form: what was filled in becomes answers, and answers what stands in the fields. No wording here."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.intake.manifest.asks import ASKS, NOBODY_SAYS, NONE_OF_THEM, Ask

_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
MOST_ITEMS = 12  # handovers or statements on one form


def answers_of(form: Mapping[str, list[str]], asks: Iterable[Ask] = ASKS) -> dict[str, Any]:
    """What a form says, as a manifest's document; fields are named as problems name them: ``hops[0].giver``."""
    found: dict[str, Any] = {}
    for ask in asks:
        value = _items(ask, form) if ask.kind == "rows" else _value(ask, form.get(ask.key, []))
        if value is not None:
            _put(found, ask.key, value)
    return found


def fields_of(answers: Mapping[str, Any], asks: Iterable[Ask] = ASKS) -> dict[str, Any]:
    """What stands in each field: texts, lists of choices, and for a group of rows one mapping each."""
    return {ask.key: _shown(ask, _get(answers, ask.key)) for ask in asks}


def problem_field(field: str | None, asks: Iterable[Ask] = ASKS) -> str:
    """The field of the form a problem belongs to; nothing where it has none of its own."""
    keys = [ask.key for ask in asks if field and (field == ask.key or re.match(rf"{re.escape(ask.key)}[.\[]", field))]
    return max(keys, key=len, default="")


def _value(ask: Ask, given: list[str]) -> Any:
    texts = [text for one in given if (text := _clean(one))]
    if ask.kind == "several":
        if NONE_OF_THEM in texts:
            return []
        return texts or None
    if not texts:
        return None
    text = texts[0]
    if ask.kind == "flag":
        return {"true": True, "false": False}.get(text)
    if ask.kind == "choice":
        return None if text == NOBODY_SAYS else text
    if ask.kind == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if ask.kind == "years":
        years = [int(part) if part.isdigit() else part for part in re.split(r"[\s,;]+", text)]
        return years if len(years) > 1 else years[0]
    return text


def _items(ask: Ask, form: Mapping[str, list[str]]) -> list[dict[str, Any]] | None:
    found = []
    for place in range(MOST_ITEMS):
        item = {
            part.key: value
            for part in ask.parts
            if (value := _value(part, form.get(f"{ask.key}[{place}].{part.key}", []))) is not None
        }
        if item:
            found.append(item)
    return found or None


def _shown(ask: Ask, value: Any) -> Any:
    if ask.kind == "rows":
        return [
            {part.key: _shown(part, item.get(part.key)) for part in ask.parts} for item in value or () if item
        ]  # fmt: skip
    if ask.kind == "several":
        return [NONE_OF_THEM] if value == [] else list(map(str, value or ()))
    if value is None:
        return ""
    if ask.kind == "flag":
        return "true" if value is True else "false" if value is False else ""
    if ask.kind == "lines":
        return "\n".join(map(str, value))
    if ask.kind == "years":
        return ", ".join(map(str, value if isinstance(value, list) else [value]))
    return str(value)


def _clean(text: str) -> str:
    return _ODD.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _put(into: dict[str, Any], key: str, value: Any) -> None:
    *way, last = key.split(".")
    for step in way:
        into = into.setdefault(step, {})
    into[last] = value


def _get(document: Any, key: str) -> Any:
    for step in key.split("."):
        document = document.get(step) if isinstance(document, dict) else None
    return document
