"""Templates: what stands where on a form, read from `templates/*.toml` and checked."""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import msgspec

from intake import geometry
from intake.errors import TemplateError
from intake.records import Box, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

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
        decimals: how many of the digits stand after the decimal mark.
        unit: such as `m3`; None where nothing is measured.
        pattern: regular expression that the whole value matches; None: any.
        lookup: what the registry resolves the value as: `account` or `meter`.
        format: `date` for a comb of day, month and year; None for plain digits.
        register: tariff zone of the meter that a reading belongs to.
        clear: millimetres around the box that hold nothing printed.
    """

    name: str
    kind: Kind
    box: Box
    cells: int = 0
    decimals: int = 0
    unit: str | None = None
    pattern: str | None = None
    lookup: Literal["account", "meter"] | None = None
    format: Literal["date"] | None = None
    register: str = "main"
    clear: float = 1.0

    @property
    def is_reading(self) -> bool:
        """Whether the field holds a meter's value."""
        return self.name.endswith(".reading")

    @property
    def group(self) -> str | None:
        """The meter's place on the form that the field belongs to; None for the form's own."""
        head, dot, _ = self.name.rpartition(".")
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
    """

    text: str
    at: Point
    size: float = 8.0
    bold: bool = False
    align: Literal["left", "centre", "right"] = "left"


class MeterPlace(Record, frozen=True):
    """A place on the form for one meter; its fields are those named `place.…`.

    Attributes:
        name: the group, such as `cold_kitchen`.
        kind: cold, hot or electricity.
    """

    name: str
    kind: Literal["cold", "hot", "electricity"]


class Template(Record, frozen=True):
    """One kind of form.

    Attributes:
        id: as in its file name and its code.
        version: whole number; a change of layout takes a new one.
        title: for people.
        page: width and height of the form itself, millimetres.
        locale: language of `texts` that is printed unless another is asked for.
        field: the places that can be read.
        marks: corner marks; None where the form has none.
        ruling: ruled lines to align by; None where the form is aligned by marks.
        meter: places for meters.
        print: what the printer puts on the form besides boxes and values.
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
    meter: tuple[MeterPlace, ...] = ()
    print: tuple[Print, ...] = ()
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


class TemplateSet:
    """The templates of a folder, by id."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._by_id = {template.id: template for template in templates}

    def __iter__(self) -> Iterator[Template]:
        """In the order of their ids."""
        return iter(self._by_id[key] for key in sorted(self._by_id))

    def __len__(self) -> int:
        """How many there are."""
        return len(self._by_id)

    def __contains__(self, template: str) -> bool:
        """Whether there is a template with that id."""
        return template in self._by_id

    def get(self, template: str) -> Template:
        """The template with that id.

        Raises:
            TemplateError: there is none.
        """
        try:
            return self._by_id[template]
        except KeyError:
            known = ", ".join(sorted(self._by_id)) or "none"
            raise TemplateError(
                f"There is no template `{template}`. Known: {known}. Put `{template}.toml` into "
                "the templates folder or name one of these."
            ) from None

    @cached_property
    def by_mark(self) -> Mapping[int, Template]:
        """Templates with corner marks, by each id of their marks."""
        return {mark: template for template in self for mark in template.mark_boxes}


def field_named(template: Template, name: str) -> Field:
    """The field of `template` called `name`.

    Raises:
        TemplateError: it has none of that name.
    """
    for field in template.field:
        if field.name == name:
            return field
    raise TemplateError(f"Template `{template.id}` has no field `{name}`.")


def load_template(path: Path) -> Template:
    """Reads and checks one template.

    Raises:
        TemplateError: with file, line or key, and what to change.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise TemplateError(f"{path}: cannot be read ({fault}). Check name and rights.") from fault
    except tomllib.TOMLDecodeError as fault:
        raise TemplateError(f"{path}: not valid TOML: {fault}. Mend that line.") from fault
    try:
        template = msgspec.convert(raw, Template)
    except msgspec.ValidationError as fault:
        raise TemplateError(f"{path}: {fault}. Mend that key.") from fault
    problems = list(faults(template))
    if problems:
        raise TemplateError(f"{path}: {problems[0]}")
    return template


def load_templates(folder: Path) -> TemplateSet:
    """Reads every `*.toml` below `folder`.

    Raises:
        TemplateError: the folder holds none, one is broken, or two share an id.
    """
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise TemplateError(f"{folder}: no templates here. Put at least one `*.toml` into it.")
    seen: dict[str, Path] = {}
    templates = []
    for path in paths:
        template = load_template(path)
        if template.id in seen:
            raise TemplateError(
                f"{path}: id `{template.id}` is also used by {seen[template.id].name}. "
                "Give one of them another id."
            )
        seen[template.id] = path
        templates.append(template)
    _refuse_shared_marks(folder, templates)
    return TemplateSet(templates)


def _refuse_shared_marks(folder: Path, templates: Iterable[Template]) -> None:
    owner: dict[int, str] = {}
    for template in templates:
        for mark in template.mark_boxes:
            if mark in owner:
                raise TemplateError(
                    f"{folder}: templates `{owner[mark]}` and `{template.id}` both use corner "
                    f"mark {mark}. Give one of them other marks.ids, from 0 to 49."
                )
            owner[mark] = template.id


def faults(template: Template) -> Iterator[str]:
    """What cannot work about `template`, a sentence each; nothing for a sound one."""
    yield from _identity_faults(template)
    whole: Box = (0.0, 0.0, *template.page)
    for field in template.field:
        yield from _field_faults(field, whole)
    yield from _overlap_faults(template)
    yield from _place_faults(template)


MIN_CELL_MM = 4.0


def _identity_faults(template: Template) -> Iterator[str]:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", template.id):
        yield "id: use small letters, digits and hyphens only."
    if template.version < 1:
        yield "version: count from 1."
    if min(template.page) <= 0:
        yield "page: width and height are millimetres above zero."
    if not template.field:
        yield "field: a template needs at least one [[field]]."
    if template.marks is None and template.ruling is None:
        yield "marks: give [marks], or [ruling] for a form without them."
    if template.texts and template.locale not in template.texts:
        yield f"texts: there is no [texts.{template.locale}] for the template's own locale."
    names = [field.name for field in template.field]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"field `{name}`: the name is used twice."


def _field_faults(field: Field, whole: Box) -> Iterator[str]:
    where = f"field `{field.name}`: "
    if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", field.name):
        yield where + "use small letters, digits, `_` and `.` in names."
    if min(field.box[2:]) <= 0:
        yield where + "box: width and height must be above zero."
    elif not geometry.inside(field.box, whole):
        yield where + "box: reaches outside the page."
    elif field.cells and min(field.box[2] / field.cells, field.box[3]) < MIN_CELL_MM:
        yield where + f"cells: below {MIN_CELL_MM:g} mm; widen the box or take fewer cells."
    if field.cells < 0 or not 0 <= field.decimals <= max(field.cells, 9):
        yield where + "cells, decimals: decimals cannot exceed cells, and neither is negative."
    if field.cells and field.kind is not Kind.HANDWRITTEN:
        yield where + "cells: only handwritten fields have them."
    if field.format == "date" and field.cells not in {6, 8}:
        yield where + "format: a date takes 6 cells (DDMMYY) or 8 (DDMMYYYY)."
    if field.pattern is not None:
        yield from _pattern_faults(field.pattern, where)


def _pattern_faults(pattern: str, where: str) -> Iterator[str]:
    try:
        re.compile(pattern)
    except re.error as fault:
        yield f"{where}pattern: not a regular expression ({fault})."


def _overlap_faults(template: Template) -> Iterator[str]:
    fields = template.field
    for index, one in enumerate(fields):
        for other in fields[index + 1 :]:
            if geometry.overlap(one.box, other.box):
                yield f"field `{one.name}`: box overlaps field `{other.name}`."


def _place_faults(template: Template) -> Iterator[str]:
    groups = {field.group for field in template.field if field.is_reading}
    for place in template.meter:
        if place.name not in groups:
            yield f"meter `{place.name}`: no field `{place.name}.reading` belongs to it."
