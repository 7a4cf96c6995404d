"""How a free line looks to the line network: its ink on black, as high as the tallest digit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from intake.recognise.decimalmark import decimal_marks
from intake.recognise.pieces import Ink, digits_of, line_ink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Box, Grey

HEIGHT = 32

_RIM = 2
"""Rows of paper above and below the writing."""

_STRETCH = 1.3
"""How much wider than high a picture is made: narrow digits need room to be told apart."""

_WIDEST = 640

_STEP = 32
"""Widths are multiples of this."""


class LinePicture(NamedTuple):
    """A free line as the line network sees it.

    Attributes:
        ink: 32×w.
        marks: in which column of it each decimal mark has its middle.
    """

    ink: Ink
    marks: tuple[float, ...]


def line_picture(image: Grey, box: Box) -> LinePicture | None:
    """Returns the picture of the line in `box` of `image`; None where nothing is written."""
    ink = line_ink(image, box)
    digits = digits_of(ink)
    if not digits:
        return None
    top, bottom = min(d.top for d in digits), max(d.bottom for d in digits)
    left, right = min(d.left for d in digits), max(d.right for d in digits)
    scale = (HEIGHT - 2 * _RIM) / (bottom - top)
    width = min(_WIDEST - 8 * _RIM, max(4, round((right - left) * scale * _STRETCH)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(ink[top:bottom, left:right], (width, HEIGHT - 2 * _RIM), interpolation=how)
    picture = np.pad(np.asarray(small, np.uint8), ((_RIM, _RIM), (4 * _RIM, 4 * _RIM)))
    middles = ((mark.left + mark.right) / 2 - left for mark in decimal_marks(ink))
    marks = (4 * _RIM + middle * width / (right - left) for middle in middles)
    return LinePicture(picture, tuple(marks))


def stacked(pictures: Sequence[Ink]) -> Ink:
    """Pictures side by side in one array, N×1×32×W: the narrow ones get paper on the right."""
    widest = max((picture.shape[1] for picture in pictures), default=_STEP)
    stack = np.zeros((len(pictures), 1, HEIGHT, -(-widest // _STEP) * _STEP), np.uint8)
    for picture, target in zip(pictures, stack, strict=True):
        target[0, :, : picture.shape[1]] = picture
    return stack
