"""Decisions and statements by number, remembered by name: neither is ever changed, and each is long to read.

For pages that count. Whoever proves something reads the database itself (cases.py, history.py).
"""

from collections.abc import Callable, Collection
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Connection, Table, select

from gateway.domain.decision import Decision
from gateway.domain.lead import Statement
from gateway.domain.wire import statement_from_json
from gateway.outcomes.cases import from_row
from gateway.outcomes.tables import decisions, statements

_CHUNK = 5000
_KEPT = 20_000
Thing = TypeVar("Thing")


class _Memory(Generic[Thing]):
    """Rows of a table made into things, once for each name."""

    def __init__(self, table: Table, name: Column[str], made_of: Callable[[Any], Thing]) -> None:
        self._table, self._name, self._made_of = table, name, made_of
        self._kept: dict[str, Thing] = {}

    def find(self, connection: Connection, numbers: Collection[int]) -> dict[int, Thing]:
        """By the rows' numbers, those that there are."""
        if len(self._kept) > _KEPT:
            self._kept.clear()
        found, unknown, wanted = {}, [], sorted(set(numbers))
        of = self._table.c.id
        for start in range(0, len(wanted), _CHUNK):
            query = select(of, self._name).where(of.in_(wanted[start : start + _CHUNK]))
            for number, name in connection.execute(query):
                kept = self._kept.get(name)
                if kept is None:
                    unknown.append(number)
                else:
                    found[number] = kept
        for start in range(0, len(unknown), _CHUNK):
            for row in connection.execute(select(self._table).where(of.in_(unknown[start : start + _CHUNK]))):
                found[row.id] = self._kept[getattr(row, self._name.name)] = self._made_of(row)
        return found


_decisions: _Memory[Decision] = _Memory(decisions, decisions.c.name, from_row)
_statements: _Memory[Statement] = _Memory(statements, statements.c.digest, lambda row: statement_from_json(row.body))


def decisions_of(connection: Connection, numbers: Collection[int]) -> dict[int, Decision]:
    """The decisions of these numbers."""
    return _decisions.find(connection, numbers)


def statements_of(connection: Connection, numbers: Collection[int]) -> dict[int, Statement]:
    """What the sources of these statements say."""
    return _statements.find(connection, numbers)
