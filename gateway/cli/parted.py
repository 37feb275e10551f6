"""A file of several lists on the command line: a receipt for each part, and a total that reconciles with them."""

from collections.abc import Sequence
from typing import Any

from gateway.domain.outcome import Receipt

_COUNTS = ("rows", "prospects", "holds", "rejections", "duplicates")


def together(receipts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One receipt: that of the only part, or the sum of several with each of them under ``parts``."""
    if len(receipts) == 1:
        return {name: value for name, value in receipts[0].items() if name != "part"}
    total = Receipt()
    for receipt in receipts:
        total.add(Receipt.from_dict({**receipt, "unread": []}))  # their numbers mean something in their part only
    states = {receipt["state"] for receipt in receipts}
    said = {
        "state": states.pop() if len(states) == 1 else "running" if "running" in states else "mixed",
        **total.as_dict(),
        "seconds": round(sum(receipt["seconds"] for receipt in receipts), 3),
        "parts": list(receipts),
    }
    return said | ({"dry_run": True} if receipts[0].get("dry_run") else {})


def part_lines(receipt: dict[str, Any]) -> list[str]:
    """The sum over all parts, for people."""
    lines = [f"All {len(receipt['parts'])} parts  {receipt['state']}, {receipt['seconds']} s"]
    return lines + [f"  {name:<11} {receipt[name]:>9,}" for name in _COUNTS]
