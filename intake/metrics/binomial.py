"""Exact statements about a share of which only a sample was seen.

All of it stands on the regularised incomplete beta function, by its continued fraction.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

STEPS = 100
LEAST = 1e-300
CLOSE = 1e-15
MOST_TERMS = 100_000


def at_most(wrong: int, fields: int, share: float) -> float:
    """Probability of at most `wrong` wrong ones in `fields`, where `share` of all are wrong."""
    if wrong < 0:
        return 0.0
    if wrong >= fields or share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    return incomplete_beta(fields - wrong, wrong + 1, 1 - share)


@lru_cache(maxsize=4096)
def upper_bound(wrong: int, fields: int, assurance: float) -> float:
    """The share of wrong values that is not exceeded, with probability `assurance`.

    Exact binomial, one-sided (Clopper and Pearson): 0 wrong in 2,995 give 0.1 % at 0.95.

    Args:
        wrong: wrong ones seen.
        fields: fields seen; none of them support any bound but 1.
        assurance: probability above 0 and below 1.
    """
    if wrong >= fields:
        return 1.0
    low, high = wrong / fields, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if at_most(wrong, fields, middle) > 1 - assurance:
            low = middle
        else:
            high = middle
    return high


def fields_needed(wrong: int, max_error: float, assurance: float) -> int:
    """The fewest fields with `wrong` wrong ones among them that support `max_error`."""
    enough = wrong + 1
    while at_most(wrong, enough, max_error) > 1 - assurance:
        enough *= 2
    low = enough // 2
    while enough - low > 1:
        middle = (low + enough) // 2
        if at_most(wrong, middle, max_error) > 1 - assurance:
            low = middle
        else:
            enough = middle
    return enough


def wilson(right: int, fields: int, assurance: float) -> tuple[float, float]:
    """Two-sided interval for a share of which `right` in `fields` were seen (Wilson)."""
    if not fields:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + assurance) / 2)
    share, square = right / fields, z * z / fields
    centre = share + square / 2
    spread = z * math.sqrt((share * (1 - share) + square / 4) / fields)
    low, high = (centre - spread) / (1 + square), (centre + spread) / (1 + square)
    return (low if right else 0.0), (high if right < fields else 1.0)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b); a, b above 0, x in 0..1."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = a * math.log(x) + b * math.log1p(-x) - log_beta(a, b) - math.log(a)
    return min(1.0, math.exp(front) * _fraction(a, b, x))


def log_beta(a: float, b: float) -> float:
    """Natural logarithm of the beta function."""
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _fraction(a: float, b: float, x: float) -> float:
    """Lentz's evaluation of the continued fraction that belongs to I_x(a, b)."""
    value, c, d = 1.0, math.inf, 1.0
    for term in range(1, MOST_TERMS):
        d = 1 / _away_from_zero(1 + _coefficient(a, b, x, term) * d)
        c = _away_from_zero(1 + _coefficient(a, b, x, term) / c)
        value *= c * d
        if abs(1 - c * d) < CLOSE:
            break
    return value


def _coefficient(a: float, b: float, x: float, term: int) -> float:
    m, odd = divmod(term, 2)
    if odd:
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))


def _away_from_zero(value: float) -> float:
    return value if abs(value) > LEAST else LEAST
