"""Lists: each row of a template's `[[rows]]` written out as fields of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from intake.template.parts import Field, MeterPlace, Print, Rows, Template


def with_rows(template: Template) -> Template:
    """`template` with the parts of all its rows among its own."""
    every = [(rows, number) for rows in template.rows for number in range(1, rows.count + 1)]
    return replace(
        template,
        field=(*template.field, *(one for at in every for one in _fields(*at))),
        meter=(*template.meter, *(one for at in every for one in _meters(*at))),
        print=(*template.print, *(one for at in every for one in _prints(*at))),
        rows=(),
    )


def _fields(rows: Rows, number: int) -> list[Field]:
    return [
        replace(field, name=_named(rows, number, field.name), box=_lowered(rows, number, field))
        for field in rows.field
    ]


def _lowered(rows: Rows, number: int, field: Field) -> tuple[float, float, float, float]:
    left, top, width, height = field.box
    return (left, round(top + (number - 1) * rows.pitch, 4), width, height)


def _meters(rows: Rows, number: int) -> list[MeterPlace]:
    return [replace(place, name=_named(rows, number, place.name)) for place in rows.meter]


def _prints(rows: Rows, number: int) -> list[Print]:
    down = (number - 1) * rows.pitch
    return [replace(one, at=(one.at[0], one.at[1] + down), row=number) for one in rows.print]


def _named(rows: Rows, number: int, name: str) -> str:
    return f"{rows.name}_{number:02d}_{name}"
