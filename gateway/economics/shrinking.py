"""Small sources drawn towards their kind: a source of five people cannot look wonderful, or worthless.

How much sources of a kind differ is learnt from all of them. What is not known of that (the kind's average and spread)
is averaged over a grid and not fixed at its best guess, which would make the bounds too narrow (Gelman and others,
Bayesian Data Analysis, chapter 5). Shares: beta-binomial. Money: gamma and quasi-Poisson, which is the same for sums of
money that come in pieces of a typical size, so that their variance goes with the average.
"""

from typing import Any

import numpy as np

from gateway.economics.estimate import Estimate, Z

Floats = np.ndarray[Any, np.dtype[np.float64]]
PRIOR_PIECES = 20.0
"""So many pieces' worth the kind's spread of spending counts beside a source's own."""
_MEANS, _SIZES, _WIDE = 61, 30, 2.5
_LEAST_KNOWN = 0.7  # power of ten: a kind says as much of each of its sources as five people, or more, would


def shares(size: Floats, count: Floats) -> list[Estimate]:
    """Of each source the share, from how many people (need not be whole) and to how many of them it happened.

    The last entry is what is to be expected of a source of the kind that nobody has seen yet.
    """
    from scipy.special import betaln, logsumexp

    means = (np.arange(_MEANS) + 0.5) / _MEANS
    whole = float(count.sum()) / max(float(size.sum()), 1.0)
    means = np.unique(np.concatenate((means, _around(whole, float(size.sum())))))
    sizes = np.logspace(_LEAST_KNOWN, 4, _SIZES)  # people's worth of the kind's knowledge
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


def means(mean: Floats, variance: Floats, size: Floats, freedom: Floats | float = np.inf) -> list[Estimate]:
    """Of each source the average spending, from its own average, that average's variance, and its people's worth.

    ``freedom``: how certain each variance is.

    The last entry is what is to be expected of a source of the kind that nobody has seen yet.
    """
    from scipy.special import gammaln, logsumexp

    if not len(mean) or (mean * size).sum() <= 0:
        return [Estimate(0.0, 0.0, 0.0)] * (len(mean) + 1)
    size = np.maximum(size, 1e-6)
    unit, own = _units(mean, variance, size)
    # of the unit that a source's own money tells in part: Satterthwaite 1946
    freedom = np.append(freedom / np.maximum(own, 1e-6) ** 2, np.inf)
    count, exposure = np.maximum(mean, 0.0) * size / unit, size / unit
    centre = float(count.sum() / exposure.sum())
    kinds = centre * np.exp(_WIDE * np.linspace(-1, 1, _MEANS) ** 3)  # closer together in the middle
    sizes = np.logspace(-1, 4, _SIZES)  # how much sources of the kind differ: 1 over the root, of their average
    a, b = np.tile(sizes, len(kinds)), np.outer(1 / kinds, sizes).ravel()
    chances = np.zeros(len(a))
    for x, e in zip(count, exposure, strict=True):
        chances += gammaln(a + x) - gammaln(a) + a * np.log(b) - (a + x) * np.log(b + e)
    chances += np.log(np.repeat(np.gradient(np.log(kinds)), len(sizes))) - np.log1p(a)
    weight = np.exp(chances - logsumexp(chances))
    shape = a + np.append(count, 0.0)[:, None]
    rate = b + np.append(exposure, 0.0)[:, None]
    value = (shape / rate) @ weight
    spread = (shape / rate**2 + (shape / rate) ** 2) @ weight - value**2
    columns = zip(value, np.maximum(spread, 1e-12), freedom, strict=True)
    return [_gamma(*(float(one) for one in each)) for each in columns]


def _units(mean: Floats, variance: Floats, size: Floats) -> tuple[Floats, Floats]:
    """The piece of money that sources' spending comes in, as far as chance goes: variance over average.

    Of few pieces a source says little about it, and its kind's is mixed in; of five people who paid nothing it is all.
    And by what part it is the source's own.
    """
    each = variance * size  # of one person's spending
    kind = max(float((each * size).sum() / (mean * size).sum()), 1e-9)
    pieces = np.maximum(mean, 0.0) * size / kind
    own = np.where(mean > 0, each / np.where(mean > 0, mean, 1.0), kind)
    mixed: Floats = (own * pieces + kind * PRIOR_PIECES) / (pieces + PRIOR_PIECES)
    return np.maximum(mixed, 1e-9), pieces / (pieces + PRIOR_PIECES)


def _gamma(value: float, variance: float, freedom: float) -> Estimate:
    """Bounds by the gamma distribution of this mean and variance; wider, as Student's t is, for a unit told by few.

    A variance that is itself estimated: McCullagh and Nelder, Generalized Linear Models, chapter 9.
    """
    from scipy.special import gammaincinv, stdtrit

    wide = variance if np.isinf(freedom) else variance * (float(stdtrit(freedom, 0.975)) / Z) ** 2
    shape = value * value / wide
    low, high = (float(gammaincinv(shape, end)) * wide / value for end in (0.025, 0.975))
    return Estimate(value, low, high, float(np.sqrt(variance)))
