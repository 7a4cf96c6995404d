"""Writes combs in somebody's hand, scans them, and cuts the cells out again, with their truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake.synth.scanner import Damage, draw_damage, scan
from training import spoils
from training.combs import Comb, Cut, Layer, Window, cut_cells, draw_comb, draw_cut, print_lines
from training.pens import Pen, draw_pen, plain_pen, write_digit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Grey
    from training.hands import Hand

EMPTY, STRUCK_OUT, OVERWRITTEN, NOT_A_DIGIT = 10, 11, 12, 13


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


def any_contents(rng: np.random.Generator, cells: int) -> list[int]:
    """Draws what stands in the cells of a training strip."""
    kinds = rng.random(cells)
    labels = rng.integers(0, 10, cells)
    spoilt = rng.uniform(0.02, 0.25)
    labels[kinds < 0.09] = EMPTY
    labels[kinds > 1 - spoilt] = NOT_A_DIGIT
    return [int(label) for label in labels]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a strip is written into and goes through.

    Attributes:
        comb: the printed cells.
        pen: what it is written with.
        damage: between the pen and the file.
        cut: how the cells are cut out again.
        strikes: chance that one line goes through several cells, which spoils them.
    """

    comb: Comb
    pen: Pen
    damage: Damage
    cut: Cut
    strikes: float = 0.0


def any_setting(rng: np.random.Generator, cells: int) -> Setting:
    """Draws a setting as it may come: any comb, pen and damage, cells found with a small slip."""
    comb = draw_comb(rng, cells)
    return Setting(comb, plain_pen(rng), draw_damage(rng, comb.height, cells), Cut(slip=0.02))


def training_strip(hand: Hand, rng: np.random.Generator, cells: int) -> Strip:
    """Returns a strip with everything that can happen to one."""
    usual = any_setting(rng, cells)
    damage = usual.damage
    if rng.random() < 0.3:
        damage = _office(damage)
    cut = draw_cut(rng, usual.comb)
    setting = replace(usual, pen=draw_pen(rng), damage=damage, cut=cut, strikes=0.04)
    return write_strip(hand, any_contents(rng, cells), setting, rng)


def _office(damage: Damage) -> Damage:
    """The same scan from a scanner that somebody looks after."""
    return replace(
        damage,
        darkness=max(damage.darkness, 0.5),
        skips=0.0,
        blur=(min(damage.blur[0], 0.7), min(damage.blur[1], 0.7)),
        noise=damage.noise / 3,
        copy_contrast=1.0,
    )


def write_strip(
    hand: Hand,
    contents: Sequence[int],
    setting: Setting,
    rng: np.random.Generator,
    *,
    chosen: int | None = None,
) -> Strip:
    """Writes `contents` into a comb, scans it, and cuts the cells out again.

    `chosen` is which of the hand's digits of a label to use, any where None.
    """
    comb = setting.comb
    ink = np.zeros(comb.shape, np.float32)
    writer = _Writer(hand, setting, rng, chosen)
    labels, sources = list(contents), []
    for index, label in enumerate(contents):
        labels[index], source = writer.fill(ink, index, label)
        sources.append(source)
    if rng.random() < setting.strikes:
        for index in writer.strike_through(ink):
            labels[index] = STRUCK_OUT
    picture = scan(ink, print_lines(comb), setting.damage, rng)
    cells = cut_cells(picture, ink, comb, setting.cut, rng)
    return Strip(picture, cells, labels, sources)


class _Writer:
    """Somebody filling in a comb."""

    def __init__(
        self, hand: Hand, setting: Setting, rng: np.random.Generator, chosen: int | None = None
    ) -> None:
        self._hand = hand
        self._chosen = chosen
        self._comb = setting.comb
        self._pen = setting.pen
        self._rng = rng
        self._thick = max(1.0, setting.pen.width * setting.comb.height)
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

    def _digit(
        self, ink: Layer, box: Window, label: int, *, narrow: float = 1.05, shift: float = 0.0
    ) -> int:
        digits = self._hand.digits[label]
        if not digits:
            return -1
        rng, (left, top, width, height) = self._rng, box
        chosen = int(rng.integers(len(digits))) if self._chosen is None else self._chosen
        patch = write_digit(label, digits[chosen], self._pen, height, rng)
        if patch.shape[1] > narrow * width:
            slim = (max(2, int(narrow * width)), patch.shape[0])
            patch = np.asarray(cv2.resize(patch, slim, interpolation=cv2.INTER_AREA))
        spread = 0.06 * self._pen.loose
        x = left + width * (0.5 + shift + self._offset[0] + rng.normal(0, spread))
        y = top + height * (0.5 + self._offset[1] * 0.6 + rng.normal(0, spread))
        _press(ink, patch, x - patch.shape[1] / 2, y - patch.shape[0] / 2)
        return self._hand.sources[label][chosen]

    def _spoil(self, ink: Layer, box: Window) -> int:
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
                aside = side + rng.normal(0, 0.02)
                self._digit(ink, box, self._any_label(), narrow=0.48, shift=aside)
            return NOT_A_DIGIT
        if kind < 0.9:
            marks = (spoils.dash, spoils.comma, spoils.scribble, spoils.cross_out, spoils.letter)
            marks[int(rng.integers(len(marks)))](ink, box, thick, rng)
            return NOT_A_DIGIT
        self._digit(ink, box, self._any_label())
        (spoils.smear if rng.random() < 0.6 else spoils.stamp)(ink, box, rng)
        return NOT_A_DIGIT

    def _overwrite(self, ink: Layer, box: Window) -> None:
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
