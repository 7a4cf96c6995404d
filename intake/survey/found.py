"""What a survey finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intake.records import Grey
    from intake.survey.places import Place
    from intake.template import Marks, Ruling

BLANK_PX_PER_MM = 4.0


@dataclass(frozen=True, eq=False, slots=True)
class Survey:
    """What stands on a blank form.

    Attributes:
        size: width and height of the form, millimetres.
        places: where people may write, and codes, in reading order.
        marks: corner marks; None where the form has none.
        grid: of equal cells, where hardly anything else is printed to find the form by; else
            None.
        picture: h×w grey, the form upright and without its codes, `BLANK_PX_PER_MM` pixels to
            the millimetre.
    """

    size: tuple[float, float]
    places: tuple[Place, ...]
    marks: Marks | None
    grid: Ruling | None
    picture: Grey

    @property
    def needs_picture(self) -> bool:
        """Whether the form is found by what is printed on it, so by the picture."""
        return self.marks is None and self.grid is None
