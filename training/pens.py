"""Draws one digit of a hand as ink, at any size, pen, slant and proportion."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from training.hands import Ink, Strokes

Layer = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pen:
    """How somebody writes on this day, shared by all digits of a strip.

    Attributes:
        width: of the stroke, as a share of the cell's height.
        size: height of a tall digit, as a share of the cell's height.
        slant: shear, positive to the right.
        aspect: width over height, against how the hand usually writes.
        loose: spread of position, size and slant from digit to digit.
        pull: how far digits are bent out of the shape they were written in, 0..1.
        slash: degrees from upright of a stroke through every 0; None where there is none.
    """

    width: float
    size: float
    slant: float = 0.0
    aspect: float = 1.0
    loose: float = 0.5
    pull: float = 0.0
    slash: float | None = None


def plain_pen(rng: np.random.Generator) -> Pen:
    """Draws a pen that leaves the shape of the hand as it is."""
    size = float(np.clip(rng.normal(0.69, 0.12), 0.4, 1.0))
    width = float(np.exp(rng.normal(np.log(0.065), 0.35)))
    return Pen(min(max(width, 0.025), 0.15 * size), size, loose=float(rng.uniform(0.1, 0.8)))


def draw_pen(rng: np.random.Generator) -> Pen:
    """Draws a pen and the mood of its owner, for learning: slant and proportions vary too."""
    return replace(
        plain_pen(rng),
        slant=float(rng.normal(0, 0.11)),
        aspect=float(np.exp(rng.normal(0, 0.13))),
        loose=float(rng.uniform(0.1, 1.2)),
        pull=float(rng.uniform(0, 1)),
        slash=float(rng.uniform(-15, 70)) if rng.random() < 0.06 else None,
    )


def draw_digit(
    digit: Ink | Strokes, pen: Pen, cell_height: float, rng: np.random.Generator
) -> Layer:
    """Returns the ink of one digit, h×w, 0..1, cut close."""
    height = pen.size * cell_height * float(np.exp(rng.normal(0, 0.07 * pen.loose)))
    slant = pen.slant + rng.normal(0, 0.06 * pen.loose)
    aspect = pen.aspect * float(np.exp(rng.normal(0, 0.06 * pen.loose)))
    turn = float(rng.normal(0, 0.04 * pen.loose))
    shape = np.array([[aspect, slant * aspect], [0.0, 1.0]])
    shape = shape @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    if isinstance(digit, tuple):
        wide = max(1.0, pen.width * cell_height * rng.uniform(0.85, 1.15))
        return _draw_strokes(digit, shape * max(height - wide, 4), (wide, pen.pull), rng)
    return _warp_ink(digit, shape * (height / digit.shape[0]), pen.pull, rng)


def write_digit(
    label: int, digit: Ink | Strokes, pen: Pen, cell_height: float, rng: np.random.Generator
) -> Layer:
    """Returns the ink of one digit with what its writer adds to it, h×w, 0..1, cut close."""
    ink = draw_digit(digit, pen, cell_height, rng)
    if label == 0 and pen.slash is not None and ink.any():
        return _slashed(ink, pen, cell_height, rng)
    return ink


def _slashed(zero: Layer, pen: Pen, cell_height: float, rng: np.random.Generator) -> Layer:
    """A 0 with the stroke through it that some people write, over its ends or just to them."""
    rim = round(0.3 * len(zero))
    ink = np.pad(zero, rim)
    middle = np.array(ink.shape[::-1]) / 2 + rng.normal(0, 0.04, 2) * len(zero)
    lean = np.deg2rad((pen.slash or 0.0) + rng.normal(0, 5))
    half = np.array([np.sin(lean), -np.cos(lean)]) * np.array(zero.shape[::-1]) / 2
    reach = rng.uniform(0.85, 1.45)
    ends = np.round(np.array([middle - half * reach, middle + half * reach]) * 16).astype(np.int32)
    stroke = np.zeros(ink.shape, np.uint8)
    thick = max(1, round(pen.width * cell_height))
    cv2.polylines(stroke, [ends.reshape(-1, 1, 2)], False, 255, thick, cv2.LINE_AA, 4)
    both = np.maximum(ink, stroke.astype(np.float32) / 255)
    rows, columns = np.flatnonzero(both.max(axis=1)), np.flatnonzero(both.max(axis=0))
    return np.ascontiguousarray(both[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _draw_strokes(
    strokes: Strokes,
    shape: NDArray[np.float64],
    pen: tuple[float, float],
    rng: np.random.Generator,
) -> Layer:
    """Draws with a pen so many pixels wide, bent so far."""
    wide, pull = pen
    fine = 3 if wide < 3 else 2 if wide < 6 else 1
    bend, phase = rng.normal(0, 0.035 * pull, 4), rng.uniform(0, 6.28, 2)
    moved = [
        (_bent(stroke, bend, phase) + rng.normal(0, 0.02 * pull, 2)) @ (shape.T * fine)
        for stroke in strokes
    ]
    everything = np.concatenate(moved)
    low, high = everything.min(axis=0), everything.max(axis=0)
    rim = int(wide * fine) + 3
    columns, rows = (np.ceil(high - low).astype(int) + 2 * rim).tolist()
    canvas = np.zeros((-(-rows // fine) * fine, -(-columns // fine) * fine), np.uint8)
    thick = max(1, round(wide * fine))
    for stroke in moved:
        points = np.round((stroke - low + rim) * 16).astype(np.int32).reshape(-1, 1, 2)
        if len(points) == 1:
            points = np.repeat(points, 2, axis=0)
        cv2.polylines(canvas, [points], False, 255, thick, cv2.LINE_AA, 4)
    size = (canvas.shape[1] // fine, canvas.shape[0] // fine)
    small = canvas if fine == 1 else cv2.resize(canvas, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)


def _bent(
    stroke: NDArray[np.float32], bend: NDArray[np.float64], phase: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Bends the digit a little, smoothly, all its strokes alike."""
    x, y = stroke[:, 0], stroke[:, 1]
    return np.stack(
        [
            x + bend[0] * np.sin(3.0 * y + phase[0]) + bend[1] * np.sin(6 * y + phase[1]),
            y + bend[2] * np.sin(3.0 * x + phase[1]) + bend[3] * np.sin(6 * x + phase[0]),
        ],
        axis=1,
    )


def _warp_ink(ink: Ink, shape: NDArray[np.float64], pull: float, rng: np.random.Generator) -> Layer:
    height, width = ink.shape
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) @ shape.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = tuple((np.ceil(high - low).astype(int) + 2).tolist())
    source = _changed_width(ink, rng)
    if shape[1, 1] < 0.6:
        blurred = cv2.GaussianBlur(source, (0, 0), 0.35 / abs(shape[1, 1]))
        source = np.asarray(blurred, np.uint8)
    matrix = np.hstack([shape, (1 - low)[:, None]])
    warped = cv2.warpAffine(source, matrix, size, flags=cv2.INTER_LINEAR)
    bent = _pulled(np.asarray(warped, np.uint8), pull, rng) if pull else warped
    return np.asarray(bent, np.float32) / np.float32(255)


def _pulled(ink: Ink, pull: float, rng: np.random.Generator) -> Ink:
    """Pulls the picture about, as if on rubber."""
    height, width = ink.shape
    far = 0.05 * pull * height
    field = cv2.resize(rng.normal(0, far, (4, 4, 2)).astype(np.float32), (width, height))
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    return np.asarray(
        cv2.remap(ink, columns + field[:, :, 0], rows + field[:, :, 1], cv2.INTER_LINEAR), np.uint8
    )


def _changed_width(ink: Ink, rng: np.random.Generator) -> Ink:
    dice = rng.random()
    if dice < 0.3:
        return np.asarray(cv2.dilate(ink, np.ones((2, 2), np.uint8)), np.uint8)
    if dice < 0.45:
        return np.asarray(cv2.dilate(ink, np.ones((3, 3), np.uint8)), np.uint8)
    return ink
