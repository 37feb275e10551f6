"""The ways in that there are, forms and lists, by name and vendor: what leads are picked by. Asked, never changed."""

import json
import re
from typing import NamedTuple

from sqlalchemy import Connection, select

from gateway.intake.inspection import Inspection
from gateway.intake.tables import lists, sources

_LIST = re.compile(r"list_([0-9]{1,18})")


class Entrance(NamedTuple):
    """A form or a list."""

    kind: str  # form, list
    source: str  # as batches know it: the form's key or the list's number
    title: str
    vendor: str | None

    @property
    def name(self) -> str:
        """A form's key, or list_7."""
        return self.source if self.kind == "form" else f"list_{self.source}"


def find_entrances(connection: Connection) -> list[Entrance]:
    """Every form by its key, then every list, the newest first."""
    forms = connection.execute(select(sources.c.key, sources.c.title, sources.c.statement).order_by(sources.c.key))
    found = [Entrance("form", row.key, row.title, json.loads(row.statement).get("vendor")) for row in forms]
    brought = connection.execute(select(lists.c.id, lists.c.name, lists.c.statement).order_by(lists.c.id.desc()))
    found += [Entrance("list", str(row.id), row.name, json.loads(row.statement).get("vendor")) for row in brought]
    return found


def batches_named(name: str) -> tuple[str, str]:
    """Kind and source of the batches of a form (its key) or list (list_7)."""
    found = _LIST.fullmatch(name)
    return ("list", str(int(found[1]))) if found else ("form", name)


def find_list(connection: Connection, list_id: int) -> tuple[str, str | None, tuple[str, ...]] | None:
    """What a list and its file are called, and the headings of its columns; None if there is no such list."""
    row = connection.execute(
        select(lists.c.name, lists.c.file_name, lists.c.inspection).where(lists.c.id == list_id)
    ).one_or_none()
    if row is None:
        return None
    headings = Inspection.from_dict(json.loads(row.inspection)).headings if row.inspection else ()
    return row.name, row.file_name, headings
