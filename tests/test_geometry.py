"""Properties of the maths between millimetres and pixels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import geometry

lengths = st.floats(1.0, 300.0)
angles = st.floats(-179.0, 179.0)
scales = st.floats(2.0, 30.0)
boxes = st.tuples(lengths, lengths, lengths, lengths)


@given(scales, angles, st.tuples(lengths, lengths), boxes)
def test_there_and_back_again(
    scale: float, angle: float, shift: tuple[float, float], box: geometry.Box
) -> None:
    there = geometry.similarity(scale, angle, shift)
    corners = geometry.corners(box)
    back = geometry.apply(geometry.inverse(there), geometry.apply(there, corners))
    assert np.allclose(back, corners, atol=1e-6)


@given(scales, angles, boxes, st.tuples(*[st.floats(-5e-4, 5e-4)] * 2))
def test_a_homography_is_found_again_from_points_that_it_moved(
    scale: float, angle: float, box: geometry.Box, tilt: tuple[float, float]
) -> None:
    there = geometry.similarity(scale, angle, (40.0, 30.0))
    there[2, :2] = tilt
    corners = geometry.corners(box)
    points = np.vstack([corners, corners.mean(axis=0), (corners[0] + corners[1]) / 2])
    moved = geometry.apply(there, points)
    found = geometry.homography_between(points, moved)
    assert np.allclose(geometry.apply(found, points), moved, atol=1e-5 * np.abs(moved).max())


@given(scales, angles)
def test_a_turn_keeps_its_angle_and_scale(scale: float, angle: float) -> None:
    matrix = geometry.similarity(scale, angle, (5.0, 7.0))
    assert geometry.angle_of(matrix) == pytest.approx(angle, abs=1e-6)
    assert geometry.scale_at(matrix, (0.0, 0.0, 10.0, 4.0)) == pytest.approx((scale, scale))
    assert not geometry.is_mirrored(matrix)
    assert geometry.is_mirrored(matrix @ np.diag([-1.0, 1.0, 1.0]))


def test_a_positive_angle_turns_counter_clockwise_as_seen() -> None:
    quarter = geometry.similarity(1.0, 90.0, (0.0, 0.0))
    assert np.allclose(geometry.apply(quarter, np.array([[1.0, 0.0]])), [[0.0, -1.0]])


@given(boxes, st.integers(1, 12))
def test_cells_tile_their_comb(box: geometry.Box, cells: int) -> None:
    pieces = geometry.cell_boxes(box, cells)
    assert len(pieces) == cells
    assert pieces[0][0] == box[0]
    assert pieces[-1][0] + pieces[-1][2] == pytest.approx(box[0] + box[2])
    assert not any(
        geometry.overlap(geometry.grown(one, -1e-6), other) for one, other in pairwise(pieces)
    )


@given(boxes, st.integers(1, 12), st.floats(0.05, 0.4))
def test_cells_that_stand_apart_keep_their_pitch(
    box: geometry.Box, cells: int, share: float
) -> None:
    gap = share * box[2] / cells
    apart = geometry.cell_boxes(box, cells, gap)
    assert apart[0][0] == pytest.approx(box[0] + gap / 2)
    assert all(other[0] - one[0] - one[2] == pytest.approx(gap) for one, other in pairwise(apart))
    for one, joined in zip(apart, geometry.cell_boxes(box, cells), strict=True):
        assert np.allclose(geometry.centre(one), geometry.centre(joined))


@given(boxes, angles)
def test_a_turn_about_a_point_leaves_it_where_it_is(box: geometry.Box, angle: float) -> None:
    turn = geometry.turned_about(geometry.centre(box), angle)
    assert np.allclose(geometry.apply(turn, geometry.centre(box)), geometry.centre(box))
    assert geometry.angle_of(turn) == pytest.approx(angle, abs=1e-6)


@given(boxes, st.floats(0.1, 9.0))
def test_a_grown_box_holds_the_box(box: geometry.Box, margin: float) -> None:
    assert geometry.inside(box, geometry.grown(box, margin))
    assert not geometry.inside(geometry.grown(box, margin), box)
