"""Whether there is anything on a page at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from intake.sampling import Levels

LONGEST_EDGE_PX = 900
DARKER_THAN_PAPER = 50
SPECK_PX = 6
BLANK_SHARE = 1.5e-4


def is_blank(levels: Levels) -> bool:
    """Whether a page shows bare paper: nothing but specks and the scanner's dark edges."""
    small = levels.level(levels.halvings_to_fit(LONGEST_EDGE_PX))
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 21)
    ink = (cv2.subtract(paper, small) > DARKER_THAN_PAPER).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    height, width = small.shape
    left, top = stats[1:, cv2.CC_STAT_LEFT], stats[1:, cv2.CC_STAT_TOP]
    right = left + stats[1:, cv2.CC_STAT_WIDTH]
    bottom = top + stats[1:, cv2.CC_STAT_HEIGHT]
    within = (left > 2) & (top > 2) & (right < width - 2) & (bottom < height - 2)
    area = stats[1:, cv2.CC_STAT_AREA]
    return float(area[within & (area > SPECK_PX)].sum()) < BLANK_SHARE * small.size
