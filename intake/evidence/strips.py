"""Small pictures side by side in one large one, and the words for where in it each is.

A picture is named by the SHA-256 of its file; a part of one by what follows: `#xywh=` and its
left, top, width and height in pixels, as the web names parts of pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Grey

_PART = "#xywh="
_PAPER = 255

Window = tuple[int, int, int, int]
"""Left, top, width, height, pixels."""


def side_by_side(pictures: Sequence[Grey]) -> tuple[Grey, list[Window]]:
    """Lays pictures on shelves as wide as the widest, the highest first.

    Args:
        pictures: each h×w grey, at least one.

    Returns:
        One picture, H×W grey, white where nothing lies; and where each lies, in the order given.
    """
    width = max(picture.shape[1] for picture in pictures)
    places: dict[int, Window] = {}
    left = top = bottom = 0
    for index in sorted(range(len(pictures)), key=lambda one: -len(pictures[one])):
        high, wide = pictures[index].shape
        if left + wide > width:
            left, top = 0, bottom
        places[index] = (left, top, wide, high)
        left, bottom = left + wide, max(bottom, top + high)
    large = np.full((bottom, width), _PAPER, np.uint8)
    for index, window in places.items():
        large[_inside(window)] = pictures[index]
    return large, [places[index] for index in range(len(pictures))]


def part_of(digest: str, window: Window) -> str:
    """The name of a part of the picture with that digest."""
    return f"{digest}{_PART}{','.join(map(str, window))}"


def file_of(name: str) -> str:
    """The digest of the file that a name is about."""
    return name.partition(_PART)[0]


def window_of(name: str) -> Window | None:
    """Which part a name is about; None where it is the whole picture."""
    numbers = name.partition(_PART)[2]
    if not numbers:
        return None
    left, top, width, height = map(int, numbers.split(","))
    return left, top, width, height


def cut_out(large: Grey, name: str) -> Grey:
    """The part of a picture that a name is about."""
    window = window_of(name)
    return large if window is None else large[_inside(window)]


def painted_over(large: Grey, names: Sequence[str]) -> Grey:
    """A picture without the parts that some names are about."""
    canvas = np.array(large)
    for window in filter(None, map(window_of, names)):
        canvas[_inside(window)] = _PAPER
    return canvas


def _inside(window: Window) -> tuple[slice, slice]:
    left, top, width, height = window
    return slice(top, top + height), slice(left, left + width)
