"""Builds small folders of policies for tests, and a synthetic batch of facts."""

from datetime import date
from pathlib import Path

import yaml

from gateway.domain.facts import CATALOGUE
from gateway.policy.loader import load_policies
from gateway.policy.reasons import NEEDED

DAY = date(2026, 11, 21)
CITES = {"law": "15 U.S.C. 7704(a)(5)(A)", "url": "https://www.law.cornell.edu/uscode/text/15/7704"}
PROVENANCE = {"fact": "source.provenance_is_complete", "is": True}


class Plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # the same in C where there is one: tests write thousands
    def ignore_aliases(self, _data):
        return True


def wording(code, **changes):
    words = {key: f"{key} wording of {code}" for key in ("person", "vendor", "officer", "remedy")}
    return words | changes


REASONS = {code: wording(code) for code in NEEDED} | {"because": wording("because"), "other": wording("other")}
REASONS["fact_unknown"] = {
    "person": None, "vendor": "We miss {facts}.", "officer": "Nobody knows: {facts}", "remedy": "Find out: {facts}",
}  # fmt: skip
OBLIGATIONS = {
    code: {"id": number, "title": f"Do {code}", "cites": CITES, "officer": f"Always {code}.", "when": "each message"}
    for code, number in (("label", "OB-07"), ("stop", "OB-06"), ("address", "OB-09"))
}


def rule(name="CS-01", **changes):
    """A rule as a file has it; a change to None leaves the key out."""
    made = {
        "id": name, "title": f"Title of {name}", "cites": CITES, "in_force": {"from": date(2004, 1, 1)},
        "verified_on": DAY, "severity": "low", "officer": f"Why {name}.", "when": PROVENANCE,
        "then": "accept", "reason": "because",
    } | changes  # fmt: skip
    if made["then"] == "hold":
        made.setdefault("question", "review")
    return {key: value for key, value in made.items() if value is not None}


def pack(name="us", *rules, **changes):
    made = {
        "pack": name, "title": f"Pack {name}", "version": "2026.11",
        "reviewed": {"by": "Ada", "on": DAY, "again_by": date(2027, 5, 21)},
        "grants": True, "rules": list(rules) or [rule()],
    } | changes  # fmt: skip
    return {key: value for key, value in made.items() if value is not None}


def write(folder: Path, *packs, reasons=None, obligations=None, cases=None):
    """Write packs and their companions as YAML files; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{made['pack']}.yaml": made for made in packs}
    files["reasons.yaml"] = REASONS if reasons is None else reasons
    files["obligations.yaml"] = OBLIGATIONS if obligations is None else obligations
    files |= {f"{name}.test.yaml": content for name, content in (cases or {}).items()}
    for name, content in files.items():
        (folder / name).write_text(dumped(content), encoding="utf-8")
    return folder


def dumped(content):
    """As YAML, everything written out."""
    return yaml.dump(content, Dumper=Plain, sort_keys=False, allow_unicode=True)


def load(folder: Path, *packs, **companions):
    return load_policies([write(folder, *packs, **companions)])


def answers(name):
    """Every answer a boolean or a choice can give, unknown among them."""
    spec = CATALOGUE[name]
    return (None, True, False) if spec.kind == "boolean" else (None, *spec.choices)
