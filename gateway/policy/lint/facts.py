"""Facts that rules ask and nobody establishes, and facts that are established and nobody asks."""

from collections.abc import Iterator
from pathlib import Path

from gateway.domain import facts as catalogue
from gateway.domain.facts import CATALOGUE
from gateway.policy.asked import asked_facts
from gateway.policy.evaluate import PHONE
from gateway.policy.lint.problem import LintProblem, at
from gateway.policy.pack import PolicySet

_GATEWAY = Path(catalogue.__file__).parents[1]


def is_established(by: str) -> bool:
    """Whether the room that the catalogue names exists."""
    place = _GATEWAY.joinpath(*by.split("."))
    return place.with_name(f"{place.name}.py").is_file() or (place / "__init__.py").is_file()


def look_at_facts(policies: PolicySet) -> Iterator[LintProblem]:
    """Facts that stay unknown for ever, told once for each rule that asks them."""
    for name, asked in asked_facts(policies).items():
        by = CATALOGUE[name].by
        if not is_established(by):
            for who, spot in asked:
                message = f"{who} asks {name}, which nobody establishes: there is no gateway/{by.replace('.', '/')}"
                yield at(spot, "fact_not_established", message, "ask another fact until the room is built")


def look_for_idle_facts(policies: PolicySet) -> Iterator[LintProblem]:
    """Facts that no rule asks."""
    asked = asked_facts(policies)
    for name, spec in CATALOGUE.items():
        if name not in asked and name != PHONE:  # the engine itself asks whether there is a number to judge
            message = f"no rule asks {name} ({spec.asks})"
            yield LintProblem(catalogue.__file__, _line(name), "fact_never_asked", message, "a rule could ask it")


def _line(name: str) -> int:
    text = Path(catalogue.__file__).read_text(encoding="utf-8")
    return text.count("\n", 0, text.index(f'"{name}"')) + 1
