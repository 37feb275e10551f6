"""A signup form as our own pages show it: empty on the home page, or once more with what was typed and what is wrong.

Shapes for templates only; the templates escape everything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from gateway.domain.problem import Problem
from gateway.intake.forms import Source
from gateway.intake.signups import MISTYPED

_SHOWN = (  # name, label, type, autocomplete
    ("email", "E-mail address", "email", "email"),
    ("first_name", "First name", "text", "given-name"),
    ("last_name", "Last name", "text", "family-name"),
    ("phone", "Phone", "tel", "tel"),
    ("country", "Country", "text", "country-name"),
    ("region", "State or province", "text", "address-level1"),
    ("born_on", "Date of birth", "date", "bday"),
    ("age", "Age", "text", "off"),
)
_OURS = frozenset({name for name, *_ in _SHOWN} | {"consent_ticked", "accept_as_typed"})


@dataclass(frozen=True, slots=True)
class Field:
    """One input with its label, what was typed and what is wrong with it."""

    name: str
    label: str
    type: str
    autocomplete: str
    value: str
    problem: str | None
    suggestion: str | None
    can_insist: bool  # the person may say that it is right as typed

    @property
    def is_needed(self) -> bool:
        """Whether there is no signup without it."""
        return self.name == "email"


@dataclass(frozen=True, slots=True)
class Box:
    """The consent box: its notice, word for word, and whether the person ticked it. Never ticked beforehand."""

    wording: str
    ticked: bool
    problem: str | None


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form as it is shown."""

    title: str
    is_open: bool  # False: there is no such form, or it takes no signups
    fields: tuple[Field, ...]
    box: Box | None
    hidden: tuple[tuple[str, str], ...]
    others: tuple[str, ...]  # problems of what the page does not show


def form_page(
    typed: MultiDict[str, str], problems: Sequence[Problem], source: Source | None, *, asks: Iterable[str] = ()
) -> FormPage:
    """The form of a source with what was typed; ``asks`` names fields to show though nobody typed into them."""
    by_field: dict[str, Problem] = {}
    for problem in problems:
        by_field.setdefault((problem.field or "").replace("consent.", "consent_", 1), problem)
    shown = {"email", *asks, *by_field, *(name for name in typed if typed[name])}
    fields = tuple(_field(row, typed, by_field.get(row[0])) for row in _SHOWN if row[0] in shown)
    box = _box(typed, by_field.get("consent_ticked"), source)
    seen = {field.name for field in fields} | ({"consent_ticked"} if box else set())
    return FormPage(
        title=source.title if source else "",
        is_open=source is not None,
        fields=fields,
        box=box,
        hidden=tuple((name, value) for name, value in typed.items(multi=True) if name and name not in _OURS),
        others=tuple(
            f"{name}: {problem.message}" if name else problem.message
            for name, problem in by_field.items()
            if name not in seen
        ),
    )


def _field(row: tuple[str, str, str, str], typed: MultiDict[str, str], problem: Problem | None) -> Field:
    name, label, kind, autocomplete = row
    return Field(
        name=name,
        label=label,
        type=kind,
        autocomplete=autocomplete,
        value=typed.get(name, ""),
        problem=problem.message if problem else None,
        suggestion=problem.suggestion if problem else None,
        can_insist=problem is not None and problem.code == MISTYPED,
    )


def _box(typed: MultiDict[str, str], problem: Problem | None, source: Source | None) -> Box | None:
    if source is None or not (source.has_box or problem or "consent_ticked" in typed):
        return None
    wording = typed.get("consent_wording") or source.statement.wording or "I agree that you write to me by e-mail."
    ticked = typed.getlist("consent_ticked")[-1:]
    return Box(
        wording, bool(ticked and ticked[0].lower() in {"on", "yes", "true", "1"}), problem.message if problem else None
    )
