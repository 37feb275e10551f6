"""A bundle is checked by whoever holds it: no database, no settings, no network, and nothing in it is trusted.

Each check says one thing and never stops the others. What a bundle says is shown only as far as it is harmless.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from gateway.domain.decision import Decision
from gateway.domain.override import overrides_of, set_all_aside
from gateway.domain.problem import CallerError
from gateway.evidence import members as m
from gateway.evidence.archive import BundleError, unpack
from gateway.ledger.browse import SEALS
from gateway.ledger.notes import read_checkpoint, read_signed
from gateway.ledger.tree import leaf_hash, root_of_path
from gateway.outcomes import cases
from gateway.outcomes.sealed import digest_of
from gateway.person.sealing import verify as verify_receipt
from gateway.policy.errors import PolicyError
from gateway.policy.loader import load_texts
from gateway.policy.pack import PolicySet, PolicyText
from gateway.replay.recorded import compare
from gateway.replay.translate import Translator

State = Literal["good", "wrong", "note"]
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError, RecursionError)
_LONGEST = 300


class Checked(NamedTuple):
    """What one check found."""

    check: str
    state: State  # note: nothing wrong, but something that this bundle cannot show
    what: str

    def __str__(self) -> str:
        return f"{self.state:5}  {self.check}: {shown(self.what)}"


@dataclass
class Bundle:
    """A bundle on its way through the checks."""

    members: dict[str, bytes]
    known: Sequence[str]  # public keys that the checker had before
    kept: str | None  # a checkpoint that the checker had before
    keys: list[str] = field(default_factory=list)  # by which signatures are checked
    all_keys: list[str] = field(default_factory=list)  # of former secrets, too: the manifest vouches for them
    size: int = 0
    root: bytes = b""
    entries: dict[int, dict[str, Any]] = field(default_factory=dict)  # that are in the ledger, by number
    policies: dict[str, PolicySet] = field(default_factory=dict)


def verify_bundle(data: bytes, *, known: Sequence[str] = (), kept: str | None = None) -> list[Checked]:
    """Everything that can be checked of a bundle. It is good if nothing is ``wrong``.

    ``known``: the ledger's public keys, had by another way; without them a bundle that somebody made up whole, with a
    key of their own, is good as well. ``kept``: a checkpoint that was had before.
    """
    try:
        bundle = Bundle(unpack(data), known, kept)
    except BundleError as error:
        return [Checked("archive", "wrong", str(error))]
    found = [Checked("archive", "good", f"{len(bundle.members)} members, {len(data):,} bytes, none of them packed")]
    for name, check in _CHECKS:
        try:
            found.extend(check(bundle))
        except (BundleError, PolicyError, CallerError) as error:
            found.append(Checked(name, "wrong", str(error)))
        except _MALFORMED as error:
            found.append(
                Checked(name, "wrong", f"what it needs is missing or malformed ({type(error).__name__}: {error})")
            )
    return found


def is_good(found: Sequence[Checked]) -> bool:
    """Whether nothing is wrong."""
    return all(one.state != "wrong" for one in found)


def shown(text: str) -> str:
    """Text of a stranger's on one line of a terminal: no control characters, and not too much of it."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= _LONGEST else plain[:_LONGEST] + " …"


def _members(bundle: Bundle) -> Iterator[Checked]:
    manifest = m.from_json(bundle.members, m.MANIFEST)
    if manifest["format"] != m.FORMAT:
        raise BundleError(f"this is a bundle of another kind: {manifest['format']!r}")
    said = {name: one["sha256"] for name, one in manifest["members"].items()}
    there = m.digests({name: data for name, data in bundle.members.items() if name not in {m.MANIFEST, m.NOTE}})
    for name in sorted(said.keys() | there.keys()):
        if name not in there:
            yield Checked("members", "wrong", f"{name} is missing")
        elif name not in said:
            yield Checked("members", "wrong", f"{name} was added: the manifest does not name it")
        elif said[name] != there[name]:
            yield Checked("members", "wrong", f"{name} was changed: its digest is not the manifest's")
    if said == there:
        yield Checked("members", "good", f"all {len(there)} are those that the manifest names, byte for byte")


def _signature(bundle: Bundle) -> Iterator[Checked]:
    own = [line for line in m.text_of(bundle.members, m.KEYS).splitlines() if line]
    bundle.keys, bundle.all_keys = list(bundle.known) or own, [*bundle.known, *own]
    text, key = read_signed(m.text_of(bundle.members, m.NOTE), bundle.keys)
    if text != m.signed_text(bundle.members[m.MANIFEST]):
        raise BundleError("the signature is not of this manifest")
    yield Checked("signature", "good", f"the manifest is signed by {key}")
    if bundle.known:
        yield Checked("key", "good", "it is a key that you gave")
    else:
        what = (
            "it comes with the bundle; compare it with the one that the gateway's owner tells you, or give it (--key)"
        )
        yield Checked("key", "note", what)


def _checkpoint(bundle: Bundle) -> Iterator[Checked]:
    note = m.text_of(bundle.members, m.CHECKPOINT)
    bundle.size, bundle.root, _ = read_checkpoint(note, bundle.keys)
    yield Checked("checkpoint", "good", f"{bundle.size:,} entries, root {bundle.root.hex()}, signed")
    if bundle.kept is None:
        return
    size, root, _ = read_checkpoint(bundle.kept.replace("\r\n", "\n").strip() + "\n", bundle.keys)
    if size != bundle.size:
        what = f"yours is of {size:,} entries and the bundle's of {bundle.size:,}: they cannot be compared"
        raise BundleError(what + "; `gateway ledger verify --since` does that where the ledger is")
    if root != bundle.root:
        raise BundleError("your checkpoint of the same size has another root: the ledger was rewritten")
    yield Checked("kept checkpoint", "good", "it is the same as yours")


def _inclusion(bundle: Bundle) -> Iterator[Checked]:
    ledger = m.from_json(bundle.members, m.LEDGER)
    for one in ledger["entries"]:
        seq, data = one["seq"], one["data"]
        path = [bytes.fromhex(text) for text in one["path"]]
        reached = root_of_path(leaf_hash(data.encode()), seq - 1, bundle.size, path) if 0 < seq <= bundle.size else b""
        entry = json.loads(data)
        if reached != bundle.root or not bundle.root or entry["seq"] != seq:
            raise BundleError(f"entry {seq} does not lead to the root of the checkpoint")
        bundle.entries[seq] = entry
    numbers = ", ".join(map(str, bundle.entries))
    yield Checked("ledger", "good", f"entries {numbers} are in the ledger: each leads to the root of the checkpoint")


def _export(bundle: Bundle) -> Iterator[Checked]:
    lead = m.from_json(bundle.members, m.MANIFEST)["lead"]
    digest = m.digest_of_contents(bundle.members)
    told = [one["body"] for one in bundle.entries.values() if one["kind"] == "evidence.exported"]
    mine = [body for body in told if body["contents_sha256"] == digest and body["lead"] == lead]
    if not mine:
        raise BundleError("no entry of the ledger says that these contents were exported")
    yield Checked("export", "good", f"the ledger says that these contents were exported for {lead} by {mine[-1]['by']}")


def _policies(bundle: Bundle) -> Iterator[Checked]:
    for digest, listed in m.from_json(bundle.members, m.POLICIES).items():
        if not listed:
            yield Checked(
                "policies", "note", f"those of {digest[:12]} were not kept: decisions of theirs cannot be derived"
            )
            continue
        texts = [PolicyText(folder, name, m.text_of(bundle.members, member)) for folder, name, member in listed]
        found = load_texts(texts, name=f"policies {digest[:12]}")
        if found.digest != digest:
            raise BundleError(f"the policies of {digest[:12]} are {found.digest[:12]} by their content")
        bundle.policies[digest] = found
        yield Checked("policies", "good", f"{len(texts)} files are those of the digest {digest}")


def _settlements(bundle: Bundle) -> Iterator[Checked]:
    settlements = m.from_json(bundle.members, m.SETTLEMENTS)
    lead, stands = m.from_json(bundle.members, m.LEAD), m.from_json(bundle.members, m.DECISION)
    named = m.from_json(bundle.members, m.MANIFEST)["lead"]
    if not settlements or {lead["lead"], stands["lead"], f"lead_{settlements[0]['lead']}"} != {named}:
        raise BundleError("it is not of one and the same lead throughout")
    if stands["decision"] != settlements[-1]["decision"] or lead["decision"] != stands["decision"]:
        raise BundleError("the decision that stands is not that of the last settlement")
    for one in settlements:
        yield from _decision(bundle, one)
        yield from _batch(bundle, one)
    last = settlements[-1]
    if last["outcome"] != lead["outcome"]:
        yield Checked("lead", "note", f"it was settled as {last['outcome']} and was refused since: {lead['reasons']}")


def _decision(bundle: Bundle, one: dict[str, Any]) -> Iterator[Checked]:
    """The decision comes out of its facts and its policies, name, verdict, findings and all."""
    document = m.from_json(bundle.members, f"decisions/{one['decision']}.json")
    digest = document["policies"]
    decision = cases.from_json(document["name"], document["verdict"], digest, json.dumps(document))
    if decision.id != one["decision"]:
        raise BundleError(f"the decision {one['decision']} calls itself {decision.id}")
    if digest not in bundle.policies:
        yield Checked("decision", "note", f"{decision.id} cannot be derived again without its policies")
        return
    differs = list(compare(decision, _derived(decision, bundle.policies[digest], one["as_of"])))
    if differs:
        raise BundleError(f"{decision.id}: {'; '.join(differs)}")
    yield from _overrides(bundle, decision)
    yield Checked("decision", "good", f"{decision.id} ({decision.verdict}) follows from its facts and its policies")


def _overrides(bundle: Bundle, decision: Decision) -> Iterator[Checked]:
    """What it rests on beside its policies was signed, and set aside no more than that."""
    for one in overrides_of(decision):
        text, _ = read_signed(m.text_of(bundle.members, f"overrides/{one.name}.note"), bundle.all_keys)
        lines = text.split("\n")
        seconded = any(line.startswith("seconded by ") for line in lines)
        if lines[:2] != ["lead-gateway override", one.name] or one.seconded != seconded:
            raise BundleError(f"{one.name} is not what was signed under this name")
        if not one.rules <= set(lines[2].removeprefix("sets aside ").split()):
            raise BundleError(f"{decision.id} says that {one.name} set aside more than was signed")
        yield Checked("override", "good", f"{one.name}, on which {decision.id} rests, is signed")


def _derived(decision: Decision, policies: PolicySet, as_of: str) -> Decision:
    at = datetime.fromisoformat(as_of)
    judge = policies.judge(at)
    derived = judge.decide(Translator(judge, judge, at).translate(decision).case)
    return set_all_aside(derived, overrides_of(decision))


def _batch(bundle: Bundle, one: dict[str, Any]) -> Iterator[Checked]:
    """The lead's line is among its batch's, whose digest is in the ledger's entry."""
    if one["entry"] is None or one["lines"] is None:
        what = f"the lines of batch {one['batch']} cannot be shown: leads of it were settled again before that was kept"
        yield Checked("batch", "note", what)
        return
    entry, lines = bundle.entries[one["entry"]], m.text_of(bundle.members, one["lines"])
    body = entry["body"]
    if entry["kind"] not in SEALS or body["batch"] != one["batch"] or entry["at"] != one["settled_at"]:
        raise BundleError(f"entry {one['entry']} is not about batch {one['batch']}")
    if body["outcomes_sha256"] != digest_of(lines):
        raise BundleError(f"the lines of batch {one['batch']} are not those whose digest is in entry {one['entry']}")
    if f"{one['lead']} {one['outcome']} {one['decision']}" not in lines.split("\n"):
        raise BundleError(f"batch {one['batch']} has no line that says that the lead ended as {one['outcome']}")
    what = f"entry {one['entry']} seals batch {one['batch']}, in which the lead ended as {one['outcome']}"
    yield Checked("batch", "good", what)


def _receipt(bundle: Bundle) -> Iterator[Checked]:
    lead = m.from_json(bundle.members, m.LEAD)
    if m.RECEIPT not in bundle.members:
        if lead["address"] is not None:
            raise BundleError(f"{m.RECEIPT} is missing")
        yield Checked("receipt", "note", "of this lead nothing is kept that a receipt could say: the person was erased")
        return
    said = verify_receipt(m.text_of(bundle.members, m.RECEIPT), m.from_json(bundle.members, m.JWKS))
    if said["metadata"]["lead"] != lead["lead"] or said["metadata"]["pii_principal_id"] != lead["address"]:
        raise BundleError("the receipt is of somebody else")
    yield Checked("receipt", "good", f"the receipt of consent of {lead['lead']} is signed as it stands")


_CHECKS: tuple[tuple[str, Callable[[Bundle], Iterator[Checked]]], ...] = (
    ("members", _members), ("signature", _signature), ("checkpoint", _checkpoint), ("ledger", _inclusion),
    ("export", _export), ("policies", _policies), ("settlements", _settlements), ("receipt", _receipt),
)  # fmt: skip
