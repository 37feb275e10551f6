"""Recorded facts as another policy set sees them: its own age brackets, its own named states, or unknown.

What was recorded is never made more exact than it is: an age known to lie between two limits, with a new limit
between them, is unknown to the new rule, and said to be so.
"""

from datetime import UTC, datetime
from typing import NamedTuple, cast

from gateway.domain.decision import Decision
from gateway.domain.facts import CATALOGUE
from gateway.policy.evaluate import OTHER, Judge
from gateway.policy.truth import Answer, Case

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Translated(NamedTuple):
    """A case for another judge, and the facts of which less is known than the new rules ask."""

    case: Case
    blurred: tuple[str, ...]


class Translator:
    """From the cases of one judge to those of another, both as of the same instant. The same judge: unchanged."""

    def __init__(self, old: Judge, new: Judge, as_of: datetime) -> None:
        self._new = new
        cuts, wanted = old.cuts(as_of), new.cuts(as_of)
        self._instants = {
            name: _brackets(old.brackets(name).texts, cuts[name], wanted[name])
            for name in new.facts
            if CATALOGUE[name].kind == "instant"
        }
        self._hidden = {name: new.named[name] - old.named[name] for name in new.named}

    def translate(self, decision: Decision) -> Translated:
        """The recorded case of a decision. Raises ValueError for an answer its own policies could not have had."""
        facts, blurred, case = decision.facts, [], []
        for name in self._new.facts:
            value = cast("Answer", facts.get(name))  # an instant is recorded as text
            if value is not None and name in self._instants:
                if value not in self._instants[name]:
                    raise ValueError(f"{name} cannot have been {value!r}")
                value = self._instants[name][value]
                if value is None:
                    blurred.append(name)
            elif name in self._hidden:
                if value == OTHER and self._hidden[name]:
                    blurred.append(name)
                    value = None
                else:
                    value = self._new.fold(name, value)
            case.append(value)
        unknown = facts.keys() - set(self._new.facts)
        if unknown:
            raise ValueError(f"there is no fact {', '.join(sorted(unknown))}")
        return Translated(tuple(case), tuple(blurred))


def _brackets(texts: tuple[str, ...], cuts: list[datetime], wanted: list[datetime]) -> dict[Answer, int | None]:
    """Which new bracket each old one lies in; None where it lies across a new limit."""
    edges = [_FIRST, *cuts, _LAST]
    found: dict[Answer, int | None] = {}
    for number, text in enumerate(texts):
        since, until = edges[number], edges[number + 1]
        below = sum(cut <= since for cut in wanted)
        found[text] = below if below == len(wanted) or until <= wanted[below] else None
    return found
