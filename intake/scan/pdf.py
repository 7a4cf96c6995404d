"""PDF files: a scanned page's own picture to the pixel, anything else drawn at 300 dpi."""

from __future__ import annotations

import mmap
import re
from typing import TYPE_CHECKING, BinaryIO

import pypdfium2 as pdfium
from pypdfium2 import raw

from intake.records import Page, Reason
from intake.scan.pdf_picture import own_picture
from intake.scan.poppler import count_pages, drawn
from intake.scan.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from intake.settings import Limits

TAIL = 2048
END_OF_FILE = re.compile(rb"startxref\s+\d+\s+%%EOF")
LINEARISED = re.compile(rb"/Linearized\b.{0,200}?/L\s+(\d+)", re.DOTALL)
LOCKED = {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}


class PdfFile:
    """A PDF file, page by page.

    Attributes:
        page_count: pages that it says it has, and that can be found in it.
    """

    def __init__(
        self, file: BinaryIO, path: Path, limits: Limits, decode: Callable[..., Page]
    ) -> None:
        self._path, self._limits, self._decode = path, limits, decode
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
            page = own_picture(sheet, number, self._limits, self._decode)
            return page or drawn(self._path, number, sheet.get_size(), self._limits)
        finally:
            sheet.close()

    def _check_page_count(self, file: BinaryIO) -> None:
        """Asks poppler for a second opinion where the pages are not plain to see."""
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            hidden = data.find(b"/ObjStm") >= 0
            plain = _count(data, b"/Page")
        if (hidden or plain != self.page_count) and count_pages(self._path) != self.page_count:
            raise refused(Reason.CORRUPT)


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
