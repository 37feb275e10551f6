"""What SQLAlchemy makes of a statement for one engine, every engine of a run of tests knows.

A gateway has one engine and makes of each statement what its database is told once. Tests open ten thousand engines:
a fifth of their time went into making the same of the same. Engines on databases of one kind differ in nothing that
it depends on, and a statement that is taken for another fails here as it would in a gateway that has been up for days.
"""

from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.util import LRUCache

MOST = 4000


class Compiled(LRUCache[Any, Any]):
    """Statements made ready by what they say and the kind of database; an engine's own has them by itself, too."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_of_kind(key), value)


def _of_kind(key: Any) -> Any:
    dialect, *rest = key
    return (type(dialect), dialect.server_version_info, *rest)


_COMPILED = Compiled(MOST)


_LEARNT: dict[type, dict[str, Any]] = {}
"""What the first engine of a kind asked its database: version, schema, types. All of a run are of one installation."""


def knowing(engine: Engine) -> Engine:
    """The engine, which knows what others were told and what was made for them."""
    engine.update_execution_options(compiled_cache=_COMPILED)
    dialect = engine.dialect
    ask = dialect.initialize

    def initialize(connection: Connection) -> None:
        kind = type(dialect)
        if kind not in _LEARNT:
            before = dict(vars(dialect))
            ask(connection)
            _LEARNT[kind] = {
                name: value for name, value in vars(dialect).items()
                if name != "initialize" and before.get(name, before) is not value
            }  # fmt: skip
        vars(dialect).update(_LEARNT[kind])

    dialect.initialize = initialize  # type: ignore[method-assign]
    return engine
