"""The scanner: every millimetre of every form comes out where it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake import geometry
from intake.records import Points
from intake.synth.paper import (
    Lie,
    Paper,
    Scanned,
    Scanner,
    folded,
    scan,
    torn,
    without_corner,
)

SPOTS_MM = np.array([[12.0, 10.0], [90.0, 12.0], [88.0, 58.0], [14.0, 60.0], [50.0, 35.0]])
CLEAN = Scanner(glass=(150.0, 130.0), dpi=150, noise=0.0, shade=0.0, specks=0, white=255)
MIDDLE = (75.0, 65.0)


def dotted() -> Paper:
    """White paper, 100 × 70 mm, with black dots 3 mm wide."""
    px_per_mm = 10.0
    image = np.full((700, 1000), 255, np.uint8)
    ys, xs = np.mgrid[:700, :1000]
    for x, y in SPOTS_MM:
        image[np.hypot((xs + 0.5) / px_per_mm - x, (ys + 0.5) / px_per_mm - y) < 1.5] = 0
    return Paper(image, px_per_mm)


def dot_near(scanned: Scanned, point: Points) -> Points:
    """The middle of the darkness within 3 mm of `point`, pixels."""
    ys, xs = np.mgrid[: scanned.image.shape[0], : scanned.image.shape[1]]
    near = np.hypot(xs - point[0], ys - point[1]) < 3 * CLEAN.px_per_mm
    weight = np.where(near, 255.0 - scanned.image, 0.0)
    weight[weight < 60] = 0
    return np.array([(xs * weight).sum(), (ys * weight).sum()]) / weight.sum()


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    angle=st.floats(-180, 180),
    scale=st.floats(0.94, 1.03),
    feed=st.floats(0.985, 1.015),
    uneven=st.floats(0, 1.0),
    seed=st.integers(0, 99),
)
def test_dots_come_out_where_the_place_says(
    angle: float, scale: float, feed: float, uneven: float, seed: int
) -> None:
    scanner = Scanner(**{**_options(CLEAN), "feed": feed, "uneven": uneven})
    lie = Lie(MIDDLE, angle, (scale, scale))
    scanned = scan([(dotted(), lie)], scanner, np.random.default_rng(seed))
    expected = scanned.places[0].to_page(SPOTS_MM)
    found = np.array([dot_near(scanned, point) for point in expected])
    assert np.abs(found - expected).max() < 0.12 * CLEAN.px_per_mm


def _options(scanner: Scanner) -> dict[str, object]:
    return {name: getattr(scanner, name) for name in scanner.__slots__}


def test_angles_are_counter_clockwise_as_seen() -> None:
    scanned = scan([(dotted(), Lie(MIDDLE, 90.0))], CLEAN, np.random.default_rng(0))
    start, end = scanned.places[0].to_page(np.array([[10.0, 35.0], [90.0, 35.0]]))
    assert end[1] < start[1]
    assert geometry.angle_of(scanned.places[0].matrix) == pytest.approx(90)


def test_a_fold_moves_what_lies_below_it() -> None:
    paper = folded(dotted(), 40.0, 0.8)
    scanned = scan([(paper, Lie(MIDDLE))], CLEAN, np.random.default_rng(0))
    expected = scanned.places[0].to_page(SPOTS_MM)
    found = np.array([dot_near(scanned, point) for point in expected])
    assert np.abs(found - expected).max() < 0.12 * CLEAN.px_per_mm
    assert np.ptp(expected[[0, 3], 1]) == pytest.approx(49.2 * CLEAN.px_per_mm, abs=0.1)


def test_several_papers_keep_their_order() -> None:
    lies = [Lie((60.0, 30.0)), Lie((60.0, 100.0), 180.0)]
    scanned = scan([(dotted(), lie) for lie in lies], CLEAN, np.random.default_rng(0))
    first, second = (place.to_page(SPOTS_MM)[:, 1].mean() for place in scanned.places)
    assert first < second


@pytest.mark.parametrize(
    ("edge", "where"),
    [
        ("left", (slice(None), slice(0, 30))),
        ("right", (slice(None), slice(-30, None))),
        ("top", (slice(0, 30), slice(None))),
        ("bottom", (slice(-30, None), slice(None))),
    ],
)
def test_a_torn_edge_is_gone(edge: str, where: tuple[slice, slice]) -> None:
    paper = torn(dotted(), edge, 5.0, np.random.default_rng(1))
    assert paper.mask is not None
    assert (paper.mask[where] == 0).mean() > 0.8
    assert (paper.mask == 0).mean() < 0.12


@pytest.mark.parametrize(("corner", "at"), [(0, (0, 0)), (1, (0, -1)), (2, (-1, -1)), (3, (-1, 0))])
def test_a_cut_corner_is_gone(corner: int, at: tuple[int, int]) -> None:
    paper = without_corner(dotted(), corner, 12.0)
    assert paper.mask is not None
    assert paper.mask[at] == 0
    assert (paper.mask == 0).mean() == pytest.approx(0.5 * 12 * 12 / 7000, rel=0.05)


def test_a_glass_without_paper_is_blank_but_not_clean() -> None:
    image = scan([], Scanner(dpi=100), np.random.default_rng(2)).image
    assert image.shape == (1169, 827)
    assert image.mean() > 220
    assert image.std() > 1


def test_a_one_bit_scan_is_black_and_white() -> None:
    scanner = Scanner(glass=(150.0, 130.0), dpi=100, level=150)
    image = scan([(dotted(), Lie(MIDDLE))], scanner, np.random.default_rng(3)).image
    assert set(np.unique(image)) == {0, 255}


def test_the_same_dice_scan_the_same() -> None:
    pages = [
        scan([(dotted(), Lie(MIDDLE, 2.0))], Scanner(dpi=75), np.random.default_rng(seed)).image
        for seed in (4, 4, 5)
    ]
    assert np.array_equal(pages[0], pages[1])
    assert not np.array_equal(pages[0], pages[2])
