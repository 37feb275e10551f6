"""A lead's consent as it is recorded, read again from what arrived. Found and put together; nothing is judged."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from gateway.confirmation import person as confirmation
from gateway.db.work import reading
from gateway.domain.lead import Cell, Origin, Statement
from gateway.domain.wire import statement_from_json
from gateway.intake.columns import to_batch
from gateway.intake.inspection import Inspection
from gateway.intake.tables import lists, notices
from gateway.lifecycle.store import find_withdrawal
from gateway.outcomes.cases import load_decision
from gateway.outcomes.person import find_rows
from gateway.outcomes.view import view_lead
from gateway.person.receipt import Consent, receipt_of
from gateway.person.receipt_link import ReceiptLinks
from gateway.person.sealing import Sealer
from gateway.pipeline import Services


def make_receipt(services: Services, lead_id: int) -> dict[str, Any] | None:
    """A lead's receipt and the same signed: ``{"receipt", "jws"}``. None if there is no such lead, or none any more."""
    with reading(services.engine) as connection:
        consent = find_consent(connection, services, lead_id)
    if consent is None:
        return None
    receipt = receipt_of(consent, services.clock.now())
    return {"receipt": receipt, "jws": sealer(services).seal(receipt)}


def sealer(services: Services) -> Sealer:
    """Who signs receipts here."""
    return Sealer(services.settings.secret_key, services.settings.former_secret_keys)


def receipt_links(services: Services) -> ReceiptLinks:
    """The links to receipts."""
    return ReceiptLinks(services.settings.secret_key, services.settings.former_secret_keys)


def find_consent(connection: Connection, services: Services, lead_id: int) -> Consent | None:
    """What is recorded of a lead's consent; None of a lead that was never there or was erased."""
    rows, shown = find_rows(connection, [lead_id]), view_lead(connection, lead_id)
    if not rows or shown is None or rows[0].address is None:
        return None
    row = rows[0]
    statement = statement_from_json(row.statement)
    is_form = row.origin_kind == "form"
    fields = read_fields(connection, row, statement)
    facts = load_decision(connection, row.decision_id).facts
    left = find_withdrawal(connection, row.match_key, lead_id)
    settings, sender = services.settings, services.world.sender
    base = settings.public_url.rstrip("/")
    return Consent(
        lead=f"lead_{lead_id}",
        gateway=sealer(services).public_keys()["keys"][-1]["kid"],
        principal=row.address,
        fields=fields,
        statement=statement,
        origin=row.source if is_form else f"list_{row.source}",
        is_form=is_form,
        arrived_at=row.arrived_at,
        status=str(facts.get("consent.status") or "unknown"),
        waits_for_confirmation=bool(shown["hold"] and shown["hold"]["state"] == "waiting"
                                    and shown["hold"]["question"] == "confirm"),
        withdrawn_at=left[0] if left else None,
        confirmations=confirmation.of_lead(connection, lead_id, row.match_key),
        sender=sender,
        withdrawal_url=f"{base}/leave" if base else None,
    )  # fmt: skip


def read_fields(connection: Connection, row: Any, statement: Statement) -> Mapping[str, Cell]:
    """A lead's fields as they were read when it arrived."""
    arrived = json.loads(row.as_arrived)
    if isinstance(arrived, list):
        text = connection.execute(select(lists.c.inspection).where(lists.c.id == int(row.source))).scalar()
        if text is None:
            return {}
        origin = Origin("list", row.source, statement)
        record = (row.number, [str(cell) for cell in arrived], None)
        batch = to_batch([record], Inspection.from_dict(json.loads(text)), statement, origin, row.arrived_at)
        return {name: column[0] for name, column in batch.columns.items()}
    posted, seen, shown = (arrived.get(name) for name in ("posted", "seen", "shown"))
    return _of_form(connection, _mapping(posted), _mapping(seen), _mapping(shown))


def _of_form(
    connection: Connection, posted: Mapping[str, Any], seen: Mapping[str, Any], shown: Mapping[str, Any]
) -> Mapping[str, Cell]:
    told = _mapping(posted.get("consent"))
    at = datetime.fromisoformat(seen["at"]) if isinstance(seen.get("at"), str) else None
    words = told.get("wording")
    if not words and isinstance(digest := shown.get("notice"), str):
        words = connection.execute(select(notices.c.text).where(notices.c.digest == digest)).scalar()
    plain = {
        name: value for name in ("email", "first_name", "last_name", "phone", "country", "region", "age", "born_on")
        if isinstance(value := posted.get(name), str) and value
    }  # fmt: skip
    purposes = told.get("purposes")
    return {
        **plain,
        "language": told.get("language") or shown.get("language"),
        "consent_ticked": told.get("ticked"), "consent_preticked": told.get("preticked"), "consent_wording": words,
        "consent_url": told.get("page_url"), "consent_ip": seen.get("ip"), "consent_agent": seen.get("user_agent"),
        "consent_at": at if told.get("ticked") else None, "collected_at": at,
        "purposes": " ".join(map(str, purposes)) if isinstance(purposes, list) else None,
    }  # fmt: skip


def _mapping(part: Any) -> Mapping[str, Any]:
    return part if isinstance(part, dict) else {}
