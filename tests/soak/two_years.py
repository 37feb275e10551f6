"""`make truth`: a hundred made-up companies of two years; how often the truth lies in the bounds of each number.

Writes docs/numbers/coverage.csv. Ends with 1 if a number finds the truth less often than in 90 of 100, if one of a
single source does so beyond chance, or if the naive mean finds it more often than in 20. `make truth ARGS="800 10000"`
draws others, from seed 10000, into coverage-others.csv: they tell what is amiss from what is chance.
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
OUT = ROOT / "docs" / "numbers"
NEEDED, NAIVE_AT_MOST = 0.90, 0.20
MEANT, CHANCE = 0.95, 0.001  # what bounds promise; how seldom what is well made may look as if it were not
WRITTEN = {(0, 100): "coverage.csv", (10_000, 800): "coverage-others.csv"}


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


def single(inside: Counter, told: Counter) -> int:
    """Say which of single sources lie under what is needed, and how many by chance would; how many are beyond it."""
    from scipy.stats import binom

    found = [key for key in told if not key[0].startswith("the naive")]
    low = [key for key in found if inside[key] < NEEDED * told[key]]
    chance = sum(binom.cdf(-(-9 * told[key] // 10) - 1, told[key], MEANT) for key in found)
    print(
        f"{len(low)} of {len(found)} of single sources under {NEEDED:.0%}; {chance:.1f} of bounds that keep {MEANT:.0%}"
    )
    worse = [key for key in low if binom.cdf(inside[key], told[key], NEEDED) < CHANCE]
    for key in low:
        print(f"   {', '.join(key)}: {inside[key]}/{told[key]}{'  <-- ' if key in worse else ''}")
    return len(worse)


def main() -> int:
    """Count, tell, write down, judge."""
    many, first = (*(int(one) for one in sys.argv[1:]), *(100, 0)[len(sys.argv) - 1 :])
    inside, told = count(range(first, first + many))
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
    failed += single(inside, told)
    if name := WRITTEN.get((first, many)):
        OUT.mkdir(exist_ok=True)
        with (OUT / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["number", "source", "inside", "told"])
            writer.writerows([number, source, inside[number, source], told[number, source]] for number, source in told)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
