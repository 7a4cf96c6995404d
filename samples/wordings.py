"""What is special about what some residents wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from intake.synth.paper import folded
from intake.template import field_named
from samples.residents import Wording, as_written, fill, usual_wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.forms import Slip
    from intake.template import Template
    from samples.residents import Filled
    from samples.town import Town


@dataclass(frozen=True, slots=True)
class Usual:
    """What somebody would have written in a month like any other.

    Attributes:
        template: of the form.
        slip: whose it is.
        last: the newest reading of the first meter, in units of its last decimal place.
        wording: what would be on it.
    """

    template: Template
    slip: Slip
    last: int
    wording: Wording

    @property
    def first(self) -> str:
        """The first meter's place."""
        return self.slip.meters[0].place

    def without(self, *names: str) -> Wording:
        """All of it but these fields."""
        kept = {name: value for name, value in self.wording.values.items() if name not in names}
        return replace(self.wording, values=kept)

    def with_first(self, amount: int) -> Wording:
        """All of it, with another value for the first meter, in units of its last decimal."""
        name = f"{self.first}.reading"
        field = field_named(self.template, name)
        zeros = len(self.wording.values[name]) == field.cells
        value = as_written(amount, field, zeros=zeros)
        return replace(self.wording, values={**self.wording.values, name: value})


Change = Callable[[Usual], Wording]


def left_blank(usual: Usual) -> Wording:
    """The first meter was not read."""
    return usual.without(f"{usual.first}.reading")


def all_blank(_: Usual) -> Wording:
    """The slip came back as it was sent out."""
    return Wording()


def struck_out(usual: Usual) -> Wording:
    """The last meter's value was struck out."""
    last = [name for name in usual.wording.values if name.endswith(".reading")][-1]
    return replace(usual.wording, struck=frozenset({last}))


def below_previous(usual: Usual) -> Wording:
    """Less than a month ago: a meter does not run backwards."""
    return usual.with_first(usual.last - min(usual.last // 2, 12_340))


def implausible(usual: Usual) -> Wording:
    """Four hundred cubic metres in a month."""
    return usual.with_first(usual.last + 412_345)


def replaced(usual: Usual) -> Wording:
    """A new meter, hardly used, and the box for it ticked."""
    fresh = usual.with_first(1_208)
    return replace(fresh, values={**fresh.values, f"{usual.first}.replaced": "1"})


def flats_missing(usual: Usual) -> Wording:
    """Nobody opened the door in two flats, and one value was struck out."""
    gone = [f"flat_{flat}_{kind}.reading" for flat in ("03", "11") for kind in ("cold", "hot")]
    return replace(usual.without(*gone), struck=frozenset({"flat_06_cold.reading"}))


WATER: Mapping[int, Change] = {
    2: left_blank,
    5: struck_out,
    8: below_previous,
    11: replaced,
    15: left_blank,
    17: struck_out,
    20: all_blank,
    23: implausible,
    26: left_blank,
    29: struck_out,
    33: below_previous,
    36: replaced,
    39: struck_out,
    41: left_blank,
}
"""By the place of the household in the town."""

POWER: Mapping[int, Change] = {2: struck_out}
LISTS: Mapping[int, Change] = {1: flats_missing}
FOLDED = (4, 13, 31)
"""Households that folded their slip."""


def fill_all(
    template: Template,
    slips: Sequence[Slip],
    town: Town,
    changes: Mapping[int, Change],
    seed: Sequence[int],
) -> list[Filled]:
    """Everybody's form; each has dice of its own, so that one does not move the others."""
    return [
        _filled(template, slip, town, changes.get(index), np.random.default_rng([*seed, index]))
        for index, slip in enumerate(slips)
    ]


def with_folds(filled: Sequence[Filled], rng: np.random.Generator) -> list[Filled]:
    """The same slips, those of `FOLDED` folded across."""
    return [
        replace(one, paper=folded(one.paper, float(rng.uniform(48, 66)), 0.2))
        if index in FOLDED
        else one
        for index, one in enumerate(filled)
    ]


def specimen(template: Template, rng: np.random.Generator) -> Filled:
    """A form that belongs to nobody, with values on it all the same."""
    readings = [field for field in template.field if field.is_reading]
    values = {
        f.name: as_written(int(rng.integers(10_000, 900_000)), f, zeros=True) for f in readings
    }
    return fill(template, None, Wording({**values, "date": "2026-10-27"}), rng)


def _filled(
    template: Template, slip: Slip, town: Town, change: Change | None, rng: np.random.Generator
) -> Filled:
    wording = usual_wording(template, slip, town, rng)
    if change is not None:
        meter = slip.meters[0]
        last = town.last(meter, meter.registers[0])
        wording = change(Usual(template, slip, last, wording))
    return fill(template, slip, wording, rng)
