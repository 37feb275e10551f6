"""What a list's manifest leaves open, answered by its vendor's file; and where the two contradict each other.

The manifest speaks of this one list and wins where it speaks. One thing it cannot do: bring back a statement that was
taken back. What the file does not know on the day of judging, or no longer, stays open.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.domain.lead import Batch, Statement
from gateway.domain.ports import VendorFile, Vendors, said_alike
from gateway.screening.answers import Answers

_PLAIN = ("data_broker", "privacy_terms", "chain_duties", "drop_run_on")
_COMPARED = frozenset({"data_broker", "privacy_terms", "chain_duties"})
"""Where two answers cannot both be true. A DROP run is made again and again: the manifest's is this list's own."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A batch under its statement with the open answers filled in."""

    batch: Batch
    answered: tuple[str, ...]  # questions that the file answers, by the manifest's names
    contradicted: tuple[str, ...]  # questions to which the file and the manifest give different answers


def fill(batch: Batch, vendors: Vendors, as_of: datetime) -> Filled:
    """The batch as far as the vendor's file completes what its source states. Who gave directly has no vendor."""
    said = batch.origin.statement
    if said.direct or not (said.vendor or "").strip():
        return Filled(batch, (), ())
    assert said.vendor is not None
    file = vendors.find_file(said.vendor, as_of)
    changes, contradicted = _plain(said, file)
    _registrations(said, file, changes, contradicted)
    _attestations(said, file, changes, contradicted)
    if not changes:
        return Filled(batch, (), tuple(contradicted))
    filled = replace(batch, origin=replace(batch.origin, statement=replace(said, **changes)))
    return Filled(filled, tuple(_answered(said, changes)), tuple(contradicted))


def establish(filled: Filled) -> Answers:
    """The facts about the file itself. Nothing filled or contradicted is recorded as nothing."""
    return {
        "vendor.file_answers": ", ".join(filled.answered) or None,
        "vendor.file_contradicts": ", ".join(filled.contradicted) or None,
    }


def _plain(said: Statement, file: VendorFile) -> tuple[dict[str, Any], list[str]]:
    changes: dict[str, Any] = {}
    contradicted = []
    for name in _PLAIN:
        ours, theirs = getattr(said, name), getattr(file, name)
        if ours is None and theirs is not None:
            changes[name] = theirs
        elif theirs is not None and ours != theirs and name in _COMPARED:
            contradicted.append(name)
    return changes, contradicted


def _registrations(said: Statement, file: VendorFile, changes: dict[str, Any], contradicted: list[str]) -> None:
    """State by state: a manifest that names one of them leaves the others open."""
    named = {state for state, _ in said.registrations}
    more = tuple(one for one in file.registrations if one[0] not in named)
    if more:
        changes["registrations"] = (*said.registrations, *more)
    if file.not_registered & set(said.registrations):
        contradicted.append("registrations")


def _attestations(said: Statement, file: VendorFile, changes: dict[str, Any], contradicted: list[str]) -> None:
    standing = tuple(claim for claim in said.attestations if said_alike(claim.says) not in file.withdrawn)
    if len(standing) < len(said.attestations):
        changes["attestations"] = standing
        contradicted.append("attestations")
    elif not said.attestations and file.attestations:
        changes["attestations"] = file.attestations


def _answered(said: Statement, changes: dict[str, Any]) -> Iterator[str]:
    """What was open before; statements struck out answer nothing."""
    yield from (name for name in (*_PLAIN, "registrations") if name in changes)
    if "attestations" in changes and not said.attestations:
        yield "attestations"
