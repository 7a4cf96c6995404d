"""Printed lines found where they should be, to a fraction of a pixel.

A field's box is a set of lines at known distances. The ink along each axis is summed into a
profile; the set is shifted and stretched over it as one, so that a stroke of handwriting that
happens to run along one line cannot pull the box away from all the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from intake.records import Grey

Profile = NDArray[np.float64]

STRETCHES = np.linspace(0.98, 1.02, 7)
BANDS = 5
LINE_SHARE = 0.7
LINE_INK = 4.0
REMNANT_INK = 0.8
DISTINCT = 2.0
PEAK_REACH_MM = 0.35
DARK = 150
REMNANT_MM = 1.2


@dataclass(frozen=True, slots=True)
class LineFit:
    """Where a set of printed lines was found along one axis.

    Attributes:
        shift: millimetres that the set's middle lies from where it was expected.
        stretch: length of the set over the length expected.
        residual: root mean square distance of single lines from the fit, millimetres.
    """

    shift: float
    stretch: float
    residual: float

    def at(self, position: float, middle: float) -> float:
        """Where a line expected at `position` really is, millimetres."""
        return middle + (position - middle) * self.stretch + self.shift


def ink_profile(picture: Grey, axis: int) -> Profile:
    """Ink of long straight lines at right angles to `axis`, in grey levels.

    The picture is cut into bands along the lines; a printed line crosses all of them, a pen
    stroke hardly ever does, so the second faintest band speaks for the position.

    Args:
        picture: h×w grey cut around a box.
        axis: 0 for the profile down the picture, 1 for the one across it.

    Returns:
        One value per row or column, 0 where there is bare paper.
    """
    along = 0 if axis == 1 else 1
    edges = np.linspace(0, picture.shape[along], BANDS + 1).astype(int)
    bands = [
        picture[start:end] if axis == 1 else picture[:, start:end] for start, end in pairwise(edges)
    ]
    brightness = np.stack(
        [cv2.reduce(band, along, cv2.REDUCE_AVG, dtype=cv2.CV_64F).reshape(-1) for band in bands]
    )
    middle = brightness.shape[1] // 2
    paper = np.partition(brightness, middle, axis=1)[:, middle : middle + 1]
    darkness = np.sort(paper - brightness, axis=0)[1]
    return np.asarray(np.maximum(darkness, 0.0), np.float64)


def remnant_profile(picture: Grey, axis: int, px_per_mm: float) -> Profile:
    """Ink of lines of which a 1-bit scan has left dots: all ink but handwriting, summed.

    Args:
        picture: h×w grey cut around a box.
        axis: 0 for the profile down the picture, 1 for the one across it.
        px_per_mm: scale of the picture.

    Returns:
        One value per row or column, grey levels, 0 where there is bare paper.
    """
    ink = (picture < DARK).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    extent = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    is_remnant = extent <= REMNANT_MM * px_per_mm
    is_remnant[0] = False
    profile: Profile = 255.0 * is_remnant[labels].mean(axis=0 if axis == 1 else 1)
    return np.asarray(np.convolve(profile, _bell(px_per_mm), mode="same"), np.float64)


def fit_lines(
    profile: Profile, expected: Profile, px_per_mm: float, reach_mm: float, least: float
) -> LineFit | None:
    """Fits a set of lines to a profile.

    Args:
        profile: ink along one axis, one value per pixel; position 0 is pixel 0's edge.
        expected: where the lines should be, millimetres from the profile's start, ascending.
        px_per_mm: scale of the profile.
        reach_mm: how far the set may be shifted.
        least: ink, grey levels, from which a line stands out.

    Returns:
        The fit; None where too few of the lines stand out.
    """
    middle = float(expected.mean())
    shift, stretch = _best_overlay(profile, expected - middle, middle, px_per_mm, reach_mm)
    predicted = middle + (expected - middle) * stretch + shift
    offsets, heights = _peaks_near(profile, predicted, px_per_mm)
    seen = heights > least
    count = int(np.count_nonzero(seen))
    if count < max(LINE_SHARE * len(expected), 2):
        return None
    if heights.mean() < DISTINCT * profile.mean():
        return None
    return _line_fit(expected[seen] - middle, (predicted + offsets)[seen] - middle)


def _line_fit(expected: Profile, found: Profile) -> LineFit:
    """Least squares shift and stretch from where lines were expected to where they are."""
    start, end = expected - expected.mean(), found - found.mean()
    stretch = float(start @ end / (start @ start))
    shift = float(found.mean() - stretch * expected.mean())
    misses = found - (stretch * expected + shift)
    return LineFit(shift, stretch, float(np.sqrt(misses @ misses / len(misses))))


def _best_overlay(
    profile: Profile, around: Profile, middle: float, px_per_mm: float, reach_mm: float
) -> tuple[float, float]:
    """Shift (mm) and stretch whose lines lie on the most ink, each line's share capped."""
    high = len(profile) * 9 // 10
    cap = max(float(np.partition(profile, high)[high]), 1.0)
    smooth = np.convolve(np.minimum(profile, cap), _bell(px_per_mm), mode="same")
    step = 0.5 / px_per_mm
    shifts = np.arange(-reach_mm, reach_mm + step, step)
    positions = middle + shifts[None, :, None] + STRETCHES[:, None, None] * around[None, None, :]
    ink = np.interp(
        positions.reshape(-1) * px_per_mm - 0.5, np.arange(len(smooth)), smooth
    ).reshape(positions.shape)
    unlikely = 0.02 * cap * (np.abs(shifts)[None, :] / reach_mm)
    score = ink.mean(axis=2) - unlikely
    best_stretch, best_shift = np.unravel_index(int(score.argmax()), score.shape)
    return float(shifts[best_shift]), float(STRETCHES[best_stretch])


def _bell(px_per_mm: float) -> Profile:
    sigma = max(0.12 * px_per_mm, 0.5)
    reach = int(np.ceil(3 * sigma))
    steps = np.arange(-reach, reach + 1)
    bell: Profile = np.exp(-0.5 * (steps / sigma) ** 2)
    bell /= bell.sum()
    return bell


def _peaks_near(profile: Profile, predicted: Profile, px_per_mm: float) -> tuple[Profile, Profile]:
    """For each line: offset (mm) of the ink's centre near it, and the ink's height there."""
    reach = max(PEAK_REACH_MM * px_per_mm, 1.5)
    offsets, heights = np.zeros(len(predicted)), np.zeros(len(predicted))
    for index, position in enumerate(predicted * px_per_mm - 0.5):
        low = max(int(np.floor(position - reach)), 0)
        high = max(min(int(np.ceil(position + reach)) + 1, len(profile)), low)
        window = profile[low:high]
        if not len(window) or window.max() <= 0:
            continue
        heights[index] = window.max()
        weights = np.clip(window - 0.5 * window.max(), 0.0, None)
        centre = float((weights * np.arange(low, high)).sum() / weights.sum())
        offsets[index] = (centre - position) / px_per_mm
    return offsets, heights
