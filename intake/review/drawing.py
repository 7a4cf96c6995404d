"""Pictures drawn with characters: each one shows a small block of pixels in two greys.

A character has one ink and one paper grey, so a block of 2×2, 2×3 or 2×4 pixels keeps its edges
at that resolution. Greys are those of the 256-colour palette: they look the same in every
terminal, and over a slow line equal neighbours travel as one run.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from intake.records import Grey

Blocks = NDArray[np.float64]

PALETTE = np.append(np.arange(8, 239, 10), 255).astype(np.uint8)
FLAT = 14.0
"""Greys that differ by less than this within a block are noise of the paper."""
PLAIN_INK = 176
"""Without colours everything darker is filled: thin strokes reach full black nowhere."""


class Shape(StrEnum):
    """Which characters a picture is drawn with."""

    HALF = "half"
    QUADRANT = "quadrant"
    SEXTANT = "sextant"
    BRAILLE = "braille"

    @property
    def next(self) -> Shape:
        """The one after it, round and round."""
        shapes = list(Shape)
        return shapes[(shapes.index(self) + 1) % len(shapes)]

    @property
    def across(self) -> int:
        """Pixels across one character."""
        return 1 if self is Shape.HALF else 2

    @property
    def down(self) -> int:
        """Pixels down one character."""
        return {Shape.HALF: 2, Shape.QUADRANT: 2, Shape.SEXTANT: 3, Shape.BRAILLE: 4}[self]

    @property
    def tallness(self) -> float:
        """Height of a pixel over its width, in a terminal whose characters are 1:2."""
        return 2 * self.across / self.down


@dataclass(frozen=True, eq=False, slots=True)
class Drawing:
    """A picture as characters.

    Attributes:
        lines: characters, a string per row.
        ink: rows×columns uint8, grey of the filled pixels of each character.
        paper: rows×columns uint8, grey of its other pixels.
    """

    lines: tuple[str, ...]
    ink: Grey
    paper: Grey


def draw(picture: Grey, shape: Shape) -> Drawing:
    """Draws `picture` with an ink and a paper grey for each character.

    Args:
        picture: H×W grey; H and W are multiples of `shape.down` and `shape.across`.
        shape: characters to draw with.
    """
    blocks = _blocks(picture, shape)
    dark, light, split = _two_greys(blocks)
    flat = light - dark < FLAT
    bits = (blocks <= split[..., None]) & ~flat[..., None]
    mean = blocks.mean(axis=-1)
    paper = _nearest_grey(np.where(flat, mean, light))
    ink = np.where(flat, paper, _nearest_grey(dark))
    return Drawing(_lines(bits, shape), ink, paper)


def draw_plain(picture: Grey, shape: Shape) -> Drawing:
    """Draws `picture` for a terminal without colours: dark pixels are filled, the others not."""
    bits = _blocks(picture, shape) < PLAIN_INK
    rows, columns = bits.shape[:2]
    paper = np.full((rows, columns), 255, np.uint8)
    return Drawing(_lines(bits, shape), np.zeros_like(paper), paper)


def _blocks(picture: Grey, shape: Shape) -> Blocks:
    """Rows×columns×pixels of a character, row by row within it."""
    rows, columns = picture.shape[0] // shape.down, picture.shape[1] // shape.across
    grid = picture.reshape(rows, shape.down, columns, shape.across).transpose(0, 2, 1, 3)
    return grid.reshape(rows, columns, -1).astype(np.float64)


def _two_greys(blocks: Blocks) -> tuple[Blocks, Blocks, Blocks]:
    """The two greys that describe each block best, and the grey that parts its pixels."""
    ordered = np.sort(blocks, axis=-1)
    count = blocks.shape[-1]
    below = np.arange(1, count)
    running = np.cumsum(ordered, axis=-1)
    dark = running[..., :-1] / below
    light = (running[..., -1:] - running[..., :-1]) / (count - below)
    best = (below * (count - below) * (light - dark) ** 2).argmax(axis=-1)[..., None]
    return (
        np.take_along_axis(dark, best, axis=-1)[..., 0],
        np.take_along_axis(light, best, axis=-1)[..., 0],
        np.take_along_axis(ordered, best, axis=-1)[..., 0],
    )


def _nearest_grey(greys: Blocks) -> Grey:
    steps = np.clip(np.rint((greys - 8) / 10), 0, len(PALETTE) - 1).astype(np.intp)
    return PALETTE[steps]


def _lines(bits: NDArray[np.bool_], shape: Shape) -> tuple[str, ...]:
    codes = bits @ (1 << np.arange(bits.shape[-1]))
    glyphs = GLYPHS[shape]
    return tuple("".join(glyphs[code] for code in row) for row in codes.tolist())


def _sextants() -> str:
    """Unicode leaves out the four that older blocks already had."""
    older = {0: " ", 21: "▌", 42: "▐", 63: "█"}
    newer = iter(range(0x1FB00, 0x1FB3C))
    return "".join(older.get(code) or chr(next(newer)) for code in range(64))


def _braille() -> str:
    dots = (0, 3, 1, 4, 2, 5, 6, 7)
    codes = (sum((code >> bit & 1) << dot for bit, dot in enumerate(dots)) for code in range(256))
    return " " + "".join(chr(0x2800 + code) for code in codes)[1:]


GLYPHS = {
    Shape.HALF: " ▀▄█",
    Shape.QUADRANT: " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█",
    Shape.SEXTANT: _sextants(),
    Shape.BRAILLE: _braille(),
}
"""Characters of each shape; bit n of an index is pixel n, row by row."""
