"""Forms without marks found by what is printed on them.

The template carries a picture of the blank form. Its landmarks (SIFT, D. G. Lowe 2004) are looked
for on the page; each match alone says where its form would lie, and matches that agree are one
form. So several forms may share a page, in any turn, beside handwriting that no blank form has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake import geometry
from intake.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.records import Grey, Matrix, Points
    from intake.sampling import Levels
    from intake.template import Template

MOST_LANDMARKS = 1000
CLEARER_THAN_SECOND = 0.82
SAME_FORM_MM = 9.0
SAME_FORM_DEGREES = 8.0
SAME_SCALE = 0.2
FIT_MM = 0.5
FEWEST_MATCHES = 12
MOST_FORMS = 12
MOST_SHEAR = 0.04
PRINT_PX_PER_MM = 3.0
DARK_PRINT = 100
FAINT_PRINT = 40

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Landmarks:
    """Points that can be told from each other by what surrounds them.

    Attributes:
        points: N×2, millimetres on the form or pixels of the page.
        sizes: N, extent of what surrounds them, in the unit of `points`.
        angles: N, its direction, degrees clockwise as seen.
        looks: N×128, what it looks like.
    """

    points: Points
    sizes: Floats
    angles: Floats
    looks: NDArray[np.float32]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.points)


@dataclass(frozen=True, eq=False, slots=True)
class _Matches:
    """Landmarks of a blank form met again on a page, and the pose that each alone implies."""

    form: Points
    page: Points
    centres: Points
    angles: Floats
    scales: Floats

    def some(self, chosen: NDArray[np.bool_]) -> _Matches:
        return _Matches(
            self.form[chosen],
            self.page[chosen],
            self.centres[chosen],
            self.angles[chosen],
            self.scales[chosen],
        )


def landmarks_on(levels: Levels, longest: int) -> Landmarks:
    """Landmarks of a page, in pixels of the page as stored.

    Args:
        levels: the page.
        longest: pixels along the page's longer edge of the picture to look at.
    """
    picture, into = levels.reduced(longest)
    found = _landmarks(picture)
    back = geometry.inverse(into)
    size = float(back[0, 0])
    return Landmarks(
        geometry.apply(back, found.points), found.sizes * size, found.angles, found.looks
    )


def _landmarks(picture: Grey) -> Landmarks:
    keypoints, looks = _detector().detectAndCompute(picture, None)
    if looks is None or not len(keypoints):
        empty = np.zeros(0)
        return Landmarks(np.zeros((0, 2)), empty, empty, np.zeros((0, 128), np.float32))
    return Landmarks(
        np.array([keypoint.pt for keypoint in keypoints], np.float64),
        np.array([keypoint.size for keypoint in keypoints], np.float64),
        np.array([keypoint.angle for keypoint in keypoints], np.float64),
        np.asarray(looks, np.float32),
    )


@cache
def _detector() -> cv2.SIFT:
    return cv2.SIFT.create(nfeatures=MOST_LANDMARKS)


def blank_picture(blank: str) -> Grey:
    """The picture of a blank form.

    Raises:
        TemplateError: the file is no picture.
    """
    picture = cv2.imdecode(np.fromfile(blank, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise TemplateError(f"{blank}: not a picture. Save the blank form as PNG again.")
    return np.asarray(picture, np.uint8)


@cache
def _blank_landmarks(blank: str, page: tuple[float, float]) -> Landmarks:
    """Landmarks of a blank form's picture, in millimetres on the form."""
    picture = blank_picture(blank)
    found = _landmarks(picture)
    step = page[0] / picture.shape[1]
    return Landmarks((found.points + 0.5) * step, found.sizes * step, found.angles, found.looks)


def find_landmarked(page: Landmarks, template: Template) -> Iterator[tuple[Matrix, float]]:
    """All forms of one template on a page, the surest first.

    Args:
        page: landmarks of the page.
        template: with a picture of its blank form.

    Yields:
        A 3×3 affine map, millimetres on the form → pixels of the page as stored, and the root
        mean square distance, millimetres, of landmarks that it was not fitted to.
    """
    if template.blank is None:
        return
    left = _matches(page, _blank_landmarks(template.blank, template.page), template)
    for _ in range(MOST_FORMS):
        agreeing = _largest_agreement(left)
        if agreeing is None:
            return
        fitted = _fit(left.some(agreeing))
        left = left.some(~agreeing)
        if fitted is not None:
            yield fitted


def print_found(levels: Levels, template: Template, to_page: Matrix) -> float:
    """Share of a blank form's dark print that is there, by a transform; 1.0 for no print."""
    if template.blank is None:
        return 1.0
    printed = _blank_print(template.blank, template.page)
    form = levels.cut(to_page, (0.0, 0.0, *template.page), PRINT_PX_PER_MM)
    seen = cv2.dilate(darker_than_paper(form, FAINT_PRINT), np.ones((3, 3), np.uint8))
    count = np.count_nonzero(printed)
    return float(np.count_nonzero(cv2.bitwise_and(seen, printed))) / count if count else 1.0


@cache
def _blank_print(blank: str, page: tuple[float, float]) -> Grey:
    """The dark print of a blank form, `PRINT_PX_PER_MM` pixels to the millimetre."""
    picture = blank_picture(blank)
    size = (round(page[0] * PRINT_PX_PER_MM), round(page[1] * PRINT_PX_PER_MM))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return darker_than_paper(np.asarray(small, np.uint8), DARK_PRINT)


def darker_than_paper(picture: Grey, grey_levels: int) -> Grey:
    """Mask of what is darker than the paper around it by more than so many grey levels."""
    paper = cv2.blur(cv2.dilate(picture, np.ones((9, 9), np.uint8)), (15, 15))
    return np.asarray(cv2.subtract(paper, picture) > grey_levels, np.uint8)


def _matches(page: Landmarks, blank: Landmarks, template: Template) -> _Matches:
    """Each landmark of the page with the one it resembles, if it resembles no other as much."""
    if len(page) < 2 or len(blank) < 2:
        nothing = np.zeros((0, 2))
        return _Matches(nothing, nothing, nothing, np.zeros(0), np.zeros(0))
    seen, known = _clear_pairs(page.looks, blank.looks)
    angles = (blank.angles[known] - page.angles[seen] + 180) % 360 - 180
    scales = page.sizes[seen] / blank.sizes[known]
    middle = geometry.centre((0.0, 0.0, *template.page))
    away = _turned(middle - blank.points[known], angles) * scales[:, None]
    return _Matches(
        blank.points[known], page.points[seen], page.points[seen] + away, angles, scales
    )


def _clear_pairs(
    looks: NDArray[np.float32], others: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which of `looks` resemble one of `others` much more than the next; and which one.

    The closest of the others is the one with the largest scalar product less half its own square.
    """
    closeness = looks @ others.T
    closeness -= (others**2).sum(axis=1) / 2
    rows, first = np.arange(len(looks)), closeness.argmax(axis=1)
    best = closeness[rows, first]
    closeness[rows, first] = -np.inf
    far, next_far = ((looks**2).sum(axis=1) - 2 * close for close in (best, closeness.max(axis=1)))
    clear = np.maximum(far, 0.0) < CLEARER_THAN_SECOND**2 * next_far
    return np.flatnonzero(clear), first[clear]


def _turned(vectors: Points, angles: Floats) -> Points:
    """N×2 vectors, each turned by its angle, degrees counter-clockwise as seen."""
    cosine, sine = np.cos(np.radians(angles)), np.sin(np.radians(angles))
    x, y = vectors[:, 0], vectors[:, 1]
    return np.column_stack([cosine * x + sine * y, -sine * x + cosine * y])


def _largest_agreement(matches: _Matches) -> NDArray[np.bool_] | None:
    """The matches that tell of one form in one place; None where too few agree."""
    if len(matches.angles) < FEWEST_MATCHES:
        return None
    turned = np.abs((matches.angles[:, None] - matches.angles[None] + 180) % 360 - 180)
    sized = np.abs(np.log(matches.scales[:, None] / matches.scales[None]))
    apart = np.linalg.norm(matches.centres[:, None] - matches.centres[None], axis=2)
    agree = (
        (turned < SAME_FORM_DEGREES)
        & (sized < SAME_SCALE)
        & (apart < SAME_FORM_MM * matches.scales[:, None])
    )
    votes = agree.sum(axis=1)
    best = int(votes.argmax())
    return agree[best] if votes[best] >= FEWEST_MATCHES else None


def _fit(matches: _Matches) -> tuple[Matrix, float] | None:
    """A robust affine fit and its residual; None where what is left of it is no sheet."""
    px_per_mm = float(np.median(matches.scales))
    _, agreed = cv2.estimateAffine2D(
        matches.form,
        matches.page,
        method=cv2.RANSAC,
        ransacReprojThreshold=FIT_MM * px_per_mm,
        maxIters=2000,
        confidence=0.999,
    )
    inliers = matches.some(np.asarray(agreed, np.bool_).reshape(-1))
    if len(inliers.angles) < FEWEST_MATCHES:
        return None
    half = geometry.affine_between(inliers.form[::2], inliers.page[::2])
    misses = geometry.apply(half, inliers.form[1::2]) - inliers.page[1::2]
    fitted = geometry.affine_between(inliers.form, inliers.page)
    return (fitted, geometry.rms(misses) / px_per_mm) if _is_sheet(fitted) else None


def _is_sheet(matrix: Matrix) -> bool:
    """Whether a map keeps right angles and proportions nearly, and shows the form's face."""
    across, down = matrix[:2, 0], matrix[:2, 1]
    lengths = float(np.linalg.norm(across)), float(np.linalg.norm(down))
    if geometry.is_mirrored(matrix) or min(lengths) <= 0:
        return False
    shear = abs(float(across @ down)) / (lengths[0] * lengths[1])
    return shear < MOST_SHEAR and abs(lengths[0] / lengths[1] - 1) < 2 * MOST_SHEAR
