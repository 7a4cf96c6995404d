"""Each field found again on its own printed box.

The form's transform is right on the whole; feeder stretch, folds and photocopies make it wrong
here and there. The box of a comb or tick mark is looked for near where it should be, and what
was found also tells how good the form's transform is: it was fitted to the marks alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from intake import geometry
from intake.align.lines import (
    LINE_INK,
    REMNANT_INK,
    LineFits,
    LineSearch,
    fit_lines,
    ink_profiles,
    remnant_profiles,
)
from intake.align.prints import prints_near
from intake.align.spread import believed, believed_words, moved_along
from intake.records import FieldPlace, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from intake.align.known import Sought
    from intake.align.lines import Floats
    from intake.records import Matrix
    from intake.sampling import Levels, Stack
    from intake.template import Field, Template

REACH_MM = 1.4
MAX_LINE_RESIDUAL_MM = 0.2
UNEVEN_MM = 0.06


@dataclass(frozen=True, slots=True)
class _Trace:
    """What printed lines have left on a page.

    Attributes:
        profiles: its ink along an axis.
        search: how far and for how much ink.
    """

    profiles: Callable[[Stack, int, float], Floats]
    search: LineSearch

    def fit(self, pictures: Stack, axis: int, expected: Floats) -> LineFits:
        """Lines found in pictures, near where they are expected."""
        ink = self.profiles(pictures, axis, self.search.px_per_mm)
        return fit_lines(ink, expected, self.search)


INK = _Trace(ink_profiles, LineSearch(5.0, REACH_MM, LINE_INK, fold_mm=0.2))
REMNANTS = _Trace(remnant_profiles, LineSearch(8.0, REACH_MM, REMNANT_INK, fold_mm=0.0))
"""Mere dots are not trusted to tell of a fold."""


def find_places(levels: Levels, forms: Sequence[Sought]) -> list[dict[str, FieldPlace]]:
    """Looks for every printed box of some forms; what has no box of its own moves with the others.

    Returns:
        For each form, by field name, the refined place; where a box was not found, the form's
        transform.
    """
    sought = [(field, form.to_page) for form in forms for field in boxed_fields(form.template)]
    found = iter(find_boxes(levels, sought))
    places = []
    for form in forms:
        seen = {field.name: next(found) for field in boxed_fields(form.template)}
        own = believed(form, seen)
        places.append(own | moved_along(_with_prints(levels, form, own), own))
    return places


def _with_prints(levels: Levels, form: Sought, places: Mapping[str, FieldPlace]) -> Sought:
    """The form; on a page that was fed unevenly, words near fields without a box anchor it, too."""
    without = [field.box for field in form.template.field if field.name not in places]
    if not (without and UNEVEN_MM < residual_mm(places) < np.inf):
        return form
    words = prints_near(levels, form, without)
    if not len(words):
        return form
    return replace(form, anchors=form.anchors.joined(believed_words(form, places, words)))


def boxed_fields(template: Template) -> list[Field]:
    """The fields around which a box is printed that can be looked for."""
    return [field for field in template.field if field.kind in {Kind.HANDWRITTEN, Kind.MARK}]


def find_boxes(levels: Levels, fields: Sequence[tuple[Field, Matrix]]) -> list[FieldPlace]:
    """Looks for printed boxes near where the transforms of their forms put them.

    Boxes of which a 1-bit scan has left mere dots are looked for by those, at a finer scale.

    Args:
        levels: the page.
        fields: each with its form's 3×3 transform, millimetres → pixels of the page as stored.
    """
    places = _find_by(INK, levels, fields)
    lost = [index for index, place in enumerate(places) if not place.was_found]
    for index, place in zip(
        lost, _find_by(REMNANTS, levels, [fields[index] for index in lost]), strict=True
    ):
        places[index] = place
    return places


def _find_by(
    trace: _Trace, levels: Levels, fields: Sequence[tuple[Field, Matrix]]
) -> list[FieldPlace]:
    places = [FieldPlace(to_page, None) for _, to_page in fields]
    for group in _alike([field for field, _ in fields]):
        some = [fields[index] for index in group]
        windows = [(to_page, geometry.grown(field.box, REACH_MM)) for field, to_page in some]
        pictures = levels.cuts(windows, trace.search.px_per_mm)
        maps, moved = _fit_boxes(trace, pictures, [field for field, _ in some])
        refined = np.stack([to_page for _, to_page in some]) @ maps
        for index, to_page, far in zip(group, refined, moved.tolist(), strict=True):
            if far < np.inf:
                places[index] = FieldPlace(to_page, far)
    return places


def _alike(fields: Sequence[Field]) -> list[list[int]]:
    """Which of `fields` have boxes of one shape."""
    groups: dict[tuple[float, float, int, float], list[int]] = {}
    for index, field in enumerate(fields):
        groups.setdefault(_shape(field), []).append(index)
    return list(groups.values())


def _shape(field: Field) -> tuple[float, float, int, float]:
    return (*field.box[2:], field.cells, field.gap)


def _fit_boxes(trace: _Trace, pictures: Stack, fields: Sequence[Field]) -> tuple[Floats, Floats]:
    """Fits boxes of one shape to pictures cut around them.

    Returns:
        N×3×3 maps, millimetres on the form, from where each should be to where it is; and N, how
        far its farthest corner has moved, infinite where it was not found.
    """
    shape = _shape(fields[0])
    inner = int(REACH_MM * trace.search.px_per_mm)
    columns = np.array(_upright_lines(*shape)) + REACH_MM
    rows = np.array([0.0, shape[1]]) + REACH_MM
    across = trace.fit(pictures[:, inner:-inner], 1, columns)
    down = trace.fit(pictures[:, :, inner:-inner], 0, rows)
    half = np.array(shape[:2]) / 2
    local = _local_maps(across, down, half)
    is_found = np.maximum(across.residual, down.residual) <= MAX_LINE_RESIDUAL_MM
    there = np.tile(np.eye(3), (len(fields), 1, 1))
    there[:, :2, 2] = np.vstack([geometry.centre(field.box) for field in fields])
    return there @ local @ np.linalg.inv(there), np.where(is_found, _farthest(local, half), np.inf)


def _local_maps(across: LineFits, down: LineFits, half: Floats) -> Floats:
    """N×3×3 maps about the boxes' middles, millimetres: shifted, stretched and bent as found.

    A homography bends what it maps: its ends and its middle land where they were found.
    """
    wide = half[0] + across.stretch
    bent = -across.bend / wide
    local = np.tile(np.eye(3), (len(wide), 1, 1))
    local[:, 0, 0] = ((1 + bent) * (across.shift + wide + across.bend) - across.shift) / half[0]
    local[:, 0, 2] = across.shift
    local[:, 1, 0] = down.shift * bent / half[0]
    local[:, 1, 1] = 1 + down.stretch / half[1]
    local[:, 1, 2] = down.shift
    local[:, 2, 0] = bent / half[0]
    return local


def _farthest(local: Floats, half: Floats) -> Floats:
    """Of N maps, how far the farthest corner of a box around the origin moves, millimetres."""
    corners = np.array([[-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]]) * [*half, 1.0]
    mapped = corners @ local.swapaxes(1, 2)
    moves = mapped[..., :2] / mapped[..., 2:] - corners[:, :2]
    return np.asarray(np.sqrt((moves**2).sum(axis=2).max(axis=1)), np.float64)


@cache
def _upright_lines(width: float, height: float, cells: int, gap: float) -> tuple[float, ...]:
    """Where the upright lines of a box and its cells stand, millimetres from its left edge."""
    count = max(cells, 1)
    if not gap:
        return tuple(np.linspace(0.0, width, count + 1))
    boxes = geometry.cell_boxes((0.0, 0.0, width, height), count, gap)
    return tuple(edge for left, _, wide, _ in boxes for edge in (left, left + wide))


def residual_mm(places: Mapping[str, FieldPlace], names: Sequence[str] | None = None) -> float:
    """Root mean square of how far boxes lay from the form's transform; inf for none.

    Args:
        places: by field name.
        names: the fields to count; None: all.
    """
    chosen = places.values() if names is None else [places[name] for name in names]
    moved = [place.moved_mm for place in chosen if place.moved_mm is not None]
    return float(np.sqrt(np.mean(np.square(moved)))) if moved else float("inf")
