"""Vendors' scorecards and invoices over HTTP."""

from typing import Any

from flask import Response, request, url_for
from flask_smorest import Blueprint

from gateway.db.base import text_of
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import (
    Answer,
    caller,
    checked,
    json_answer,
    operation,
    read_json,
    read_query,
    require,
    services,
)
from gateway.invoicing.book import find_invoice, page_invoices
from gateway.invoicing.lines import read_lines
from gateway.invoicing.pack import blocks_of, open_pack, write_page
from gateway.invoicing.read import read_given
from gateway.invoicing.reconcile import add_invoice, reconcile_again
from gateway.invoicing.schemas import InvoiceBody, InvoicesQuery, InvoicesView, InvoiceView, PackQuery, ScoreQuery
from gateway.scoring.keep import find_anomalies, find_card, find_scores
from gateway.vendors.book import find_number, find_standing, name_of

blueprint = Blueprint("invoices", __name__, description="What vendors are worth, and what is owed to them.")
SCOPE, JSON = "vendors", "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EXAMPLE = {
    "vendor": "Example Leads Ltd", "number": "2026-118", "lists": ["list_7"], "rows": "row\\n2\\n3\\n",
    "amount": "3780.00", "currency": "USD", "dated_on": "2026-11-20",
}  # fmt: skip
LARGEST = 64 << 20  # bytes, of an invoice with a line for every row


@operation(
    blueprint, "POST", "/v1/invoices", scope=SCOPE, body={JSON: (InvoiceBody, _EXAMPLE)},
    answers={201: Answer("Entered and reconciled.", {JSON: InvoiceView}, {"Location": "The invoice."})},
    problems=(400, 409, 413, 415, 422),
)  # fmt: skip
def add() -> Response:
    """Enter a vendor's invoice and reconcile it against its lists, the contract's reasons and its return window.

    Without `rows` it bills whole lists. With them it bills the rows that the lines name, and nothing of the lines is
    kept but which rows those are.
    """
    request.max_content_length = LARGEST
    said = checked(InvoiceBody, read_json())
    lines = read_lines(said.pop("rows")) if said.get("rows") else None
    number = add_invoice(services(), read_given(said, today=services().clock.now().date()), lines, by=_by())
    return json_answer(_shown(number), 201, {"Location": url_for("invoices.show", number=number)})


@operation(
    blueprint, "GET", "/v1/invoices", scope=SCOPE, parameters=[{"in": "query", "schema": InvoicesQuery}],
    answers={200: Answer("Invoices, newest first.", {JSON: InvoicesView})}, problems=(422,),
)  # fmt: skip
def index() -> Response:
    """Invoices with their accounts, the newest first."""
    query = read_query(InvoicesQuery)
    with reading(services().engine) as connection:
        found = page_invoices(connection, vendor=query.get("vendor"), before=query.get("before"), limit=query["limit"])
    return json_answer({"invoices": [one.as_dict() for one in found]})


@operation(
    blueprint, "GET", "/v1/invoices/<int:number>", scope=SCOPE,
    answers={200: Answer("The invoice with its account.", {JSON: InvoiceView})},
)  # fmt: skip
def show(number: int) -> Response:
    """One invoice: rows billed, usable, credited by reason, past the window, never delivered; and the money."""
    return json_answer(_shown(number))


@operation(
    blueprint, "POST", "/v1/invoices/<int:number>/reconcile", scope=SCOPE,
    answers={200: Answer("Reconciled with what is known now.", {JSON: InvoiceView})},
)  # fmt: skip
def again(number: int) -> Response:
    """Reconcile an invoice again: holds are answered and mail comes back after it was entered."""
    reconcile_again(services(), number, by=_by())
    return json_answer(_shown(number))


@operation(
    blueprint, "GET", "/v1/invoices/<int:number>/pack", scope=SCOPE,
    parameters=[{"in": "query", "schema": PackQuery}],
    answers={200: Answer("The evidence pack for the vendor.", {
        XLSX: {"type": "string", "format": "binary"}, "text/html": {"type": "string"},
    })},
    problems=(422,),
)  # fmt: skip
def pack(number: int) -> Response:
    """The rows that are not owed, with why in words for the vendor and the columns it delivered."""
    kind = read_query(PackQuery)["format"]
    return packed(number, kind)


def packed(number: int, kind: str) -> Response:
    """The pack as a download."""
    found = open_pack(services(), number)
    headers = {"Content-Disposition": f'attachment; filename="invoice_{number}.{kind}"'}
    if kind == "xlsx":
        return Response(blocks_of(found), headers=headers, mimetype=XLSX)
    return Response(write_page(found), headers=headers, mimetype="text/html")


@operation(
    blueprint, "GET", "/v1/vendors/score", scope=SCOPE, parameters=[{"in": "query", "schema": ScoreQuery}],
    answers={200: Answer("The scorecard.", {JSON: {"type": "object"}})}, problems=(422,),
)  # fmt: skip
def score() -> Response:
    """A vendor's scorecard: measures with their bounds, costs, the grade and why, its lists, what is odd; `as_of`."""
    vendor = read_query(ScoreQuery)["vendor"]
    with reading(services().engine) as connection:
        if find_number(connection, vendor) is None:
            raise CallerError([Problem("unknown_vendor", "there is no such vendor", "vendor")], 404, "Not found")
        kept = find_card(connection, vendor)
        document: dict[str, Any] = {
            "vendor": name_of(connection, vendor), "standing": find_standing(connection, vendor),
            "as_of": text_of(kept.counted_at) if kept else None, **(kept.card.as_dict() if kept else {"grade": None}),
            "lists": [
                {"list": f"list_{one.source}", "month": one.month, "rows": one.figures.rows,
                 "prospects": one.figures.prospects, "holds": one.figures.holds,
                 "rejections": one.figures.rejections, "reasons": dict(one.figures.reasons)}
                for one in find_scores(connection, vendor=vendor) if one.origin_kind == "list"
            ],
            "anomalies": [
                {"kind": one.kind, "about": one.about, "says": one.says, "found_at": text_of(one.found_at)}
                for one in find_anomalies(connection, vendor=vendor)
            ],
        }  # fmt: skip
    return json_answer(document)


def _shown(number: int) -> dict[str, Any]:
    with reading(services().engine) as connection:
        found = find_invoice(connection, number)
    if found is None:
        raise CallerError([Problem("unknown_invoice", f"there is no invoice_{number}")], 404, "Not found")
    return found.as_dict()


def _by() -> str:
    return f"key_{require(caller(), SCOPE).id}"
