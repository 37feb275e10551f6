"""Bounds on a share that was counted.

Wilson's score interval (E. B. Wilson, Probable inference, J. Am. Stat. Assoc. 22, 1927, 209-212), which keeps its
promise of 95 % also for shares near nothing and near everything, where the textbook's p +- 2 s does not (L. D. Brown,
T. T. Cai, A. DasGupta, Interval estimation for a binomial proportion, Statistical Science 16, 2001, 101-133).
"""

from math import sqrt

Z = 1.959963984540054
"""The 97.5 % point of the normal distribution: two sides of 2.5 % each."""


def wilson(share: float, weight: float) -> tuple[float, float]:
    """Where the true share lies with 95 % confidence if ``weight`` independent draws showed this one."""
    centre = (share + Z * Z / (2 * weight)) / (1 + Z * Z / weight)
    half = Z / (1 + Z * Z / weight) * sqrt(share * (1 - share) / weight + Z * Z / (4 * weight * weight))
    low = 0.0 if share <= 0 else max(0.0, centre - half)
    high = 1.0 if share >= 1 else min(1.0, centre + half)
    return min(low, share), max(high, share)
