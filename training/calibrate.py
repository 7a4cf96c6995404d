"""Fits confidence on writers the model never saw, and certifies thresholds on yet others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intake.metrics import Judged, certify, promising
from intake.recognise.framing import frame_cells
from intake.recognise.freebox import FreeBoxReader
from intake.recognise.linemodel import LineModel
from intake.recognise.model import Calibration, DigitModel, Threshold, softmax
from intake.recognise.strings import field_candidates, value_of
from intake.records import Crop
from training.lines import free_lines
from training.populations import fields
from training.strips import EMPTY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.hands import Hand

ASSURANCE = 0.95

SPOILT = 0.02
"""Share of fields with a cell that is struck out, overwritten or otherwise no digit."""

MAX_ERRORS = (0.01, 0.001)


@dataclass(frozen=True, eq=False, slots=True)
class DrawnFields:
    """Fields ready to be seen.

    Attributes:
        framed: one array per field, cells × 2 × 32 × 32.
        labels: one list per field.
    """

    framed: list[NDArray[np.uint8]]
    labels: list[list[int]]


@dataclass(frozen=True, eq=False, slots=True)
class Fields:
    """Fields as a model saw them.

    Attributes:
        logits: one array per field, cells × classes.
        labels: one list per field.
    """

    logits: list[NDArray[np.float64]]
    labels: list[list[int]]


def see_fields(model: DigitModel, drawn: DrawnFields, *, alone: bool = False) -> Fields:
    """Shows fields to `model`; `alone` shows each cell without its hand."""
    cells = len(drawn.labels[0])
    who = np.arange(cells) if alone else np.zeros(cells, np.int64)
    return Fields([model.logits(framed, who) for framed in drawn.framed], drawn.labels)


def draw_fields(
    hands: Sequence[Hand], count: int, seed: int, *, spoilt: float = SPOILT
) -> DrawnFields:
    """Writes and scans `count` fields, a share `spoilt` of them with a spoilt cell."""
    strips = fields(hands, count, seed, spoilt=spoilt)
    return DrawnFields([frame_cells(s.cells) for s in strips], [s.labels for s in strips])


def fit_calibration(seen: Fields) -> Calibration:
    """Fits temperature on cells, then slope and offset on whole fields."""
    temperature = _fit_temperature(np.concatenate(seen.logits), np.concatenate(seen.labels))
    plain = Calibration(temperature, 1.0, 0.0)
    stated, right = stated_and_right(seen, plain)
    slope, offset = _fit_odds(stated, right)
    return Calibration(temperature, slope, offset)


def _fit_temperature(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    choices = np.arange(0.5, 3.01, 0.05)
    losses = [_cross_entropy(logits / choice, labels) for choice in choices]
    return round(float(choices[int(np.argmin(losses))]), 3)


def _cross_entropy(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    scaled = logits - logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(scaled).sum(axis=1))
    return float(np.mean(total - scaled[np.arange(len(labels)), labels]))


def stated_and_right(
    seen: Fields, calibration: Calibration
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Per field, the confidence stated for its first candidate, and whether that is right."""
    stated, right = [], []
    for logits, labels in zip(seen.logits, seen.labels, strict=True):
        best = field_candidates(softmax(logits / calibration.temperature), calibration)[0]
        truth = value_of(labels) if max(labels) <= EMPTY else ""
        stated.append(best.probability)
        right.append(best.value == truth)
    return np.array(stated), np.array(right)


def fit_free_box(
    digits: DigitModel, lines: LineModel, hands: Sequence[Hand], count: int, seed: int
) -> Calibration:
    """Fits slope and offset on `count` free lines; `lines` states its confidence plainly."""
    stated, right = read_free_lines(FreeBoxReader(digits, lines), hands, count, seed)
    slope, offset = _fit_odds(stated, right)
    return Calibration(1.0, slope, offset)


def read_free_lines(
    reader: FreeBoxReader, hands: Sequence[Hand], count: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Per free line, the confidence stated for its first candidate, and whether that is right."""
    nowhere = np.zeros((4, 2))
    stated, right = [], []
    for line in free_lines(hands, count, seed):
        (reading,) = reader.read([Crop("line", line.picture, 1.0, line.box, nowhere)])
        stated.append(reading.confidence)
        right.append(reading.value == line.value)
    return np.array(stated), np.array(right)


def _fit_odds(stated: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[float, float]:
    """Logistic regression of being right on the stated log odds, by Newton's steps."""
    safe = np.clip(stated, 1e-12, 1 - 1e-12)
    features = np.stack([np.log(safe / (1 - safe)), np.ones(len(safe))], axis=1)
    weights = np.array([1.0, 0.0])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (right - expected) - 1e-3 * (weights - (1.0, 0.0))
        curve = (features * (expected * (1 - expected))[:, None]).T @ features + 1e-3 * np.eye(2)
        weights = weights + np.linalg.solve(curve, slope)
    return round(float(weights[0]), 4), round(float(weights[1]), 4)


def laboratory(chosen_on: Fields, certified_on: Fields, fitted: Calibration) -> list[Threshold]:
    """Chooses a threshold per tolerated error on some writers, certifies it on others."""
    choosing = Judged(*stated_and_right(chosen_on, fitted))
    certifying = Judged(*stated_and_right(certified_on, fitted))
    return [_certified(choosing, certifying, max_error) for max_error in MAX_ERRORS]


def _certified(choosing: Judged, certifying: Judged, max_error: float) -> Threshold:
    """The lowest threshold with no more wrong than that; the strictest where there is none.

    Whether it holds is for the certifying writers to say.
    """
    chosen = promising(choosing, max_error)
    strictest = float(choosing.confidence.max(initial=0.0))
    seen = certify(certifying, strictest if chosen is None else chosen, ASSURANCE)
    figures = round(seen.threshold, 6), seen.fields, seen.wrong, round(seen.bound, 6)
    return Threshold("handwritten", max_error, ASSURANCE, *figures)
