"""The pixels of a page at the scale a stage needs: a page is never warped whole.

A pixel's centre has integer coordinates, so halving a picture maps x to (x - 0.5) / 2.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake import geometry
from intake.records import Box, Grey, Matrix

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Stack = NDArray[np.uint8]
"""N×h×w grey, pictures of one size."""

PAPER_WHITE = 255
MIDDLE_GREY = 128
DARK_SHARE = 0.1

ENOUGH, ENOUGH_OF_A_SKETCH = 0.9, 0.8
"""Share of the wanted scale from which a cut is drawn larger rather than from a finer level."""


class Levels:
    """A page and its halves, made when first asked for."""

    def __init__(self, image: Grey, whole: Callable[[], Grey] | None = None) -> None:
        """Takes a page as stored; or with its edges halved, and how to get the whole of it."""
        first = 0 if whole is None else 1
        self._levels: dict[int, Grey] = {first: image}
        self._edge, self._whole = max(image.shape) << first, whole

    @property
    def image(self) -> Grey:
        """The page as stored."""
        return self.level(0)

    def level(self, halvings: int) -> Grey:
        """The page with its edges halved `halvings` times."""
        if halvings not in self._levels:
            if halvings == 0 and self._whole is not None:
                self._levels[0] = self._whole()
            else:
                self._levels[halvings] = halved(self.level(halvings - 1))
        return self._levels[halvings]

    def halvings_to_fit(self, longest: int) -> int:
        """How often to halve the page so that its longer edge has at most `longest` pixels."""
        edge, halvings = self._edge, 0
        while edge > longest:
            edge, halvings = edge // 2, halvings + 1
        return halvings

    def reduced(self, longest: int) -> tuple[Grey, Matrix]:
        """The page with its longer edge at most `longest` pixels.

        Returns:
            The picture, and the 3×3 map from pixels of the page as stored to its pixels.
        """
        halvings = self.halvings_to_fit(2 * longest)
        picture = self.level(halvings)
        factor = longest / max(picture.shape)
        if factor >= 1:
            return picture, shrink(halvings)
        height, width = (max(round(edge * factor), 1) for edge in picture.shape)
        small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
        return small.astype(np.uint8, copy=False), scaling(factor) @ shrink(halvings)

    @cached_property
    def has_dark_area(self) -> bool:
        """Whether much of the page is dark: perhaps paper, stored white on black."""
        small = self.level(self.halvings_to_fit(400))
        return float(np.mean(small < MIDDLE_GREY)) > DARK_SHARE

    def inverted(self) -> Levels:
        """The same page, white on black turned into black on white."""
        if self._whole is None:
            return Levels(255 - self.image)
        return Levels(255 - self.level(1), lambda: 255 - self.image)

    def cut(self, to_page: Matrix, box: Box, px_per_mm: float) -> Grey:
        """The millimetre `box` of a form, upright, at `px_per_mm`.

        Args:
            to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
            box: left, top, width, height in millimetres; may reach beyond the form or page,
                what lies there is white.
            px_per_mm: scale of the result.

        Returns:
            h×w grey, with h and w the box's size times `px_per_mm`, rounded.
        """
        (cut,) = self.cuts([(to_page, box)], px_per_mm)
        return np.asarray(cut, np.uint8)

    def cuts(self, places: Sequence[tuple[Matrix, Box]], px_per_mm: float) -> Stack:
        """Cuts of boxes of one size, each by the transform of its own form, all from one level.

        Returns:
            N×h×w grey.
        """
        halvings = self._halvings_for(min(geometry.scale_at(*places[0])), px_per_mm)
        level, into_level = self.level(halvings), shrink(halvings)
        width, height = (max(round(edge * px_per_mm), 1) for edge in places[0][1][2:])
        cuts = np.empty((len(places), height, width), np.uint8)
        for cut, (to_page, box) in zip(cuts, places, strict=True):
            cv2.warpPerspective(
                level,
                into_level @ to_page @ cut_to_form(box, px_per_mm),
                (width, height),
                dst=cut,
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=(PAPER_WHITE,),
            )
        return cuts

    def _halvings_for(self, page_px_per_mm: float, wanted: float) -> int:
        halvings = 0
        enough = ENOUGH if self._whole is None else ENOUGH_OF_A_SKETCH
        while page_px_per_mm / 2 >= enough * wanted:
            page_px_per_mm, halvings = page_px_per_mm / 2, halvings + 1
        return halvings


def halved(image: Grey) -> Grey:
    """A picture with its edges halved, of which at least one pixel is left."""
    height, width = image.shape
    half = cv2.resize(
        image[: max(height // 2 * 2, 1), : max(width // 2 * 2, 1)],
        (max(width // 2, 1), max(height // 2, 1)),
        interpolation=cv2.INTER_AREA,
    )
    return half.astype(np.uint8, copy=False)


def shrink(halvings: int) -> Matrix:
    """Pixels of the page as stored → pixels of the page halved `halvings` times."""
    return scaling(0.5**halvings)


def scaling(factor: float) -> Matrix:
    """Pixels of a picture → pixels of the picture resized by `factor`."""
    shift = (factor - 1) / 2
    return np.array([[factor, 0.0, shift], [0.0, factor, shift], [0.0, 0.0, 1.0]])


def cut_to_form(box: Box, px_per_mm: float) -> Matrix:
    """Pixels of a cut of `box` at `px_per_mm` → millimetres on the form."""
    step = 1 / px_per_mm
    return np.array(
        [[step, 0.0, box[0] + step / 2], [0.0, step, box[1] + step / 2], [0.0, 0.0, 1.0]]
    )
