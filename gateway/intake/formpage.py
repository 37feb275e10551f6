"""A signup form as our own pages show it: empty, or once more with what was typed and what is wrong.

Shapes for templates only; the templates escape everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from gateway.domain.problem import Problem
from gateway.intake.forms import Source
from gateway.intake.formsettings import FIELDS
from gateway.intake.languages import direction, say, words
from gateway.intake.notices import Notice
from gateway.intake.signups import MISTYPED

KINDS: Mapping[str, tuple[str, str]] = {  # name -> type, autocomplete
    "email": ("email", "email"),
    "first_name": ("text", "given-name"),
    "last_name": ("text", "family-name"),
    "phone": ("tel", "tel"),
    "country": ("text", "country-name"),
    "region": ("text", "address-level1"),
    "born_on": ("date", "bday"),
    "age": ("text", "off"),
}
"""How each of our fields is asked for."""
_PURPOSES = "consent_purposes"
_OURS = frozenset({*FIELDS, "consent_ticked", _PURPOSES, "accept_as_typed", "_gotcha", "_proof"})


@dataclass(frozen=True, slots=True)
class Field:
    """One input with its label, what was typed and what is wrong with it."""

    name: str
    label: str
    type: str
    autocomplete: str
    value: str
    is_needed: bool  # there is no signup without it
    problem: str | None
    suggestion: str | None
    can_insist: bool  # the person may say that it is right as typed


@dataclass(frozen=True, slots=True)
class Box:
    """The consent box: its notice, word for word, and whether the person ticked it. Never ticked beforehand."""

    wording: str
    language: str
    dir: str
    ticked: bool
    problem: str | None


@dataclass(frozen=True, slots=True)
class Purposes:
    """What people may choose from; nothing is chosen beforehand."""

    offered: tuple[tuple[str, str, bool], ...]  # word, label, whether it was chosen
    problem: str | None


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form as it is shown."""

    key: str
    title: str
    language: str
    dir: str
    says: Mapping[str, str]
    is_open: bool  # False: there is no such form, or it takes no signups
    fields: tuple[Field, ...]
    purposes: Purposes | None
    box: Box | None
    hidden: tuple[tuple[str, str], ...]
    others: tuple[str, ...]  # problems of what the page does not show


def form_page(
    typed: MultiDict[str, str],
    problems: Sequence[Problem],
    source: Source | None,
    *,
    language: str = "en",
    notice: Notice | None = None,
    asks: Iterable[str] = (),
) -> FormPage:
    """The form of a source with what was typed; ``asks`` names fields to show though nobody typed into them.

    ``notice``: what stands beside its box, if it is one of the form's own.
    """
    by_field: dict[str, Problem] = {}
    for problem in problems:
        by_field.setdefault((problem.field or "").replace("consent.", "consent_", 1), problem)
    needed = source.form.needed if source else ("email",)
    shown = {"email", *asks, *by_field, *(name for name in typed if typed[name])}
    order = dict.fromkeys((*(source.form.fields if source else ()), *FIELDS))
    fields = tuple(_field(name, typed, by_field.get(name), language, needed) for name in order if name in shown)
    box = _box(typed, by_field.get("consent_ticked"), source, notice, language)
    purposes = _purposes(typed, by_field.get(_PURPOSES), source, language)
    seen = {field.name for field in fields} | ({"consent_ticked"} if box else set())
    seen |= {_PURPOSES} if purposes else set()
    ours = _OURS if purposes else _OURS - {_PURPOSES}
    return FormPage(
        key=source.key if source else "",
        title=source.title if source else "",
        language=language,
        dir=direction(language),
        says=words(language),
        is_open=source is not None,
        fields=fields,
        purposes=purposes,
        box=box,
        hidden=tuple((name, value) for name, value in typed.items(multi=True) if name and name not in ours),
        others=tuple(
            f"{name}: {problem.message}" if name else problem.message
            for name, problem in by_field.items()
            if name not in seen
        ),
    )


def _field(
    name: str, typed: MultiDict[str, str], problem: Problem | None, language: str, needed: Sequence[str]
) -> Field:
    kind, autocomplete = KINDS[name]
    return Field(
        name=name,
        label=words(language)[f"field_{name}"],
        type=kind,
        autocomplete=autocomplete,
        value=typed.get(name, ""),
        is_needed=name in needed,
        problem=say(language, problem) if problem else None,
        suggestion=problem.suggestion if problem else None,
        can_insist=problem is not None and problem.code == MISTYPED,
    )


def _box(
    typed: MultiDict[str, str], problem: Problem | None, source: Source | None, notice: Notice | None, language: str
) -> Box | None:
    if source is None or not (source.has_box or problem or "consent_ticked" in typed):
        return None
    stated = source.statement
    said = (typed.get("consent_wording"), typed.get("consent_language") or stated.language)
    own = (notice.text, notice.language) if notice else (stated.wording, stated.language)
    wording, tag = said if said[0] else own
    ticked = typed.getlist("consent_ticked")[-1:]
    tag = tag or "en" if wording else language
    return Box(
        wording=wording or words(language)["agree"],
        language=tag,
        dir=direction(tag),
        ticked=bool(ticked and ticked[0].lower() in {"on", "yes", "true", "1"}),
        problem=say(language, problem) if problem else None,
    )


def _purposes(
    typed: MultiDict[str, str], problem: Problem | None, source: Source | None, language: str
) -> Purposes | None:
    if source is None or not source.form.purposes:
        return None
    chosen = {word for value in typed.getlist(_PURPOSES) for word in value.split()}
    offered = tuple((word, purpose_label(word), word in chosen) for word in source.form.purposes)
    return Purposes(offered, say(language, problem) if problem else None)


def purpose_label(word: str) -> str:
    """A purpose as people read it: product_news becomes Product news."""
    text = word.replace("_", " ").replace("-", " ").strip() or word
    return text[0].upper() + text[1:]
