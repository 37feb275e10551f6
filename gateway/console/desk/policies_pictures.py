"""What came of a "what if" as pictures: who stands where before and after, and whom it meets by rule, vendor, month."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gateway.console.desk.charts import Flow, Stack, flow, stacks
from gateway.console.desk.frame import translated
from gateway.console.desk.policies_words import TONES
from gateway.domain.money import written
from gateway.domain.phrase import phrase

NAMES = {"accept": "Accepted", "hold": "On hold", "reject": "Refused"}
KINDS = {"rule": "By rule", "vendor": "By vendor", "month": "By month of arrival", "list": "By list or form"}
TOP = 12


@dataclass(frozen=True, slots=True)
class Flipping:
    """One way to flip, with what was paid for those leads and some of them."""

    before: str
    after: str
    tone: str
    leads: int
    share: float
    paid: str
    samples: list[str]
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One ranking."""

    kind: str
    head: str
    stacks: list[Stack]
    more: int


def pictures(result: dict[str, Any]) -> dict[str, Any]:
    """Everything that the page draws."""
    return {
        "flow": _flow(result),
        "flips": [_flipping(one) for one in result["flips"]],
        "rankings": [_ranked(result, kind, head) for kind, head in KINDS.items() if result[f"by_{kind}"]],
        "rules": [_flipping(one, rule=one["rule"]) for one in result["by_rule"] if one.get("samples")],
        "lost": _paid(one["paid_minor"] for one in result["flips"] if one["before"] == "accept"),
        "won": _paid(one["paid_minor"] for one in result["flips"] if one["after"] == "accept"),
    }


def _flow(result: dict[str, Any]) -> Flow:
    moved = {(TONES[verdict], TONES[verdict]): leads for verdict, leads in result["stays"].items()}
    for one in result["flips"]:
        moved[TONES[one["before"]], TONES[one["after"]]] = one["leads"]
    counts = {"some": f"{result['flipped']:,}", "all": f"{result['decided_again']:,}"}
    title = translated(phrase("%(some)s of %(all)s leads would end otherwise", **counts))
    names = [(TONES[verdict], translated(name)) for verdict, name in NAMES.items()]
    return flow(title, (translated(phrase("As it was decided")), translated(phrase("Under these packs"))), names, moved)


def _flipping(one: dict[str, Any], rule: str = "") -> Flipping:
    return Flipping(
        NAMES[one["before"]], NAMES[one["after"]], TONES[one["after"]], one["leads"], one.get("share_percent", 0),
        _paid([one["paid_minor"]]), one["samples"], rule,
    )  # fmt: skip


def _ranked(result: dict[str, Any], kind: str, head: str) -> Ranked:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in result[f"by_{kind}"]:
        found.setdefault(one[kind], []).append(one)
    names = list(found) if kind == "month" else sorted(found, key=lambda name: -sum(x["leads"] for x in found[name]))
    if kind == "month":
        names = sorted(names, reverse=True)
    shown = [
        (_called(kind, name), [(TONES[x["after"]], f"{NAMES[x['before']]} → {NAMES[x['after']].lower()}", x["leads"])
                               for x in found[name]])
        for name in names[:TOP]
    ]  # fmt: skip
    hrefs = {_called(kind, name): _href(kind, name) for name in names[:TOP]}
    notes = {_called(kind, name): _paid(x["paid_minor"] for x in found[name]) for name in names[:TOP]}
    told = {label: f"{paid} paid" for label, paid in notes.items() if paid}
    return Ranked(kind, head, stacks(shown, hrefs=hrefs, notes=told), len(names) - len(shown) + _left_out(result, kind))


def _left_out(result: dict[str, Any], kind: str) -> int:
    return int(result.get(f"by_{kind}_left_out", 0))


def _called(kind: str, name: str) -> str:
    if kind == "list":
        where, _, what = name.partition(":")
        return f"list_{what}" if where == "list" else f"form {what}"
    return name


def _href(kind: str, name: str) -> str:
    if kind == "rule" and not name.startswith("("):
        return f"/desk/policies/names/{name}"
    if kind == "list" and name.startswith("list:"):
        return f"/desk/lists/{_called(kind, name)}"
    return ""


def _paid(sums: Iterable[dict[str, int]]) -> str:
    """Money by currency: it is never added up across them."""
    total: dict[str, int] = {}
    for one in sums:
        for currency, minor in one.items():
            total[currency] = total.get(currency, 0) + minor
    return ", ".join(written(minor, currency) for currency, minor in sorted(total.items()) if minor)
