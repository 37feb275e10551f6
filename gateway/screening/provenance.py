"""Where a lead came from and by whose hands, from what the source states and what the row adds.

Our own form: the person gave it to us, here and now; there is no vendor, no handover and nothing to prove.
A bought list: the manifest says who collected it, how, when and where, and every handover since. What it does not say
is not recorded, and not recorded counts as missing, whatever a seller may remember when asked.
Our own system's export: as direct as a form, but it has a past; so method, date and page must still be stated.
What a vendor is (a data broker, registered, under contract) is its list's manifest's word, and a claim like the rest.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import cast

from gateway.domain.facts import FactValue
from gateway.domain.lead import CHAIN_DUTIES, Batch, Cell, Statement
from gateway.domain.ports import Sender, Vendors
from gateway.screening.answers import Answers, Column, per_case
from gateway.screening.evidence import names_a_page
from gateway.screening.handovers import chain_is_complete, first_break, fold

NO_PAGE_NEEDED = frozenset({"event", "in_person", "phone"})
"""Methods that leave no page or form on the web; who, how and when are their record."""
REGISTERS = frozenset({"CA", "VT", "TX", "OR"})
"""States with a register of data brokers (Cal. Civ. Code 1798.99.82, 9 V.S.A. 2446, Tex. Bus. & Com. Code ch. 509,
ORS 646A.593)."""
JANUARY = 1  # brokers register by the 31st; till then last year's registration stands


def establish(batch: Batch, vendors: Vendors, sender: Sender) -> Answers:
    """The ``source.*`` facts."""
    statement, is_form = batch.origin.statement, batch.origin.kind == "form"
    broken, hop = (None, None) if statement.direct else first_break(statement, sender)
    return {
        "source.kind": batch.origin.kind,
        "source.is_direct": statement.direct,
        # A value, not a silence: that nobody says how it was collected is itself the answer that rules ask for.
        "source.method": statement.method or ("form" if is_form else "unknown"),
        "source.site_refuses_transfer": False if statement.direct else statement.site_refuses_transfer,
        "source.provenance_is_complete": _provenance(batch),
        "source.chain_is_complete": chain_is_complete(statement, sender),
        "source.chain_break": broken,
        "source.broken_hop": hop,
        "source.vendor_standing": _standing(statement, vendors),
        "source.is_attested": bool(statement.attestations),
        "source.looks_generated": False if is_form else statement.looks_generated,
        "source.collected_at": collected_at(batch),
        "source.audience": statement.audience,
        "source.form_is_on_file": True if is_form else statement.form_capture is not None,
        "source.asks_confirmation": is_form and statement.asks_confirmation is True,
        "source.chain_duties_are_met": _chain_duties(statement),
    }


def legal_basis(batch: Batch, status: FactValue | Column) -> FactValue | Column:
    """On which ground the source says it collected: its own word, else the box that was ticked at our own form."""
    said = batch.origin.statement
    if said.legal_basis is not None or batch.origin.kind != "form":
        return said.legal_basis
    if isinstance(status, list):
        return ["consent" if one == "given" else None for one in status]
    return "consent" if status == "given" else None


def of_vendor(batch: Batch, regions: FactValue | Column, as_of: datetime) -> Answers:
    """The ``vendor.*`` facts. ``regions``: the state or province of every row. Who gave directly has no vendor."""
    said = batch.origin.statement
    return {
        "vendor.is_data_broker": is_data_broker(said),
        "vendor.is_registered": None if said.direct else _is_registered(said, regions, as_of),
        "vendor.drop_run_at": end_of(said.drop_run_on),
        "vendor.has_privacy_terms": said.privacy_terms,
    }


def is_data_broker(said: Statement) -> bool | None:
    """Whether the vendor sells people it has no dealings with: as stated, else as the first handover shows."""
    if said.direct:
        return False
    if said.data_broker is not None:
        return said.data_broker
    if not said.hops or not said.vendor:
        return None
    return fold(said.hops[0].giver) != fold(said.vendor)


def _is_registered(said: Statement, regions: FactValue | Column, as_of: datetime) -> FactValue | Column:
    """Whether the vendor is on the register of the person's state for this year; None where there is no register."""
    years = {as_of.year, as_of.year - 1} if as_of.month == JANUARY else {as_of.year}

    def judge(region: FactValue) -> bool | None:
        return any((region, year) in said.registrations for year in years) if region in REGISTERS else None

    return per_case(judge, regions) if isinstance(regions, list) else judge(regions)


def _chain_duties(said: Statement) -> bool | None:
    """What CASL s. 10(2) asks of a yes for users not yet known; where nobody stands between there is nothing to ask."""
    if said.direct:
        return True
    return None if said.chain_duties is None else said.chain_duties.issuperset(CHAIN_DUTIES)


def _standing(statement: Statement, vendors: Vendors) -> str:
    if statement.direct or not (statement.vendor or "").strip():
        return "none"
    assert statement.vendor is not None
    return vendors.find_standing(statement.vendor) or "new"


def _provenance(batch: Batch) -> bool | Column:
    """Who, how, when and where (CS-08): a row's own time and page count as much as the manifest's."""
    statement = batch.origin.statement
    if batch.origin.kind == "form" and statement.direct:
        return True
    method = statement.method or ("form" if batch.origin.kind == "form" else "unknown")
    if not (statement.direct or (statement.vendor or "").strip()) or method == "unknown":
        return False
    dated = batch.origin.kind == "form" or statement.collected_from is not None or statement.collected_until is not None
    placed = method in NO_PAGE_NEEDED or names_a_page(statement.form_url)
    if dated and placed:
        return True
    whens = zip(batch.column("consent_at"), happened(batch, "collected_at"), strict=True)
    return [
        (dated or given is not None or collected is not None) and (placed or _is_page(url))
        for (given, collected), url in zip(whens, batch.column("consent_url"), strict=True)
    ]


def _is_page(url: Cell) -> bool:
    return isinstance(url, str) and names_a_page(url)


def collected_at(batch: Batch) -> datetime | Column | None:
    """When the lead was collected. Of a manifest's span the first day counts: age is judged on the strict side.

    Where only the last day is said, the leads are at least as old as that.
    """
    if batch.origin.kind == "form":
        return batch.arrived_at
    statement = batch.origin.statement
    since = start_of(statement.collected_from or statement.collected_until)
    if "collected_at" not in batch.columns and "consent_at" not in batch.columns:
        return since
    # A date to come would make the oldest list young.
    given_at = happened(batch, "consent_at")
    if "collected_at" not in batch.columns:
        return [*given_at] if all(given_at) else [given or since for given in given_at]
    pairs = zip(happened(batch, "collected_at"), given_at, strict=True)
    return [collected or given or since for collected, given in pairs]


def happened(batch: Batch, name: str) -> list[datetime | None]:
    """A column of instants without those that had not come when the batch arrived: what is to be is no fact."""
    arrived = batch.arrived_at
    if name not in batch.columns:
        return [None] * len(batch)
    found = batch.columns[name]
    if is_to_come(found, arrived):
        return [at if isinstance(at, datetime) and at <= arrived else None for at in found]
    return cast("list[datetime | None]", [*found])


def is_to_come(cells: Iterable[Cell], arrived: datetime) -> bool:
    """Whether any instant of a column had not come when the batch arrived; nearly no list has one."""
    return max(filter(None, cells), default=arrived) > arrived  # type: ignore[type-var,operator]  # they are instants


def start_of(day: date | None) -> datetime | None:
    """The first instant of a day, UTC."""
    return None if day is None else datetime.combine(day, time.min, UTC)


def end_of(day: date | None) -> datetime | None:
    """The last instant of a day, UTC: so many days since a bare day are over when the last of them is."""
    return None if day is None else datetime.combine(day, time.max, UTC)
