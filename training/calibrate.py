"""Fits confidence on writers the model never saw, and certifies thresholds on yet others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intake.metrics import Judged, certify
from intake.recognise.freebox import FreeBoxReader
from intake.recognise.linemodel import LineModel
from intake.recognise.looks import look
from intake.recognise.model import Calibration, DigitModel, Threshold
from intake.recognise.strings import field_candidates, value_of
from intake.records import Crop
from training.lines import free_lines
from training.populations import able_hands, fields
from training.strips import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.records import Grey, Reading
    from training.hands import Hand
    from training.lines import Line

PLAIN = Calibration(slope=1.0, offset=0.0)
"""Confidence taken as the network states it."""

ASSURANCE = 0.95

SPOILT = 0.02
"""Share of fields with a cell that is struck out, overwritten or otherwise no digit."""

MAX_ERRORS = (0.01, 0.001)


@dataclass(frozen=True, eq=False, slots=True)
class DrawnFields:
    """Fields ready to be seen.

    Attributes:
        cells: pictures, one list per field.
        labels: one list per field.
        writers: a number for the hand of each field.
    """

    cells: list[list[Grey]]
    labels: list[list[int]]
    writers: NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Fields:
    """Fields as a model saw them.

    Attributes:
        cells: probabilities, one array per field, cells × classes.
        labels: one list per field.
        writers: a number for the hand of each field.
    """

    cells: list[NDArray[np.float64]]
    labels: list[list[int]]
    writers: NDArray[np.int64]


def see_fields(model: DigitModel, drawn: DrawnFields, *, alone: bool = False) -> Fields:
    """Shows fields to `model`; `alone` shows each cell without its hand."""
    seen = [look(model, [cells], together=not alone)[0] for cells in drawn.cells]
    return Fields(seen, drawn.labels, drawn.writers)


def draw_fields(
    hands: Sequence[Hand], count: int, seed: int, *, spoilt: float = SPOILT
) -> DrawnFields:
    """Writes and scans `count` fields, a share `spoilt` of them with a spoilt cell."""
    strips = fields(hands, count, seed, spoilt=spoilt)
    writers = np.arange(count) % len(able_hands(hands))
    return DrawnFields([s.cells for s in strips], [s.labels for s in strips], writers)


def fit_calibration(seen: Fields) -> Calibration:
    """Fits slope and offset of the stated odds on whole fields."""
    return Calibration(*_fit_odds(*stated_and_right(seen, PLAIN)))


def stated_and_right(
    seen: Fields, calibration: Calibration
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Per field, the confidence stated for its first candidate, and whether that is right."""
    stated, right = [], []
    for cells, labels in zip(seen.cells, seen.labels, strict=True):
        best = field_candidates(cells, calibration)[0]
        truth = value_of(labels) if max(labels) <= EMPTY else ""
        stated.append(best.probability)
        right.append(best.value == truth)
    return np.array(stated), np.array(right)


def fit_free_box(
    digits: DigitModel, lines: LineModel, hands: Sequence[Hand], count: int, seed: int
) -> Calibration:
    """Fits slope and offset on `count` free lines; `lines` states its confidence plainly."""
    read = list(read_free_lines(FreeBoxReader(digits, lines), hands, count, seed))
    stated = np.array([reading.confidence for _, reading in read])
    right = np.array([digits_right(line, reading) for line, reading in read])
    return Calibration(*_fit_odds(stated, right))


def read_free_lines(
    reader: FreeBoxReader, hands: Sequence[Hand], count: int, seed: int
) -> Iterator[tuple[Line, Reading]]:
    """Yields `count` free lines and what `reader` says of them."""
    nowhere = np.zeros((4, 2))
    for line in free_lines(hands, count, seed):
        (reading,) = reader.read([Crop("line", line.picture, 1.0, line.box, nowhere)])
        yield line, reading


def digits_right(line: Line, reading: Reading) -> bool:
    """Whether all digits of a free line were read, wherever its decimal mark is."""
    return (reading.value or "").replace(".", "") == line.value


def _fit_odds(stated: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[float, float]:
    """Logistic regression of being right on the stated log odds, by Newton's damped steps."""
    safe = np.clip(stated, 1e-12, 1 - 1e-12)
    features = np.stack([np.log(safe / (1 - safe)), np.ones(len(safe))], axis=1)
    sign = np.where(right, 1.0, -1.0)

    def cost(weights: NDArray[np.float64]) -> float:
        misfit = np.logaddexp(0, -sign * (features @ weights)).sum()
        return float(misfit + 0.5e-3 * ((weights - (1.0, 0.0)) ** 2).sum())

    weights = np.array([1.0, 0.0])
    for _ in range(50):
        step = _newton_step(features, right, weights)
        while np.abs(step).max() > _SETTLED and cost(weights + step) > cost(weights):
            step = step / 2
        weights = weights + step
    return round(float(weights[0]), 4), round(float(weights[1]), 4)


_SETTLED = 1e-6


def _newton_step(
    features: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    expected = 1 / (1 + np.exp(-np.clip(features @ weights, -50, 50)))
    slope = features.T @ (right - expected) - 1e-3 * (weights - (1.0, 0.0))
    curve = (features * (expected * (1 - expected))[:, None]).T @ features + 1e-3 * np.eye(2)
    return np.asarray(np.linalg.solve(curve, slope))


def laboratory(chosen_on: Fields, certified_on: Fields, fitted: Calibration) -> list[Threshold]:
    """Chooses a threshold per tolerated error on some writers, certifies it on others."""
    stated, right = stated_and_right(chosen_on, fitted)
    certifying = Judged(*stated_and_right(certified_on, fitted))
    thresholds = []
    for max_error in MAX_ERRORS:
        chosen = steady_threshold(stated, right, chosen_on.writers, max_error)
        seen = certify(certifying, chosen, ASSURANCE)
        figures = round(seen.threshold, 6), seen.fields, seen.wrong, round(seen.bound, 6)
        thresholds.append(Threshold("handwritten", max_error, ASSURANCE, *figures))
    return thresholds


def steady_threshold(
    stated: NDArray[np.float64],
    right: NDArray[np.bool_],
    writers: NDArray[np.int64],
    max_error: float,
) -> float:
    """The lowest threshold that would hold for 99 in 100 other groups of such writers.

    Writers differ from each other by more than their fields do, so the groups are drawn from the
    writers, with replacement (Efron's bootstrap). The strictest where none would hold.
    """
    order = np.argsort(-stated, kind="stable")
    rng, count = np.random.default_rng(17), int(writers.max()) + 1
    shares = np.empty((_GROUPS, len(order)))
    for group in shares:
        weights = np.bincount(rng.integers(0, count, count), minlength=count)[writers[order]]
        wrong = np.cumsum(weights * ~right[order])
        group[:] = wrong / np.maximum(np.cumsum(weights), 1)
    holds = np.flatnonzero(np.quantile(shares, _STEADY, axis=0) <= max_error)
    return float(stated[order[holds[-1] if len(holds) else 0]])


_GROUPS, _STEADY = 600, 0.99
