"""How often a long file repeats an address, from those addresses in it that begin with a few chosen letters.

A draw of rows underestimates repeats: of two rows that repeat one another it rarely draws both. So the addresses are
drawn instead of the rows: all that begin with one of some pairs of letters, wherever they stand, about KEYS of them.
Both rows of a repeat are then drawn or neither. One regular expression finds them at the speed of C.
"""

import random
import re
from collections import Counter
from dataclasses import dataclass, field

from gateway.intake.inspection import Inspection, Record

KEYS = 40_000
_PAIR = re.compile(r"[a-z0-9]{2}")
_LONGEST = 320


@dataclass(frozen=True, slots=True)
class Repeats:
    """Of how many addresses how many stood in an earlier row already."""

    looked_at: int
    repeated: int
    rows: tuple[tuple[int, str], ...]  # the first rows that repeat one, with their addresses


@dataclass(slots=True)
class Search:
    """Looks through a file, block by block."""

    pattern: re.Pattern[bytes]
    seen: set[int] = field(default_factory=set)
    looked_at: int = 0
    repeated: int = 0
    rows: list[tuple[int, str]] = field(default_factory=list)

    def look(self, block: bytes, lines: int) -> None:
        """Search a block of whole lines that has ``lines`` line ends before it."""
        for match in self.pattern.finditer(block):
            typed = match[1]
            if b"@" not in typed or len(typed) > _LONGEST:
                continue
            key = hash(typed.strip().lower())
            self.looked_at += 1
            if key not in self.seen:
                self.seen.add(key)
                continue
            self.repeated += 1
            if len(self.rows) < 10:  # noqa: PLR2004 - found.MOST_ROWS, which knows us
                row = lines + block.count(b"\n", 0, match.start(1)) + 1
                self.rows.append((row, typed.decode("utf-8", "replace")))

    def found(self) -> Repeats:
        """What came out."""
        return Repeats(self.looked_at, self.repeated, tuple(self.rows))


def look_for_repeats(inspection: Inspection, head: list[Record], size: int, chance: random.Random) -> Search | None:
    """The search through a file of ``size`` bytes; None where its first rows hold no address to choose letters by."""
    place = next((place for use, place in inspection.uses if use == "email"), None)
    if place is None or not head:
        return None
    pairs: Counter[str] = Counter()
    for _, cells, _ in head:
        if place < len(cells) and _PAIR.fullmatch(pair := cells[place].strip()[:2].lower()):
            pairs[pair] += 1
    if not pairs:
        return None
    length = sum(len(cell) + 1 for _, cells, _ in head for cell in cells) / len(head)
    wanted = KEYS / max(1.0, size / max(1.0, length)) * pairs.total()
    chosen: list[str] = []
    order = sorted(pairs)
    chance.shuffle(order)
    while order and wanted > 0:
        chosen.append(order.pop())
        wanted -= pairs[chosen[-1]]
    return Search(_pattern(inspection.delimiter, place, chosen))


def _pattern(delimiter: str, place: int, chosen: list[str]) -> re.Pattern[bytes]:
    """Addresses at the place of a row that begin with one of the pairs, in either case.

    A row begins after a line end, so that the first row of a block is passed over: one in some ten thousand.
    """
    cut = re.escape(delimiter)
    before = f'(?:(?:"[^"\n]*"|[^{cut}"\n]*){cut}){{{place}}}' if place else ""
    firsts: dict[str, str] = {}
    for pair in sorted(chosen):
        firsts[pair[0]] = firsts.get(pair[0], "") + pair[1] + pair[1].upper()
    begins = "|".join(f"[{first}{first.upper()}][{seconds}]" for first, seconds in firsts.items())
    return re.compile(f'\n{before}[" ]{{0,2}}((?:{begins})[^{cut}"\r\n]*)'.encode())
