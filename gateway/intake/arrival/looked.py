"""An arrival opened and looked over: which lists it holds, how each is read, and in which order they are taken."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.domain.problem import CallerError
from gateway.intake.arrival.parts import Part, Unpacking, inside_of, is_no_list
from gateway.intake.arrival.shelf import Shelf, Stored
from gateway.intake.inspection import Inspection
from gateway.intake.manifest import Manifest
from gateway.intake.readers import inspect

_AGAINST = re.compile(
    r"unsub|opt.?(?:ed.?)?out|clean|bounce|block|suppress|complain|do.?not|dnc|removed?\b", re.IGNORECASE
)
"""Names of lists of people who must not be written to. They are taken first: whoever is on two parts has left."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One list of an arrival, looked over."""

    part: Part
    found: Inspection


@dataclass(frozen=True, slots=True)
class Arrival:
    """The lists of what arrived, those that say *against* first. Whoever keeps one calls keep."""

    lists: tuple[Arrived, ...]
    name: str
    digest: str  # SHA-256 of what arrived, hex
    packed: bool  # what arrived is not itself the one list's file
    _shelf: Shelf

    def keep(self, part: Part) -> None:
        """The part's files are somebody's now; the others go when the arrival closes."""
        self._shelf.keep((part.stored.path, part.text))


@contextmanager
def open_arrival(
    stored: Stored, folder: Path, *, name: str, manifest: Manifest | None, encoding: str | None, ours: bool = True
) -> Iterator[Arrival]:
    """Open what arrived, whatever it is. New files lie in ``folder``; those nobody kept are gone at the end.

    ``ours``: the file itself is one of ours and goes too unless it is kept. Raises CallerError, saying what to do.
    """
    shelf = Shelf(folder)
    if ours:
        shelf.adopt(stored.path)
    try:
        declared = encoding or (manifest.encoding if manifest else None)
        unpacking = Unpacking(shelf, declared)
        parts = list(unpacking.parts(stored, name))
        lists = _look_over(parts, unpacking, name, manifest, encoding)
        packed = parts[0].stored.path != stored.path
        yield Arrival(tuple(lists), name, stored.digest, packed, shelf)
    finally:
        shelf.clear()


def _look_over(
    parts: list[Part], unpacking: Unpacking, name: str, manifest: Manifest | None, encoding: str | None
) -> list[Arrived]:
    found: list[Arrived] = []
    refused: list[CallerError] = []
    for part in parts:
        try:
            looked = inspect(part.text, name=part.name, manifest=manifest, encoding=encoding, made=part.made)
        except CallerError as error:
            if len(parts) == 1 and not unpacking.left_out:
                raise
            if not is_no_list(error) or _AGAINST.search(part.label):
                raise inside_of(error, part.label) from None
            refused.append(inside_of(error, part.label))
            unpacking.leave_out(part.made.sheet or part.name, name, str(error.problems[0].message))
        else:
            found.append(Arrived(part, replace(looked, notes=(*part.notes, *looked.notes))))
    if not found:
        raise CallerError([problem for error in refused for problem in error.problems], title=refused[0].title)
    found.sort(key=lambda one: not (one.found.stop or _AGAINST.search(one.part.label)))
    return [_noted(one, place, found, unpacking.left_out, name) for place, one in enumerate(found)]


def _noted(one: Arrived, place: int, lists: list[Arrived], left_out: list[str], name: str) -> Arrived:
    """The list with what is to be said of its neighbours; what was left out is said once."""
    notes = []
    if len(lists) > 1:
        notes.append(f"This is {one.part.label}, part {place + 1} of {len(lists)} of {name}.")
    elif one.part.name != name:
        notes.append(f"This is {one.part.name}, taken out of {name}.")
    if place == 0:
        notes += left_out
    return replace(one, found=replace(one.found, notes=(*notes, *one.found.notes)))
