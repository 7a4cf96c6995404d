"""Corner marks on a blank form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake.template import Marks

if TYPE_CHECKING:
    from intake.records import Grey, Points

AS_DESIGNED_MM = 0.5
CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1))
"""Right or not, lower or not: top left, top right, bottom right, bottom left."""


def find_marks(picture: Grey, px_per_mm: float) -> Marks | None:
    """The four corner marks of a form; None where they are not all there, as far from the edges.

    Args:
        picture: h×w grey of the whole form, level.
        px_per_mm: its scale.
    """
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    squares, ids, _ = cv2.aruco.ArucoDetector(dictionary).detectMarkers(picture)
    if len(squares) != len(CORNERS):
        return None
    corners = np.array(squares, np.float64).reshape(-1, 4, 2) / px_per_mm
    page = np.array(picture.shape[::-1]) / px_per_mm
    order = _clockwise(corners.mean(axis=1), page)
    if sorted(order) != [0, 1, 2, 3]:
        return None
    near, far = corners.min(axis=1), corners.max(axis=1) + 1 / px_per_mm
    sizes, insets = far - near, np.minimum(near, page - far)
    if max(np.ptp(sizes), np.ptp(insets)) > AS_DESIGNED_MM:
        return None
    first, second, third, fourth = (int(ids.reshape(-1)[index]) for index in order)
    return Marks(
        ids=(first, second, third, fourth),
        size=round(float(sizes.mean()), 1),
        inset=round(float(insets.mean()), 1),
    )


def _clockwise(centres: Points, page: Points) -> list[int]:
    """Which mark stands nearest to each corner, from the top left."""
    return [
        int(np.linalg.norm(centres - np.array(corner) * page, axis=1).argmin())
        for corner in CORNERS
    ]
