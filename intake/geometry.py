"""Pure maths between millimetres on a form and pixels on a page.

Points are N×2 float64 arrays of (x, y), y downwards. A matrix is a 3×3 homography that maps
column vectors (x, y, 1).
"""

from __future__ import annotations

import math

import numpy as np

from intake.records import Box, Matrix, Points

MM_PER_INCH = 25.4
ROUNDING_MM = 1e-6


def apply(matrix: Matrix, points: Points) -> Points:
    """Maps N×2 `points` through the homography `matrix`."""
    xy = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    mapped = xy @ matrix[:2, :2].T + matrix[:2, 2]
    weight = xy @ matrix[2, :2] + matrix[2, 2]
    flat: Points = mapped / weight[:, None]
    return flat


def inverse(matrix: Matrix) -> Matrix:
    """The homography that leads back."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def corners(box: Box) -> Points:
    """The four corners of `box`, 4×2, clockwise from the top left."""
    left, top, width, height = box
    right, bottom = left + width, top + height
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def centre(box: Box) -> Points:
    """The centre of `box`, 1×2."""
    left, top, width, height = box
    return np.array([[left + width / 2, top + height / 2]])


def grown(box: Box, across: float, down: float | None = None) -> Box:
    """`box` with `across` added left and right, `down` (default `across`) above and below."""
    left, top, width, height = box
    down = across if down is None else down
    return (left - across, top - down, width + 2 * across, height + 2 * down)


def cell_boxes(box: Box, cells: int, gap: float = 0.0) -> tuple[Box, ...]:
    """The equal cells of a comb, left to right.

    Args:
        box: the comb's outer edge, and half a gap more on the left and on the right.
        cells: how many.
        gap: from one cell to the next, in the unit of `box`.
    """
    left, top, width, height = box
    pitch = width / cells
    return tuple(
        (left + index * pitch + gap / 2, top, pitch - gap, height) for index in range(cells)
    )


def inside(inner: Box, outer: Box) -> bool:
    """Whether `inner` lies within `outer`, edges included."""
    return (
        inner[0] >= outer[0]
        and inner[1] >= outer[1]
        and inner[0] + inner[2] <= outer[0] + outer[2]
        and inner[1] + inner[3] <= outer[1] + outer[3]
    )


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share more than an edge; a nanometre of rounding is an edge."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return min(across, down) > ROUNDING_MM


def similarity(scale: float, angle: float, shift: tuple[float, float]) -> Matrix:
    """Scale, then turn by `angle` degrees counter-clockwise as seen, then move.

    With y downwards a turn that looks counter-clockwise has a negative sine below the diagonal.
    """
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return np.array(
        [
            [scale * cosine, scale * sine, shift[0]],
            [-scale * sine, scale * cosine, shift[1]],
            [0.0, 0.0, 1.0],
        ]
    )


def affine_between(source: Points, target: Points) -> Matrix:
    """Least squares affine map from `source` to `target`, both N×2 with N at least 3."""
    design = np.hstack([source, np.ones((len(source), 1))])
    solution, *_ = np.linalg.lstsq(design, target, rcond=None)
    affine = np.eye(3)
    affine[:2] = solution.T
    return affine


def homography_between(source: Points, target: Points) -> Matrix:
    """Least squares homography from `source` to `target`, both N×2 with N at least 4.

    Distances are weighed by how near the map comes to infinity there: alike on paper that lies
    nearly flat.
    """
    start, end = _about_origin(source), _about_origin(target)
    (x, y), (u, v) = apply(start, source).T, apply(end, target).T
    one, none = np.ones_like(x), np.zeros_like(x)
    across = np.column_stack([x, y, one, none, none, none, -u * x, -u * y])
    down = np.column_stack([none, none, none, x, y, one, -v * x, -v * y])
    solution, *_ = np.linalg.lstsq(np.vstack([across, down]), np.concatenate([u, v]), rcond=None)
    homography: Matrix = inverse(end) @ np.append(solution, 1.0).reshape(3, 3) @ start
    return homography


def _about_origin(points: Points) -> Matrix:
    """Moves and scales points to lie around the origin, for the sake of precision."""
    middle = points.mean(axis=0)
    scale = 1 / max(float(np.abs(points - middle).max()), 1e-9)
    return np.array(
        [[scale, 0.0, -scale * middle[0]], [0.0, scale, -scale * middle[1]], [0.0, 0.0, 1.0]]
    )


def turned_about(middle: Points, angle: float) -> Matrix:
    """A turn by `angle` degrees counter-clockwise as seen, so that `middle` (1×2) stays."""
    turned = similarity(1.0, angle, (0.0, 0.0))
    turned[:2, 2] = (middle - apply(turned, middle))[0]
    return turned


def angle_of(matrix: Matrix) -> float:
    """Turn of the x axis, degrees counter-clockwise as seen, in (-180, 180]."""
    start, end = apply(matrix, np.array([[0.0, 0.0], [1.0, 0.0]]))
    return math.degrees(math.atan2(start[1] - end[1], end[0] - start[0]))


def scale_at(matrix: Matrix, box: Box) -> tuple[float, float]:
    """Pixels per millimetre across and down, over `box`."""
    top_left, top_right, _, bottom_left = apply(matrix, corners(box))
    return (
        float(np.linalg.norm(top_right - top_left)) / box[2],
        float(np.linalg.norm(bottom_left - top_left)) / box[3],
    )


def is_mirrored(matrix: Matrix) -> bool:
    """Whether the map turns the form over, as a page scanned through its back would be."""
    return float(np.linalg.det(matrix[:2, :2])) < 0


def rms(distances: Points) -> float:
    """Root mean square length of N×2 differences; 0.0 for none."""
    flat = np.asarray(distances, dtype=np.float64).reshape(-1, 2)
    return float(np.sqrt((flat**2).sum(axis=1).mean())) if len(flat) else 0.0
