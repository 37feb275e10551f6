"""When the rules by which phases are derived have changed: noted in the ledger, with what tells the past otherwise now.

Everybody is derived again from their first event, so an entry of the file that was edited without a date counts for the
past, too. What was believed before is kept with each change of phase; that the rules were others is said here.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from gateway.db.work import UnitOfWork
from gateway.ledger.book import Ledger
from gateway.ledger.browse import Entry, Wanted, find_entries
from gateway.policy.phases.rules import Lifecycle, PhaseRule

KIND = "lifecycle.rules"
LOOKED_AT = 50


def note(work: UnitOfWork, ledger: Ledger, rules: Lifecycle) -> None:
    """Write down that people are derived by these rules from now on, unless the last entry says so already."""
    last = find_last(work.connection)
    if last is not None and last["rules"] == rules.digest:
        return
    parts = parts_of(rules)
    restates = [] if last is None else restated(last["parts"], parts, rules, work.at.date())
    ledger.append(work, KIND, {"rules": rules.digest, "parts": parts, "restates": restates})


def find_last(connection: Connection) -> dict[str, Any] | None:
    """What was written down last, with its instant; None where nothing was derived yet."""
    found = find_entries(connection, Wanted(kind=KIND), limit=1)
    return {**found[0].body, "at": found[0].at} if found else None


def find_restated(connection: Connection, *, limit: int) -> list[Entry]:
    """The newest entries by which the past is told otherwise than before, among the newest changes of the rules."""
    found = find_entries(connection, Wanted(kind=KIND), limit=LOOKED_AT)
    return [one for one in found if one.body.get("restates")][:limit]


def parts_of(rules: Lifecycle) -> dict[str, str]:
    """What tells one rule, one pace from what it was. That a rule ends is no change of what it said before."""
    told: dict[str, Any] = {rule.id: _rule(rule) for rule in rules.rules}
    told |= {f"pace {name}": asdict(pace) for name, pace in rules.paces.items()}
    told["usual_weighs_like"] = rules.own_gaps
    texts = {name: json.dumps(one, sort_keys=True, default=_plain) for name, one in told.items()}
    return {name: sha256(text.encode()).hexdigest()[:12] for name, text in texts.items()}


def restated(before: Mapping[str, str], now: Mapping[str, str], rules: Lifecycle, today: date) -> list[str]:
    """What was changed, taken away, or begins in the past though it is new."""
    ahead = {rule.id for rule in rules.rules if rule.from_on >= today}
    return sorted(
        name for name in before.keys() | now.keys()
        if before.get(name) != now.get(name) and not (name not in before and name in ahead)
    )  # fmt: skip


def _rule(rule: PhaseRule) -> dict[str, Any]:
    when = None if rule.when is None else [type(rule.when).__name__, asdict(rule.when)]
    return {"phase": rule.phase, "kind": rule.kind, "when": when, "from": rule.from_on}


def _plain(value: Any) -> Any:
    """Sets in an order of their own, the same in every process."""
    return sorted(value, key=str) if isinstance(value, frozenset | set) else str(value)
