"""An arrival opened and looked over: which lists it holds, how each is read, and in which order they are taken."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.domain.problem import CallerError
from gateway.intake.arrival.parts import Part, Unpacking, inside_of, is_no_list, speaks_against, with_advice
from gateway.intake.arrival.shelf import Shelf, Stored
from gateway.intake.hashed import refuse_hashes
from gateway.intake.inspection import Inspection
from gateway.intake.manifest import Manifest
from gateway.intake.readers import inspect

_HEADINGS = 65_536  # bytes in which the first line is looked for
_HEADING = 60  # characters; what is longer is a sentence


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
    # The archive's own name speaks of its lists unless one of them says it alone: leads_and_suppressions.zip.
    above = "" if any(speaks_against(part.told) for part in parts) else f"{name.removesuffix('.zip')}/"
    for part in parts:
        told = above + part.told
        try:
            refuse_hashes(part.text)
            looked = inspect(part.text, name=told, manifest=manifest, encoding=encoding, made=part.made)
        except CallerError as error:
            if len(parts) == 1 and not unpacking.left_out:
                raise
            if speaks_against(told) or _headings_speak(part):
                raise inside_of(with_advice(error), part.label) from None
            if not is_no_list(error):
                raise inside_of(error, part.label) from None
            refused.append(inside_of(error, part.label))
            unpacking.leave_out(part.made.sheet or part.name, name, str(error.problems[0].message))
        else:
            found.append(Arrived(part, replace(looked, name=part.name, notes=(*part.notes, *looked.notes))))
    if not found:
        raise CallerError([problem for error in refused for problem in error.problems], title=refused[0].title)
    # Whoever is on two parts has left: those who left are taken first.
    found.sort(key=lambda one: not (one.found.stop or speaks_against(one.part.told)))
    return [_noted(one, place, found, unpacking.left_out, name) for place, one in enumerate(found)]


def _headings_speak(part: Part) -> bool:
    """Whether the first line of what cannot be read as a list has a heading of those who left."""
    with part.text.open("rb") as file:
        lines = file.read(_HEADINGS).decode("utf-8", "replace").split("\n")
    first = next((line for line in lines if line.strip(' ",;\t\r')), "")
    return any(speaks_against(heading) for heading in re.split(r"[,;\t|]", first) if len(heading) <= _HEADING)


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
