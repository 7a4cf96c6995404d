"""How far the lines of a page are turned.

Summed along its lines a page shows them sharpest when it is level (W. Postl 1986): the turn is
looked for in steps, then in smaller ones. Only thin strokes count, since a dark lid or border
lies as the scanner does, not as the paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake import geometry

if TYPE_CHECKING:
    from intake.records import Grey

LONGEST_EDGE_PX = 1200
THICKEST_PX = 15
REACH_DEGREES = 8.0
STEPS = ((REACH_DEGREES, 0.5), (0.5, 0.1), (0.1, 0.02))


def skew_of(picture: Grey) -> float:
    """The turn of what is printed on a page, degrees counter-clockwise, within ±8."""
    factor = min(LONGEST_EDGE_PX / max(picture.shape), 1.0)
    resized = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    ink = np.asarray(cv2.GaussianBlur(_strokes(np.asarray(resized, np.uint8)), (5, 5), 0), np.uint8)
    best = 0.0
    for reach, step in STEPS:
        turns = np.arange(best - reach, best + reach + step / 2, step)
        best = float(turns[np.argmax([_sharpness(ink, turn) for turn in turns])])
    return best


def _strokes(picture: Grey) -> Grey:
    """What is darker than its surroundings and thin; what touches the picture's edge is not ink."""
    around = cv2.getStructuringElement(cv2.MORPH_RECT, (THICKEST_PX, THICKEST_PX))
    strokes = cv2.morphologyEx(
        picture, cv2.MORPH_BLACKHAT, around, borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    return np.asarray(strokes, np.uint8)


def _sharpness(ink: Grey, turn: float) -> float:
    """How much neighbouring rows differ once the ink is turned back by `turn` degrees."""
    height, width = ink.shape
    back = geometry.turned_about(np.array([[width / 2, height / 2]]), -turn)
    level = cv2.warpAffine(ink, back[:2], (width, height), flags=cv2.INTER_CUBIC)
    rows = level.mean(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())
