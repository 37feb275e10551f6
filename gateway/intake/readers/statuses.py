"""Columns that say how somebody stands: the words in them that nobody knows, for the uploader to look at.

A status that means "left" somewhere (``inactive``, ``3``) and nothing elsewhere is not guessed, and not passed over
without a word either.
"""

from collections import Counter
from collections.abc import Sequence

from gateway.intake.columns.against import words_of
from gateway.intake.columns.idle import idle_word, is_mailing_list, refusing_words
from gateway.intake.columns.leaving import read_status
from gateway.intake.inspection import Inspection
from gateway.intake.values import read_box, read_stop

_MOST = 30  # different words; a column of more is no status
_SHOWN = 6
_LONGEST = 40
_STAYED = frozenset({"confirmed", "enabled", "open", "opened", "clicked", "delivered", "verified", "new", "contact",
    "aktiv", "actif", "actief", "activo", "activa", "attivo", "attiva", "ativo", "ativa", "aktywny", "aktywna",
    "angemeldet", "abonniert", "abonné", "inscrit", "suscrito", "iscritto", "inscrito", "geabonneerd", "zapisany",
    "подписан", "配信中", "有効", "已订阅", "구독중",
})  # fmt: skip
"""Beside those that values.py reads as no refusal: words of being on the list."""


class Statuses:
    """What was seen in the columns that are read for statuses of leaving."""

    def __init__(self, inspection: Inspection) -> None:
        """``inspection``: how the file is read."""
        self._seen: dict[int, Counter[str]] = {
            place: Counter() for use, place in inspection.uses if use in {"stop.status", "stop.wanted"}
        }
        headings = [words_of(heading) for heading in inspection.headings]
        of_mailing_list = is_mailing_list(headings)
        self._refused = {
            place: refusing_words(headings[place], {use}, of_mailing_list=of_mailing_list)
            for use, place in inspection.uses
            if use == "stop.status"
        }
        self._headings = inspection.headings
        self._is_stop = inspection.stop

    def look(self, cells: Sequence[str]) -> None:
        """Look at the next row."""
        for place, seen in self._seen.items():
            if place < len(cells) and len(seen) <= _MOST and (text := cells[place].strip()):
                seen[text.casefold()] += 1

    def notes(self) -> list[str]:
        """A sentence for each column with words that nobody knows."""
        if self._is_stop:
            return []
        return [
            _note(self._headings[place], unknown)
            for place, seen in self._seen.items()
            if len(seen) <= _MOST
            and (unknown := [(text, count) for text, count in seen.most_common() if self._is_odd(place, text)])
        ]

    def _is_odd(self, place: int, text: str) -> bool:
        if idle_word(text) in self._refused.get(place, ()):
            return False
        if text.isdigit() and place in self._refused:
            return text != "1" or not self._refused[place]  # 0 may be off, or no error
        known = read_box(text) is not None or read_stop(text) is not True or text in _STAYED
        return not known and not read_status(text)


def _note(heading: str, unknown: Sequence[tuple[str, int]]) -> str:
    said = ", ".join(f"{text[:_LONGEST]!r} ({count:,})" for text, count in unknown[:_SHOWN])
    more = f" and {len(unknown) - _SHOWN:,} more" if len(unknown) > _SHOWN else ""
    return (
        f"{heading!r} says {said}{more}: nobody here knows whether such people left, and they are judged like any "
        f"others. If they did, write columns: {{{heading}: stop}} in the manifest: then all are refused who are not "
        "plainly active or subscribed."
    )
