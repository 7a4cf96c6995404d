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
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from intake.records import Grey
from intake.sampling import Stack

Floats = NDArray[np.float64]

STRETCHES = np.linspace(0.98, 1.02, 7)
BANDS = 5
EVERY_FOR_PAPER = 4
LINE_SHARE = 0.7
LINE_INK = 4.0
REMNANT_INK = 0.8
DISTINCT = 2.0
PEAK_REACH_MM = 0.35
DARK = 150
REMNANT_MM = 1.2
FAR_SHIFT_COST = 0.02
OFF_MM = 0.05
"""How far a printed line is found from where it is, as a rule."""

STRAY_MM = 0.1
"""A line farther than this from the set as a whole counts for half: perhaps it is a pen stroke."""

UNSEEN_END = 2.0
"""How much less is believed of a fit to lines of which an outer one was not seen."""

LIKELY_STRETCH = 0.01
LIKELY_BEND_PER_MM = 2e-4
"""How much boxes stretch and bend beside their form, as a rule."""

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class LineSearch:
    """How a set of lines is looked for.

    Attributes:
        px_per_mm: scale of the profiles.
        reach_mm: how far the set may be shifted.
        least: ink, grey levels, from which a line stands out.
        fold_mm: how far a fold may have moved the outer lines towards each other.
    """

    px_per_mm: float
    reach_mm: float
    least: float
    fold_mm: float


@dataclass(frozen=True, eq=False, slots=True)
class LineFits:
    """Where N sets of printed lines were found along one axis; each array has N values.

    Attributes:
        shift: millimetres that the set's middle lies from where it was expected.
        stretch: millimetres that its last line lies farther from its middle than expected.
        bend: millimetres that both its ends lie beside where shift and stretch put them.
        residual: root mean square distance of single lines from the fit, millimetres; more where
            an end was not seen, infinite where too few of the lines stand out.
    """

    shift: Floats
    stretch: Floats
    bend: Floats
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
    some = bands[:, :, ::EVERY_FOR_PAPER]
    middle = some.shape[2] // 2
    paper = np.partition(some, middle, axis=2)[:, :, middle : middle + 1]
    return np.maximum(_second_least(paper - bands), 0.0).astype(np.float64)


def _second_least(bands: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of N×bands×P the second smallest of each column, N×P: sorting takes ten times as long."""
    least, second = np.minimum(bands[:, 0], bands[:, 1]), np.maximum(bands[:, 0], bands[:, 1])
    for band in range(2, bands.shape[1]):
        second = np.minimum(second, np.maximum(least, bands[:, band]))
        least = np.minimum(least, bands[:, band])
    return second


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


def fit_lines(profiles: Floats, expected: Floats, search: LineSearch) -> LineFits:
    """Fits a set of lines to each profile.

    Args:
        profiles: N×P ink along one axis, one value per pixel; position 0 is pixel 0's edge.
        expected: K, where the lines should be, millimetres from the profiles' start, ascending.
        search: how far and for what.
    """
    middle = float(expected[0] + expected[-1]) / 2
    around = expected - middle
    shift, stretch = _best_overlays(profiles, tuple(expected), search)
    predicted = middle + around * stretch[:, None] + shift[:, None]
    offsets, heights = _peaks_near(profiles, predicted, search.px_per_mm)
    seen = heights > search.least
    stand_out = (seen.sum(axis=1) >= max(LINE_SHARE * len(expected), 2)) & (
        heights.mean(axis=1) >= DISTINCT * profiles.mean(axis=1)
    )
    moved = predicted + offsets - expected
    return _line_fits(around, moved, seen & stand_out[:, None], search.fold_mm)


def _line_fits(around: Floats, moved: Floats, seen: NDArray[np.bool_], fold_mm: float) -> LineFits:
    """Shift, stretch and bend of sets of lines from how far (N×K mm) each line has moved.

    Least squares, held to what is likely; lines far off from the others lose their say.
    """
    half = float(around[-1])
    along = around / half
    terms = np.stack([np.ones_like(along), along, along**2], axis=1)
    products = (terms[:, :, None] * terms[:, None, :]).reshape(len(along), 9)
    likely = np.array([np.inf, fold_mm + LIKELY_STRETCH * half, LIKELY_BEND_PER_MM * half**2])
    held = np.diag((OFF_MM / likely) ** 2 + 1e-9)
    weights = seen.astype(np.float64)
    for _ in range(ROUNDS):
        normal = (weights @ products).reshape(-1, 3, 3) + held
        wanted = ((weights * moved) @ terms)[:, :, None]
        fitted: Floats = np.linalg.solve(normal, wanted).astype(np.float64)[:, :, 0]
        misses = moved - fitted @ terms.T
        weights = seen / (1 + (misses / STRAY_MM) ** 2)
    count = seen.sum(axis=1)
    squares = (seen * misses**2).sum(axis=1) / np.maximum(count, 1)
    sure = np.where(seen[:, 0] & seen[:, -1], 1.0, UNSEEN_END)
    residual = np.where(count > 1, sure * np.sqrt(squares), np.inf)
    return LineFits(fitted[:, 0], fitted[:, 1], fitted[:, 2], residual)


def _best_overlays(
    profiles: Floats, expected: tuple[float, ...], search: LineSearch
) -> tuple[Floats, Floats]:
    """Shift (mm) and stretch whose lines lie on the most ink, each line's share capped."""
    length = profiles.shape[1]
    high = length * 9 // 10
    cap = np.maximum(np.partition(profiles, high, axis=1)[:, high : high + 1], 1.0)
    steps, starts = _overlays(expected, length, search)
    smooth = _smoothed(np.minimum(profiles, cap), search.px_per_mm)
    padded = cv2.copyMakeBorder(smooth, 0, 0, steps, steps, cv2.BORDER_REPLICATE)
    shifted = sliding_window_view(np.asarray(padded), 2 * steps + 1, axis=1)
    ink = shifted[:, starts].mean(axis=2)
    far = np.abs(np.arange(-steps, steps + 1)) / steps
    score = ink - FAR_SHIFT_COST * cap[:, :, None] * far
    stretch, shift = np.divmod(score.reshape(len(profiles), -1).argmax(axis=1), 2 * steps + 1)
    return (shift - steps) / search.px_per_mm, STRETCHES[stretch]


@cache
def _overlays(
    expected: tuple[float, ...], length: int, search: LineSearch
) -> tuple[int, NDArray[np.int64]]:
    """Pixels that a set may be shifted; and stretches×K pixels where its lines are."""
    lines = np.array(expected)
    middle = (lines[0] + lines[-1]) / 2
    at = (middle + STRETCHES[:, None] * (lines - middle)) * search.px_per_mm - 0.5
    pixels = np.clip(np.rint(at).astype(np.int64), 0, length - 1)
    return int(np.ceil(search.reach_mm * search.px_per_mm)), pixels


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
    inside = (at >= 0) & (at < profiles.shape[1])
    rows = np.arange(len(profiles))[:, None, None]
    window = profiles[rows, np.where(inside, at, 0)] * inside
    heights = window.max(axis=2)
    weights = np.maximum(window - 0.5 * heights[:, :, None], 0.0)
    total = weights.sum(axis=2)
    centre = (weights * at).sum(axis=2) / np.where(total > 0, total, 1.0)
    return np.where(total > 0, (centre - middle) / px_per_mm, 0.0), heights
