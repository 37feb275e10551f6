"""Writes docs/facts.md from the catalogue in gateway/domain/facts.py: `.venv/bin/python tools/facts_page.py`."""

from itertools import groupby
from pathlib import Path

from gateway.domain.facts import CATALOGUE, FactSpec

PAGE = Path(__file__).resolve().parents[1] / "docs" / "facts.md"
HEAD = """\
# Facts

Every question a policy may ask of a lead. Any fact may also be **unknown**: nobody could or would say. An unknown that
matters to a rule holds the lead; it never passes as a yes or a no.

This page is made from `gateway/domain/facts.py` by `tools/facts_page.py`; `make test` checks that it is current.
"""
KINDS = {"boolean": "true, false", "instant": "an instant", "text": "text"}


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for subject, specs in groupby(CATALOGUE.values(), key=lambda spec: spec.name.partition(".")[0]):
        parts.append(f"\n## {subject}\n\n| fact | asks | answers | established by |\n| --- | --- | --- | --- |\n")
        parts += [_row(spec) for spec in specs]
    return "".join(parts)


def _row(spec: FactSpec) -> str:
    answers = ", ".join(f"`{choice}`" for choice in spec.choices) or KINDS[spec.kind]
    return f"| `{spec.name}` | {spec.asks} | {answers} | {spec.by} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
