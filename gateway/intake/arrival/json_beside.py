"""What stands in a JSON object beside the list that is read: people who left may stand there, and then it is refused.

Whoever stands in ``{"leads": [...], "unsubscribed": ["x@example.com"]}`` only on the right may be on the left too.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError
from gateway.intake.columns.against import says_against
from gateway.intake.columns.headings import REFUSALS, uses_of
from gateway.intake.readers.refused import refuse

_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@.]")
_SAYS_NO = frozenset((*REFUSALS, "stop.filled"))
"""Not ``stop.status`` and ``stop.wanted``: "status" and "subscribed" are no names of people who left."""


def holds_address(value: Any) -> bool:
    """Whether an address stands anywhere in a value, keys too."""
    return any("@" in text and _ADDRESS.search(text) for text in _texts(value))


def speaks_against(key: str) -> bool:
    """Whether what is called so holds people who left: the words of file names, and the headings of refusals."""
    word, undone = says_against(re.sub(r"[/\\.]", " ", key) + ".")
    return (word is not None and not undone) or not _SAYS_NO.isdisjoint(uses_of(key))


def notes_beside(beside: Iterable[tuple[str, Any]]) -> list[str]:
    """What to tell of the values beside the list. CallerError where people may stand in one."""
    notes = []
    for key, value in beside:
        if any(_holds_people(name, inside) for name, inside in _named(key, value)):
            raise refuse_beside(key)
        if isinstance(value, list) and value:
            count = "1 entry" if len(value) == 1 else f"{len(value):,} entries"
            notes.append(f"Of the JSON object {key!r} with {count} is left out.")
        elif holds_address(value):
            notes.append(f"Of the JSON object {key!r} is left out; it has an address.")
    return notes


def refuse_many_in_one(said: dict[str, Any]) -> None:
    """Raise CallerError for an object that is no person but holds several: under ids or addresses, or by columns."""
    people = sum(
        isinstance(value, dict) and (holds_address(key) or holds_address(value)) for key, value in said.items()
    )
    lists = [value for value in said.values() if isinstance(value, list)]
    sizes = {len(value) for value in lists}
    columns = len(lists) > 1 and len(sizes) == 1 and max(sizes) > 1 and any(map(_is_of_addresses, lists))
    rows = any(
        len(value) > 1 and sum(isinstance(row, list) and holds_address(row) for row in value) > 1 for value in lists
    )
    if people > 1 or columns or rows:
        message = phrase(
            "the JSON is one object that holds several people; give an array of objects, or one object a line, a "
            "person each"
        )
        raise refuse("file_not_a_list", message)


def _is_of_addresses(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values) and sum(map(holds_address, values)) > 1


def refuse_beside(key: str) -> CallerError:
    """The refusal of an object in which people stand under a key that is not read as the list."""
    message = phrase(
        "beside its list, or in place of it, the JSON object has people under %(key)s, and they "
        "may have left; give each array as a file of its own, the opt-outs first and under a "
        "name that says so, such as unsubscribed.json",
        key=repr(key),
    )
    return refuse(
        "several_lists",
        message,
    )


def _holds_people(key: str, value: Any) -> bool:
    """An address of its own may be that of whoever made the file; in a list, or as a key, it is a person's."""
    if speaks_against(key):
        return (isinstance(value, list) and bool(value)) or holds_address(value)
    return holds_address(list(value) if isinstance(value, dict) else value if isinstance(value, list) else None)


def _named(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A value and whatever lies in it, each with its key."""
    yield key, value
    for name, inside in value.items() if isinstance(value, dict) else ():
        yield from _named(name, inside)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        yield from (text for inside in value.values() for text in _texts(inside))
    elif isinstance(value, list):
        yield from (text for inside in value for text in _texts(inside))
