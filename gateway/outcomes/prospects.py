"""Prospects as they are handed out: who, from which lead, under which decision, with which obligations."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, select

from gateway.db.work import reading
from gateway.lifecycle.store import export
from gateway.outcomes.tables import decisions

HEADINGS = (
    "address", "first_name", "last_name", "phone", "country", "state", "since", "lead", "decision", "obligations",
)  # fmt: skip


def export_prospects(engine: Engine) -> Iterator[dict[str, Any]]:
    """Every prospect that may be written to, in the order they came; withdrawn ones are not among them."""
    cases: dict[int, tuple[str, list[str]]] = {}
    with reading(engine) as connection, reading(engine) as lookup:
        for prospect in export(connection):
            number = prospect["decision_id"]
            if number not in cases:
                row = lookup.execute(select(decisions.c.name, decisions.c.body).where(decisions.c.id == number)).one()
                cases[number] = (row.name, json.loads(row.body)["obligations"])
            name, obligations = cases[number]
            yield {
                **{key: prospect[key] for key in HEADINGS[:7]},
                "lead": f"lead_{prospect['lead_id']}",
                "decision": name,
                "obligations": obligations,
            }
