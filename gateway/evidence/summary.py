"""The page of a bundle that people read or print. It needs nothing beside itself: no script, no network, no server."""

from base64 import b64encode
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.domain.facts import CATALOGUE
from gateway.evidence import members as m
from gateway.policy.words import answer

if TYPE_CHECKING:
    from jinja2 import Template

    from gateway.evidence.gather import Gathered

_HERE = Path(__file__).parent


def write_summary(found: "Gathered", *, made_at: datetime, by: str, size: int, root: str, key: str) -> str:
    """The page. ``size``, ``root``: the ledger's, as the checkpoint has them; ``key``: by which that is checked."""
    style = (_HERE / "summary.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return _template().render(
        lead=found.lead, told=found.told, settlements=found.settlements, entries=found.entries, source=found.source,
        receipt=found.receipt, erased=found.erased, facts=_facts(found.facts), made_at=made_at, by=by, size=size,
        root=root, key=key, style=style, style_digest=digest, cells=_cells(found.lead["as_arrived"]),
        members=sorted({*found.members, m.SUMMARY, m.MANIFEST, m.NOTE}), what=m.WHAT,
    )  # fmt: skip


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    made.filters.update(when=_when, link=_link)
    return made.get_template("summary.html")


def _when(instant: datetime | str) -> str:
    at = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return f"{at:%d %B %Y, %H:%M:%S} UTC"


def _link(url: str | None) -> str | None:
    """Only what a browser opens as a page; a pack could say javascript: as well."""
    return url if url and url.startswith(("https://", "http://")) else None


def _facts(facts: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Name, question and answer of everything that was known."""
    return [
        (name, CATALOGUE[name].asks if name in CATALOGUE else name, str(answer(value)))
        for name, value in sorted(facts.items())
    ]


def _cells(arrived: Any, path: str = "") -> list[tuple[str, str]]:
    """What arrived, as names and values: a row's cells by their place, a form's fields by their path."""
    if isinstance(arrived, dict):
        return [cell for name, inner in arrived.items() for cell in _cells(inner, f"{path}.{name}" if path else name)]
    if isinstance(arrived, list):
        return [
            cell for n, inner in enumerate(arrived, 1) for cell in _cells(inner, f"{path} {n}" if path else f"cell {n}")
        ]
    return [] if arrived is None or arrived == "" else [(path, str(arrived))]
