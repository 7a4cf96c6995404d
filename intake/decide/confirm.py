"""How well a reading fits its meter's own past: a score beside the picture's, not in its place."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from intake.decide.values import as_decimal
from intake.records import Decision, Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.decide.knowledge import Acceptance
    from intake.records import PastReading, Reading
    from intake.template import Field

FITS = 0.3
"""Score from which history confirms a first choice."""

FLOOR = 0.5
"""Confidence of the picture below which no history helps: the first choice must be the likelier."""

LEAST_MONTHS = 4
"""Past readings that make a habit."""

_LEAST_SPREAD = 0.25
"""Spread of the logarithm of use below which no habit is taken for narrower."""


def fit(
    reading: Reading, field: Field, past: Sequence[PastReading], period: str | None
) -> float | None:
    """How well the first choice fits, and how much better than what else it could be, 0..1.

    Args:
        reading: of a meter's register, from the picture.
        field: its place on the form.
        past: readings of the same register, newest first.
        period: billing month of the new reading; None where unknown.

    Returns:
        1 for a usual month's use where no other candidate would be one; near 0 for an unusual
        one, or where another candidate is as usual. None where too little is known.
    """
    before = [Decimal(one.value) for one in past if period is None or one.period < period]
    if reading.value is None or len(before) < LEAST_MONTHS:
        return None
    used = [float(later - earlier) for later, earlier in pairwise(before) if later >= earlier]
    if len(used) < LEAST_MONTHS - 1:
        return None
    usual = {
        candidate.value: _usual(
            float(as_decimal(candidate.value, field.decimals) - before[0]), used
        )
        for candidate in reading.candidates
        if candidate.value is not None
    }
    own = usual[reading.value]
    return own * own / sum(usual.values()) if own else 0.0


def confirmed(verdict: Verdict, reading: Reading, score: float | None, rule: Acceptance) -> Verdict:
    """Accepts what the picture alone left in doubt, as far as audited data supports that.

    Args:
        verdict: by the picture and after all objections.
        reading: from the picture.
        score: how well it fits; None where unknown.
        rule: what such a field must reach.
    """
    only_doubted = verdict.decision is Decision.REVIEW and verdict.reasons == (
        Reason.LOW_CONFIDENCE,
    )
    if rule.confirmed is None or not only_doubted or score is None or score < FITS:
        return verdict
    if reading.value is None or reading.confidence < max(rule.confirmed, FLOOR):
        return verdict
    return Verdict(Decision.ACCEPTED, reading.value, (Reason.HISTORY_CONFIRMED,))


def _usual(use: float, used: Sequence[float]) -> float:
    """How usual a month's use is, 1 in the middle of the habit and 0 for a use below nothing."""
    if use < 0:
        return 0.0
    floor = 0.1 * median(used) + 1e-3
    logs = [math.log(one + floor) for one in used]
    middle = median(logs)
    spread = max(1.4826 * median(abs(one - middle) for one in logs), _LEAST_SPREAD)
    return math.exp(-(((math.log(use + floor) - middle) / spread) ** 2) / 2)
