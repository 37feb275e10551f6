"""An invoice held against the lists it bills: entered, reconciled, and reconciled again when more is known."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from gateway.db.work import UnitOfWork, reading
from gateway.domain.money import written
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.feedback.counts import told_of_source
from gateway.intake.buying.booked import Agreed, agreed_in
from gateway.intake.listed import Listed, find_listed
from gateway.invoicing import book, singly
from gateway.invoicing.account import Account, Fate, Terms, judge_row, last_day
from gateway.invoicing.book import Billed, Given, Invoice
from gateway.invoicing.find import Row, find_rows, rows_of_list
from gateway.invoicing.lines import Lines
from gateway.outcomes.remembered import decisions_of
from gateway.outcomes.scored import reasons_of, statement_of_source
from gateway.pipeline import Services
from gateway.vendors.book import find_number, fold
from gateway.vendors.contracts import Contract, find_by_number, find_contract

LATER = {"hard_bounce": "bounced_for_good"}
"""What senders tell of prospects, as the reason codes under which a contract may credit it."""


class Delivered(NamedTuple):
    """One list as it was delivered and under which terms."""

    number: int
    at: datetime
    terms: Terms
    contract: Contract | None
    later: dict[int, tuple[str, datetime]]  # lead -> the first thing told of it that a contract may count
    sold: dict[int, Agreed]  # lead -> what was agreed when it was posted; empty of a list that came as a file


@dataclass(slots=True)
class Reconciled:
    """An account and, where the vendor named its rows, the fate of each."""

    account: Account
    lines: list[Billed] | None
    contract: int | None


def add_invoice(services: Services, given: Given, lines: Lines | None, *, by: str) -> int:
    """Enter an invoice and reconcile it; its number here. Raises CallerError with every problem."""
    with reading(services.engine) as connection:
        if problems := _wrong(connection, given):
            raise CallerError(problems)
        made = _reconcile(connection, services, given, lines, before=None)
    with services.unit_of_work() as work:
        if book.is_known(work.connection, given.vendor, given.number):
            raise CallerError([_again(given)], 409, "Known already")
        number = book.keep(work, given, made.account, made.lines, contract=made.contract, by=by)
        _note(work, services, ("invoice.added", number), given, made.account, by=by)
    return number


def reconcile_again(services: Services, number: int, *, by: str) -> Account:
    """Reconcile an invoice with what is known now: holds are answered and mail comes back after it was entered."""
    with reading(services.engine) as connection:
        kept = book.find_invoice(connection, number)
        if kept is None:
            message = phrase("there is no invoice_%(number)s", number=number)
            raise CallerError([Problem("unknown_invoice", message)], 404, "Not found")
        contract = None if kept.contract is None else find_by_number(connection, kept.contract)
        given = Given(kept.vendor, kept.number, kept.lists, kept.amount_minor, kept.currency, kept.dated_on,
                      kept.received_on, kept.account.billed, contract.name if contract else None)  # fmt: skip
        if kept.by_row:
            made = _of_lines(connection, services, given, list(book.lines_of(connection, number)), number)
        else:
            made = _reconcile(connection, services, given, None, before=number)
    with services.unit_of_work() as work:
        book.renew(work, number, made.account, made.lines)
        _note(work, services, ("invoice.reconciled", number), given, made.account, by=by)
    return made.account


def _note(
    work: UnitOfWork, services: Services, what: tuple[str, int], given: Given, account: Account, *, by: str
) -> None:
    kind, number = what
    services.ledger.append(work, kind, {
        "invoice": number, "number": given.number, "vendor": given.vendor, "billed": account.billed, "by": by,
        "fates": {one: count for one, count in sorted(account.fates.items()) if count},
        "amount_minor": account.amount_minor, "credit_minor": account.credit_minor, "currency": account.currency,
    })  # fmt: skip


def _wrong(connection: Connection, given: Given) -> list[Problem]:
    found = []
    if find_number(connection, given.vendor) is None:
        found.append(
            Problem("unknown_vendor", phrase("there is no vendor %(vendor)s", vendor=given.vendor), field="vendor")
        )
    if not given.number.strip() or "@" in given.number:
        found.append(Problem("missing", "an invoice has a number, which is no address", field="number"))
    elif book.is_known(connection, given.vendor, given.number):
        found.append(_again(given))
    if not given.lists:
        found.append(Problem("missing", "say which lists it bills", field="lists"))
    for one in given.lists:
        listed = find_listed(connection, one)
        if listed is None or fold(listed.vendor or "") != fold(given.vendor):
            found.append(
                Problem(
                    "unknown_list",
                    phrase("list_%(one)s is no list of %(vendor)s", one=one, vendor=given.vendor),
                    field="lists",
                )
            )
    if given.amount_minor < 0 or (given.billed_rows is not None and given.billed_rows < 0):
        found.append(Problem("out_of_range", "rows and amount are zero or more", field="amount"))
    return found


def _again(given: Given) -> Problem:
    message = phrase(
        "the invoice %(number)s of %(vendor)s was entered before", number=given.number, vendor=given.vendor
    )
    return Problem("known_already", message, field="number")


def _reconcile(
    connection: Connection, services: Services, given: Given, lines: Lines | None, *, before: int | None
) -> Reconciled:
    if lines is not None:
        return _of_lines(connection, services, given, find_rows(connection, services, given.lists, lines), before)
    account, delivered = _begun(connection, given)
    others = book.lists_billed_whole(connection, given.vendor, before)
    there, fates = 0, dict[int, str]()
    for one in delivered:
        rows = list(rows_of_list(connection, one.number))
        there += len(rows)
        twice = {row.lead for row in rows} if one.number in others else book.billed_before(
            connection, [row.lead for row in rows], before)  # fmt: skip
        if one.number in others:
            account.notes.append(f"list_{one.number} was billed as a whole on the invoice {others[one.number]}.")
        for lead, fate, reason, _ in _judged(connection, one, rows, twice):
            account.count(fate, reason)
            fates[lead] = fate
    account.billed = there if given.billed_rows is None else given.billed_rows
    _fit(account, there)
    singly.price(account, [one.sold for one in delivered], fates)
    return Reconciled(account, None, _contract_of(delivered))


def _fit(account: Account, there: int) -> None:
    """Bring the lists' rows to as many as were billed: more were never delivered, fewer leave out the worst first."""
    if account.billed > there:
        account.count("not_found", None, account.billed - there)
    account.unbilled = left = max(0, there - account.billed)
    if left:
        account.notes.append(
            f"{left:,} delivered rows are not billed. Which, the invoice does not say: they are taken to be rows that "
            "would be credited, so the credit is the least that is due."
        )
    for fate in ("not_bought", "twice", "credited", "too_late", "not_accepted", "waiting", "usable"):
        taken = min(left, account.fates[fate])
        account.fates[fate] -= taken
        left -= taken
        for code in [*account.reasons] if fate == "credited" else ():
            less = min(taken, account.reasons[code])
            account.reasons[code] -= less
            taken -= less
    account.reasons = +account.reasons


def _of_lines(
    connection: Connection, services: Services, given: Given, found: Sequence[Billed], before: int | None
) -> Reconciled:
    del services
    account, delivered = _begun(connection, given)
    by_list: dict[int, list[Billed]] = defaultdict(list)
    for line in found:
        if line.lead_id is not None and line.list_id is not None:
            by_list[line.list_id].append(line)
    fates: dict[int, tuple[Fate, str | None, str | None]] = {}
    others = book.lists_billed_whole(connection, given.vendor, before)
    for one in delivered:
        named = by_list.get(one.number, [])
        leads = {line.lead_id for line in named if line.lead_id is not None}
        twice = leads if one.number in others else book.billed_before(connection, leads, before)
        rows = [row for row in rows_of_list(connection, one.number) if row.lead in leads]
        for lead, fate, reason, known in _judged(connection, one, rows, twice):
            fates[lead] = (fate, reason, known)
    seen: set[int] = set()
    lines = []
    for line in found:
        fate, reason, known = fates.get(line.lead_id or 0, ("not_found", None, None))
        if line.lead_id is not None and line.lead_id in seen:
            fate, reason, known = "twice", "billed_twice", None
        seen.add(line.lead_id or 0)
        account.count(fate, reason)
        lines.append(Billed(line.place, line.list_id, line.row, line.lead_id, fate, reason, known))
    account.billed = len(lines)
    if given.billed_rows is not None and given.billed_rows != len(lines):
        missing = given.billed_rows - len(lines)
        account.billed = max(given.billed_rows, len(lines))
        account.count("not_found", None, max(0, missing))
        account.notes.append(f"The invoice counts {given.billed_rows:,} rows, and its file names {len(lines):,}.")
    singly.price(
        account, [one.sold for one in delivered], {line.lead_id or 0: line.fate for line in reversed(lines)}
    )  # fmt: skip
    return Reconciled(account, lines, _contract_of(delivered))


def _judged(
    connection: Connection, one: Delivered, rows: Iterable[Row], twice: set[int]
) -> Iterable[tuple[int, Fate, str | None, str | None]]:
    some = list(rows)
    decided = decisions_of(connection, {row.stand.decision_id for row in some})
    for row in some:
        if row.lead in twice:
            yield row.lead, "twice", "billed_before", None
            continue
        known, reasons = row.stand.settled_at, list[str]()
        if row.lead in one.sold and not one.sold[row.lead].is_bought:
            reason = next(iter(reasons_of(row.stand, decided[row.stand.decision_id])), None)
            yield row.lead, "not_bought", reason, known.date().isoformat()
            continue
        if row.stand.outcome != "prospect":
            reasons = list(reasons_of(row.stand, decided[row.stand.decision_id]))
        elif row.lead in one.later:
            reasons, known = [one.later[row.lead][0]], one.later[row.lead][1]
        fate, reason = judge_row(one.terms, row.stand.outcome, reasons, delivered=one.at, known=known)
        yield row.lead, fate, reason, known.date().isoformat() if reason else None


def _begun(connection: Connection, given: Given) -> tuple[Account, list[Delivered]]:
    """The account with its price and what is to be said beforehand; every list with its terms."""
    account = Account(currency=given.currency, amount_minor=given.amount_minor)
    delivered, prices = [], set[tuple[int, str]]()
    for number in given.lists:
        listed = find_listed(connection, number)
        assert listed is not None
        one = _delivered(connection, given, listed)
        delivered.append(one)
        said = statement_of_source(connection, "list", str(number))
        agreed = one.contract or said
        if one.sold:
            prices |= {(each.price, each.currency) for each in one.sold.values() if each.is_bought}
        elif agreed is not None and agreed.price_minor is not None and agreed.currency:
            prices.add((agreed.price_minor, agreed.currency))
        account.notes += _notes(one, given)
    if len(prices) == 1 and next(iter(prices))[1] == given.currency:
        account.price_minor = next(iter(prices))[0]
    elif all(one.sold for one in delivered) and {currency for _, currency in prices} == {given.currency}:
        account.notes.append("Each lead is owed at the price for which it was sold.")
    else:
        why = "no price is agreed" if not prices else "its lists have several prices, or another currency"
        account.notes.append(
            f"A row is worth what the invoice asks for it on average: {why}. What does not divide stays the vendor's."
        )
    return account, delivered


def _notes(one: Delivered, given: Given) -> list[str]:
    if one.contract is None:
        what = "no reason is credited, only rows billed twice and rows that were never delivered."
        return [f"No contract was in force when list_{one.number} came: {what}"]
    found = []
    if not one.contract.accepted_reasons:
        found.append(f"The contract {one.contract.name} credits no reason.")
    if one.terms.return_days is not None and given.received_on > (end := last_day(one.at, one.terms.return_days)):
        found.append(
            f"The return window of list_{one.number} ended on {end.isoformat()}, before the invoice came: reasons "
            "known by then count. What was told to the vendor in time, its reports show."
        )
    return found


def _delivered(connection: Connection, given: Given, listed: Listed) -> Delivered:
    contract = find_contract(connection, given.vendor, name=given.contract, on=listed.created_at.date())
    terms = Terms() if contract is None else Terms(contract.accepted_reasons, contract.return_days)
    later: dict[int, tuple[str, datetime]] = {}
    for told in told_of_source(connection, "list", str(listed.number), LATER):
        if LATER[told.kind] in terms.accepted and (told.lead_id not in later or told.at < later[told.lead_id][1]):
            later[told.lead_id] = (LATER[told.kind], told.at)
    return Delivered(
        listed.number, listed.created_at, terms, contract, later, agreed_in(connection, listed.number)
    )  # fmt: skip


def _contract_of(delivered: Sequence[Delivered]) -> int | None:
    numbers = {one.contract.number for one in delivered if one.contract is not None}
    return numbers.pop() if len(numbers) == 1 else None


def fates_of(connection: Connection, invoice: Invoice) -> list[Billed]:
    """The fate of every row of lists that are billed as a whole, as known now; nothing of rows never delivered."""
    contract = None if invoice.contract is None else find_by_number(connection, invoice.contract)
    given = Given(invoice.vendor, invoice.number, invoice.lists, invoice.amount_minor, invoice.currency,
                  invoice.dated_on, invoice.received_on, None, contract.name if contract else None)  # fmt: skip
    others = book.lists_billed_whole(connection, invoice.vendor, invoice.id)
    found = []
    for one in _begun(connection, given)[1]:
        rows = list(rows_of_list(connection, one.number))
        leads = [row.lead for row in rows]
        twice = set(leads) if one.number in others else book.billed_before(connection, leads, invoice.id)
        numbers = {row.lead: row.number for row in rows}
        found += [
            Billed(0, one.number, numbers[lead], lead, fate, reason, known)
            for lead, fate, reason, known in _judged(connection, one, rows, twice)
        ]
    return found


def in_money(account: Account) -> str:
    """The credit, as people write it."""
    return written(account.credit_minor, account.currency)
