"""Who was withdrawn, by the leads on which they came: for judging those who brought them."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from gateway.lifecycle.tables import prospects


class Gone(NamedTuple):
    """A prospect that was withdrawn: by which lead they had come, when they went and why."""

    prospect_id: int
    lead_id: int
    at: datetime
    cause: str


def find_gone(connection: Connection, first: int, end: int) -> list[Gone]:
    """The withdrawn prospects that stand on the leads from ``first`` up to, but without, ``end``."""
    columns = prospects.c
    query = select(columns.id, columns.lead_id, columns.withdrawn_at, columns.withdrawn_cause)
    mine = (columns.withdrawn_at.is_not(None), columns.lead_id >= first, columns.lead_id < end)
    return [Gone(*row) for row in connection.execute(query.where(*mine))]
