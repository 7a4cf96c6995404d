"""Pictures at the resolution of a terminal, with thin pen strokes kept."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from intake.records import Grey

WHITE = 255
STROKE_KEPT = 0.6
"""A stroke this share of a pixel wide, and wider, darkens the pixel in full."""


class Contrast(IntEnum):
    """How the greys of a picture are shown."""

    CLEAR = 0
    STRONG = 1
    AS_SCANNED = 2


PAPER_MARGIN = {Contrast.CLEAR: 12, Contrast.STRONG: 40}
LEAST_SPAN = 60
"""Paper and ink are taken to be at least this far apart: an empty box is not all noise."""


def levelled(picture: Grey, contrast: Contrast) -> Grey:
    """Stretches the greys so that paper is white and ink is black.

    Args:
        picture: h×w grey.
        contrast: how far everything paler than ink is taken for paper.
    """
    if contrast is Contrast.AS_SCANNED or picture.size == 0:
        return picture
    paper = float(np.percentile(picture, 75)) - PAPER_MARGIN[contrast]
    ink = min(float(np.percentile(picture, 0.5)) + 10, paper - LEAST_SPAN)
    stretched = (picture.astype(np.float32) - ink) * (WHITE / (paper - ink))
    levels: Grey = np.clip(stretched, 0, WHITE).astype(np.uint8)
    return levels


def resized(picture: Grey, width: int, height: int) -> Grey:
    """`picture` at height×width pixels; thin strokes stay as dark as they are."""
    across, down = picture.shape[1] / width, picture.shape[0] / height
    kernel = np.ones((max(round(down * STROKE_KEPT), 1), max(round(across * STROKE_KEPT), 1)))
    kept = cv2.erode(picture, kernel.astype(np.uint8)) if kernel.size > 1 else picture
    shrinking = across >= 1 and down >= 1
    how = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return cv2.resize(kept, (width, height), interpolation=how).astype(np.uint8, copy=False)


def fitted(picture: Grey, width: int, height: int, tallness: float) -> Grey:
    """The whole of `picture` in the middle of white height×width pixels, undistorted.

    Args:
        picture: h×w grey, square pixels.
        width: pixels across.
        height: pixels down.
        tallness: height of a resulting pixel over its width.
    """
    scale = min(width / picture.shape[1], height * tallness / picture.shape[0])
    across = min(max(round(picture.shape[1] * scale), 1), width)
    down = min(max(round(picture.shape[0] * scale / tallness), 1), height)
    return padded(resized(picture, across, down), width, height)


def padded(picture: Grey, width: int, height: int) -> Grey:
    """`picture` in the middle of white height×width pixels."""
    sheet = np.full((height, width), WHITE, np.uint8)
    top, left = (height - picture.shape[0]) // 2, (width - picture.shape[1]) // 2
    sheet[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return sheet
