"""Writes combs in somebody's hand, scans them, and cuts the cells out again, with their truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.records import CELL_MARGIN, Grey
from intake.synth.scanner import Damage, draw_damage, scan
from training import spoils
from training.pens import Pen, draw_digit, draw_pen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.hands import Hand

EMPTY, STRUCK_OUT, OVERWRITTEN, NOT_A_DIGIT = 10, 11, 12, 13
Layer = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Comb:
    """A row of printed cells, pixels.

    Attributes:
        cells: how many.
        width: of a cell.
        height: of a cell.
        gap: between cells; 0 where they share their lines.
        line: width of the lines; 0 where nothing is printed.
        open_top: only feet and sides are printed.
    """

    cells: int
    width: float
    height: float
    gap: float = 0.0
    line: float = 1.0
    open_top: bool = False

    @property
    def rim(self) -> float:
        """Paper around the comb."""
        return 0.45 * self.height

    def window(self, index: int) -> spoils.Window:
        """Left, top, width and height of a cell."""
        return self.rim + index * (self.width + self.gap), self.rim, self.width, self.height

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the whole picture."""
        across = self.cells * self.width + (self.cells - 1) * self.gap
        return round(self.height + 2 * self.rim), round(across + 2 * self.rim)


@dataclass(frozen=True, eq=False, slots=True)
class Strip:
    """A scanned comb with what was written in it.

    Attributes:
        picture: the whole strip.
        cells: one picture per cell.
        labels: 0 to 9, `EMPTY`, `STRUCK_OUT`, `OVERWRITTEN` or `NOT_A_DIGIT`, per cell.
        sources: which digit of its hand stands in a cell, -1 for cells without one.
    """

    picture: Grey
    cells: list[Grey]
    labels: list[int]
    sources: list[int]


@dataclass(frozen=True, slots=True)
class Cut:
    """How cells are cut out of a strip.

    Attributes:
        margin: share of a cell's size shown beyond each edge.
        slip: deviation of the cutter's position, share of a cell.
        tight: cut close to the ink instead, as other programs do.
    """

    margin: float = CELL_MARGIN
    slip: float = 0.0
    tight: bool = False


def draw_comb(rng: np.random.Generator, cells: int) -> Comb:
    """Draws a comb as some printer would have it."""
    height = float(np.exp(rng.uniform(np.log(26), np.log(84))))
    width = height * rng.uniform(0.58, 1.05)
    gap = 0.0 if rng.random() < 0.65 else width * rng.uniform(0.04, 0.3)
    line = 0.0 if rng.random() < 0.15 else max(0.6, height * rng.uniform(0.012, 0.06))
    return Comb(cells, width, height, gap, line, open_top=rng.random() < 0.1)


def draw_cut(rng: np.random.Generator, comb: Comb) -> Cut:
    """Draws how well the cells are found."""
    dice = rng.random()
    if dice < 0.72:
        return Cut(slip=rng.uniform(0, 0.035))
    if dice < 0.86 or comb.line:
        return Cut(margin=rng.uniform(-0.04, 0.32), slip=rng.uniform(0, 0.05))
    return Cut(tight=True)


def any_contents(rng: np.random.Generator, cells: int) -> list[int]:
    """Draws what stands in the cells of a training strip."""
    kinds = rng.random(cells)
    labels = rng.integers(0, 10, cells)
    spoilt = rng.uniform(0.02, 0.25)
    labels[kinds < 0.09] = EMPTY
    labels[kinds > 1 - spoilt] = NOT_A_DIGIT
    return [int(label) for label in labels]


def training_strip(hand: Hand, rng: np.random.Generator, cells: int) -> Strip:
    """Returns a strip with everything that can happen to one."""
    comb = draw_comb(rng, cells)
    damage = draw_damage(rng, comb.height)
    if rng.random() < 0.2:
        damage = replace(damage, darkness=max(damage.darkness, 0.5), noise=damage.noise / 3)
    return write_strip(
        hand, any_contents(rng, cells), comb, draw_pen(rng), damage, draw_cut(rng, comb), rng,
        strikes=0.04,
    )  # fmt: skip


def write_strip(  # noqa: PLR0913 - a strip has that many sides
    hand: Hand, contents: Sequence[int], comb: Comb, pen: Pen, damage: Damage, cut: Cut,
    rng: np.random.Generator, *, strikes: float = 0.0, chosen: int | None = None,
) -> Strip:  # fmt: skip
    """Writes `contents` into `comb` with `pen`, scans with `damage`, cuts the cells with `cut`.

    `strikes` is the chance that one line goes through several cells, which spoils them; `chosen`
    is which of the hand's digits of a label to use, any where None.
    """
    ink = np.zeros(comb.shape, np.float32)
    writer = _Writer(hand, comb, pen, rng, chosen)
    labels, sources = list(contents), []
    for index, label in enumerate(contents):
        labels[index], source = writer.fill(ink, index, label)
        sources.append(source)
    if rng.random() < strikes:
        for index in writer.strike_through(ink):
            labels[index] = STRUCK_OUT
    extents = [_extent(ink, comb.window(i)) for i in range(comb.cells)] if cut.tight else []
    picture = scan(ink, _print_lines(comb), damage, rng)
    return Strip(picture, _cut_cells(picture, comb, cut, extents, rng), labels, sources)


class _Writer:
    """Somebody filling in a comb."""

    def __init__(
        self, hand: Hand, comb: Comb, pen: Pen, rng: np.random.Generator, chosen: int | None = None
    ) -> None:
        self._hand = hand
        self._chosen = chosen
        self._comb = comb
        self._pen = pen
        self._rng = rng
        self._thick = max(1.0, pen.width * comb.height)
        self._offset = rng.normal(0, 0.07, 2)

    def fill(self, ink: Layer, index: int, label: int) -> tuple[int, int]:
        """Fills one cell; returns its label and which of the hand's digits was used, or -1.

        `NOT_A_DIGIT` is filled with any kind of spoilt cell, and the label returned says which.
        """
        if label == EMPTY:
            return EMPTY, -1
        if label == NOT_A_DIGIT:
            return self._spoil(ink, self._comb.window(index)), -1
        source = self._digit(ink, self._comb.window(index), label)
        return (EMPTY if source < 0 else label), source

    def strike_through(self, ink: Layer) -> range:
        """Draws one line through a run of cells; returns which."""
        rng, comb = self._rng, self._comb
        first = int(rng.integers(0, max(1, comb.cells // 2)))
        last = int(rng.integers(min(first + 1, comb.cells - 1), comb.cells))
        if rng.random() < 0.5:
            first, last = 0, comb.cells - 1
        start, end = comb.window(first), comb.window(last)
        y = start[1] + comb.height * rng.uniform(0.3, 0.7, 2)
        x0 = start[0] - rng.uniform(-0.1, 0.3) * comb.width
        x1 = end[0] + comb.width * rng.uniform(0.9, 1.3)
        spoils.line(ink, spoils.bowed((x0, y[0]), (x1, y[1]), rng.normal(0, 0.01)), self._thick)
        return range(first, last + 1)

    def _any_label(self) -> int:
        known = [label for label, digits in enumerate(self._hand.digits) if digits]
        return int(self._rng.choice(known))

    def _digit(  # noqa: PLR0913
        self, ink: Layer, box: spoils.Window, label: int, narrow: float = 1.05,
        shift: float = 0.0, press: float = 1.0,
    ) -> int:  # fmt: skip
        digits = self._hand.digits[label]
        if not digits:
            return -1
        rng, (left, top, width, height) = self._rng, box
        chosen = int(rng.integers(len(digits))) if self._chosen is None else self._chosen
        patch = draw_digit(digits[chosen], self._pen, height, rng)
        if patch.shape[1] > narrow * width:
            slim = (max(2, int(narrow * width)), patch.shape[0])
            patch = np.asarray(cv2.resize(patch, slim, interpolation=cv2.INTER_AREA))
        spread = 0.06 * self._pen.loose
        x = left + width * (0.5 + shift + self._offset[0] + rng.normal(0, spread))
        y = top + height * (0.5 + self._offset[1] * 0.6 + rng.normal(0, spread))
        _press(ink, patch * press, x - patch.shape[1] / 2, y - patch.shape[0] / 2)
        return self._hand.sources[label][chosen]

    def _spoil(self, ink: Layer, box: spoils.Window) -> int:
        rng, thick = self._rng, self._thick
        kind = rng.random()
        if kind < 0.36:
            label = self._any_label()
            self._digit(ink, box, label)
            spoils.strike(ink, box, thick, label, rng)
            return STRUCK_OUT
        if kind < 0.46:
            self._digit(ink, box, self._any_label())
            (spoils.scribble if rng.random() < 0.6 else spoils.cross_out)(ink, box, thick, rng)
            return STRUCK_OUT
        if kind < 0.58:
            self._overwrite(ink, box)
            return OVERWRITTEN
        if kind < 0.68:
            for side in (-0.21, 0.21):
                self._digit(ink, box, self._any_label(), 0.48, side + rng.normal(0, 0.02))
            return NOT_A_DIGIT
        if kind < 0.9:
            marks = (spoils.dash, spoils.comma, spoils.scribble, spoils.cross_out, spoils.letter)
            marks[int(rng.integers(len(marks)))](ink, box, thick, rng)
            return NOT_A_DIGIT
        self._digit(ink, box, self._any_label())
        (spoils.smear if rng.random() < 0.6 else spoils.stamp)(ink, box, rng)
        return NOT_A_DIGIT

    def _overwrite(self, ink: Layer, box: spoils.Window) -> None:
        """One digit over another, so that both show."""
        rng = self._rng
        while True:
            first, second = np.zeros_like(ink), np.zeros_like(ink)
            one, other = rng.permutation(rng.choice(_UNLIKE))
            self._digit(first, box, int(one), shift=rng.normal(0, 0.05))
            self._digit(second, box, int(other), shift=rng.normal(0, 0.05))
            both = np.maximum(first, second)
            alone = max(float(first.sum()), float(second.sum()))
            if both.sum() > 1.45 * alone or min(first.sum(), second.sum()) == 0:
                break
        np.maximum(ink, np.maximum(first * rng.uniform(0.75, 1), second), out=ink)


_UNLIKE = np.array(
    [(2, 5), (4, 5), (5, 7), (2, 7), (3, 4), (0, 5), (4, 6), (0, 4), (6, 7), (3, 7), (2, 6),
     (2, 9), (2, 4), (5, 9), (1, 2), (1, 5), (0, 2), (4, 8), (2, 8), (7, 9), (4, 9), (0, 7)]
)  # fmt: skip
"""Pairs that, one on the other, look like neither."""


def _press(ink: Layer, patch: Layer, x: float, y: float) -> None:
    """Lays a patch of ink on the paper, what falls off the paper is lost."""
    left, top = round(x), round(y)
    x0, y0 = max(0, left), max(0, top)
    x1 = min(ink.shape[1], left + patch.shape[1])
    y1 = min(ink.shape[0], top + patch.shape[0])
    if x1 > x0 and y1 > y0:
        window = ink[y0:y1, x0:x1]
        np.maximum(window, patch[y0 - top : y1 - top, x0 - left : x1 - left], out=window)


def _extent(ink: Layer, window: spoils.Window) -> spoils.Window:
    left, top, width, height = (round(value) for value in window)
    rows, columns = np.where(ink[top : top + height, left : left + width] > 0.3)
    if len(rows) < 6:
        return window
    return (
        left + columns.min(), top + rows.min(),
        np.ptp(columns) + 1, np.ptp(rows) + 1,
    )  # fmt: skip


def _print_lines(comb: Comb) -> Layer:
    """The printed outlines, 0..1."""
    lines = np.zeros(comb.shape, np.uint8)
    if not comb.line:
        return lines.astype(np.float32)
    thick = max(1, round(comb.line))
    weak = min(1.0, comb.line / thick)
    for index in range(comb.cells):
        left, top, width, height = comb.window(index)
        right, bottom = left + width, top + height
        start = top + 0.6 * height if comb.open_top else top
        paths = [[(left, start), (left, bottom), (right, bottom), (right, start)]]
        if not comb.open_top:
            paths.append([(left, top), (right, top)])
        for path in paths:
            points = np.round(np.array(path) * 16).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(lines, [points], False, round(255 * weak), thick, cv2.LINE_AA, 4)
    return lines.astype(np.float32) / 255


def _cut_cells(
    picture: Grey, comb: Comb, cut: Cut, extents: list[spoils.Window], rng: np.random.Generator
) -> list[Grey]:
    drift = rng.normal(0, cut.slip, 2) if cut.slip else (0.0, 0.0)
    grow = 1 + (rng.normal(0, cut.slip * 0.5) if cut.slip else 0.0)
    cells = []
    for index in range(comb.cells):
        if cut.tight:
            left, top, width, height = extents[index]
            margin = rng.uniform(0.0, 0.25) * max(width, height)
            box = (left - margin, top - margin, width + 2 * margin, height + 2 * margin)
        else:
            left, top, width, height = comb.window(index)
            left += drift[0] * width + (grow - 1) * (left - comb.shape[1] / 2)
            top += drift[1] * height
            box = (
                left - cut.margin * width, top - cut.margin * height,
                width * (1 + 2 * cut.margin), height * (1 + 2 * cut.margin),
            )  # fmt: skip
        cells.append(_cropped(picture, box))
    return cells


def _cropped(picture: Grey, box: spoils.Window) -> Grey:
    height, width = picture.shape
    left, top = max(0, int(box[0])), max(0, int(box[1]))
    right = min(width, max(left + 4, round(box[0] + box[2])))
    bottom = min(height, max(top + 4, round(box[1] + box[3])))
    return np.ascontiguousarray(picture[top:bottom, left:right])
