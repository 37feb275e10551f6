"""The leads of an override, as a page shows them."""

from sqlalchemy import Connection, func, select

from gateway.outcomes.tables import leads, override_leads


def view_leads(connection: Connection, number: int, *, after: int = 0, limit: int = 50) -> list[tuple[int, str, str]]:
    """Some of its leads in order: number, address or nothing, what it stands as; those behind ``after``."""
    query = (
        select(leads.c.id, func.coalesce(leads.c.address, ""), leads.c.outcome)
        .join(override_leads, override_leads.c.lead_id == leads.c.id)
        .where(override_leads.c.override_id == number, override_leads.c.lead_id > after)
        .order_by(override_leads.c.lead_id).limit(limit)
    )  # fmt: skip
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def count_leads(connection: Connection, number: int) -> dict[str, int]:
    """What its leads stand as now, by outcome."""
    query = (
        select(leads.c.outcome, func.count()).join(override_leads, override_leads.c.lead_id == leads.c.id)
        .where(override_leads.c.override_id == number).group_by(leads.c.outcome).order_by(leads.c.outcome)
    )  # fmt: skip
    return {row[0]: row[1] for row in connection.execute(query)}
