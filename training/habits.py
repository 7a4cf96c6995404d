"""What some people add to a digit: a slash through the 0, a foot under the 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from training.pens import draw_digit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.hands import Ink, Strokes
    from training.pens import Layer, Pen


def write_digit(
    label: int, digit: Ink | Strokes, pen: Pen, cell_height: float, rng: np.random.Generator
) -> Layer:
    """Returns the ink of one digit with what its writer adds to it, h×w, 0..1, cut close."""
    ink = draw_digit(digit, pen, cell_height, rng)
    if not ink.any():
        return ink
    if label == 0 and pen.slash is not None:
        return _slashed(ink, pen.slash, pen.width * cell_height, rng)
    if label == 1 and pen.foot is not None:
        return _footed(ink, pen.foot, pen.width * cell_height, rng)
    return ink


def _slashed(zero: Layer, lean: float, thick: float, rng: np.random.Generator) -> Layer:
    """A 0 with a stroke through it, over its ends or just to them."""
    rim = round(0.3 * len(zero))
    ink = np.pad(zero, rim)
    middle = np.array(ink.shape[::-1]) / 2 + rng.normal(0, 0.04, 2) * len(zero)
    angle = np.deg2rad(lean + rng.normal(0, 5))
    half = np.array([np.sin(angle), -np.cos(angle)]) * np.array(zero.shape[::-1]) / 2
    reach = rng.uniform(0.85, 1.45)
    return _with_stroke(ink, middle - half * reach, middle + half * reach, thick)


def _footed(one: Layer, length: float, thick: float, rng: np.random.Generator) -> Layer:
    """A 1 that stands on a stroke, more or less level and more or less under its middle."""
    height = len(one)
    rim = round(0.8 * height)
    bottom = int(np.flatnonzero(one.max(axis=1) > one.max() / 2)[-1])
    lowest = one[max(0, bottom - height // 8) : bottom + 1].max(axis=0)
    stands = np.flatnonzero(lowest > one.max() / 2).mean()
    middle = np.array([stands, bottom - thick / 2]) + rim
    middle += rng.normal(0, (0.08, 0.03)) * height
    slope = rng.normal(0, 0.12)
    half = np.array([1.0, slope]) * length * height / 2
    return _with_stroke(np.pad(one, rim), middle - half, middle + half, thick)


def _with_stroke(
    ink: Layer, start: NDArray[np.float64], end: NDArray[np.float64], thick: float
) -> Layer:
    """The ink and a straight stroke, so many pixels thick, cut close."""
    ends = np.round(np.array([start, end]) * 16).astype(np.int32)
    stroke = np.zeros(ink.shape, np.uint8)
    wide = max(1, round(thick))
    cv2.polylines(stroke, [ends.reshape(-1, 1, 2)], False, 255, wide, cv2.LINE_AA, 4)
    both = np.maximum(ink, stroke.astype(np.float32) / 255)
    rows, columns = np.flatnonzero(both.max(axis=1)), np.flatnonzero(both.max(axis=0))
    return np.ascontiguousarray(both[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
