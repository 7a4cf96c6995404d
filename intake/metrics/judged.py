"""Fields whose truth is known: how sure the reader was, and whether it was right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """Fields whose truth is known.

    Attributes:
        confidence: N floats 0..1, for the reader's first choice.
        right: N booleans, whether that choice is the truth.
    """

    confidence: Floats
    right: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Checks the shapes once, so that no figure has to."""
        if self.confidence.shape != self.right.shape or self.confidence.ndim != 1:
            raise ValueError(f"{self.confidence.shape} confidences, {self.right.shape} outcomes")

    def __len__(self) -> int:
        """Number of fields."""
        return len(self.right)

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, bool]]) -> Judged:
        """From (confidence, right) pairs."""
        listed = list(pairs)
        return cls(
            np.array([confidence for confidence, _ in listed], np.float64),
            np.array([right for _, right in listed], np.bool_),
        )

    def some(self, chosen: NDArray[np.bool_]) -> Judged:
        """The fields that `chosen` marks."""
        return Judged(self.confidence[chosen], self.right[chosen])


@dataclass(frozen=True, eq=False, slots=True)
class Cuts:
    """What accepting from each confidence on would mean, most confident first.

    Attributes:
        confidence: K distinct values, falling.
        accepted: K numbers of fields that reach it, rising.
        wrong: K numbers of wrong ones among them.
    """

    confidence: Floats
    accepted: Counts
    wrong: Counts


def cuts(judged: Judged) -> Cuts:
    """All thresholds that make a difference; equal confidences stand or fall together."""
    order = np.argsort(-judged.confidence, kind="stable")
    confidence = judged.confidence[order]
    last = np.flatnonzero(np.append(np.diff(confidence) != 0, True)[: len(confidence)])
    wrong = np.cumsum(~judged.right[order])
    return Cuts(confidence[last], last.astype(np.int64) + 1, wrong[last].astype(np.int64))
