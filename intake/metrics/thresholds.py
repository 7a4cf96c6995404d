"""From which confidence on to accept unseen: chosen on one set of fields, certified on another.

Choosing may look at its fields as often as it likes. Certifying looks once, at fields that had
no part in the choice; only then does the exact bound hold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from intake.metrics.binomial import fields_needed, log_beta, upper_bound
from intake.metrics.judged import Counts, cuts

if TYPE_CHECKING:
    from intake.metrics.judged import Judged

LIKELY = 0.8
"""Probability of passing the certification that a threshold must have to be put to it: an exact
bound is passed by half of all thresholds that only just deserve it."""

NEGLIGIBLE = 1e-12


@dataclass(frozen=True, slots=True)
class Certificate:
    """What one look at independent fields says of a threshold.

    Attributes:
        threshold: least confidence of an accepted field.
        seen: fields looked at.
        fields: of these, accepted ones.
        wrong: of those, wrong ones.
        bound: the share of wrong values that is not exceeded, at the assurance asked for.
    """

    threshold: float
    seen: int
    fields: int
    wrong: int
    bound: float

    def more_needed(self, max_error: float, assurance: float) -> int:
        """Further fields to verify before `max_error` is certain, if none of them is wrong.

        Counted in fields seen, at the share that this threshold accepts; at least one in as
        many as were seen is taken to be accepted.
        """
        missing = max(0, fields_needed(self.wrong, max_error, assurance) - self.fields)
        return math.ceil(missing * self.seen / max(self.fields, 1)) if self.seen else missing


def choose(judged: Judged, certifying: int, max_error: float, assurance: float) -> float | None:
    """The lowest threshold that will probably be certified for `max_error`.

    Args:
        judged: fields to choose on.
        certifying: fields that certification will look at.
        max_error: tolerated share of wrong values among those accepted.
        assurance: of the bound.

    Returns:
        The threshold; None where no threshold is likely to pass, for want of fields or quality.
    """
    at = cuts(judged)
    expected = at.accepted * certifying // max(len(judged), 1)
    allowed = _allowed(expected, max_error, assurance)
    columns = (at.accepted, at.wrong, expected, allowed)
    chances = map(_chance, *(column[::-1].tolist() for column in columns))
    lowest_first = zip(at.confidence[::-1].tolist(), chances, strict=True)
    return next((threshold for threshold, chance in lowest_first if chance >= LIKELY), None)


def promising(judged: Judged, max_error: float) -> float | None:
    """The lowest threshold at which no more than `max_error` was seen wrong; None: there is none.

    Nothing is certain about it: it is for acceptance that is marked as provisional.
    """
    at = cuts(judged)
    seen = np.flatnonzero(at.wrong <= max_error * at.accepted)
    return float(at.confidence[seen[-1]]) if seen.size else None


def certify(judged: Judged, threshold: float, assurance: float) -> Certificate:
    """Looks once at what `threshold` accepts among fields that had no part in its choice."""
    accepted = judged.confidence >= threshold
    fields, wrong = int(accepted.sum()), int((accepted & ~judged.right).sum())
    bound = upper_bound(wrong, fields, assurance)
    return Certificate(threshold, len(judged), fields, wrong, bound)


def _allowed(fields: Counts, max_error: float, assurance: float) -> Counts:
    """How many of so many `fields` may be wrong for `max_error` to hold; -1: none would do."""
    most = int(fields.max(initial=0))
    needed: list[int] = []
    while (next_ := fields_needed(len(needed), max_error, assurance)) <= most:
        needed.append(next_)
    return np.searchsorted(np.array(needed, np.int64), fields, side="right") - 1


def _chance(seen: int, wrong: int, expected: int, allowed: int) -> float:
    """Probability of at most `allowed` wrong in `expected` further fields (beta-binomial).

    What was seen, `wrong` of `seen`, is all that is known of the true share (Jeffreys' prior).
    Zero where even the mean would be too many: that never comes near to likely.
    """
    a, b = wrong + 0.5, seen - wrong + 0.5
    if allowed < expected * a / (a + b):
        return 0.0
    first = allowed + 1
    ways = -log_beta(first + 1, expected - first + 1) - math.log(expected + 1)
    term = math.exp(ways + log_beta(a + first, b + expected - first) - log_beta(a, b))
    beyond = term
    for count in range(first, expected):
        term *= (expected - count) / (count + 1) * (a + count) / (b + expected - count - 1)
        beyond += term
        if term < NEGLIGIBLE:
            break
    return 1 - beyond
