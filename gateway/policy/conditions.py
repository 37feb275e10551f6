"""Conditions as officers write them: what may be asked of a fact, and how the asking is read from a file.

The form, exactly one of these at each place:

- ``{fact: consent.status, is: given}`` with one verb of
  ``is``, ``is_not`` (true, false, a choice of the fact, or text),
  ``in``, ``not_in`` (a list of these; not for true/false),
  ``older_than``, ``newer_than`` (a duration such as ``30 days``, ``12 months``, ``2 years``; for instants),
  ``before``, ``on_or_after`` (a day such as ``2027-01-31``, from its midnight in UTC; for instants),
  ``known`` (true or false; whether the fact has an answer at all)
- ``all: [...]``, ``any: [...]`` of one or more conditions; ``not: {...}`` of one

``newer_than`` is the opposite of ``older_than``: an instant exactly at the limit is newer, one in the future too.
No truth is worked out here; that is truth.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gateway.domain.facts import CATALOGUE, FactSpec
from gateway.policy.ages import Duration, read_duration
from gateway.policy.form import FIRST_YEAR, LAST_YEAR, Form, shown, suggest

VERBS = ("is", "is_not", "in", "not_in", "older_than", "newer_than", "before", "on_or_after", "known")
_JOINS = ("all", "any", "not")
Asked = bool | str | tuple[str, ...] | Duration | date
"""What a verb compares with."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question put to one fact."""

    fact: str
    verb: str
    value: Asked


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; false as soon as one part is false."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True as soon as one part is; false when every part is."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; the opposite of unknown is unknown."""

    part: "Condition"


Condition = Ask | All | AnyOf | Not


def asks_of(condition: Condition) -> Iterator[Ask]:
    """Every question in a condition, in the order it is written."""
    match condition:
        case Ask():
            yield condition
        case Not(part):
            yield from asks_of(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from asks_of(part)


def facts_of(condition: Condition) -> tuple[str, ...]:
    """The facts a condition looks at, each once, in the order it is written."""
    return tuple(dict.fromkeys(ask.fact for ask in asks_of(condition)))


def read_condition(form: Form) -> Condition | None:
    """Read the condition at a form's place; None after complaints."""
    if "fact" in form.data:
        return _read_ask(form)
    joins = [key for key in form.data if key in _JOINS]
    if len(joins) != 1 or len(form.data) != 1:
        # Suggest for the key that is not known; a condition with two joins has nothing to suggest.
        odd = next((key for key in form.data if key not in _JOINS), None)
        near = suggest(odd, ("fact", *_JOINS)) if odd else None
        form.complain(
            "expected one condition: {fact: ..., is: ...}, all, any or not", *([odd] if odd else []),
            word=near, options=[near] if near else (),
        )  # fmt: skip
        return None
    join = joins[0]
    if join == "not":
        part = read_condition(Form(form.document, (*form.path, "not"), form.complaints))
        return None if part is None else Not(part)
    written = form.data[join]
    if not isinstance(written, list) or not written:
        form.complain(f"expected a list of one or more conditions, got {shown(written)}", join)
        return None
    parts = [read_condition(Form(form.document, (*form.path, join, n), form.complaints)) for n in range(len(written))]
    whole = tuple(part for part in parts if part is not None)
    if len(whole) < len(parts):
        return None
    return All(whole) if join == "all" else AnyOf(whole)


def _read_ask(form: Form) -> Ask | None:
    name = form.text("fact")
    if not name:
        return None
    spec = CATALOGUE.get(name)
    if spec is None:
        form.complain(f"no fact is called {name!r}", "fact", word=name, options=CATALOGUE)
    verbs = [key for key in form.data if key != "fact"]
    for verb in verbs:
        if verb not in VERBS:
            form.complain(f"{verb!r} is not a verb; one of {', '.join(VERBS)}", verb, word=verb, options=VERBS)
    if len(verbs) != 1:
        form.complain(f"expected exactly one verb beside the fact, got {len(verbs)}")
    if spec is None or len(verbs) != 1 or verbs[0] not in VERBS:
        return None
    value = _read_value(form, verbs[0], spec)
    return None if value is None else Ask(name, verbs[0], value)


def _misfit(verb: str, spec: FactSpec, value: object) -> str | None:
    """Why a verb cannot be asked of this fact in this way; None when it can."""
    ages, days = verb in {"older_than", "newer_than"}, verb in {"before", "on_or_after"}
    listed = verb in {"in", "not_in"}
    if verb == "known":
        return None if isinstance(value, bool) else f"expected true or false, got {shown(value)}"
    if (ages or days) and spec.kind != "instant":
        return f"{spec.name} is a {spec.kind} and has no age"
    if ages and not (isinstance(value, str) and read_duration(value)):
        return f"{shown(value)} is no duration; write 30 days, 12 months or 2 years"
    if days and not (isinstance(value, date) and FIRST_YEAR <= value.year <= LAST_YEAR):
        return f"{shown(value)} is no day from {FIRST_YEAR} to {LAST_YEAR}; write 2027-01-31, without quotes"
    if spec.kind == "instant" and not (ages or days):
        return f"{spec.name} is an instant; ask older_than, newer_than, before, on_or_after or known"
    if listed and spec.kind == "boolean":
        return f"{spec.name} is true or false; ask is or is_not"
    if listed and not (isinstance(value, list) and value):
        return f"expected a list of one or more answers, got {shown(value)}"
    return None


def _read_value(form: Form, verb: str, spec: FactSpec) -> Asked | None:
    value = form.data[verb]
    if misfit := _misfit(verb, spec, value):
        form.complain(misfit, verb)
        return None
    if verb == "known":
        return bool(value)
    if verb in {"older_than", "newer_than"}:
        return read_duration(value)
    if verb in {"before", "on_or_after"}:
        return value if isinstance(value, date) else None
    if verb in {"is", "is_not"}:
        return _read_answer(form, spec, value, verb)
    answers = [_read_answer(form, spec, item, verb, number) for number, item in enumerate(value)]
    words = tuple(answer for answer in answers if isinstance(answer, str))
    if len(set(words)) < len(words):
        form.complain("an answer stands in the list twice", verb)
    return words if len(words) == len(answers) else None


def _read_answer(form: Form, spec: FactSpec, value: object, *path: str | int) -> bool | str | None:
    if value is None:
        form.complain("unknown is not an answer; ask known: false", *path)
        return None
    if spec.kind == "boolean":
        if isinstance(value, bool):
            return value
        form.complain(f"{spec.name} is true or false, not {shown(value)}", *path)
        return None
    if not isinstance(value, str):
        form.complain(f"{spec.name} is answered in text, not {shown(value)}; put it in quotes", *path)
        return None
    if spec.kind == "choice" and value not in spec.choices:
        form.complain(
            f"{value!r} is no answer to {spec.name}; one of {', '.join(spec.choices)}", *path,
            word=value, options=spec.choices,
        )  # fmt: skip
        return None
    return value
