"""What residents wrote on their slips, and the slips with their writing on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.forms import Slip, form_picture
from intake.records import FormCode, Kind
from intake.synth.paper import Paper
from intake.synth.pen import Trace, draw_ink, inked
from intake.synth.pen_hand import Hand, draw_hand, strike_out, tick, write_comb
from samples.town import usual_use

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from intake.template import Field, Template
    from samples.town import Town

PX_PER_MM = 16.0
ZERO_FILLERS = 0.3
"""Share of people who fill the leading cells with zeros."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What somebody meant to write.

    Attributes:
        values: by field, as written: digits, `YYYY-MM-DD`, or `1` for a tick; a field that is
            not here stayed empty.
        struck: fields whose value was struck out again.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    struck: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False, slots=True)
class Filled:
    """A slip somebody filled.

    Attributes:
        template: what it was printed from.
        slip: whose it is; None for a specimen.
        wording: what is written on it.
        paper: how it looks.
    """

    template: Template
    slip: Slip | None
    wording: Wording
    paper: Paper

    def truth(self) -> Iterator[dict[str, str | None]]:
        """`field`, `value` and, where there is something to say, `note` for every field."""
        for place in self.template.field:
            row = {"field": place.name, "value": self._value(place)}
            if place.name in self.wording.struck:
                row["note"] = "struck out"
            yield row

    def _value(self, place: Field) -> str | None:
        if place.kind is Kind.BARCODE:
            return code_of(self.template, self.slip).text()
        if place.kind is Kind.PRINTED:
            return _printed(place, self.slip)
        return None if place.name in self.wording.struck else self.wording.values.get(place.name)


def code_of(template: Template, slip: Slip | None) -> FormCode:
    """What the code on the form says."""
    owner = (slip.account.number, slip.period) if slip else (None, None)
    return FormCode(template.id, template.version, *owner)


def fill(
    template: Template, slip: Slip | None, wording: Wording, rng: np.random.Generator
) -> Filled:
    """Prints the form and writes on it in one hand and with one pen."""
    hand, ink = draw_hand(rng), draw_ink(rng)
    traces = list(_traces(template, wording, hand, rng))
    image = inked(form_picture(template, slip, PX_PER_MM), traces, ink, PX_PER_MM, rng)
    return Filled(template, slip, wording, Paper(image, PX_PER_MM))


def usual_wording(template: Template, slip: Slip, town: Town, rng: np.random.Generator) -> Wording:
    """A month's use on every register, and the day it was read."""
    zeros = rng.random() < ZERO_FILLERS
    values: dict[str, str] = {}
    for place in template.field:
        meter = slip.meter_at(place.group)
        if place.is_reading and meter is not None and place.register in meter.registers:
            used = int(usual_use(meter) * rng.uniform(0.25, 1.9))
            amount = town.last(meter, place.register) + used
            values[place.name] = as_written(amount, place, zeros=zeros)
    if rng.random() < 0.9:
        values["date"] = f"{slip.period}-{int(rng.integers(24, 32)):02d}"
    return Wording(values)


def as_written(amount: int, place: Field, *, zeros: bool) -> str:
    """Digits of a reading: at least one before the decimal mark, or all cells filled."""
    return f"{amount:0{place.cells if zeros else place.decimals + 1}d}"


def _printed(place: Field, slip: Slip | None) -> str | None:
    if slip is None:
        return None
    if place.lookup == "account":
        return slip.account.number
    meter = slip.meter_at(place.group)
    return meter.number if meter is not None else None


def _traces(
    template: Template, wording: Wording, hand: Hand, rng: np.random.Generator
) -> Iterator[Trace]:
    for place in template.field:
        value = wording.values.get(place.name)
        if value is None:
            continue
        if place.kind is Kind.MARK:
            yield from tick(place.box, hand, rng)
        else:
            yield from _digits(place, value, hand, rng)
        if place.name in wording.struck:
            yield from strike_out(_used(place, value), hand, rng)


def _digits(place: Field, value: str, hand: Hand, rng: np.random.Generator) -> list[Trace]:
    cells = geometry.cell_boxes(place.box, place.cells)
    text = value[8:10] + value[5:7] + value[2:4] if place.format == "date" else value
    return write_comb(text, cells, hand, rng)


def _used(place: Field, value: str) -> tuple[float, float, float, float]:
    """The part of a comb that the digits of `value` take."""
    left, top, width, height = place.box
    used = width * len(value) / place.cells
    return (left + width - used, top, used, height)
