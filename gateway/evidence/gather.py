"""All that is known of one lead, as the members of a bundle, read at one instant. Nothing is written here."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from gateway.account import explain_lead
from gateway.db.base import text_of
from gateway.db.work import reading
from gateway.domain.decision import Decision
from gateway.domain.override import overrides_of
from gateway.evidence import members as m
from gateway.intake.people.consents import find_consent, sealer
from gateway.intake.receipts import find_delivery
from gateway.ledger.browse import Entry, Wanted, find_entries, find_seal
from gateway.outcomes.cases import as_json, load_decision
from gateway.outcomes.overrides import find_record
from gateway.outcomes.person import find_rows
from gateway.outcomes.policy_sets import load_policy_set
from gateway.outcomes.sealed import Settlement, digest_of, find_settlements, lines_of_batch
from gateway.outcomes.view import view_lead
from gateway.person.receipt import receipt_of
from gateway.pipeline import Services

MOST_ENTRIES = 100  # about one lead, beside those that sealed its batches
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_.-]*")


@dataclass(slots=True)
class Gathered:
    """What was found of a lead."""

    lead: dict[str, Any]
    told: dict[str, Any]  # as account.explain_lead tells it
    settlements: list[dict[str, Any]]
    entries: list[Entry]  # the ledger's, of this lead
    source: dict[str, Any]
    receipt: dict[str, Any] | None  # None: of an erased person nothing is left to state
    erased: str | None  # why nothing of what arrived is kept
    facts: dict[str, Any] = field(default_factory=dict)  # of the decision that stands
    members: dict[str, bytes] = field(default_factory=dict)


def gather(services: Services, number: int) -> Gathered | None:
    """Everything of a lead; None if there is no such lead."""
    with reading(services.engine, snapshot=True) as connection:
        lead, told = view_lead(connection, number), explain_lead(connection, services, number)
        if lead is None or told is None:
            return None
        found = Gathered(lead, told, [], [], _source(connection, number), None, _erased(lead))
        _add_settlements(connection, found, number)
        about = find_entries(connection, Wanted(words=[f"lead:{number}"]), limit=MOST_ENTRIES)
        found.entries = sorted({one.seq: one for one in [*found.entries, *about]}.values(), key=lambda one: one.seq)
        consent = find_consent(connection, services, number)
    if consent is not None:
        found.receipt = receipt_of(consent, services.clock.now())
        found.members[m.RECEIPT] = (sealer(services).seal(found.receipt) + "\n").encode()
        found.members[m.JWKS] = m.to_json(sealer(services).public_keys())
    found.members[m.LEAD] = m.to_json({**lead, "erased": found.erased})
    found.members[m.SOURCE] = m.to_json(found.source)
    found.members[m.DECISION] = m.to_json({**told, "facts": found.facts})
    found.members[m.SETTLEMENTS] = m.to_json(found.settlements)
    return found


def _erased(lead: dict[str, Any]) -> str | None:
    arrived = lead["as_arrived"]
    reason = arrived.get("erased") if isinstance(arrived, dict) and lead["address"] is None else None
    return reason if isinstance(reason, str) else None


def _source(connection: Connection, number: int) -> dict[str, Any]:
    (row,) = find_rows(connection, [number])
    stated = {"kind": row.origin_kind, "source": row.source, "statement": json.loads(row.statement)}
    return stated | (find_delivery(connection, int(row.source)) or {}) if row.origin_kind == "list" else stated


def _add_settlements(connection: Connection, found: Gathered, number: int) -> None:
    """Each settlement with its decision, its batch's lines, its policies and the entry that sealed it."""
    index: dict[str, list[list[Any]]] = {}
    for one in find_settlements(connection, number):
        decision = load_decision(connection, one.decision_id)
        entry = find_seal(connection, one.batch, one.settled_at)
        lines = _lines(connection, one, entry)
        if lines is not None:
            found.members[f"batches/{one.batch}.txt"] = lines.encode()
        if entry is not None:
            found.entries.append(entry)
        found.facts = dict(decision.facts)
        found.members[f"decisions/{decision.id}.json"] = m.to_json(_decision(decision))
        _add_policies(connection, found, index, decision.policy_digest)
        _add_overrides(connection, found, decision)
        found.settlements.append({
            "lead": number, "batch": one.batch, "kind": one.kind, "as_of": text_of(one.as_of),
            "settled_at": text_of(one.settled_at), "outcome": one.outcome, "extra": one.extra,
            "decision": decision.id, "entry": None if entry is None else entry.seq,
            "lines": None if lines is None else f"batches/{one.batch}.txt",
        })  # fmt: skip
    found.members[m.POLICIES] = m.to_json(index)


def _lines(connection: Connection, one: Settlement, entry: Entry | None) -> str | None:
    """The batch's lines; None where leads were settled again before what they stood as was kept."""
    lines = lines_of_batch(connection, one.batch)
    fits = entry is not None and entry.body.get("outcomes_sha256") == digest_of(lines)
    return lines if fits else None


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "name": decision.id, "verdict": decision.verdict, "policies": decision.policy_digest,
        **json.loads(as_json(decision)),
    }  # fmt: skip


def _add_overrides(connection: Connection, found: Gathered, decision: Decision) -> None:
    """What a decision rests on beside its policies, as people signed it."""
    for one in overrides_of(decision):
        record = find_record(connection, int(one.name.removeprefix("override_")))
        if record is not None:
            found.members[f"overrides/{one.name}.note"] = record.signature.encode()


def _add_policies(connection: Connection, found: Gathered, index: dict[str, list[list[Any]]], digest: str) -> None:
    """The exact texts of a set, each a file of its own."""
    if digest in index:
        return
    index[digest] = []
    for place, (folder, name, text) in enumerate(load_policy_set(connection, digest) or ()):
        plain = name if _PLAIN.fullmatch(name) else f"file-{place}.yaml"
        member = f"policies/{digest[:16]}/{folder}/{plain}"
        found.members[member] = text.encode()
        index[digest].append([folder, name, member])
