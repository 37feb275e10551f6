"""Sections of the numbers as plain tables: for the command line, spreadsheets and Parquet. Money in whole units."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.domain.money import places
from gateway.domain.problem import CallerError, Problem

SECTIONS = ("phases", "sources", "lists", "vendors", "cohorts", "campaigns", "leaks", "moves", "worth")
Cell = str | float | int | None
_ENDS = (("", "value"), ("_low", "low"), ("_high", "high"))


def rows_of(body: Mapping[str, Any], section: str) -> tuple[list[str], list[list[Cell]]]:
    """Headings and rows of one section. Raises CallerError for one there is none of."""
    if section not in SECTIONS:
        message = f"{section!r} is no section of the numbers; there are {', '.join(SECTIONS)}"
        raise CallerError([Problem("unknown_section", message, field="section")], 404, "Not Found")
    make = {"campaigns": _campaign, "leaks": _leak, "moves": _move, "worth": _worth}.get(section, _line)
    rows = [row for one in body[section] for row in make(one, body["currencies"])]
    headings = list(dict.fromkeys(name for row in rows for name in row))
    return headings, [[row.get(name) for name in headings] for row in rows]


def as_texts(rows: Sequence[Sequence[Cell]]) -> Iterator[list[str]]:
    """Cells as a spreadsheet reads them."""
    for row in rows:
        yield ["" if cell is None else str(cell) for cell in row]


def parquet_of(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """The same as a Parquet file. Raises CallerError where pyarrow is missing."""
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        message = (
            "Parquet is written with pyarrow, which is not installed here. "
            "Type: tools/venv.sh bulk (or: pip install 'lead-gateway[bulk]')"
        )
        raise CallerError([Problem("parquet_not_installed", message)], 501, "Not installed")
    import pyarrow as pa
    from pyarrow import parquet

    columns = {name: [row[place] for row in rows] for place, name in enumerate(headings)}
    typed = {name: _of_one_type(cells) for name, cells in columns.items()}
    out = pa.BufferOutputStream()
    parquet.write_table(pa.table(typed), out)
    data: bytes = out.getvalue().to_pybytes()
    return data


def _of_one_type(cells: list[Cell]) -> list[Cell]:
    known = [cell for cell in cells if cell is not None]
    if any(isinstance(cell, float) for cell in known) and not any(isinstance(cell, str) for cell in known):
        return [None if cell is None else float(cell) for cell in cells]
    return cells


def _line(one: Mapping[str, Any], currencies: Sequence[str]) -> Iterator[dict[str, Cell]]:
    row: dict[str, Cell] = {name: one[name] for name in ("name", "rows", "people", "left", "buyers")}
    for day, share in one["bought_within"].items():
        row |= _spread(f"bought_within_{day}", share)
    for name in ("median_days", "bought_again", "referred", "satisfied", "promoters", "net_promoters"):
        row |= _spread(name, one[name])
    row["asked"] = one["asked"]
    firm = one.get("firm")
    if firm:
        row |= _spread("firm_bought", firm["first"]) | _spread("firm_becomes_prospect", firm["becomes_prospect"])
    for currency in currencies:
        spent = one["spent"][currency]
        row |= _spread(f"spent_{currency}", spent["mean"], currency)
        row[f"spent_{currency}_days"] = spent["days"]
        row[f"total_{currency}"] = _money(spent["total"], currency)
        if firm:
            row |= _spread(f"firm_spent_{currency}", firm["spent"].get(currency), currency)
    yield row


def _campaign(one: Mapping[str, Any], currencies: Sequence[str]) -> Iterator[dict[str, Cell]]:
    row: dict[str, Cell] = {"name": one["name"], "reached": one["reached"]} | _spread("replied", one["replied"])
    for day, share in one["bought"].items():
        row |= _spread(f"bought_within_{day}", share)
    row["purchases_naming_it"] = one["named"]
    for currency in currencies:
        row[f"money_{currency}"] = _money(one["money"].get(currency), currency)
    yield row


def _move(one: Mapping[str, Any], currencies: Sequence[str]) -> Iterator[dict[str, Cell]]:
    del currencies
    row: dict[str, Cell] = {name: one[name] for name in ("from", "to", "came", "went")}
    for day, share in one["by"].items():
        row |= _spread(f"by_{day}", share)
    yield row


def _leak(one: Mapping[str, Any], currencies: Sequence[str]) -> Iterator[dict[str, Cell]]:
    """A row for the step itself, and one for each seed and reason."""
    del currencies
    step: dict[str, Cell] = {"from": one["from"], "to": one["to"]}
    row = step | {"what": "all", "name": None, "people": one["came"]} | _spread("goes_on", one["share"])
    yield row | {"lost": one["lost"], "rest_goes_on": None}
    for seed in one["seeds"]:
        row = step | {"what": seed["what"], "name": seed["name"], "people": seed["people"]}
        yield row | _spread("goes_on", seed["share"]) | {"lost": seed["lost"], "rest_goes_on": seed["rest"]["value"]}
    for reason in one["reasons"]:
        yield step | {"what": "reason", "name": reason["code"], "people": reason["leads"]}


def _worth(one: Mapping[str, Any], currencies: Sequence[str]) -> Iterator[dict[str, Cell]]:
    del currencies
    code = one["currency"]
    row: dict[str, Cell] = {name: one[name] for name in ("scope", "name", "currency", "people", "rows")}
    row |= _spread("becomes_prospect", one["becomes_prospect"])
    for name in ("value", "per_prospect", "per_row"):
        row |= _spread(name, one[name], code)
    yield row | {"paid_per_row": _money(one["paid_per_row"], code), "verdict": one["verdict"]}


def _spread(name: str, estimate: Mapping[str, float] | None, currency: str | None = None) -> dict[str, Cell]:
    """An estimate as three columns."""
    found = estimate or {}
    return {
        name + end: found.get(key) if currency is None else _money(found.get(key), currency) for end, key in _ENDS
    }  # fmt: skip


def _money(minor: float | None, currency: str) -> float | None:
    digits = places(currency)
    return None if minor is None else round(minor / 10**digits, digits)
