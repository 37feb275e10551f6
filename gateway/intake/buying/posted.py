"""A lead as a vendor posts it: flat fields under any known heading become a Batch of one, as a list's row would be."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gateway.db.base import text_of
from gateway.domain.lead import Batch, Cell, Origin, Statement
from gateway.domain.problem import CallerError, Problem
from gateway.intake.buying.terms import region_name
from gateway.intake.buying.wanted import Said
from gateway.intake.columns import sensitive
from gateway.intake.platforms.call import text, texts
from gateway.intake.platforms.leads import Came, Field, columns_of, short
from gateway.intake.values import read_box
from gateway.screening.jurisdiction import alpha2

CONTROL = {
    "ping": "ping", "lead_id": "ping", "contract": "contract", "answer": "answer", "test": "test", "ask": "ask",
    "product": "product", "type": "product", "key": "", "api_action": "", "mode": "mode", "format": "format",
    "return_best_price": "", "cost": "", "price": "",
}  # fmt: skip
"""Fields that steer, or that a platform sends beside the lead, by their folded names; a price is ours to say."""
_NOWHERE = Origin("list", "", Statement(direct=False))
_SECRET = "key"  # noqa: S105 - boberdoo's name for it


@dataclass(slots=True)
class Posted:
    """What was posted: the fields of the lead, and what steers."""

    document: Mapping[str, Any]  # word for word, without the key
    fields: list[Field] = field(default_factory=list)
    control: dict[str, str] = field(default_factory=dict)

    @property
    def ping(self) -> str | None:
        """The ping it refers to."""
        return self.control.get("ping")

    @property
    def is_test(self) -> bool:
        """Whether the vendor says that it is nobody's."""
        return read_box(self.control.get("test", "")) is True


def read_posted(document: Mapping[str, Any]) -> Posted:
    """Fields and control of a JSON object or a form post."""
    kept = {name: value for name, value in document.items() if name.casefold() != _SECRET}
    posted = Posted(kept)
    for name, value in kept.items():
        said = ", ".join(texts(value)) or text(value)
        use = CONTROL.get(name.casefold())
        if use:
            posted.control.setdefault(use, said.strip())
        if use is None and name.strip() and said.strip():
            posted.fields.append(Field(name, said))
    if len(posted.fields) > 1_000:  # noqa: PLR2004 - as many as forms have at most
        raise CallerError([Problem("too_many", "a lead has at most 1,000 fields")])
    return posted


def batch_of(posted: Posted, at: datetime) -> Batch:
    """The batch of one, whose origin is said once its list is known."""
    columns, _ = columns_of(posted.fields, Came(None), at)
    if posted.is_test:
        columns["is_test"] = True
    cells: dict[str, list[Cell]] = {
        name: [short(name, cell)] for name, cell in columns.items() if cell is not None
    }  # fmt: skip
    cells.setdefault("email", [""])
    arrived = {"posted": dict(posted.document), "seen": {"at": text_of(at)}}
    return Batch(
        origin=_NOWHERE, numbers=[1], columns=cells,
        as_arrived=[json.dumps(arrived, ensure_ascii=False, separators=(",", ":"))], arrived_at=at,
    )  # fmt: skip


def said_of(posted: Posted, batch: Batch, country: str | None) -> Said:
    """What a posted lead says of itself, as filters ask it; ``country``: of all leads, as the terms state it."""
    return said(
        _text(batch, "country") or country, _text(batch, "region"), posted.control.get("product"),
        _instant(batch, "collected_at") or _instant(batch, "consent_at"),
    )  # fmt: skip


def said(country: str | None, region: str | None, product: str | None, collected_at: datetime | None) -> Said:
    """The same of what a ping says."""
    known = region_name(region) if region else None
    here = (alpha2(country) or country) if country else known[:2] if known else None
    return Said(here, known or region or None, product or None, collected_at)


def sensitive_of(posted: Posted) -> tuple[str, ...]:
    """Headings of health, belief and like data among the fields."""
    return sensitive([one.name for one in posted.fields])


def need_address(batch: Batch) -> None:
    """Raise CallerError where no address was posted: there is nobody to buy."""
    if not str(batch.columns["email"][0] or "").strip():
        raise CallerError([Problem("missing", "post the person's address as `email`", "email")])


def _text(batch: Batch, name: str) -> str | None:
    cell = batch.column(name)[0]
    return cell.strip() or None if isinstance(cell, str) else None


def _instant(batch: Batch, name: str) -> datetime | None:
    cell = batch.column(name)[0]
    return cell if isinstance(cell, datetime) else None
