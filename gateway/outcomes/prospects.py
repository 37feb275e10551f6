"""Prospects as they are handed out: who, from which lead, under which decision, with which obligations."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, select

from gateway.db.work import reading
from gateway.lifecycle.store import export_page
from gateway.outcomes.tables import decisions

HEADINGS = (
    "address", "first_name", "last_name", "phone", "country", "state", "since", "lead", "decision", "obligations",
)  # fmt: skip


def export_prospects(engine: Engine) -> Iterator[dict[str, Any]]:
    """Every prospect that may be written to, in the order they came; withdrawn ones are not among them."""
    cases: dict[int, tuple[str, list[str]]] = {}
    after = 0
    while True:
        with reading(engine) as connection:  # a page at a time: whoever downloads may be slow
            page = export_page(connection, after)
            for number in {prospect["decision_id"] for prospect in page} - cases.keys():
                query = select(decisions.c.name, decisions.c.body).where(decisions.c.id == number)
                row = connection.execute(query).one()
                cases[number] = (row.name, json.loads(row.body)["obligations"])
        if not page:
            return
        for prospect in page:
            name, obligations = cases[prospect["decision_id"]]
            yield {
                **{key: prospect[key] for key in HEADINGS[:7]},
                "lead": f"lead_{prospect['lead_id']}",
                "decision": name,
                "obligations": obligations,
            }
        after = page[-1]["id"]
