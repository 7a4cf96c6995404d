"""Draws what a terminal shows as a picture, block characters filled to their edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.text import Text

from intake.review.drawing import GLYPHS, Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.color import Color
    from rich.segment import Segment

    Line = Sequence[Segment]

CELL = (10, 20)
INK, PAPER = (220, 220, 220), (0, 0, 0)
BLOCKS = {glyph: (shape, code) for shape in Shape for code, glyph in enumerate(GLYPHS[shape])}

Colour = tuple[int, int, int]


def said(output: str, columns: int) -> Image.Image:
    """What a command printed, with its colours, on a terminal so many characters wide."""
    console = Console(width=columns, color_system="truecolor")
    return drawn(console.render_lines(Text.from_ansi(output), pad=True))


def drawn(lines: Sequence[Line]) -> Image.Image:
    """The screen as a terminal shows it that fills block characters to their edges."""
    columns = max(sum(segment.cell_length for segment in line) for line in lines)
    picture = Image.new("RGB", (columns * CELL[0], len(lines) * CELL[1]), PAPER)
    pen = ImageDraw.Draw(picture)
    for row, line in enumerate(lines):
        column = 0
        for segment in line:
            for letter in segment.text:
                draw_letter(pen, letter, (column * CELL[0], row * CELL[1]), segment)
                column += 1
    return picture


def draw_letter(
    pen: ImageDraw.ImageDraw, letter: str, at: tuple[int, int], segment: Segment
) -> None:
    """One character in its cell, whose top left pixel is `at`."""
    style = segment.style
    ink = rgb(style.color if style else None, INK)
    paper = rgb(style.bgcolor if style else None, PAPER)
    if style and style.reverse:
        ink, paper = paper, ink
    x, y = at
    pen.rectangle((x, y, x + CELL[0] - 1, y + CELL[1] - 1), fill=paper)
    if letter in BLOCKS:
        draw_block(pen, *BLOCKS[letter], at, ink)
    else:
        bold = "-Bold" if style and style.bold else ""
        font = ImageFont.truetype(f"DejaVuSansMono{bold}.ttf", 16)
        pen.text(at, letter, font=font, fill=ink)


def draw_block(
    pen: ImageDraw.ImageDraw, shape: Shape, code: int, at: tuple[int, int], ink: Colour
) -> None:
    """The filled pixels of a block character."""
    for bit in range(shape.across * shape.down):
        if code >> bit & 1:
            y, x = divmod(bit, shape.across)
            left, right = (at[0] + CELL[0] * step // shape.across for step in (x, x + 1))
            top, bottom = (at[1] + CELL[1] * step // shape.down for step in (y, y + 1))
            pen.rectangle((left, top, right - 1, bottom - 1), fill=ink)


def rgb(colour: Color | None, otherwise: Colour) -> Colour:
    """Red, green and blue of a colour; `otherwise` where the terminal's own is meant."""
    if colour is None or colour.is_default:
        return otherwise
    return tuple(colour.get_truecolor())
