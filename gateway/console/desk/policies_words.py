"""Rules and conditions as pages show them: sentences, lists within lists, days, links."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import current_app

from gateway.clocks.calendar import day_of
from gateway.console.desk.policies_sets import in_force
from gateway.intake.http import services
from gateway.policy.conditions import Condition, facts_of
from gateway.policy.describe import does, unknown_says
from gateway.policy.pack import PolicySet
from gateway.policy.prose import in_a_line, lines
from gateway.policy.reasons import Obligation, Reason
from gateway.policy.rules import Pack, Rule
from gateway.policy.search import Index
from gateway.policy.words import ASIDE, GROUNDS, capital

TONES = {"accept": "prospect", "hold": "hold", "reject": "rejection"}
LONGEST_LINE = 160


@dataclass(slots=True)
class Item:
    """A line of a list, with the list below it."""

    text: str
    below: list["Item"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """A rule, ready to be shown."""

    rule: Rule
    does: str  # holds the lead for an officer's look
    heading: str  # all of this is so:
    items: list[Item]
    unknown: str
    ground: str
    reason: Reason
    obligations: list[Obligation]
    facts: tuple[str, ...]
    state: str  # in force, later, over
    overdue: bool

    @property
    def tone(self) -> str:
        """The colour of its verdict."""
        return TONES[self.rule.then]


def today() -> date:
    """The day where the gateway is."""
    return day_of(services().clock.now(), services().settings.zone)


def tell(policies: PolicySet, rule: Rule) -> Told:
    """A rule in sentences."""
    heading, *below = lines(rule.when)
    days = services().clock.now().date()
    state = "in force" if rule.is_in_force(days) else "later" if _begins(rule) > days else "over"
    return Told(
        rule, capital(does(rule)) if rule.use == "lead" else _aside(rule), heading, list(_nested(below)),
        unknown_says(rule), GROUNDS[rule.cites.kind], policies.reasons[rule.reason],
        [policies.obligations[code] for code in rule.obligations],
        facts_of(rule.condition), state, rule.again_by < today(),
    )  # fmt: skip


def _begins(rule: Rule) -> date:
    return max(rule.in_force_from, rule.overlaid_from or rule.in_force_from)


def _aside(rule: Rule) -> str:
    return f"Says: {ASIDE[rule.use, rule.then][:1].lower()}{ASIDE[rule.use, rule.then][1:]}"


def items(condition: Condition | None) -> list[Item]:
    """A condition as a list within a list."""
    if condition is None:
        return []
    heading, *below = lines(condition)
    return [Item(capital(heading), list(_nested(below)))]


def applies(pack: Pack) -> str:
    """For whom a pack is asked, in a line."""
    if pack.applies_to is None:
        return "Every lead"
    said = in_a_line(pack.applies_to).replace(" (ISO 3166-1 alpha-2)", "")
    return said if len(said) <= LONGEST_LINE else said[: LONGEST_LINE - 2].rpartition(" ")[0] + " …"


def _nested(written: list[str]) -> Iterator[Item]:
    """Lists within lists from lines that are indented by two spaces for each."""
    open_ones: list[tuple[int, Item]] = []
    for line in written:
        deep, item = len(line) - len(line.lstrip()), Item(line.strip().removeprefix("- "))
        while open_ones and open_ones[-1][0] >= deep:
            open_ones.pop()
        if open_ones:
            open_ones[-1][1].below.append(item)
        else:
            yield item
        open_ones.append((deep, item))


def alike(policies: PolicySet, rule: Rule) -> list[Rule]:
    """Other rules that give the same reason or rest on the same text."""
    return [
        one for one in policies.rules
        if one.id != rule.id and (one.reason == rule.reason or one.cites.text == rule.cites.text)
    ][:12]  # fmt: skip


def users(policies: PolicySet, name: str) -> list[Rule]:
    """The rules that ask a fact, give a reason or bring an obligation."""
    owed = {one.code for one in policies.obligations.values() if name in (one.id, one.code)}
    return [
        one for one in policies.rules
        if name in (one.reason, one.unknown_reason) or name in facts_of(one.condition) or owed & set(one.obligations)
    ]  # fmt: skip


def index() -> Index:
    """What search looks through, made once for a set."""
    kept: dict[str, Any] = current_app.extensions.setdefault("gateway.policy_index", {})
    policies = in_force()
    if kept.get("digest") != policies.digest:
        kept.update(digest=policies.digest, index=Index(policies))
    found: Index = kept["index"]
    return found
