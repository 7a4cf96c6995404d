"""PDF files: a scanned page's own picture to the pixel, anything else drawn at 300 dpi."""

from __future__ import annotations

import mmap
import re
import zlib
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pdf2image
import pypdfium2 as pdfium
from pdf2image.exceptions import (
    PDFInfoNotInstalledError,
    PDFPageCountError,
    PDFPopplerTimeoutError,
    PDFSyntaxError,
)
from pypdfium2 import raw

from intake.errors import MissingProgram
from intake.records import Grey, Page, Reason
from intake.scan.fax import breaks_off
from intake.scan.grey import check_size, grey_of, sane_dpi
from intake.scan.refusals import refused
from intake.scan.single import decode_jpeg

if TYPE_CHECKING:
    from pathlib import Path

    from intake.settings import Limits

DRAWN_DPI = 300
POINTS_PER_INCH = 72
TAIL = 2048
END_OF_FILE = re.compile(rb"startxref\s+\d+\s+%%EOF")
LINEARISED = re.compile(rb"/Linearized\b.{0,200}?/L\s+(\d+)", re.DOTALL)
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
LOCKED = {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
NO_POPPLER = "pdftoppm is missing. Install it: apt-get install poppler-utils"


class PdfFile:
    """A PDF file, page by page.

    Attributes:
        page_count: pages that it says it has, and that can be found in it.
    """

    def __init__(self, file: BinaryIO, path: Path, limits: Limits) -> None:
        self._path, self._limits = path, limits
        _check_ends(file)
        try:
            self._document = pdfium.PdfDocument(file)
        except pdfium.PdfiumError as fault:
            locked = fault.err_code in LOCKED and _has_lock(file)
            raise refused(Reason.ENCRYPTED if locked else Reason.CORRUPT) from None
        self.page_count = len(self._document)
        self._check_page_count(file)

    def page(self, number: int) -> Page:
        """Page `number`, from 1.

        Raises:
            Refused: too large, too slow or corrupt.
            MissingProgram: poppler is not installed.
        """
        sheet = self._document[number - 1]
        try:
            return self._own_picture(sheet, number) or self._drawn(sheet, number)
        finally:
            sheet.close()

    def _check_page_count(self, file: BinaryIO) -> None:
        """Asks poppler for a second opinion where the pages are not plain to see."""
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            hidden = data.find(b"/ObjStm") >= 0
            plain = _count(data, b"/Page")
        if hidden or plain != self.page_count:
            try:
                told = pdf2image.pdfinfo_from_path(str(self._path))["Pages"]
            except PDFInfoNotInstalledError:
                raise MissingProgram(NO_POPPLER) from None
            if told != self.page_count:
                raise refused(Reason.CORRUPT)

    def _own_picture(self, sheet: pdfium.PdfPage, number: int) -> Page | None:
        seen = [thing for thing in sheet.get_objects(max_depth=1) if not _is_hidden(thing)]
        for thing in seen:
            if isinstance(thing, pdfium.PdfImage):
                check_size(thing.get_px_size(), self._limits)
        picture = _only_picture(seen, sheet)
        if picture is None:
            return None
        image = self._pixels(picture)
        if image is None or image[::8, ::8].mean() < PAPER_IS_LIGHT:
            return None
        return Page(number, image, _picture_dpi(picture))

    def _pixels(self, picture: pdfium.PdfImage) -> Grey | None:
        """H×W grey as stored; None where only drawing can tell what is light and what dark."""
        filters = picture.get_filters()
        wrapped = len(filters) > 1 and filters[-1] == "DCTDecode"
        stored = bytes(picture.get_data(decode_simple=wrapped))
        if wrapped or filters == ["DCTDecode"]:
            return decode_jpeg(stored, self._limits).image
        if filters == ["FlateDecode"]:
            _check_flate(stored)
        elif filters != ["CCITTFaxDecode"]:
            return None
        elif breaks_off(stored):
            raise refused(Reason.CORRUPT)
        return grey_of(picture.get_bitmap().to_pil())

    def _drawn(self, sheet: pdfium.PdfPage, number: int) -> Page:
        width, height = (side * DRAWN_DPI / POINTS_PER_INCH for side in sheet.get_size())
        check_size((width, height), self._limits)
        image = self._poppler(number)
        if abs(image.shape[1] - width) > 2 or abs(image.shape[0] - height) > 2:
            raise refused(Reason.CORRUPT)
        return Page(number, image, float(DRAWN_DPI))

    def _poppler(self, number: int) -> Grey:
        try:
            drawn = pdf2image.convert_from_path(
                self._path,
                dpi=DRAWN_DPI,
                first_page=number,
                last_page=number,
                grayscale=True,
                strict=True,
                timeout=max(1, round(self._limits.seconds)),
                use_cropbox=True,
            )
        except PDFInfoNotInstalledError:
            raise MissingProgram(NO_POPPLER) from None
        except PDFPopplerTimeoutError:
            raise refused(Reason.TOO_SLOW) from None
        except (PDFSyntaxError, PDFPageCountError):
            raise refused(Reason.CORRUPT) from None
        if len(drawn) != 1:
            raise refused(Reason.CORRUPT)
        return grey_of(drawn[0])


def _check_ends(file: BinaryIO) -> None:
    """Refuses a file that lacks its end: readers would rebuild it with pages missing."""
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    tail = file.read()
    file.seek(0)
    linear = LINEARISED.search(file.read(TAIL))
    file.seek(0)
    if not END_OF_FILE.search(tail) or (linear and int(linear[1]) > size):
        raise refused(Reason.TRUNCATED)


def _has_lock(file: BinaryIO) -> bool:
    """Pdfium's error code alone may be a leftover from the file before."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(b"/Encrypt") >= 0


def _count(data: mmap.mmap, name: bytes) -> int:
    """How often `name` stands in `data`, not as the beginning of a longer name."""
    count, at = 0, data.find(name)
    while at >= 0:
        at += len(name)
        count += not data[at : at + 1].isalpha()
        at = data.find(name, at)
    return count


def _check_flate(stored: bytes) -> None:
    """Refuses compressed data that does not come to its own end with its checksum right."""
    unpacking = zlib.decompressobj()
    try:
        while stored and not unpacking.eof:
            unpacking.decompress(stored, 1 << 20)
            stored = unpacking.unconsumed_tail
    except zlib.error:
        raise refused(Reason.CORRUPT) from None
    if not unpacking.eof:
        raise refused(Reason.TRUNCATED)


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
    """Whether it covers the page, upright or turned by quarters, with square pixels."""
    left, bottom, right, top = picture.get_bounds()
    page_left, page_bottom, page_right, page_top = sheet.get_cropbox()
    wide = min(right, page_right) - max(left, page_left)
    high = min(top, page_top) - max(bottom, page_bottom)
    return (
        wide >= COVERS * (page_right - page_left)
        and high >= COVERS * (page_top - page_bottom)
        and _picture_dpi(picture) is not None
    )


def _picture_dpi(picture: pdfium.PdfImage) -> float | None:
    """Pixels of the picture per inch of the page; None where stretched, slanted or mirrored."""
    a, b, c, d, _, _ = picture.get_matrix().get()
    if min(abs(a) + abs(d), abs(b) + abs(c)) > 1e-3 or a * d - b * c <= 0:
        return None
    across, down = np.hypot(a, b) / POINTS_PER_INCH, np.hypot(c, d) / POINTS_PER_INCH
    width, height = picture.get_px_size()
    return sane_dpi((width / across, height / down))
