"""The one picture that is all there is to see on a scanned page of a PDF, to the pixel."""

from __future__ import annotations

import ctypes
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from intake.records import Grey, Page, Reason
from intake.scan.complaints import listening
from intake.scan.fax import breaks_off, group_4_picture, is_group_3
from intake.scan.flate import check_flate
from intake.scan.grey import check_size, grey_of, sane_dpi
from intake.scan.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from intake.settings import Limits

POINTS_PER_INCH = 72
COVERS = 0.98
"""Share of the page's width and height that its one picture must cover to be the page."""

PAPER_IS_LIGHT = 128
"""A mean below this says that black and white may be swapped; then the page is drawn."""

LIGHT_IS_HIGH = {
    raw.FPDF_COLORSPACE_DEVICEGRAY,
    raw.FPDF_COLORSPACE_DEVICERGB,
    raw.FPDF_COLORSPACE_CALGRAY,
    raw.FPDF_COLORSPACE_CALRGB,
    raw.FPDF_COLORSPACE_ICCBASED,
}


def own_picture(
    sheet: pdfium.PdfPage, number: int, limits: Limits, decode: Callable[..., Page]
) -> Page | None:
    """Page `number` as its own picture; None where it has to be drawn to be seen.

    Args:
        sheet: the page.
        number: of it, from 1.
        limits: on the picture's size.
        decode: what a JPEG is decoded with.

    Raises:
        Refused: the picture is truncated, corrupt, or beyond the limits.
    """
    seen = [thing for thing in sheet.get_objects(max_depth=1) if not _is_hidden(thing)]
    for thing in seen:
        if isinstance(thing, pdfium.PdfImage):
            check_size(thing.get_px_size(), limits)
    picture = _only_picture(seen, sheet)
    page = None if picture is None else _page(picture, limits, decode)
    return None if page is None or _is_dark(page.image) else replace(page, number=number)


def _is_dark(image: Grey) -> bool:
    return bool(image[::8, ::8].mean() < PAPER_IS_LIGHT)


def _page(picture: pdfium.PdfImage, limits: Limits, decode: Callable[..., Page]) -> Page | None:
    """The picture as a page; None where only drawing can tell what is light and what dark."""
    filters, dpi = picture.get_filters(), picture_dpi(picture)
    wrapped = len(filters) > 1 and filters[-1] == "DCTDecode"
    stored = bytes(picture.get_data(decode_simple=wrapped))
    if wrapped or filters == ["DCTDecode"]:
        return decode(stored, limits, dpi)
    image = _pixels(picture, filters, stored)
    return None if image is None else Page(1, image, dpi)


def _pixels(picture: pdfium.PdfImage, filters: Sequence[str], stored: bytes) -> Grey | None:
    """H×W grey as stored."""
    if filters == ["CCITTFaxDecode"]:
        return _fax_pixels(picture, stored)
    if filters == ["FlateDecode"]:
        check_flate(stored)
        return grey_of(picture.get_bitmap().to_pil())
    return None


def _fax_pixels(picture: pdfium.PdfImage, stored: bytes) -> Grey | None:
    """By a decoder that complains where pdfium says nothing; None for what it cannot take.

    Either colour may be coded as ink; paper is the lighter one.
    """
    if is_group_3(stored):
        return grey_of(picture.get_bitmap().to_pil())
    if breaks_off(stored):
        raise refused(Reason.CORRUPT)
    with listening() as heard:
        image = grey_of(group_4_picture(stored, picture.get_px_size()))
    if heard.anything:
        return None
    return 255 - image if _is_dark(image) else image


def _only_picture(seen: list[pdfium.PdfObject], sheet: pdfium.PdfPage) -> pdfium.PdfImage | None:
    """The picture that is all there is to see on the page; None where there is more or less."""
    if len(seen) != 1 or not isinstance(seen[0], pdfium.PdfImage):
        return None
    picture = seen[0]
    if raw.FPDFPage_GetAnnotCount(sheet) or raw.FPDFPageObj_HasTransparency(picture):
        return None
    if picture.get_metadata().colorspace not in LIGHT_IS_HIGH or not _fills(picture, sheet):
        return None
    return picture


def _is_hidden(thing: pdfium.PdfObject) -> bool:
    if thing.type != raw.FPDF_PAGEOBJ_TEXT:
        return False
    mode = raw.FPDFTextObj_GetTextRenderMode(thing)
    return bool(mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE)


def _fills(picture: pdfium.PdfImage, sheet: pdfium.PdfPage) -> bool:
    """Whether it is all of the page, and all of it is on the page, with square pixels."""
    page = sheet.get_cropbox()
    bounds = [picture.get_bounds(), *_clips(picture)]
    seen = tuple(_inmost(side, *(box[side] for box in (page, *bounds))) for side in range(4))
    return (
        _covers(seen, page)
        and _covers(seen, picture.get_bounds())
        and picture_dpi(picture) is not None
    )


def _inmost(side: int, *edges: float) -> float:
    """Of several left, bottom, right or top edges (0 to 3), the one nearest to the middle."""
    return max(edges) if side < 2 else min(edges)


def _covers(seen: Sequence[float], whole: Sequence[float]) -> bool:
    left, bottom, right, top = whole
    return seen[2] - seen[0] >= COVERS * (right - left) and seen[3] - seen[1] >= COVERS * (
        top - bottom
    )


def _clips(picture: pdfium.PdfImage) -> Iterator[tuple[float, float, float, float]]:
    """Bounds of what the picture is cut to: left, bottom, right, top, in points."""
    clip = raw.FPDFPageObj_GetClipPath(picture)
    for path in range(max(0, raw.FPDFClipPath_CountPaths(clip))):
        points = [
            _point(clip, path, at) for at in range(raw.FPDFClipPath_CountPathSegments(clip, path))
        ]
        if points:
            across, up = zip(*points, strict=True)
            yield min(across), min(up), max(across), max(up)


def _point(clip: object, path: int, at: int) -> tuple[float, float]:
    across, up = ctypes.c_float(), ctypes.c_float()
    segment = raw.FPDFClipPath_GetPathSegment(clip, path, at)
    raw.FPDFPathSegment_GetPoint(segment, across, up)
    return across.value, up.value


def picture_dpi(picture: pdfium.PdfImage) -> float | None:
    """Pixels of the picture per inch of the page; None where stretched, slanted or mirrored."""
    a, b, c, d, _, _ = picture.get_matrix().get()
    if min(abs(a) + abs(d), abs(b) + abs(c)) > 1e-3 or a * d - b * c <= 0:
        return None
    across, down = np.hypot(a, b) / POINTS_PER_INCH, np.hypot(c, d) / POINTS_PER_INCH
    width, height = picture.get_px_size()
    return sane_dpi((width / across, height / down))
