"""Cells that spreadsheets, mail programs and people have made of one value another: counted, and told with a row."""

import re
from collections import Counter
from dataclasses import dataclass, field

from gateway.screening.address.found import addresses_in

_ODD = re.compile(r"[\s<>,;|()'\"]|mailto:|[\u00ad\u200b-\u200f\u2060\ufeff]", re.IGNORECASE)
_LOST_PLUS = re.compile(r"[^\s@]+ [^\s@]+@[^\s@]+\.[^\s@]+")
_SHORTENED = re.compile(r"[0-9][.,][0-9]+E\+?[0-9]+", re.IGNORECASE)
_SAYS = {
    "several": "hold several addresses. The first valid one is the lead's; the others are kept with the row, and leave "
    "with it if it says stop",
    "wrapped": "hold an address in something else, such as Name <address> or mailto:. The address alone is taken",
    "lost_plus": "hold an address with a space before the @, which may have been a +. It is not guessed; they will be "
    "refused",
    "shortened": "hold a phone number that a spreadsheet has shortened (4.28E+15). Its digits are lost; the number is "
    "left out",
}


@dataclass(slots=True)
class Oddities:
    """How often each kind was seen, and in which row first."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)

    def look(self, number: int, address: str, others: int, phone: str) -> None:
        """Look at a row's cells. ``others``: filled cells of further columns of addresses."""
        text = address.strip()
        if others:
            self._count("several", number)
        elif _ODD.search(text):
            found = addresses_in(text)
            if len(found) > 1:
                self._count("several", number)
            elif found and found[0] != text:
                self._count("wrapped", number)
            elif not found and _LOST_PLUS.fullmatch(text):
                self._count("lost_plus", number)
        if _SHORTENED.fullmatch(phone.strip()):
            self._count("shortened", number)

    def notes(self, rows: int) -> list[str]:
        """Sentences for the uploader."""
        return [
            f"{count:,} of the first {rows:,} rows {_SAYS[kind]}. The first of them is row {self.first[kind]:,}."
            for kind, count in self.counts.items()
        ]

    def _count(self, kind: str, number: int) -> None:
        self.counts[kind] += 1
        self.first.setdefault(kind, number)
