"""How the clerk looks at the paper: which part, how near, which way up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from intake.review.raster import Contrast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CLOSEST = 3
"""Doublings, at most."""


class View(StrEnum):
    """Which part of the paper is shown."""

    FIELD = "field"
    DOUBTFUL = "doubtful"
    FORM = "form"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Look:
    """How the clerk looks at the present item.

    Attributes:
        view: which part of the paper.
        zoom: doublings.
        turns: quarter turns, counter-clockwise.
        pan: steps to the right and down from the field.
        contrast: how greys are shown.
    """

    view: View = View.FIELD
    zoom: int = 0
    turns: int = 0
    pan: tuple[int, int] = (0, 0)
    contrast: Contrast = Contrast.CLEAR

    def at(self, view: View) -> Look:
        """Another part of the paper, seen plainly."""
        return Look(view=view, contrast=self.contrast)

    def wider(self) -> Look:
        """From the field to its form, to its page, and back."""
        wider = {View.FORM: View.PAGE, View.PAGE: View.FIELD}
        return self.at(wider.get(self.view, View.FORM))

    def doubtful(self) -> Look:
        """Only the boxes in doubt, or all again."""
        return self.at(View.FIELD if self.view is View.DOUBTFUL else View.DOUBTFUL)

    def closer(self) -> Look:
        """Twice as near; beyond the closest, as far away as at first."""
        return replace(self, zoom=(self.zoom + 1) % (CLOSEST + 1), pan=(0, 0))

    def turned(self) -> Look:
        """A quarter turn on."""
        return replace(self, turns=(self.turns + 1) % 4)

    def moved(self, right: int, down: int) -> Look:
        """A step to the side."""
        return replace(self, pan=(self.pan[0] + right, self.pan[1] + down))

    def clearer(self) -> Look:
        """The next contrast."""
        return replace(self, contrast=Contrast((self.contrast + 1) % len(Contrast)))


CHANGES: Mapping[str, Callable[[Look], Look]] = {
    "whole": Look.wider,
    "doubtful": Look.doubtful,
    "closer": Look.closer,
    "turn": Look.turned,
    "contrast": Look.clearer,
    "left": lambda look: look.moved(-1, 0),
    "right": lambda look: look.moved(1, 0),
    "up": lambda look: look.moved(0, -1),
    "down": lambda look: look.moved(0, 1),
}
"""What keys do to a look, by the key's name."""
