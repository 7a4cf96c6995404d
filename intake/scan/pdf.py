"""PDF files: a scanned page's own picture to the pixel, anything else drawn at 300 dpi."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pdf2image
import pypdfium2 as pdfium
from pdf2image.exceptions import PDFInfoNotInstalledError, PDFPopplerTimeoutError
from pypdfium2 import raw

from intake.errors import MissingProgram
from intake.records import Grey, Page, Reason, read_only
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

NO_POPPLER = "pdftoppm is missing. Install it: apt-get install poppler-utils"


class PdfFile:
    """A PDF file, page by page.

    Attributes:
        page_count: pages that it says it has.
    """

    def __init__(self, file: BinaryIO, path: Path, limits: Limits) -> None:
        self._path, self._limits = path, limits
        _check_ends(file)
        try:
            self._document = pdfium.PdfDocument(file)
        except pdfium.PdfiumError as fault:
            locked = fault.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
            raise refused(Reason.ENCRYPTED if locked else Reason.CORRUPT) from None
        self.page_count = len(self._document)

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

    def _own_picture(self, sheet: pdfium.PdfPage, number: int) -> Page | None:
        picture = _only_picture(sheet)
        if picture is None:
            return None
        check_size(picture.get_px_size(), self._limits)
        image = self._pixels(picture)
        if image is None or image.mean() < PAPER_IS_LIGHT:
            return None
        return Page(number, read_only(image), _picture_dpi(picture))

    def _pixels(self, picture: pdfium.PdfImage) -> Grey | None:
        filters = picture.get_filters(skip_simple=True)
        if filters == ["DCTDecode"]:
            return decode_jpeg(bytes(picture.get_data(decode_simple=True)), self._limits).image
        if filters in ([], ["CCITTFaxDecode"], ["JBIG2Decode"]):
            return grey_of(picture.get_bitmap().to_pil())
        return None

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
                timeout=max(1, round(self._limits.seconds)),
                use_cropbox=True,
            )
        except PDFInfoNotInstalledError:
            raise MissingProgram(NO_POPPLER) from None
        except PDFPopplerTimeoutError:
            raise refused(Reason.TOO_SLOW) from None
        if len(drawn) != 1:
            raise refused(Reason.CORRUPT)
        return read_only(grey_of(drawn[0]))


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


def _only_picture(sheet: pdfium.PdfPage) -> pdfium.PdfImage | None:
    """The picture that is all there is to see on the page; None where there is more or less."""
    seen = [thing for thing in sheet.get_objects(max_depth=1) if not _is_hidden(thing)]
    if len(seen) != 1 or not isinstance(seen[0], pdfium.PdfImage):
        return None
    picture = seen[0]
    if raw.FPDFPageObj_HasTransparency(picture) or not _fills(picture, sheet):
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
