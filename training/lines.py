"""Writes free lines of digits, touching or not, with or without a decimal mark, and scans them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake.synth.scanner import draw_damage, scan
from training import spoils
from training.pens import Pen, plain_pen, write_digit
from training.populations import able_hands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Box, Grey
    from training.combs import Layer
    from training.hands import Hand

_DIGITS = (3, 8)
"""Fewest and most digits of a line."""


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """A scanned free line.

    Attributes:
        picture: the box with a margin around it.
        box: the printed box in it, pixels.
        value: the digits as written, `x` for one that was spoilt.
        behind: how many of them stand behind a decimal mark; None without one.
    """

    picture: Grey
    box: Box
    value: str
    behind: int | None = None

    @property
    def written(self) -> str:
        """The digits with their decimal mark as a `.`."""
        if self.behind is None:
            return self.value
        return f"{self.value[: -self.behind]}.{self.value[-self.behind :]}"


def free_lines(hands: Sequence[Hand], count: int, seed: int) -> list[Line]:
    """Returns `count` lines of one hand each, nothing spoilt."""
    rng = np.random.default_rng((seed, 6))
    able = able_hands(hands)
    return [write_line(able[number % len(able)], plain_pen(rng), rng) for number in range(count)]


def write_line(hand: Hand, pen: Pen, rng: np.random.Generator, *, spoilt: float = 0.0) -> Line:
    """Writes and scans a line of a hand that has every digit; each is spoilt by that chance."""
    height = float(np.exp(rng.uniform(np.log(34), np.log(84))))
    labels = [
        int(digit) for digit in rng.integers(0, 10, int(rng.integers(*_DIGITS, endpoint=True)))
    ]
    mark = int(rng.integers(1, len(labels))) if rng.random() < 0.3 else -1
    patches = [_digit(hand, label, pen, height, rng) for label in labels]
    struck = rng.random(len(labels)) < spoilt
    thick = max(1.0, pen.width * height)
    patches = [
        _struck(patch, thick, label, rng) if gone else patch
        for patch, label, gone in zip(patches, labels, struck, strict=True)
    ]
    rim = 0.35 * height
    length = sum(patch.shape[1] for patch in patches) * 1.45 + height
    ink = np.zeros((round(height + 2 * rim), round(length + 2 * rim)), np.float32)
    _lay(ink, patches, mark, (rim, height, thick), rng)
    box = (rim, rim, length, height)
    picture = scan(ink, _outline(ink.shape, box, rng), draw_damage(rng, height), rng)
    value = "".join("x" if gone else str(d) for d, gone in zip(labels, struck, strict=True))
    return Line(picture, box, value, None if mark < 0 else len(labels) - mark)


def _digit(hand: Hand, label: int, pen: Pen, height: float, rng: np.random.Generator) -> Layer:
    digits = hand.digits[label]
    return write_digit(label, digits[int(rng.integers(len(digits)))], pen, height, rng)


def _struck(patch: Layer, thick: float, label: int, rng: np.random.Generator) -> Layer:
    """A digit that its writer took back."""
    height, width = patch.shape
    side = round(0.15 * height + max(0.0, 0.5 * height - width) / 2)
    spoilt = np.pad(patch, ((0, 0), (side, side)))
    box = (0.0, 0.0, float(spoilt.shape[1]), float(height))
    if rng.random() < 0.7:
        spoils.strike(spoilt, box, thick, label, rng)
    else:
        spoils.scribble(spoilt, box, thick, rng)
    return spoilt


def _lay(
    ink: Layer,
    patches: list[Layer],
    mark: int,
    sizes: tuple[float, float, float],
    rng: np.random.Generator,
) -> None:
    """Lays the digits side by side; `sizes` are the rim, the height and the pen, pixels."""
    rim, height, thick = sizes
    x = rim + rng.uniform(0.1, 0.4) * height
    closeness = rng.uniform(-0.05, 0.16)
    middle = rim + height * rng.uniform(0.46, 0.54)
    for place, patch in enumerate(patches):
        if place == mark:
            x += _decimal_mark(ink, (x, middle, height, thick), rng)
        top = round(middle - patch.shape[0] / 2 + rng.normal(0, 0.03) * height)
        left = round(x)
        window = ink[max(0, top) : top + patch.shape[0], left : left + patch.shape[1]]
        shown = patch[max(0, -top) : max(0, -top) + window.shape[0], : window.shape[1]]
        np.maximum(window, shown, out=window)
        x += patch.shape[1] + (closeness + abs(rng.normal(0, 0.05))) * height


def _decimal_mark(
    ink: Layer, sizes: tuple[float, float, float, float], rng: np.random.Generator
) -> float:
    """Writes a point or a comma, long or short, at x, middle, height and pen; returns its room."""
    x, middle, height, thick = sizes
    x += rng.uniform(0, 0.1) * height
    top = middle + rng.uniform(0.16, 0.36) * height
    lean, length = rng.uniform(-0.03, 0.12) * height, rng.uniform(0.02, 0.3) * height
    stroke = np.array([(x + lean, top), (x, top + length)])
    spoils.line(ink, stroke, rng.uniform(0.8, 1.6) * thick)
    return float(lean + rng.uniform(0.08, 0.3) * height)


def _outline(shape: tuple[int, ...], box: Box, rng: np.random.Generator) -> Layer:
    lines = np.zeros(shape, np.uint8)
    if rng.random() < 0.7:
        left, top, width, height = (round(side) for side in box)
        thick = max(1, round(0.03 * height * rng.uniform(0.5, 1.5)))
        cv2.rectangle(lines, (left, top), (left + width, top + height), 255, thick)
    return lines.astype(np.float32) / np.float32(255)
