"""Reads tick boxes by the ink in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from intake.records import Candidate, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Crop, Grey

_INSET = 0.14
"""Share of the box left out on each side: its outline is there."""

_FAINT = 28
"""Grey levels below the paper from which a pixel counts as ink."""

_EVEN = 0.03
"""Share of ink at which ticked and empty are equally likely."""

_SHARPNESS = 2.2
"""How fast the odds turn with the logarithm of the share of ink."""


ENGINE = "ink share"
"""What reads tick boxes, as readings state it."""


class MarkReader:
    """Reads `1` where a box is ticked, None where it is empty."""

    def read(self, crops: Sequence[Crop]) -> list[Reading]:
        """Returns one reading per crop, with both candidates."""
        return [self._reading(crop) for crop in crops]

    def _reading(self, crop: Crop) -> Reading:
        ticked = ticked_probability(ink_share(_inside(crop)))
        both = (Candidate("1", ticked), Candidate(None, 1 - ticked))
        return Reading(crop.field, tuple(sorted(both, key=lambda c: -c.probability)), engine=ENGINE)


def _inside(crop: Crop) -> Grey:
    left, top, width, height = crop.box_in_image
    rows = slice(round(top + _INSET * height), round(top + (1 - _INSET) * height) + 1)
    columns = slice(round(left + _INSET * width), round(left + (1 - _INSET) * width) + 1)
    return crop.image[rows, columns]


def ink_share(inside: Grey) -> float:
    """Share of a picture, 0..1, that is darker than its paper."""
    if not inside.size:
        return 0.0
    paper = float(np.percentile(inside, 85))
    dark = float(np.percentile(inside, 0.5))
    level = paper - max(_FAINT, 0.4 * (paper - dark))
    return float(np.mean(inside < level))


def ticked_probability(share: float) -> float:
    """Probability that a box with this share of ink was ticked."""
    odds = (max(share, 1e-4) / _EVEN) ** _SHARPNESS
    return float(odds / (1 + odds))
