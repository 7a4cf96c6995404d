"""Printed lines found where they should be, to a fraction of a pixel.

A field's box is a set of lines at known distances. The ink along each axis is summed into a
profile; the set is shifted and stretched over it as one, so that a stroke of handwriting that
happens to run along one line cannot pull the box away from all the others. Boxes of one shape
are looked for together: N profiles of P pixels, K lines each.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.records import Grey

Floats = NDArray[np.float64]
Stack = NDArray[np.uint8]
"""N×h×w grey, pictures of one size."""

STRETCHES = np.linspace(0.98, 1.02, 7)
BANDS = 5
LINE_SHARE = 0.7
LINE_INK = 4.0
REMNANT_INK = 0.8
DISTINCT = 2.0
PEAK_REACH_MM = 0.35
DARK = 150
REMNANT_MM = 1.2
FAR_SHIFT_COST = 0.02


@dataclass(frozen=True, eq=False, slots=True)
class LineFits:
    """Where N sets of printed lines were found along one axis; each array has N values.

    Attributes:
        shift: millimetres that the set's middle lies from where it was expected.
        stretch: length of the set over the length expected.
        residual: root mean square distance of single lines from the fit, millimetres; infinite
            where too few of the lines stand out.
    """

    shift: Floats
    stretch: Floats
    residual: Floats


def ink_profiles(pictures: Stack, axis: int, _px_per_mm: float) -> Floats:
    """Ink of long straight lines at right angles to `axis`, in grey levels.

    Each picture is cut into bands along the lines; a printed line crosses all of them, a pen
    stroke hardly ever does, so the second faintest band speaks for the position.

    Args:
        pictures: each cut around a box.
        axis: 0 for the profile down the picture, 1 for the one across it.

    Returns:
        N×P, one value per row or column, 0 where there is bare paper.
    """
    light = pictures.astype(np.float32)
    share = _band_shares(pictures.shape[2 if axis == 0 else 1])
    bands = np.matmul(share, light) if axis == 1 else np.matmul(light, share.T).swapaxes(1, 2)
    middle = bands.shape[2] // 2
    paper = np.partition(bands, middle, axis=2)[:, :, middle : middle + 1]
    darkness = np.partition(paper - bands, 1, axis=1)[:, 1]
    return np.maximum(darkness, 0.0).astype(np.float64)


@cache
def _band_shares(length: int) -> NDArray[np.float32]:
    """`BANDS`×length: what each row or column adds to the mean of its band."""
    edges = np.linspace(0, length, BANDS + 1).astype(int)
    at = np.arange(length)
    within = (at >= edges[:-1, None]) & (at < edges[1:, None])
    return np.asarray(within / within.sum(axis=1, keepdims=True), np.float32)


def remnant_profiles(pictures: Stack, axis: int, px_per_mm: float) -> Floats:
    """Ink of lines of which a 1-bit scan has left dots: all ink but handwriting, summed.

    Args:
        pictures: each cut around a box.
        axis: 0 for the profile down the picture, 1 for the one across it.
        px_per_mm: scale of the pictures.

    Returns:
        N×P, one value per row or column, grey levels, 0 where there is bare paper.
    """
    sums = [_remnants(picture, px_per_mm).mean(axis=0 if axis == 1 else 1) for picture in pictures]
    return _smoothed(255.0 * np.stack(sums), px_per_mm)


def _remnants(picture: Grey, px_per_mm: float) -> NDArray[np.bool_]:
    ink = (picture < DARK).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    extent = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    is_remnant = extent <= REMNANT_MM * px_per_mm
    is_remnant[0] = False
    return np.asarray(is_remnant[labels], np.bool_)


def fit_lines(
    profiles: Floats, expected: Floats, px_per_mm: float, reach_mm: float, least: float
) -> LineFits:
    """Fits a set of lines to each profile.

    Args:
        profiles: N×P ink along one axis, one value per pixel; position 0 is pixel 0's edge.
        expected: K, where the lines should be, millimetres from the profiles' start, ascending.
        px_per_mm: scale of the profiles.
        reach_mm: how far the set may be shifted.
        least: ink, grey levels, from which a line stands out.
    """
    middle = float(expected.mean())
    around = expected - middle
    shift, stretch = _best_overlays(profiles, tuple(expected), px_per_mm, reach_mm)
    predicted = middle + around * stretch[:, None] + shift[:, None]
    offsets, heights = _peaks_near(profiles, predicted, px_per_mm)
    seen = heights > least
    stand_out = (seen.sum(axis=1) >= max(LINE_SHARE * len(expected), 2)) & (
        heights.mean(axis=1) >= DISTINCT * profiles.mean(axis=1)
    )
    return _line_fits(around, predicted + offsets - middle, seen & stand_out[:, None])


def _line_fits(expected: Floats, found: Floats, seen: NDArray[np.bool_]) -> LineFits:
    """Least squares shift and stretch from where lines were expected to where they are."""
    count = np.maximum(seen.sum(axis=1), 1)
    start = expected - ((seen * expected).sum(axis=1) / count)[:, None]
    mean = (seen * found).sum(axis=1) / count
    power = (seen * start**2).sum(axis=1)
    has_fit = power > 0
    along = (seen * start * (found - mean[:, None])).sum(axis=1)
    stretch = np.where(has_fit, along / np.where(has_fit, power, 1.0), 1.0)
    shift = mean + stretch * (start[:, 0] - expected[0])
    misses = seen * (found - stretch[:, None] * expected - shift[:, None])
    residual = np.where(has_fit, np.sqrt((misses**2).sum(axis=1) / count), np.inf)
    return LineFits(shift, stretch, residual)


def _best_overlays(
    profiles: Floats, expected: tuple[float, ...], px_per_mm: float, reach_mm: float
) -> tuple[Floats, Floats]:
    """Shift (mm) and stretch whose lines lie on the most ink, each line's share capped."""
    length = profiles.shape[1]
    high = length * 9 // 10
    cap = np.maximum(np.partition(profiles, high, axis=1)[:, high : high + 1], 1.0)
    shifts, overlays = _overlays(expected, length, px_per_mm, reach_mm)
    smooth = _smoothed(np.minimum(profiles, cap), px_per_mm)
    nothing = np.zeros((len(profiles), overlays.shape[1]))
    ink = np.asarray(cv2.gemm(smooth, overlays, 1.0, nothing, 0.0))  # not `@`: it starts threads
    unlikely = FAR_SHIFT_COST * cap * np.abs(shifts) / reach_mm
    score = ink.reshape(len(profiles), len(STRETCHES), len(shifts)) - unlikely[:, None, :]
    best = score.reshape(len(profiles), -1).argmax(axis=1)
    return shifts[best % len(shifts)], STRETCHES[best // len(shifts)]


@cache
def _overlays(
    expected: tuple[float, ...], length: int, px_per_mm: float, reach_mm: float
) -> tuple[Floats, Floats]:
    """Shifts tried (mm), and P×(stretches·shifts): what each pixel adds to an overlay's ink."""
    step = 0.5 / px_per_mm
    shifts = np.arange(-reach_mm, reach_mm + step, step)
    lines = np.array(expected)
    around = (lines - lines.mean())[:, None, None]
    at = (lines.mean() + shifts + STRETCHES[:, None] * around) * px_per_mm - 0.5
    at = np.clip(at, 0, length - 1).reshape(len(lines), -1)
    low = np.minimum(at.astype(int), length - 2)
    column = np.arange(at.shape[1])
    overlays = np.zeros((length, at.shape[1]))
    for pixel, share in ((low, 1 - (at - low)), (low + 1, at - low)):
        np.add.at(overlays, (pixel, column), share / len(lines))
    return shifts, overlays


def _smoothed(profiles: Floats, px_per_mm: float) -> Floats:
    sigma = max(0.12 * px_per_mm, 0.5)
    window = (2 * int(np.ceil(3 * sigma)) + 1, 1)
    soft = cv2.GaussianBlur(profiles, window, sigma, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(soft, np.float64).reshape(profiles.shape)


def _peaks_near(profiles: Floats, predicted: Floats, px_per_mm: float) -> tuple[Floats, Floats]:
    """For each line: offset (mm) of the ink's centre near it, and the ink's height there."""
    reach = int(np.ceil(max(PEAK_REACH_MM * px_per_mm, 1.5)))
    middle = predicted * px_per_mm - 0.5
    at = np.floor(middle).astype(int)[:, :, None] + np.arange(-reach, reach + 2)
    padded = np.pad(profiles, ((0, 0), (0, 1)))
    inside = (at >= 0) & (at < profiles.shape[1])
    rows = np.arange(len(profiles))[:, None, None]
    window = padded[rows, np.where(inside, at, profiles.shape[1])]
    heights = window.max(axis=2)
    weights = np.maximum(window - 0.5 * heights[:, :, None], 0.0)
    total = weights.sum(axis=2)
    centre = (weights * at).sum(axis=2) / np.where(total > 0, total, 1.0)
    return np.where(total > 0, (centre - middle) / px_per_mm, 0.0), heights
