"""One person's hand: how they shape, lean and space what they write.

What is written comes out as pen traces in millimetres on the form; `intake.synth.pen` inks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.synth.pen import Trace
from intake.synth.pen_digits import GLYPHS, HABITS, TICKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from intake.records import Box, Points
    from intake.synth.pen_digits import Curve, Glyph, Stroke

STEP_MM = 0.06
"""Distance between points of a trace."""


@dataclass(frozen=True, slots=True)
class Hand:
    """How one person writes.

    Attributes:
        forms: which form of each digit they were taught.
        slant: lean to the right, horizontal over vertical.
        height: of a digit, as a share of its cell's height.
        breadth: factor on the width of digits.
        drift: where digits sit in the cell, shares of its width and height from the centre.
        sway: deviation of a digit's place, size and lean from their own usual.
        looseness: deviation of points of a skeleton, shares of a digit's height.
        tremor: deviation of the line from its smooth course, millimetres.
        width: of the line, millimetres.
        pressure: how much the width follows the pressure, 0..1.
        habit_seed: what makes this person's skeletons their own.
    """

    forms: Mapping[str, str]
    slant: float
    height: float
    breadth: float
    drift: tuple[float, float]
    sway: float
    looseness: float
    tremor: float
    width: float
    pressure: float
    habit_seed: int


def draw_hand(rng: np.random.Generator) -> Hand:
    """Somebody's hand."""
    return Hand(
        forms={digit: _choice(rng, shares) for digit, shares in HABITS.items()},
        slant=float(rng.normal(0.12, 0.12)),
        height=float(rng.uniform(0.58, 0.8)),
        breadth=float(rng.uniform(0.82, 1.18)),
        drift=(float(rng.normal(0, 0.04)), float(rng.normal(0.02, 0.03))),
        sway=float(rng.uniform(0.02, 0.055)),
        looseness=float(rng.uniform(0.008, 0.022)),
        tremor=float(rng.choice([0.015, 0.03, 0.07], p=[0.55, 0.35, 0.1])),
        width=float(rng.uniform(0.3, 0.55)),
        pressure=float(rng.uniform(0.15, 0.5)),
        habit_seed=int(rng.integers(1 << 31)),
    )


def write_comb(
    text: str, cells: Sequence[Box], hand: Hand, rng: np.random.Generator
) -> list[Trace]:
    """Digits of `text` into the last cells of a comb, one to a cell."""
    used = cells[len(cells) - len(text) :]
    return [
        trace
        for digit, cell in zip(text, used, strict=True)
        for trace in write_digit(digit, cell, hand, rng)
    ]


def write_digit(digit: str, cell: Box, hand: Hand, rng: np.random.Generator) -> list[Trace]:
    """One digit into a cell."""
    glyph = GLYPHS[digit][hand.forms[digit]]
    own = np.random.default_rng([hand.habit_seed, ord(digit)])
    height = cell[3] * hand.height * (1 + rng.normal(0, hand.sway))
    breadth = min(hand.breadth * own.normal(1, 0.06), cell[2] * 0.92 / (0.6 * height))
    lean = hand.slant + rng.normal(0, hand.sway)
    shape = height * np.array([[breadth, -lean], [0.0, 1.0]])
    centre = _centre(cell, hand, rng)
    return [
        _trace((points - (0.3, 0.5)) @ shape.T + centre, hand, rng)
        for points in _skeletons(glyph, hand, own, rng)
    ]


def tick(box: Box, hand: Hand, rng: np.random.Generator) -> list[Trace]:
    """A tick or cross into a box, now and then a little beyond it."""
    glyph = TICKS[hand.habit_seed % len(TICKS)]
    own = np.random.default_rng([hand.habit_seed, 1])
    size = np.array(box[2:]) * rng.uniform(0.7, 1.15, 2)
    centre = _centre(box, hand, rng)
    return [
        _trace((points - 0.5) * size + centre, hand, rng)
        for points in _skeletons(glyph, hand, own, rng)
    ]


def strike_out(box: Box, hand: Hand, rng: np.random.Generator) -> list[Trace]:
    """A line, a double line or a zigzag through what was written in `box`."""
    left, top, width, height = box
    start, end = left - rng.uniform(0.5, 2), left + width + rng.uniform(0.5, 2)
    manner = rng.choice(["line", "double", "zigzag"])
    levels = {"line": (0.5,), "double": (0.4, 0.62), "zigzag": (0.5,)}[str(manner)]
    swing = height * (0.28 if manner == "zigzag" else 0.03)
    turns = round(width / 1.6) if manner == "zigzag" else 4
    traces = []
    for level in levels:
        xs = np.linspace(start, end, turns + 1)
        signs = np.where(np.arange(turns + 1) % 2, 1, -1)
        ys = top + height * level + swing * (signs + rng.normal(0, 0.3, turns + 1))
        traces.append(_trace(_smooth(np.column_stack([xs, ys])), hand, rng))
    return traces


def _choice(rng: np.random.Generator, shares: Mapping[str, float]) -> str:
    return str(rng.choice(list(shares), p=list(shares.values())))


def _centre(cell: Box, hand: Hand, rng: np.random.Generator) -> Points:
    away = np.array(hand.drift) + rng.normal(0, hand.sway, 2)
    middle: Points = geometry.centre(cell)[0] + away * np.array(cell[2:])
    return middle


def _skeletons(
    glyph: Glyph, hand: Hand, own: np.random.Generator, rng: np.random.Generator
) -> Iterator[Points]:
    for stroke in glyph:
        yield _skeleton(stroke, hand, own, rng)


def _skeleton(
    stroke: Stroke, hand: Hand, own: np.random.Generator, rng: np.random.Generator
) -> Points:
    """The stroke's curves as one line; corners stay corners, each bent a little."""
    nudge = own.normal(0, 0.018, 2)
    curves: list[Points] = []
    for curve in stroke:
        points = _bent(curve, hand, own, rng) + nudge
        if curves:
            points[0] = curves[-1][-1]
        curves.append(_smooth(points))
    return np.concatenate(curves)


def _bent(curve: Curve, hand: Hand, own: np.random.Generator, rng: np.random.Generator) -> Points:
    points = np.array(curve)
    points = points + own.normal(0, 0.016, points.shape)
    bent: Points = points + rng.normal(0, hand.looseness, points.shape)
    return bent


def _smooth(points: Points) -> Points:
    """A centripetal Catmull-Rom line through `points`, about 24 points between each two."""
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    knots = np.concatenate(
        [[0.0], np.cumsum(np.sqrt(np.linalg.norm(np.diff(ends, axis=0), axis=1)) + 1e-6)]
    )
    pieces = [_piece(ends[i : i + 4], knots[i : i + 4]) for i in range(len(points) - 1)]
    return np.concatenate([*pieces, points[-1:]])


def _piece(p: Points, t: Points) -> Points:
    at = np.linspace(t[1], t[2], 24, endpoint=False)[:, None]

    def between(a: Points, b: Points, start: float, end: float) -> Points:
        mixed: Points = ((end - at) * a + (at - start) * b) / (end - start)
        return mixed

    first = [between(p[i], p[i + 1], t[i], t[i + 1]) for i in range(3)]
    second = [between(first[i], first[i + 1], t[i], t[i + 2]) for i in range(2)]
    return between(second[0], second[1], t[1], t[2])


def _trace(line: Points, hand: Hand, rng: np.random.Generator) -> Trace:
    """The pen's way along `line`: even steps, a little shaky, lighter where it lifts off."""
    points = _even(line)
    count = len(points)
    shaken = points + hand.tremor * np.column_stack(
        [_waves(count, 0.8, rng), _waves(count, 0.8, rng)]
    )
    along = np.arange(count) * STEP_MM
    left = along[-1] - along
    press = 1 + hand.pressure * (0.35 * _waves(count, 2.5, rng) + 0.25 * _downwards(points))
    lift = 0.55 + 0.45 * np.clip(left / 0.7, 0, 1)
    start = 0.8 + 0.2 * np.clip(along / 0.3, 0, 1)
    widths = hand.width * np.clip(press, 0.5, 1.6) * lift * start
    density = np.clip(0.9 + 0.12 * _waves(count, 1.5, rng), 0.55, 1.0) * np.sqrt(lift)
    return Trace(shaken, widths, density)


def _even(line: Points) -> Points:
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.linspace(0, lengths[-1], max(2, round(lengths[-1] / STEP_MM)))
    return np.column_stack([np.interp(at, lengths, line[:, axis]) for axis in (0, 1)])


def _waves(count: int, period_mm: float, rng: np.random.Generator) -> Points:
    """Smooth noise of deviation about 1 along a trace, with waves of about `period_mm`."""
    knots = max(2, int(count * STEP_MM / period_mm * 2) + 2)
    at = np.linspace(0, knots - 1, count)
    values = rng.normal(0, 1, knots)
    ease = (1 - np.cos(np.pi * (at % 1))) / 2
    low = np.minimum(at.astype(int), knots - 2)
    waves: Points = values[low] * (1 - ease) + values[low + 1] * ease
    return waves


def _downwards(points: Points) -> Points:
    """How much each step goes down, -1..1: fingers press on the way to them."""
    steps = np.gradient(points, axis=0)
    down: Points = steps[:, 1] / (np.linalg.norm(steps, axis=1) + 1e-9)
    return down
