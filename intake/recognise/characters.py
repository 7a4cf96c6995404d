"""Finds the characters of a printed line."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from intake.records import Crop, Grey

_TALL = 0.6
"""Share of the tallest character's height that every digit reaches."""

_MARGIN = 0.26
"""Paper shown around a character, as a share of the line's height."""

_LOW_MM = 0.8
"""Height below which nothing is a digit: dashes, points and specks are lower."""

_WIDE = 1.15
"""Width over height from which a blob must be two characters that touch."""

Span = tuple[int, int, int, int]


def character_pictures(crop: Crop) -> list[Grey]:
    """Returns one picture per printed character, left to right; none where nothing is found."""
    image = crop.image
    paper, dark = _paper_and_dark(image)
    spans = _split(_merged(_tall(_blobs(crop, paper, dark))))
    if not spans:
        return []
    top, bottom = min(span[1] for span in spans), max(span[3] for span in spans)
    rim = max(2, round(_MARGIN * (bottom - top)))
    return [_cut(image, (left - rim, top - rim, right + rim, bottom + rim), rim, spans, paper)
            for left, _, right, _ in spans]  # fmt: skip


def _blobs(crop: Crop, paper: int, dark: int) -> list[Span]:
    """Connected dark pieces whose middle lies in the printed box: left, top, right, bottom."""
    image = crop.image
    if paper - dark < 30:
        return []
    level = paper - 0.45 * (paper - dark)
    _, _, stats, _ = cv2.connectedComponentsWithStats((image < level).astype(np.uint8))
    left, top, width, height = crop.box_in_image
    inside = []
    for x, y, w, h, _ in np.asarray(stats)[1:].tolist():
        centred = left <= x + w / 2 <= left + width and top <= y + h / 2 <= top + height
        if centred and h >= _LOW_MM * crop.px_per_mm:
            inside.append((x, y, x + w, y + h))
    return inside


def _paper_and_dark(image: Grey) -> tuple[int, int]:
    """The greys that three quarters, and one in a hundred, of the pixels do not exceed."""
    counted = cv2.calcHist([image], [0], None, [256], [0, 256]).ravel()
    shares = [0.75 * image.size, 0.01 * image.size]
    paper, dark = np.searchsorted(np.cumsum(counted), shares).tolist()
    return paper, dark


def _tall(spans: list[Span]) -> list[Span]:
    if not spans:
        return []
    tallest = max(bottom - top for _, top, _, bottom in spans)
    return sorted(span for span in spans if span[3] - span[1] >= _TALL * tallest)


def _merged(spans: list[Span]) -> list[Span]:
    """Puts pieces together that stand one above the other: a broken character."""
    merged: list[Span] = []
    for span in spans:
        if merged and span[0] < merged[-1][2] - 1:
            merged[-1] = _around(merged[-1], span)
        else:
            merged.append(span)
    return merged


def _around(one: Span, other: Span) -> Span:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _split(spans: list[Span]) -> list[Span]:
    """Cuts blobs that are too wide for one character evenly."""
    cut: list[Span] = []
    for left, top, right, bottom in spans:
        wide, high = right - left, bottom - top
        parts = round(wide / (0.68 * high)) if wide >= _WIDE * high else 1
        edges = [left + round(part * wide / parts) for part in range(parts + 1)]
        cut += [(start, top, end, bottom) for start, end in pairwise(edges)]
    return cut


def _cut(image: Grey, span: Span, rim: int, spans: list[Span], paper: int) -> Grey:
    """One character on paper; its neighbours are wiped from the margin."""
    left, top, right, bottom = span
    height, width = image.shape
    picture: NDArray[np.uint8] = np.full((bottom - top, right - left), paper, np.uint8)
    x0, x1 = max(0, left), min(width, right)
    y0, y1 = max(0, top), min(height, bottom)
    picture[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1]
    before = max((end for _, _, end, _ in spans if end <= left + rim), default=left)
    after = min((start for start, _, _, _ in spans if start >= right - rim), default=right)
    picture[:, : max(0, before - left)] = paper
    picture[:, max(0, after - left) :] = paper
    return picture
