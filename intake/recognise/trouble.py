"""Evidence of trouble in the picture of a comb, beside what its cells seem to hold.

What shows here either sends the field to a person under its own reason, or takes confidence
from it: a reader looks at cells one by one and cannot know what runs through all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.records import Candidate, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.records import Crop, Reading

Mask = NDArray[np.bool_]

LINE_MM = 0.45
"""How far from where it should be a printed line may show."""

REACH_MM = 1.3
"""How far ink of the comb must run beyond its outer line to count as written outside."""

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
    """Looks at the whole picture of a comb, its cells side by side without gaps."""
    comb = _Comb.of(crop)
    if comb.ink_share < LEAST_INK:
        return Trouble((Reason.FAINT_INK,)) if comb.shows_ghosts else Trouble(bare=True)
    crossed = comb.crossings
    signs = tuple(_signs(comb, crossed))
    return Trouble(signs, min(MOST_DOUBT, PER_CROSSING**crossed))


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


@dataclass(frozen=True, eq=False, slots=True)
class _Comb:
    """The picture of a comb, its ink, and where its lines should be, pixels.

    Attributes:
        image: H×W grey.
        ink: H×W, what is darker than half way from paper to the darkest.
        box: left, top, right, bottom of the outer line.
        cells: how many.
        scale: pixels per millimetre.
        paper: its grey.
    """

    image: NDArray[np.float32]
    ink: Mask
    box: tuple[int, int, int, int]
    cells: int
    scale: float
    paper: float

    @classmethod
    def of(cls, crop: Crop) -> _Comb:
        """Finds paper and ink in a crop that has cells."""
        left, top, width, height = crop.box_in_image
        box = (round(left), round(top), round(left + width), round(top + height))
        image = crop.image.astype(np.float32)
        blank = cls(image, image < 0, box, len(crop.cells), crop.px_per_mm, 255.0)
        inside = np.concatenate([image[cell].ravel() for cell in blank.interiors])
        paper, dark = (float(grey) for grey in np.percentile(inside, (70, 1)))
        ink = image < paper - max(24.0, 0.45 * (paper - dark))
        return replace(blank, ink=ink, paper=paper)

    @property
    def line(self) -> int:
        """Pixels around a printed line that say nothing."""
        return max(1, round(LINE_MM * self.scale))

    @property
    def interiors(self) -> list[tuple[slice, slice]]:
        """Rows and columns within the lines of each cell."""
        left, top, right, bottom = self.box
        edges = np.linspace(left, right, self.cells + 1).round().astype(int).tolist()
        rows = slice(top + self.line, bottom - self.line)
        return [
            (rows, slice(edges[i] + self.line, edges[i + 1] - self.line)) for i in range(self.cells)
        ]

    @property
    def ink_share(self) -> float:
        """Share of the cells' interiors that is inked."""
        return float(np.mean([self.ink[cell].mean() for cell in self.interiors]))

    @property
    def shows_ghosts(self) -> bool:
        """Whether something too pale for ink stands in some cell."""
        soft = np.asarray(cv2.blur(self.image, (3, 3)), np.float32)
        return any(_is_ghostly(soft[cell]) for cell in self.interiors)

    @property
    def is_faint(self) -> bool:
        """Whether all that is inked is hardly darker than the paper."""
        inked = [self.image[cell][self.ink[cell]] for cell in self.interiors]
        return self.paper - float(np.median(np.concatenate(inked))) < FAINT

    @property
    def is_saturated(self) -> bool:
        """Whether some cell is little but ink."""
        return any(self.ink[cell].mean() > SATURATED for cell in self.interiors)

    @property
    def crossings(self) -> int:
        """Lines between cells that ink runs across."""
        left, top, right, bottom = self.box
        edges = np.linspace(left, right, self.cells + 1).round().astype(int).tolist()
        rows = self.ink[top + self.line : bottom - self.line]
        return sum(_runs_across(rows, edge, self.line) for edge in edges[1:-1])

    @property
    def runs_outside(self) -> bool:
        """Whether ink of the comb runs on well beyond its outer line."""
        left, top, right, bottom = self.box
        upright = self.ink[:, left + self.line : right - self.line]
        lying = self.ink[top + self.line : bottom - self.line].T
        reach = round(REACH_MM * self.scale)
        sides = ((upright, top, -1), (upright, bottom, 1), (lying, left, -1), (lying, right, 1))
        return any(_runs_beyond(ink, edge, way, self.line, reach) for ink, edge, way in sides)

    @property
    def shows_lines_inside(self) -> bool:
        """Whether upright lines stand in two cells or more, from end to end."""
        _, top, _, bottom = self.box
        full = slice(top + self.line, bottom - self.line)
        found = (self.ink[full, columns].all(axis=0).any() for _, columns in self.interiors)
        return sum(map(bool, found)) > 1


def _signs(comb: _Comb, crossed: int) -> Iterator[Reason]:
    if comb.is_faint:
        yield Reason.FAINT_INK
    if comb.is_saturated:
        yield Reason.SATURATED
    if comb.cells > 2 and crossed > (comb.cells - 1) / 2:
        yield Reason.BORDER_CROSSED
    if comb.runs_outside:
        yield Reason.OUTSIDE_BOX
    if comb.shows_lines_inside:
        yield Reason.BOX_RESIDUE


def _is_ghostly(cell: NDArray[np.float32]) -> bool:
    """Whether enough of a cell is a little darker than its own paper."""
    paper = float(np.percentile(cell, 80))
    return float(np.mean(cell < paper - GHOST)) > GHOST_SHARE


def _runs_across(rows: Mask, edge: int, line: int) -> bool:
    """Whether ink stands on both sides of an upright line, in two rows or more."""
    before, behind = rows[:, edge - line - 1], rows[:, edge + line + 1]
    return int(np.count_nonzero(before & behind)) > 1


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
    return bool(going.any())


def _wider(marked: Mask) -> Mask:
    wide = marked.copy()
    wide[1:] |= marked[:-1]
    wide[:-1] |= marked[1:]
    return wide
