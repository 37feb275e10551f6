"""The evidence pack of an invoice, for the vendor: which rows are not owed and why, as a workbook and as a page.

Of people it holds what the vendor itself delivered, and of reasons what vendors may be told (policies/reasons.yaml):
what a person asked of us stays between us and them.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sqlalchemy import Connection, select

from gateway.db.work import reading
from gateway.domain.money import written
from gateway.domain.problem import CallerError, Problem
from gateway.intake.buying.feed import is_feed
from gateway.intake.tables import lists
from gateway.invoicing.account import FATES, IN_WORDS, OWED_BACK
from gateway.invoicing.book import Billed, Invoice, find_invoice, lines_of
from gateway.invoicing.reconcile import fates_of
from gateway.outcomes.origins import ranges_of_list
from gateway.outcomes.scored import cells_of_rows, posted_of_rows
from gateway.outcomes.workbook import Line, write_workbook
from gateway.pipeline import Services
from gateway.policy.pack import PolicySet
from gateway.vendors.book import name_of
from gateway.vendors.contracts import Contract, find_by_number

if TYPE_CHECKING:
    from jinja2 import Template

OURS = ("line of the invoice", "list", "row", "what", "why", "known on")
MOST_FIELDS = 100
"""Fields of leads sold one by one that the workbook shows."""
ON_A_PAGE = 500
"""Rows that the printed page shows; the workbook has all of them."""
_UNSAID = "It is not taken, and nothing in the row would change it."
_OWN = {"billed_before": "It was billed before.", "billed_twice": "It stands twice on this invoice."}


@dataclass(frozen=True, slots=True)
class Pack:
    """An invoice with what its pack says."""

    services: Services
    invoice: Invoice
    vendor: str
    contract: Contract | None

    @property
    def headings(self) -> list[str]:
        """Ours, then the lists' own."""
        with reading(self.services.engine) as connection:
            own = [_headings(connection, one) for one in self.invoice.lists]
            own.append(_posted(connection, self.invoice, self._wanted(connection))[0])
        return [*OURS, *max(own, key=len, default=[])]

    def _wanted(self, connection: Connection) -> list[Billed]:
        by_row = self.invoice.by_row
        found = list(lines_of(connection, self.invoice.id)) if by_row else fates_of(connection, self.invoice)
        return [one for one in found if one.fate in OWED_BACK]

    def rows(self) -> Iterator[list[str]]:
        """Every row that is not owed, in the order of the lists."""
        policies = self.services.policies
        with reading(self.services.engine) as connection:
            wanted = self._wanted(connection)
            cells = {
                lead: own
                for one in self.invoice.lists
                for lead, _, own in cells_of_rows(
                    connection, ranges_of_list(connection, one), {line.lead_id for line in wanted if line.lead_id}
                )
            } | _posted(connection, self.invoice, wanted)[1]
        for one in wanted:
            yield [*_ours(one, policies), *cells.get(one.lead_id or 0, [])]

    def summary(self) -> Iterator[Line]:
        """What the invoice comes to."""
        account = self.invoice.account
        yield (f"Invoice {self.invoice.number} of {self.vendor}, {self.invoice.dated_on.isoformat()}",)
        if self.contract is not None:
            yield (f"Contract {self.contract.name}",)
        yield "Rows billed", account.billed
        for fate in FATES:
            yield f"Rows {IN_WORDS[fate]}", account.fates[fate]
        yield ("Credited under the contract, by reason",)
        for code, count in sorted(account.reasons.items(), key=lambda item: (-item[1], item[0])):
            yield why(code, policies=self.services.policies), count
        yield ("Money, in the currency's minor unit",)
        yield f"Amount of the invoice ({account.currency})", account.amount_minor
        yield "Charged beyond the agreed price", account.overcharged_minor
        yield "Credit due", account.credit_minor
        yield "Left to pay", account.amount_minor - account.credit_minor
        for note in account.notes:
            yield (note,)


def open_pack(services: Services, number: int) -> Pack:
    """The pack of an invoice. Raises CallerError if there is none of this number."""
    with reading(services.engine) as connection:
        invoice = find_invoice(connection, number)
        if invoice is None:
            raise CallerError([Problem("unknown_invoice", f"there is no invoice_{number}")], 404, "Not found")
        contract = None if invoice.contract is None else find_by_number(connection, invoice.contract)
        return Pack(services, invoice, name_of(connection, invoice.vendor), contract)


def write_pack(pack: Pack, out: BinaryIO) -> None:
    """The workbook."""
    write_workbook(out, pack.headings, pack.rows(), pack.summary, folder=pack.services.settings.data)


def blocks_of(pack: Pack) -> Iterator[bytes]:
    """The workbook in blocks: it is an archive, whole only at its end."""
    with tempfile.TemporaryFile(dir=pack.services.settings.data) as file:
        write_pack(pack, file)
        file.seek(0)
        while block := file.read(1 << 16):
            yield block


def write_page(pack: Pack) -> str:
    """The page, to be printed or saved as PDF; it needs nothing beside itself."""
    account, shown = pack.invoice.account, list[list[str]]()
    for row in pack.rows():
        if len(shown) == ON_A_PAGE:
            break
        shown.append(row[: len(OURS)])
    return _template().render(
        invoice=pack.invoice, vendor=pack.vendor, contract=pack.contract, account=account, rows=shown, headings=OURS,
        more=account.owed_back - len(shown), fates=[(IN_WORDS[one], account.fates[one]) for one in FATES],
        reasons=[(why(code, policies=pack.services.policies), count)
                 for code, count in sorted(account.reasons.items(), key=lambda item: (-item[1], item[0]))],
        money=lambda minor: written(minor, account.currency),
    )  # fmt: skip


def why(code: str | None, *, policies: PolicySet) -> str:
    """A reason as a vendor may read it."""
    if code is None:
        return ""
    reason = policies.reasons.get(code)
    return _OWN.get(code) or (reason.wording("vendor", {}) if reason else None) or _UNSAID


def _ours(one: Billed, policies: PolicySet) -> list[str]:
    return [
        str(one.place) if one.place else "", f"list_{one.list_id}" if one.list_id else "",
        "" if one.row is None else str(one.row), IN_WORDS[one.fate], why(one.reason, policies=policies),
        one.known_on or "",
    ]  # fmt: skip


def _headings(connection: Connection, list_id: int) -> list[str]:
    inspection = connection.execute(select(lists.c.inspection).where(lists.c.id == list_id)).scalar()
    return [str(one) for one in json.loads(inspection or "{}").get("headings", [])]


def _posted(
    connection: Connection, invoice: Invoice, wanted: Sequence[Billed]
) -> tuple[list[str], dict[int, list[str]]]:
    """Headings and cells of leads that were sold one by one: the numbers they were answered with, what was posted."""
    leads = {one.lead_id for one in wanted if one.lead_id}
    found = {
        lead: fields
        for one in invoice.lists if is_feed(connection, one)
        for lead, fields in posted_of_rows(connection, ranges_of_list(connection, one), leads)
    }  # fmt: skip
    names = list(dict.fromkeys(name for fields in found.values() for name in fields if name.casefold() != "key"))
    names = names[:MOST_FIELDS]
    cells = {lead: [f"lead_{lead}", *(fields.get(name, "") for name in names)] for lead, fields in found.items()}
    return (["lead", *names] if found else []), cells


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined,
    )  # fmt: skip
    return made.get_template("pack.html")
