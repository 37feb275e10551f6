"""Small sources drawn towards their kind: a source of five people cannot look wonderful, or worthless.

How much sources of a kind differ is learnt from all of them. What is not known of that (the kind's average and spread)
is averaged over a grid and not fixed at its best guess, which would make the bounds too narrow (Gelman and others,
Bayesian Data Analysis, chapter 5). Shares: beta-binomial. Money: normal around the kind's mean, with each source's own
variance mixed with the kind's.
"""

from typing import Any

import numpy as np

from gateway.economics.estimate import Estimate, Z

Floats = np.ndarray[Any, np.dtype[np.float64]]
PRIOR_PEOPLE = 30.0
"""So many people's worth the kind's spread of spending counts beside a source's own."""
_MEANS, _SIZES, _SPREADS = 60, 30, 60


def shares(size: Floats, count: Floats) -> list[Estimate]:
    """Of each source the share, from how many people (need not be whole) and to how many of them it happened.

    The last entry is what is to be expected of a source of the kind that nobody has seen yet.
    """
    from scipy.special import betaln, logsumexp

    means = (np.arange(_MEANS) + 0.5) / _MEANS
    whole = float(count.sum()) / max(float(size.sum()), 1.0)
    means = np.unique(np.concatenate((means, _around(whole, float(size.sum())))))
    sizes = np.logspace(0, 4, _SIZES)  # people's worth of the kind's knowledge
    a, b = np.outer(means, sizes).ravel(), np.outer(1 - means, sizes).ravel()
    chances = np.zeros(len(a))
    for n, x in zip(size, count, strict=True):
        chances += betaln(a + x, b + n - x) - betaln(a, b)
    chances += np.log(np.repeat(np.gradient(means), len(sizes)))  # the grid is finer where the mean lies
    chances -= np.repeat([0.5 * np.log1p(sizes)], len(means), axis=0).ravel()  # vague about the spread
    weight = np.exp(chances - logsumexp(chances))
    alpha = a + np.append(count, 0.0)[:, None]
    beta = b + np.append(size - count, 0.0)[:, None]
    mean = alpha / (alpha + beta)
    value = mean @ weight
    spread = (mean * (1 - mean) / (alpha + beta + 1)) @ weight + (mean**2) @ weight - value**2
    return [_beta(float(v), float(s)) for v, s in zip(value, np.maximum(spread, 1e-12), strict=True)]


def _around(whole: float, size: float) -> Floats:
    """A finer grid where the kind's mean probably lies."""
    error = np.sqrt(max(whole * (1 - whole), 0.25 / max(size, 1.0)) / max(size, 1.0))
    near = whole + np.linspace(-6, 6, _MEANS) * max(error, 1e-4)
    edge = 1e-4
    inside: Floats = near[(near > edge) & (near < 1 - edge)]
    return inside


def _beta(value: float, variance: float) -> Estimate:
    """Bounds by the beta distribution of this mean and variance."""
    from scipy.stats import beta

    known = max(value * (1 - value) / variance - 1, 1e-6)
    low, high = beta.ppf([0.025, 0.975], max(value * known, 1e-9), max((1 - value) * known, 1e-9))
    return Estimate(value, float(low), float(high), float(np.sqrt(variance)))


def means(mean: Floats, variance: Floats, size: Floats) -> list[Estimate]:
    """Of each source the average spending, from its own average, that average's variance, and its people's worth.

    The last entry is what is to be expected of a source of the kind that nobody has seen yet.
    """
    if not len(mean):
        return []
    own = _mixed(variance, size)
    centre = float((mean / own).sum() / (1 / own).sum())
    widest = max(float(np.abs(mean - centre).max()), float(np.sqrt(own.min())), abs(centre) * 0.05, 1e-9) * 2
    spreads = np.linspace(0, widest, _SPREADS)[:, None]  # how much sources of the kind differ
    precision = 1 / (own + spreads**2)
    known = precision.sum(axis=1)
    kind = (precision * mean).sum(axis=1) / known
    chances = 0.5 * np.log(precision).sum(axis=1) - 0.5 * np.log(known)
    chances -= 0.5 * (precision * (mean - kind[:, None]) ** 2).sum(axis=1)
    weight = np.exp(chances - chances.max())
    weight /= weight.sum()
    pull = own / (own + spreads**2)  # towards the kind
    value = pull * kind[:, None] + (1 - pull) * mean
    spread = (1 - pull) * own + pull**2 / known[:, None]
    value = np.column_stack((value, kind))
    spread = np.column_stack((spread, spreads[:, 0] ** 2 + 1 / known))
    middle = weight @ value
    variance = weight @ (spread + value**2) - middle**2
    return [_above_nothing(float(v), float(np.sqrt(max(s, 0.0)))) for v, s in zip(middle, variance, strict=True)]


def _mixed(variance: Floats, size: Floats) -> Floats:
    """The variance of each average: of five people who all paid nothing it is not nothing."""
    size = np.maximum(size, 1e-6)
    each = variance * size  # of one person's spending
    kind = float((each * size).sum() / size.sum())
    mixed = (each * size + kind * PRIOR_PEOPLE) / (size + PRIOR_PEOPLE)
    return np.maximum(mixed / size, 1e-12)


def _above_nothing(value: float, error: float) -> Estimate:
    """Bounds on the scale of the logarithm where the average is well above nothing; else about it, from nothing up."""
    if value > 2 * error > 0:
        factor = float(np.exp(Z * error / value))
        return Estimate(value, value / factor, value * factor, error)
    return Estimate(max(value, 0.0), max(value - Z * error, 0.0), max(value + Z * error, 0.0), error)
