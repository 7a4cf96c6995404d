"""Cells that hold no digit to be read: struck out, overwritten, two digits, marks, smears.

Each function draws into one cell's window of an ink layer, given as the layer and the cell's
box in it, pixels: left, top, width, height.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.combs import Layer, Window

_SHIFT = 4
_LETTERS = "EFHKMNRWXekmwx%&#*"


def line(ink: Layer, points: NDArray[np.float64], thick: float, level: float = 1.0) -> None:
    """Draws a polyline at sub-pixel positions; never lighter than what is there."""
    layer = np.zeros(ink.shape, np.uint8)
    fixed = np.round(points * 2**_SHIFT).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(
        layer, [fixed], False, round(255 * level), max(1, round(thick)), cv2.LINE_AA, _SHIFT
    )
    np.maximum(ink, layer.astype(np.float32) / 255, out=ink)


def bowed(start: tuple[float, float], end: tuple[float, float], bow: float) -> NDArray[np.float64]:
    """Points of a line from `start` to `end`, bent sideways by `bow` times its length."""
    t = np.linspace(0, 1, 12)[:, None]
    line = np.array(start) * (1 - t) + np.array(end) * t
    across = np.array([-(end[1] - start[1]), end[0] - start[0]])
    return np.asarray(line + across * bow * (4 * t * (1 - t)))


def strike(ink: Layer, box: Window, thick: float, label: int, rng: np.random.Generator) -> None:
    """Strikes a digit out by one to four lines, longer than any bar the digit has of its own.

    One line through a 0 or a 7 could be part of it, so those get at least two.
    """
    left, top, width, height = box
    least = 2 if label in (0, 7) else 1
    for _ in range(max(least, int(rng.choice([1, 2, 3, 4], p=[0.55, 0.25, 0.12, 0.08])))):
        kind = rng.random()
        reach = rng.uniform(-0.06, 0.1)
        x0, x1 = left + reach * width, left + (1 - reach) * width
        if kind < 0.55 or label in (0, 1, 7):
            y = top + height * rng.uniform(0.34, 0.66)
            tilt = height * rng.uniform(-0.12, 0.12)
            points = bowed((x0, y - tilt), (x1, y + tilt), rng.normal(0, 0.04))
        else:
            y0, y1 = top + height * rng.uniform(0.02, 0.2), top + height * rng.uniform(0.8, 0.98)
            ends = ((x0, y1), (x1, y0)) if rng.random() < 0.6 else ((x0, y0), (x1, y1))
            points = bowed(*ends, rng.normal(0, 0.04))
        line(ink, points, thick)


def cross_out(ink: Layer, box: Window, thick: float, rng: np.random.Generator) -> None:
    """A cross over the cell."""
    left, top, width, height = box
    a, b, c, d = rng.uniform(0.02, 0.22, 4)
    x0, x1 = left + a * width, left + (1 - b) * width
    y0, y1 = top + c * height, top + (1 - d) * height
    line(ink, bowed((x0, y0), (x1, y1), rng.normal(0, 0.04)), thick)
    line(ink, bowed((x0, y1), (x1, y0), rng.normal(0, 0.04)), thick)


def scribble(ink: Layer, box: Window, thick: float, rng: np.random.Generator) -> None:
    """A zigzag, or loops, over the middle of the cell."""
    left, top, width, height = box
    count = int(rng.integers(7, 22))
    t = np.linspace(0, 1, count)
    inset = rng.uniform(0.05, 0.25)
    zig = np.where(np.arange(count) % 2 == 0, inset, 1 - inset) + rng.normal(0, 0.06, count)
    points = np.stack([zig, t * (1 - 2 * inset) + inset + rng.normal(0, 0.05, count)], axis=1)
    if rng.random() < 0.5:
        points = points[:, ::-1]
    if rng.random() < 0.4:
        turns = np.linspace(0, rng.uniform(12, 40), 60)
        radius = rng.uniform(0.12, 0.4, 60)
        points = 0.5 + np.stack([np.cos(turns) * radius, np.sin(turns) * radius * 1.2], axis=1)
    line(ink, points * (width, height) + (left, top), thick)


def dash(ink: Layer, box: Window, thick: float, rng: np.random.Generator) -> None:
    """A dash through the middle, as people fill cells they do not need."""
    left, top, width, height = box
    half = rng.uniform(0.12, 0.45) * width
    x = left + width * rng.uniform(0.42, 0.58)
    y = top + height * rng.uniform(0.3, 0.72)
    tilt = half * rng.normal(0, 0.12)
    line(ink, bowed((x - half, y + tilt), (x + half, y - tilt), rng.normal(0, 0.05)), thick)


def comma(ink: Layer, box: Window, thick: float, rng: np.random.Generator) -> None:
    """A comma or a full stop at the foot of the cell."""
    left, top, width, height = box
    x = left + width * rng.uniform(0.2, 0.85)
    y = top + height * rng.uniform(0.6, 0.82)
    tail = height * rng.uniform(0.08, 0.22)
    ends = ((x, y), (x - tail * rng.uniform(0.1, 0.7), y + tail))
    line(ink, bowed(*ends, rng.normal(0, 0.1)), max(thick * 1.2, 0.08 * height))


def smear(ink: Layer, box: Window, rng: np.random.Generator) -> None:
    """A blot or a smudge that hides what is below."""
    left, top, width, height = box
    centre = (left + width * rng.uniform(0.4, 0.6), top + height * rng.uniform(0.4, 0.6))
    axes = (width * rng.uniform(0.28, 0.5), height * rng.uniform(0.25, 0.45))
    layer = np.zeros(ink.shape, np.float32)
    turn = float(rng.uniform(0, 180))
    cv2.ellipse(layer, (centre, (2 * axes[0], 2 * axes[1]), turn), rng.uniform(0.7, 1.0), -1)
    soft = cv2.GaussianBlur(layer, (0, 0), max(0.5, rng.uniform(0.01, 0.07) * width))
    np.maximum(ink, soft, out=ink)


def letter(ink: Layer, box: Window, thick: float, rng: np.random.Generator) -> None:
    """A letter or sign that no digit looks like."""
    left, top, width, height = box
    layer = np.zeros(ink.shape, np.uint8)
    scale = height * rng.uniform(0.45, 0.8) / 22
    font = int(rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX]))
    sign = _LETTERS[int(rng.integers(len(_LETTERS)))]
    where = (
        int(left + width * rng.uniform(0.15, 0.4)),
        int(top + height * rng.uniform(0.7, 0.85)),
    )
    cv2.putText(layer, sign, where, font, scale, 255, max(1, round(thick)), cv2.LINE_AA)
    np.maximum(ink, layer.astype(np.float32) / 255, out=ink)


def stamp(ink: Layer, box: Window, rng: np.random.Generator) -> None:
    """A piece of an office stamp across the cell: its rim, and bold capitals over the middle."""
    left, top, width, height = box
    layer = np.zeros(ink.shape, np.uint8)
    middle = left + width * rng.uniform(0.35, 0.65), top + height * rng.uniform(0.35, 0.65)
    radius = height * rng.uniform(0.8, 1.4)
    turn = rng.uniform(0, 2 * np.pi)
    centre = (int(middle[0] + radius * np.cos(turn)), int(middle[1] + radius * np.sin(turn)))
    cv2.circle(layer, centre, int(radius), 255, max(2, int(0.09 * height)), cv2.LINE_AA)
    where = (int(left - 0.3 * width), int(middle[1] + 0.2 * height))
    cv2.putText(
        layer, "KONTROLE"[int(rng.integers(5)) :], where, cv2.FONT_HERSHEY_DUPLEX,
        height / 50, 255, max(1, int(height / 20)), cv2.LINE_AA,
    )  # fmt: skip
    rows = slice(max(0, int(top - 0.2 * height)), int(top + 1.2 * height))
    columns = slice(max(0, int(left - 0.1 * width)), int(left + 1.1 * width))
    pressed = layer[rows, columns].astype(np.float32) / 255 * rng.uniform(0.6, 1)
    np.maximum(ink[rows, columns], pressed, out=ink[rows, columns])
