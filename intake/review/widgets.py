"""The parts of the screen. They show what they are given and decide nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from intake.review.drawing import draw, draw_plain
from intake.review.views import Screen, scene, seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.records import Grey, QueueItem
    from intake.review.drawing import Drawing, Shape
    from intake.review.entry import Entry
    from intake.review.look import Look
    from intake.review.views import Plane, Sight


@dataclass(frozen=True, eq=False, slots=True)
class Sheet:
    """A picture as it goes on the screen.

    Attributes:
        of: what was asked for: whose picture, how looked at, on how much room.
        strips: its lines.
        places: first character and width of each comb cell in it, by index.
    """

    of: object
    strips: list[Strip]
    places: Mapping[int, tuple[int, int]]


def sheet_of(item: QueueItem, sight: Sight, look: Look, room: Screen, *, colours: bool) -> Sheet:
    """What `look` asks for of an item, drawn to fit `room`."""
    found = scene(item, sight, look, room)
    strips = strips_of(_drawn(found.picture, room.shape, colours=colours))
    return Sheet(_wanted(item, sight, look, room), strips, found.places)


class Picture(Widget):
    """Draws what the clerk looks at with characters, or says why there is nothing to draw.

    Attributes:
        places: first character and width of each comb cell in the picture, by index.
        item: whose picture it is; None where it is no item's.
    """

    class Resized(Message):
        """There is more or less room than before."""

    def __init__(self, *, colours: bool, name: str = "picture") -> None:
        super().__init__(id=name)
        self.places: Mapping[int, tuple[int, int]] = {}
        self._colours = colours
        self._strips: list[Strip] = []
        self._sentence = ""
        self._drawn: object = None
        self.item: int | None = None

    def show(
        self, item: QueueItem, sight: Sight, look: Look, shape: Shape, ahead: Sheet | None = None
    ) -> None:
        """Draws what `look` asks for, unless that is on the screen already or was drawn ahead."""
        room = self.room(shape)
        wanted = _wanted(item, sight, look, room)
        if wanted == self._drawn or not self.size.area:
            return
        if ahead is None or ahead.of != wanted:
            ahead = sheet_of(item, sight, look, room, colours=self._colours)
        self._put(ahead)
        self.item = item.id

    def show_plane(self, plane: Plane, look: Look, shape: Shape) -> None:
        """Draws something flat as `look` asks for, unless that is on the screen already."""
        room = self.room(shape)
        wanted = (id(plane), look, room)
        if wanted != self._drawn and self.size.area:
            drawing = _drawn(seen(plane, look, room), shape, colours=self._colours)
            self._put(Sheet(wanted, strips_of(drawing), {}))

    def say(self, sentence: str) -> None:
        """Shows a sentence instead of a picture."""
        self.places, self._strips = {}, []
        self._sentence, self._drawn, self.item = sentence, None, None
        self.refresh()

    def render(self) -> Content:
        """The sentence; pictures are drawn line by line."""
        return Content(self._sentence)

    def render_line(self, y: int) -> Strip:
        """One row of characters."""
        if self._sentence or y >= len(self._strips):
            return super().render_line(y)
        return self._strips[y]

    def on_resize(self) -> None:
        """Asks for a picture that fits."""
        self.post_message(self.Resized())

    def room(self, shape: Shape) -> Screen:
        """How much room there is."""
        return Screen(self.size.width, self.size.height, shape)

    def _put(self, sheet: Sheet) -> None:
        self.places, self._strips = sheet.places, sheet.strips
        self._sentence, self._drawn = "", sheet.of
        self.refresh()


class Shown(Static):
    """Text that is drawn anew where it has changed, and laid out anew where its height may have."""

    _put: Content | None = None

    def put(self, content: Content) -> None:
        """Shows `content`, unless that is on the screen already."""
        if self._put is None or not content.is_same(self._put):
            self._put = content
            height = self.styles.height
            self.update(content, layout=height is None or height.is_auto)


class Digits(Shown):
    """What the machine offers and what was typed, each digit below its box."""

    def show(self, entry: Entry, places: Mapping[int, tuple[int, int]]) -> None:
        """Shows both lines of `entry` below the boxes that stand at `places`."""
        item = entry.item
        start = max(item.cells - len(entry.boxes), 0)
        offered = _line(entry.boxes, item, start, places, item.doubtful_cells)
        start = min(start, max(item.cells - len(entry.typed), 0))
        cursor = "_" if entry.typed and not entry.is_full else ""
        typed = _line(entry.typed + cursor, item, start, places, ())
        self.put(Content("\n").join([offered, typed]))


class Text(Shown):
    """A line of plain text: nothing in it is taken for markup."""

    def show(self, text: str) -> None:
        """Shows `text` without characters that could drive a terminal."""
        self.put(Content(_harmless(text)))

    def show_lines(self, lines: Sequence[str]) -> None:
        """Shows `lines` one below the other."""
        self.put(Content("\n").join(Content(_harmless(line)) for line in lines))


class Choices(Shown):
    """The candidates, the one on offer marked."""

    def show(self, offers: Sequence[str], chosen: int) -> None:
        """Shows all offers from the chosen one on, and those before it after them."""
        if not offers:
            self.put(Content(""))
            return
        turned = [*offers[chosen:], *offers[:chosen]]
        first = Content.styled(f" {turned[0]} ", "reverse")
        self.put(Content("  ").join([Content("+"), first, *map(Content, turned[1:])]))


class KeyBar(Shown):
    """Every key with its word, as many lines as that takes."""

    _keys: tuple[tuple[tuple[str, str], ...], int] = ((), 0)

    def show(self, keys: Sequence[tuple[str, str]], columns: int) -> None:
        """Shows pairs of key and word on lines of `columns` characters; no pair is broken."""
        if (tuple(keys), columns) == self._keys:
            return
        self._keys = (tuple(keys), columns)
        lines: list[Content] = []
        for key, word in keys:
            pair = Content.assemble((key, "bold reverse"), " ", word)
            if lines and lines[-1].cell_length + 1 + pair.cell_length <= columns:
                lines[-1] = Content.assemble(lines[-1], " ", pair)
            else:
                lines.append(pair)
        self.put(Content("\n").join(lines))


def _line(
    digits: str,
    item: QueueItem,
    first: int,
    places: Mapping[int, tuple[int, int]],
    doubtful: Sequence[int],
) -> Content:
    """`digits` below the boxes from `first` on; in one piece where there are no boxes."""
    if not places or not digits:
        return Content(digits)
    parts: list[tuple[int, str, str]] = []
    for index, (start, width) in places.items():
        digit = digits[index - first] if first <= index < first + len(digits) else " "
        text, style = (f" {digit}? ", "reverse") if index in doubtful else (f" {digit} ", "")
        parts.append((start + (width - 3) // 2, text, style))
        if first < index < first + len(digits) and index == item.cells - item.decimals:
            parts.append((start - 1, ",", ""))
    return _placed(parts)


def _harmless(text: str) -> str:
    return "".join(letter if letter.isprintable() else "·" for letter in text)


def _placed(parts: Sequence[tuple[int, str, str]]) -> Content:
    """Texts at their columns, each with its style, all bold."""
    line, end = Content(""), 0
    for column, text, style in sorted(parts):
        line = Content.assemble(line, " " * (column - end), (text, f"bold {style}".strip()))
        end = max(column, end) + len(text)
    return line


def _wanted(item: QueueItem, sight: Sight, look: Look, room: Screen) -> object:
    return (item.id, id(sight), look, room)


def _drawn(picture: Grey, shape: Shape, *, colours: bool) -> Drawing:
    return draw(picture, shape) if colours else draw_plain(picture, shape)


@lru_cache(maxsize=1024)
def _style(ink: int, paper: int) -> Style:
    return Style(color=f"rgb({ink},{ink},{ink})", bgcolor=f"rgb({paper},{paper},{paper})")


def strips_of(drawing: Drawing) -> list[Strip]:
    """The lines of a drawing in their greys."""
    rows = zip(drawing.lines, drawing.ink.tolist(), drawing.paper.tolist(), strict=True)
    return [Strip(_runs(*row), len(row[0])) for row in rows]


def _runs(line: str, ink: list[int], paper: list[int]) -> list[Segment]:
    """Neighbours in the same greys travel together."""
    runs = []
    start = 0
    for place in range(1, len(line) + 1):
        same = place < len(line) and (ink[place], paper[place]) == (ink[start], paper[start])
        if not same:
            runs.append(Segment(line[start:place], _style(ink[start], paper[start])))
            start = place
    return runs
