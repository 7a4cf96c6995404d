"""What a template is made of."""

from __future__ import annotations

from typing import Literal

import msgspec

from intake.errors import TemplateError
from intake.records import Box, Kind, MeterKind

Point = tuple[float, float]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all parts of a template have in common: read-only, and no key is ignored."""


class Field(Record, frozen=True):
    """A named place on the form.

    Attributes:
        name: unique; one that holds a meter's value ends in `.reading`.
        kind: printed, handwritten, barcode or mark.
        box: millimetres: left, top, width, height; a comb's outer edge.
        cells: cells of a comb; 0 for anything else.
        gap: millimetres from one cell to the next where they stand apart; the box then reaches
            half of it beyond the first and the last cell.
        decimals: how many of the digits stand after the decimal mark.
        unit: such as `m3`; None where nothing is measured.
        pattern: regular expression that the whole value matches; None: any.
        lookup: what the registry resolves the value as: `account` or `meter`.
        check: how the check digit of a printed number is made; None: it has none.
        format: `date` for a comb of day, month and year; None for plain digits.
        register: tariff zone of the meter that a reading belongs to.
        clear: millimetres around the box that hold nothing printed.
    """

    name: str
    kind: Kind
    box: Box
    cells: int = 0
    gap: float = 0.0
    decimals: int = 0
    unit: str | None = None
    pattern: str | None = None
    lookup: Literal["account", "meter"] | None = None
    check: Literal["luhn", "mod11", "mod97"] | None = None
    format: Literal["date"] | None = None
    register: str = "main"
    clear: float = 1.0

    @property
    def is_reading(self) -> bool:
        """Whether the field holds a meter's value."""
        return self.name.endswith(".reading")

    @property
    def is_day_of_reading(self) -> bool:
        """Whether the field holds the day that goes out with the form's readings."""
        return self.name == "date" and self.format == "date"

    @property
    def cell_width(self) -> float:
        """Of each cell, or of the whole box without cells, millimetres."""
        return self.box[2] / max(self.cells, 1) - self.gap

    @property
    def group(self) -> str | None:
        """The meter's place on the form that the field belongs to; None for the form's own."""
        head, dot, _ = self.name.partition(".")
        return head if dot else None


class Marks(Record, frozen=True):
    """Corner marks of the form (ArUco, dictionary 4×4/50).

    Attributes:
        ids: of the marks at top left, top right, bottom right, bottom left.
        size: millimetres, edge of the black square.
        inset: millimetres from the form's edges to the black square.
    """

    ids: tuple[int, int, int, int]
    size: float = 6.0
    inset: float = 5.0


class Ruling(Record, frozen=True):
    """Ruled lines that a form without marks is aligned by: a grid of equal cells.

    Attributes:
        box: millimetres, the grid's outer lines.
        columns: cells across.
        rows: cells down.
    """

    box: Box
    columns: int
    rows: int


class Print(Record, frozen=True):
    """Something the printer puts on the form.

    Attributes:
        text: key into the template's texts.
        at: millimetres, left end of the base line.
        size: of the letters, points.
        bold: whether in bold.
        align: which part of the text `at` is.
        row: number of its row in a list, for `{row}` in the text; 0 outside of lists.
    """

    text: str
    at: Point
    size: float = 8.0
    bold: bool = False
    align: Literal["left", "centre", "right"] = "left"
    row: int = 0


class MeterPlace(Record, frozen=True):
    """A place on the form for one meter; its fields are those named `place.…`.

    Attributes:
        name: the group, such as `cold_kitchen`.
        kind: what is measured there.
    """

    name: str
    kind: MeterKind


class Rows(Record, frozen=True):
    """Rows of a list: what stands in the first one stands in each.

    Its names get the row's in front: row 3 of `flat` makes `cold.reading` `flat_03_cold.reading`.

    Attributes:
        name: what a row is.
        count: how many there are.
        pitch: millimetres from one to the next, down the page.
        field: the places in the first row.
        meter: places for meters in each row.
        print: what the printer puts into the first row.
    """

    name: str
    count: int
    pitch: float
    field: tuple[Field, ...]
    meter: tuple[MeterPlace, ...] = ()
    print: tuple[Print, ...] = ()


class Template(Record, frozen=True):
    """One kind of form.

    Attributes:
        id: as in its file name and its code.
        version: whole number; a change of layout takes a new one.
        title: for people.
        page: width and height of the form itself, millimetres.
        locale: language of `texts` that is printed unless another is asked for.
        field: the places that can be read, those in rows included once it is loaded.
        marks: corner marks; None where the form has none.
        ruling: ruled lines to align by; None where the form has none.
        blank: picture of the blank form, edge to edge, that a form without marks is found by:
            a file beside the template; None where it is not needed.
        meter: places for meters.
        print: what the printer puts on the form besides boxes and values.
        rows: lists; empty once it is loaded, when every row's parts stand among the others.
        texts: by locale, then by key.
    """

    id: str
    version: int
    title: str
    page: Point
    locale: str = "en"
    field: tuple[Field, ...] = ()
    marks: Marks | None = None
    ruling: Ruling | None = None
    blank: str | None = None
    meter: tuple[MeterPlace, ...] = ()
    print: tuple[Print, ...] = ()
    rows: tuple[Rows, ...] = ()
    texts: dict[str, dict[str, str]] = {}

    @property
    def mark_boxes(self) -> dict[int, Box]:
        """The black squares of the corner marks by id, millimetres; empty without marks."""
        if self.marks is None:
            return {}
        near, size = self.marks.inset, self.marks.size
        right, bottom = (edge - near - size for edge in self.page)
        corners = ((near, near), (right, near), (right, bottom), (near, bottom))
        return {
            mark: (left, top, size, size)
            for mark, (left, top) in zip(self.marks.ids, corners, strict=True)
        }


def field_named(template: Template, name: str) -> Field:
    """The field of `template` called `name`.

    Raises:
        TemplateError: it has none of that name.
    """
    for field in template.field:
        if field.name == name:
            return field
    raise TemplateError(f"Template `{template.id}` has no field `{name}`.")
