"""An invoice as people and programs write it down: texts in, a Given out, every problem at once."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.domain.money import places
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.invoicing.book import Given

FIELDS = ("vendor", "number", "contract", "lists", "rows_billed", "amount", "currency", "dated_on", "received_on")


def read_given(said: Mapping[str, Any], *, today: date) -> Given:
    """Read an invoice; ``lists`` is a list or words, amounts are texts such as 4500.00. Raises CallerError."""
    wrong: list[Problem] = []

    def text(name: str, *, needed: bool = True) -> str:
        value = str(said.get(name) or "").strip()
        if needed and not value:
            wrong.append(Problem("missing", phrase("%(name)s is missing", name=name), field=name))
        return value

    def day(name: str, default: date | None) -> date:
        value = text(name, needed=default is None)
        try:
            return date.fromisoformat(value) if value else default or today
        except ValueError:
            wrong.append(
                Problem(
                    "not_a_date", phrase("%(value)s is no day; write it like 2026-11-21", value=repr(value)), field=name
                )
            )
            return today

    currency = text("currency").upper()
    if currency and not re.fullmatch("[A-Z]{3}", currency):
        wrong.append(Problem("unknown_currency", "a currency is three letters, such as USD", field="currency"))
    rows = text("rows_billed", needed=False)
    if rows and not re.fullmatch("[0-9]{1,9}", rows):
        wrong.append(
            Problem("not_a_number", phrase("%(rows)s is no number of rows", rows=repr(rows)), field="rows_billed")
        )
    given = Given(
        text("vendor"), text("number"), tuple(dict.fromkeys(_lists(said.get("lists"), wrong))),
        _minor(text("amount"), currency, wrong), currency, day("dated_on", None), day("received_on", today),
        int(rows) if rows and not wrong else None, text("contract", needed=False) or None,
    )  # fmt: skip
    if wrong:
        raise CallerError(wrong)
    return given


def _lists(written: Any, wrong: list[Problem]) -> list[int]:
    words = written if isinstance(written, list | tuple) else re.split(r"[\s,]+", str(written or ""))
    found = []
    for word in words:
        number = str(word).removeprefix("list_")
        if re.fullmatch("[0-9]{1,18}", number):
            found.append(int(number))
        elif number:
            wrong.append(
                Problem(
                    "unknown_list",
                    phrase("%(word)s is no list; write list_7", word=repr(str(word)[:40])),
                    field="lists",
                )
            )
    return found


def _minor(amount: str, currency: str, wrong: list[Problem]) -> int:
    if not amount:
        return 0
    try:
        scaled = Decimal(amount).scaleb(places(currency))
    except ArithmeticError:
        scaled = Decimal("nan")
    if not scaled.is_finite() or not 0 <= scaled < 10**15 or scaled != scaled.to_integral_value():
        wrong.append(
            Problem(
                "not_an_amount",
                phrase(
                    "%(amount)s is no amount of %(currency)s; write 4500.00", amount=repr(amount), currency=currency
                ),
                field="amount",
            )
        )
        return 0
    return int(scaled)
