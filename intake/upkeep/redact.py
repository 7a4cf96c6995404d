"""Copies of scans and pictures on which some forms or fields are painted over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from intake import geometry
from intake.records import Grey
from intake.scan import Refused, open_scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from intake.settings import Limits
    from intake.store.holding import Spot
    from intake.template import TemplateSet

AROUND_MM, AROUND = 4.0, 0.35
"""How far beyond a form, and beyond a field by its height, is painted over: pens slip."""

PAPER = 255


def painted(image: Grey, spots: Sequence[Spot], templates: TemplateSet, scale: float) -> Grey:
    """A page without what stood at some spots.

    Args:
        image: H×W grey.
        spots: in pixels of the page as stored.
        templates: to know how large a form is; the whole page goes where one is unknown.
        scale: size of `image` as a share of the page as stored.
    """
    canvas = np.array(image)
    for spot in spots:
        for corners in _areas(spot, templates):
            if corners is None:
                return np.full_like(canvas, PAPER)
            cv2.fillPoly(canvas, [np.rint(corners * scale).astype(np.int32)], (PAPER,))
    return canvas


def write_redacted(
    source: Path,
    target: Path,
    spots: Mapping[int, Sequence[Spot]],
    templates: TemplateSet,
    limits: Limits,
) -> None:
    """Writes the pages of a scan into a TIFF, some of them painted over; unread ones are white."""
    with open_scan(source, limits) as scan:
        numbers = range(1, scan.page_count + 1)

        def pages() -> Iterator[Image.Image]:
            for number in numbers:
                try:
                    page = scan.page(number)
                except Refused:
                    yield Image.new("L", (16, 16), PAPER)
                    continue
                picture = painted(page.image, spots.get(number, ()), templates, 1.0)
                yield _with_dpi(picture, page.dpi)

        every = pages()
        first = next(every)
        first.save(
            target, "TIFF", save_all=True, append_images=every, compression="tiff_adobe_deflate"
        )


def _areas(spot: Spot, templates: TemplateSet) -> Iterator[NDArray[np.float64] | None]:
    if spot.boxes:
        yield from (_widened(np.array(box)) for box in spot.boxes)
    elif spot.template not in templates or len(spot.to_page) != 9:
        yield None
    else:
        width, height = templates.get(spot.template).page
        left, top, right, bottom = -AROUND_MM, -AROUND_MM, width + AROUND_MM, height + AROUND_MM
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        yield np.asarray(geometry.apply(np.reshape(spot.to_page, (3, 3)), corners))


def _widened(box: NDArray[np.float64]) -> NDArray[np.float64]:
    """A box with a margin of `AROUND` its height on every side."""
    along, down = box[1] - box[0], box[3] - box[0]
    height = max(float(np.hypot(*down)), 1.0)
    across = along / max(float(np.hypot(*along)), 1.0) * height * AROUND
    beyond = down * AROUND
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return np.array(
        [corner + x * across + y * beyond for corner, (x, y) in zip(box, signs, strict=True)]
    )


def _with_dpi(picture: Grey, dpi: float | None) -> Image.Image:
    image = Image.fromarray(picture)
    if dpi is not None:
        image.info["dpi"] = (dpi, dpi)
    return image
