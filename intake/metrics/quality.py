"""How well confidence tells right from wrong, and whether it means what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from intake.metrics.binomial import wilson
from intake.metrics.judged import cuts

if TYPE_CHECKING:
    from intake.metrics.judged import Judged

BINS = 15


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One threshold of the error-reject curve.

    Attributes:
        confidence: accepted from here on.
        through: share of all fields that is accepted.
        error: share of wrong values among those.
    """

    confidence: float
    through: float
    error: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Fields of like confidence.

    Attributes:
        fields: how many.
        stated: their mean confidence.
        right: share of them that is right.
        low: lower end of the 95 % interval of `right`.
        high: its upper end.
    """

    fields: int
    stated: float
    right: float
    low: float
    high: float


def error_reject(judged: Judged) -> tuple[CurvePoint, ...]:
    """The curve of error over acceptance, strictest threshold first; empty without fields."""
    at = cuts(judged)
    return tuple(
        CurvePoint(float(confidence), float(accepted / len(judged)), float(wrong / accepted))
        for confidence, accepted, wrong in zip(at.confidence, at.accepted, at.wrong, strict=True)
    )


def area_under_errors(judged: Judged) -> float:
    """Mean error over all shares accepted: 0 is perfect, 1 wrong throughout; 0 without fields."""
    at = cuts(judged)
    steps = np.diff(at.accepted, prepend=0)
    return float(np.sum(steps * at.wrong / at.accepted) / max(len(judged), 1))


def reliability(judged: Judged, bins: int = BINS) -> tuple[Bin, ...]:
    """Bins of as many fields each as possible, least confident first."""
    order = np.argsort(judged.confidence, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return tuple(_bin(judged, part) for part in parts)


def calibration_error(judged: Judged, bins: int = BINS) -> float:
    """Mean distance, over all fields, between stated confidence and share right (ECE)."""
    apart = [part.fields * abs(part.stated - part.right) for part in reliability(judged, bins)]
    return sum(apart) / max(len(judged), 1)


def _bin(judged: Judged, part: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Bin:
    right = int(judged.right[part].sum())
    low, high = wilson(right, len(part), 0.95)
    return Bin(len(part), float(judged.confidence[part].mean()), right / len(part), low, high)
