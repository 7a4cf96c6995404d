"""What is known of where a form lies before its printed boxes are looked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from intake import geometry

if TYPE_CHECKING:
    from intake.records import Matrix, Points
    from intake.template import Template


@dataclass(frozen=True, eq=False, slots=True)
class Anchors:
    """Points of a form that are known on its page.

    Attributes:
        at: N×2, millimetres on the form.
        seen: N×2, where they were found, pixels of the page as stored.
    """

    at: Points
    seen: Points

    def __len__(self) -> int:
        """How many there are."""
        return len(self.at)

    def joined(self, *others: Anchors) -> Anchors:
        """These and others."""
        every = (self, *others)
        return Anchors(np.vstack([one.at for one in every]), np.vstack([one.seen for one in every]))

    def every_second(self, start: int) -> Anchors:
        """Half of them, from the one numbered `start` on, 0 or 1."""
        return Anchors(self.at[start::2], self.seen[start::2])

    def affine(self) -> Matrix:
        """Least squares affine map, millimetres on the form → pixels of the page as stored."""
        return geometry.affine_between(self.at, self.seen)


NO_ANCHORS = Anchors(np.zeros((0, 2)), np.zeros((0, 2)))


@dataclass(frozen=True, eq=False, slots=True)
class Sought:
    """A form whose boxes are to be found.

    Attributes:
        template: the form's.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
        anchors: points known besides boxes.
    """

    template: Template
    to_page: Matrix
    anchors: Anchors = NO_ANCHORS
