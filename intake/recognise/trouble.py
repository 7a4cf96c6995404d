"""Evidence of trouble in the picture of a comb or box, beside what it seems to hold.

What shows here either sends the field to a person under its own reason, or takes confidence
from it: a reader looks at cells one by one and cannot know what runs through all of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.recognise.greys import counts, grey_at
from intake.records import Candidate, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.records import Crop, Grey, Reading

Mask = NDArray[np.bool_]

LINE_MM = 0.45
"""How far from where it should be a printed line may show."""

REACH_MM = 1.3
"""How far ink of the comb must run beyond its outer line to count as written outside."""

NEAR_MM = 4.0
"""How near the end of a box without cells writing goes on beyond it if anything stands there."""

TRACE = 24.0
"""Grey levels below the paper from which something is no paper."""

PART_OF_DIGIT = 0.15
"""Height of a cut off digit's rest over that of the box, at least."""

DIGIT_WIDTH = 0.6
"""Of a digit, over the height of the box that it stands in."""

FAINT = 40.0
"""Grey levels between paper and ink below which ink is faint."""

GHOST, GHOST_SHARE = 9.0, 0.04
"""Grey levels from which something may be there that is no paper, and the share of a cell."""

LEAST_INK = 0.004
"""Share of a comb that is inked if anything is written."""

SATURATED = 0.55
"""Share of a cell that is inked beyond which no stroke can be told from another."""

PER_CROSSING = 1.5
"""What the odds of a field are divided by for each line between cells that ink runs across."""

MOST_DOUBT = 4.0

BARE = 0.9
"""Confidence that a comb is empty in which no ink shows, whatever its cells look like."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What speaks against a comb's reading.

    Attributes:
        signs: each sends the field to a person.
        doubt: what the odds of being right are divided by, at least 1.
        bare: whether no ink at all shows in any cell.
    """

    signs: tuple[Reason, ...] = ()
    doubt: float = 1.0
    bare: bool = False


def trouble_of(crop: Crop) -> Trouble:
    """Looks at the whole picture of a box without cells, or of a comb without gaps in it."""
    if not crop.cells:
        return Trouble(tuple(_signs_of_box(_Comb.of(crop, _windows(crop)))))
    comb = _Comb.of(crop, len(crop.cells))
    if comb.ink_share < LEAST_INK:
        return Trouble((Reason.FAINT_INK,)) if comb.shows_ghosts else Trouble(bare=True)
    return Trouble(tuple(_signs(comb)), min(MOST_DOUBT, PER_CROSSING**comb.crossings))


def _windows(crop: Crop) -> int:
    """Into how many parts, about as wide as a digit, a box without cells is taken apart."""
    _, _, width, height = crop.box_in_image
    return max(1, round(width / (DIGIT_WIDTH * height)))


def holds_ink(crop: Crop) -> bool:
    """Whether anything stands in a box without cells, however pale."""
    box = _Comb.of(crop, _windows(crop))
    return max(box.shares) >= LEAST_INK or box.shows_ghosts


def _signs_of_box(box: _Comb) -> Iterator[Reason]:
    if max(box.shares) >= LEAST_INK and box.is_faint:
        yield Reason.FAINT_INK
    if box.runs_outside or box.goes_on_beside:
        yield Reason.OUTSIDE_BOX


def troubled(reading: Reading, trouble: Trouble) -> Reading:
    """The reading with less confidence and more signs; with more only where all say blank."""
    if trouble.bare and reading.candidates and reading.value is None:
        return replace(reading, candidates=_surer(reading.candidates))
    kept = tuple(sign for sign in trouble.signs if sign not in reading.signs)
    candidates = doubted(reading.candidates, trouble.doubt)
    return replace(reading, candidates=candidates, signs=(*reading.signs, *kept))


def doubted(candidates: tuple[Candidate, ...], doubt: float) -> tuple[Candidate, ...]:
    """Candidates with the first one's odds divided by `doubt`; the order stays."""
    if not candidates or doubt <= 1:
        return candidates
    share = candidates[0].probability
    less = share / (share + doubt * (1 - share))
    first = Candidate(candidates[0].value, min(share, less))
    others = (Candidate(one.value, min(one.probability, less)) for one in candidates[1:])
    return (first, *others)


def _surer(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Candidates of an empty comb that a second opinion agrees about: both must be wrong."""
    rest = 1 - BARE
    first = Candidate(None, 1 - (1 - candidates[0].probability) * rest)
    others = (Candidate(one.value, one.probability * rest) for one in candidates[1:])
    return (first, *others)


@dataclass(frozen=True, eq=False)
class _Comb:
    """The picture of a comb, its ink, and where its lines should be, pixels.

    Attributes:
        image: H×W grey.
        box: left, top, right, bottom of the outer line.
        cells: how many.
        scale: pixels per millimetre.
    """

    image: Grey
    box: tuple[int, int, int, int]
    cells: int
    scale: float

    @classmethod
    def of(cls, crop: Crop, cells: int) -> _Comb:
        """The comb in a crop, of so many cells."""
        left, top, width, height = crop.box_in_image
        box = (round(left), round(top), round(left + width), round(top + height))
        return cls(crop.image, box, cells, crop.px_per_mm)

    @cached_property
    def line(self) -> int:
        """Pixels around a printed line that say nothing."""
        return max(1, round(LINE_MM * self.scale))

    @cached_property
    def edges(self) -> list[int]:
        """Columns of the upright lines."""
        left, _, right, _ = self.box
        steps: list[int] = np.linspace(left, right, self.cells + 1).round().astype(int).tolist()
        return steps

    @cached_property
    def interiors(self) -> list[tuple[slice, slice]]:
        """Rows and columns within the lines of each cell."""
        return [
            (self.rows, slice(left + self.line, right - self.line))
            for left, right in pairwise(self.edges)
        ]

    @property
    def rows(self) -> slice:
        """Rows between the upper and the lower line."""
        return slice(self.box[1] + self.line, self.box[3] - self.line)

    @cached_property
    def paper(self) -> float:
        """The grey of the paper in the cells."""
        return grey_at(self._inside, 0.7)

    @cached_property
    def ink(self) -> Mask:
        """H×W, what is darker than half way from paper to the darkest."""
        return np.asarray(self.image < self._level)

    @cached_property
    def _level(self) -> int:
        """The grey from which on nothing is ink."""
        dark = grey_at(self._inside, 0.01)
        return math.ceil(self.paper - max(TRACE, 0.45 * (self.paper - dark)))

    @cached_property
    def _inside(self) -> NDArray[np.intp]:
        """How often each grey stands in the cells."""
        return counts(np.concatenate([self.image[cell].ravel() for cell in self.interiors]))

    @cached_property
    def shares(self) -> list[float]:
        """Share of the interior of each cell that is inked."""
        inked = [self.ink[cell] for cell in self.interiors]
        return [np.count_nonzero(cell) / max(cell.size, 1) for cell in inked]

    @property
    def ink_share(self) -> float:
        """Share of the cells' interiors that is inked."""
        return sum(self.shares) / self.cells

    @property
    def shows_ghosts(self) -> bool:
        """Whether something too pale for ink stands in some cell."""
        soft = np.asarray(cv2.blur(self.image.astype(np.float32), (3, 3)), np.float32)
        return any(_is_ghostly(soft[cell]) for cell in self.interiors)

    @property
    def is_faint(self) -> bool:
        """Whether all that is inked is hardly darker than the paper."""
        inked = np.where(np.arange(len(self._inside)) < self._level, self._inside, 0)
        return self.paper - grey_at(inked, 0.5) < FAINT

    @property
    def is_saturated(self) -> bool:
        """Whether some cell is little but ink."""
        return max(self.shares) > SATURATED

    @cached_property
    def crossings(self) -> int:
        """Lines between cells on both sides of which ink stands, in two rows or more."""
        inner, beside = np.array(self.edges[1:-1]), self.line + 1
        rows = self.ink[self.rows]
        both = rows[:, inner - beside] & rows[:, inner + beside]
        return int(np.count_nonzero(np.count_nonzero(both, axis=0) > 1))

    @property
    def runs_outside(self) -> bool:
        """Whether ink of the comb runs on well beyond its outer line."""
        left, top, right, bottom = self.box
        upright = self.ink[:, left + self.line : right - self.line]
        lying = self.ink[self.rows].T
        reach = round(REACH_MM * self.scale)
        sides = ((upright, top, -1), (upright, bottom, 1), (lying, left, -1), (lying, right, 1))
        return any(_runs_beyond(ink, edge, way, self.line, reach) for ink, edge, way in sides)

    @property
    def goes_on_beside(self) -> bool:
        """Whether the writing reaches an end of the box, and ink stands just beyond it."""
        left, _, right, _ = self.box
        rows = self.image[self.rows] < self.paper - TRACE
        near = round(NEAR_MM * self.scale)
        ends = (
            (rows[:, left + self.line : left + near], rows[:, : left - self.line]),
            (rows[:, right - near : right - self.line], rows[:, right + self.line :]),
        )
        return any(_holds_stroke(inside) and _holds_stroke(beyond) for inside, beyond in ends)

    @property
    def shows_lines_inside(self) -> bool:
        """Whether upright lines stand in two cells or more, from end to end."""
        lines = np.asarray(self.ink[self.rows].all(axis=0))
        return sum(bool(lines[columns].any()) for _, columns in self.interiors) > 1


def _signs(comb: _Comb) -> Iterator[Reason]:
    if comb.is_faint:
        yield Reason.FAINT_INK
    if comb.is_saturated:
        yield Reason.SATURATED
    if comb.cells > 2 and comb.crossings > (comb.cells - 1) / 2:
        yield Reason.BORDER_CROSSED
    if comb.runs_outside:
        yield Reason.OUTSIDE_BOX
    if comb.shows_lines_inside:
        yield Reason.BOX_RESIDUE


def _is_ghostly(cell: NDArray[np.float32]) -> bool:
    """Whether enough of a cell is a little darker than its own paper."""
    paper = float(np.percentile(cell, 80))
    return float(np.mean(cell < paper - GHOST)) > GHOST_SHARE


def _holds_stroke(ink: Mask) -> bool:
    """Whether some ink is as long as part of a digit."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    return bool((stats[1:, cv2.CC_STAT_HEIGHT] > PART_OF_DIGIT * len(ink)).any())


def _runs_beyond(ink: Mask, edge: int, way: int, line: int, reach: int) -> bool:
    """Whether ink goes on from inside a lying line to `reach` beyond it.

    Args:
        ink: rows across the line; the line is the row `edge`.
        edge: row of the line.
        way: 1 where outside is down, -1 where it is up.
        line: rows around it that say nothing.
        reach: rows beyond it.
    """
    steps = [edge - way * (line + 1), *(edge + way * step for step in range(line + 1, reach + 1))]
    if min(steps) < 0 or max(steps) >= len(ink):
        return False
    going = ink[steps[0]]
    for step in steps[1:]:
        going = _wider(going) & ink[step]
        if not going.any():
            return False
    return True


def _wider(marked: Mask) -> Mask:
    wide = marked.copy()
    wide[1:] |= marked[:-1]
    wide[:-1] |= marked[1:]
    return wide
