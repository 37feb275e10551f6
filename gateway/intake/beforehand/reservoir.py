"""Rows drawn at random over a whole file, each as likely as any other, in one reading and in the memory of the draw.

Algorithm L (K.-H. Li, Reservoir-sampling algorithms of time complexity O(n(1 + log(N/n))), ACM Trans. Math. Softw. 20,
1994, 481-493): after the first n rows it reckons how many to pass over, so that most rows cost nothing but reading.
"""

import random
from collections.abc import Iterable, Iterator
from itertools import islice
from math import floor, log
from typing import TypeVar

Item = TypeVar("Item")


def draw(items: Iterable[Item], count: int, seed: int) -> tuple[list[Item], int]:
    """``count`` of the items in their order, all of them if there are fewer, and how many there were.

    The same seed over the same items draws the same.
    """
    chance = random.Random(seed)  # noqa: S311 - it draws rows, it keeps no secret
    counted = _Counted(iter(items))
    kept = list(enumerate(islice(counted, count)))
    weight = 1.0
    while len(kept) == count:
        weight *= _uniform(chance) ** (1 / count)
        skip = floor(log(_uniform(chance)) / log(1 - weight)) if weight < 1 else 0
        drawn = next(islice(counted, skip, None), None)
        if drawn is None:
            break
        kept[chance.randrange(count)] = (counted.count - 1, drawn)
    kept.sort(key=lambda pair: pair[0])
    return [item for _, item in kept], counted.count


def _uniform(chance: random.Random) -> float:
    """Between 0 and 1, never 0: its logarithm is taken."""
    return 1.0 - chance.random()


class _Counted(Iterator[Item]):
    """Counts what goes through it."""

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items
        self.count = 0

    def __next__(self) -> Item:
        item = next(self._items)
        self.count += 1
        return item
