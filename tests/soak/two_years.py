"""`make truth`: a hundred made-up companies of two years; how often the truth lies in the bounds of each number.

Writes docs/numbers/coverage.csv. Ends with 1 if a number finds the truth less often than in 90 of 100, or if the naive
mean finds it more often than in 20.
"""

import csv
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
OUT = ROOT / "docs" / "numbers" / "coverage.csv"
NEEDED, NAIVE_AT_MOST = 0.90, 0.20


def one_seed(folder: str, seed: int):
    """Number, source, and whether the truth lay inside; of what was told."""
    from truths import held_against_truth, reckon_seed

    where = Path(folder) / f"{seed % 4}"
    where.mkdir(exist_ok=True)
    return [(one.number, one.source, one.is_inside) for one in held_against_truth(reckon_seed(seed, where)) if one.told]


def count(seeds: range):
    """Of each number and source: inside, told."""
    inside, told = Counter(), Counter()
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2) as pool:
        for found in pool.map(partial(one_seed, folder), seeds):
            for number, source, is_inside in found:
                told[number, source] += 1
                inside[number, source] += is_inside
    return inside, told


def main() -> int:
    """Count, tell, write down, judge."""
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
    inside, told = count(seeds)
    numbers = list(dict.fromkeys(number for number, _ in told))
    failed = 0
    for number in numbers:
        sources = [source for one, source in told if one == number]
        share = sum(inside[number, s] for s in sources) / sum(told[number, s] for s in sources)
        is_naive = number.startswith("the naive")  # judged in the currency in which most is paid: its bounds are narrow
        bad = number.endswith("USD") and share > NAIVE_AT_MOST if is_naive else share < NEEDED
        failed += bad
        print(f"{number:48} {100 * share:5.1f} %{'  <-- ' if bad else ''}")
        print("   " + ", ".join(f"{s} {inside[number, s]}/{told[number, s]}" for s in sources))
    if len(seeds) == 100:
        OUT.parent.mkdir(exist_ok=True)
        with OUT.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["number", "source", "inside", "told"])
            writer.writerows([number, source, inside[number, source], told[number, source]] for number, source in told)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
