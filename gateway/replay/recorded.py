"""Every recorded decision derived again from its own facts and its own policies: nothing may differ."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from gateway.db.work import reading
from gateway.domain.decision import Decision
from gateway.domain.override import overrides_of, set_all_aside
from gateway.outcomes.history import Recorded, count_leads, find_mismatches, find_recorded
from gateway.outcomes.overrides import find_record
from gateway.pipeline import Services
from gateway.policy.errors import PolicyError
from gateway.replay.translate import Translator


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that its own record does not bear out."""

    decision: str  # dec_<24 hex>
    what: str
    leads: int

    def __str__(self) -> str:
        return f"{self.decision} ({self.leads:,} leads): {self.what}"


@dataclass(slots=True)
class Audit:
    """What came of deriving everything again."""

    decisions: int = 0
    differences: list[Difference] = field(default_factory=list)
    not_derivable: int = 0  # made before policy sets were kept

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "decisions": self.decisions,
            "differences": [{"decision": d.decision, "what": d.what, "leads": d.leads} for d in self.differences],
            "not_derivable": self.not_derivable,
        }


def audit(services: Services) -> Audit:
    """Derive every recorded decision again. Costs with the distinct cases, not with the leads."""
    found = Audit()
    with reading(services.engine, snapshot=True) as connection:
        names: dict[int, str] = {}
        for recorded in find_recorded(connection):
            found.decisions += 1
            names[recorded.number] = recorded.name
            try:
                differs = list(_differences(connection, services, recorded))
            except _NotKeptError:
                found.not_derivable += 1
                continue
            if differs:
                leads = count_leads(connection, recorded.number)
                found.differences.append(Difference(recorded.name, "; ".join(differs), leads))
        for number, what, leads in find_mismatches(connection):
            found.differences.append(Difference(names.get(number, f"number {number}"), what, leads))
    return found


class _NotKeptError(Exception):
    """It was made before policy sets were kept."""


def _differences(connection: Connection, services: Services, recorded: Recorded) -> Iterator[str]:
    decision, as_of = recorded.decision, recorded.as_of
    try:
        policies = services.policies_of(connection, recorded.digest)
    except PolicyError as error:
        yield (
            f"its policies {recorded.digest[:12]} cannot be read: they were changed after they were kept, or this "
            f"version asks more of policies than the one that kept them ({error.problems[0]})"
        )
        return
    except (TypeError, ValueError):
        yield f"its policies {recorded.digest[:12]} were damaged after they were kept"
        return
    if policies is None:
        if decision is not None and as_of is None:
            raise _NotKeptError
        yield f"its policies {recorded.digest[:12]} are not kept here"
        return
    if decision is None:
        yield "its record was damaged and cannot be read"
        return
    if as_of is None:
        yield "the instant it was made at was taken away"
        return
    if policies.digest != decision.policy_digest:
        yield f"the policies kept as {decision.policy_digest[:12]} are {policies.digest[:12]} by their content"
        return
    judge = policies.judge(as_of)
    try:
        derived = judge.decide(Translator(judge, judge, as_of).translate(decision).case)
        derived = set_all_aside(derived, overrides_of(decision))
    except (TypeError, ValueError) as error:
        yield f"its facts were changed: {error}"
        return
    yield from compare(decision, derived)
    yield from _unsigned(connection, services, decision)


def _unsigned(connection: Connection, services: Services, decision: Decision) -> Iterator[str]:
    """What a decision rests on that nobody signed."""
    for one in overrides_of(decision):
        number = one.name.removeprefix("override_")
        signed = find_record(connection, int(number)) if number.isdecimal() else None
        if signed is None or not signed.is_signed(services.ledger):
            yield f"it rests on {one.name}, which is not there as it was signed"
        elif not one.rules <= set(signed.rules) or one.seconded != signed.override.seconded:
            yield f"it says that {one.name} set aside more than was signed"


def compare(decision: Decision, derived: Decision) -> Iterator[str]:
    """In what a decision differs from what its own facts and policies give."""
    if decision.id != derived.id:
        yield "its facts, or its name, were changed after it was made: they give the name " + derived.id
    if decision.verdict != derived.verdict:
        yield f"it says {decision.verdict}, and its facts give {derived.verdict}"
    if decision.phone != derived.phone:
        yield f"of the phone it says {decision.phone}, and its facts give {derived.phone}"
    if set(decision.obligations) != set(derived.obligations):
        yield "its obligations are not those its facts give"
    if decision.set_aside != derived.set_aside:
        yield "what it says was set aside is not what its facts and its overrides give"
    if decision.findings != derived.findings:
        rules = {finding.rule for finding in decision.findings} ^ {finding.rule for finding in derived.findings}
        named = f" ({', '.join(sorted(rules))})" if rules else ""
        yield f"its findings are not those its facts give{named}"
