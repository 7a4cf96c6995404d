"""Pages that have to be drawn to be seen, one at a time, and a second opinion on their number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pdf2image
from pdf2image.exceptions import (
    PDFInfoNotInstalledError,
    PDFPageCountError,
    PDFPopplerTimeoutError,
    PDFSyntaxError,
)

from intake.errors import MissingProgram
from intake.records import Page, Reason
from intake.scan.grey import check_size, grey_of
from intake.scan.refusals import refused

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from intake.settings import Limits

DPI = 300
POINTS_PER_INCH = 72
TOLERANCE_PX = 2
NO_POPPLER = "pdftoppm is missing. Install it: apt-get install poppler-utils"


def count_pages(path: Path) -> int:
    """Pages of the PDF at `path`, as poppler counts them.

    Raises:
        Refused: poppler cannot tell.
        MissingProgram: poppler is not installed.
    """
    try:
        return int(pdf2image.pdfinfo_from_path(str(path))["Pages"])
    except PDFInfoNotInstalledError:
        raise MissingProgram(NO_POPPLER) from None
    except PDFPageCountError:
        raise refused(Reason.CORRUPT) from None


def drawn(path: Path, number: int, size: tuple[float, float], limits: Limits) -> Page:
    """Page `number` of the PDF at `path`, drawn at 300 dpi.

    Args:
        path: of the file.
        number: from 1.
        size: width and height that another reader gives for the page, in points.
        limits: on pixels and time.

    Raises:
        Refused: too large, too slow, corrupt, or of another size than expected.
        MissingProgram: poppler is not installed.
    """
    width, height = (side * DPI / POINTS_PER_INCH for side in size)
    check_size((width, height), limits)
    picture = _drawn(path, number, limits)
    if max(abs(picture.width - width), abs(picture.height - height)) > TOLERANCE_PX:
        raise refused(Reason.CORRUPT)
    return Page(number, grey_of(picture), float(DPI))


def _drawn(path: Path, number: int, limits: Limits) -> Image.Image:
    try:
        (picture,) = pdf2image.convert_from_path(
            path,
            dpi=DPI,
            first_page=number,
            last_page=number,
            grayscale=True,
            strict=True,
            timeout=max(1, round(limits.seconds)),
            use_cropbox=True,
        )
    except PDFInfoNotInstalledError:
        raise MissingProgram(NO_POPPLER) from None
    except PDFPopplerTimeoutError:
        raise refused(Reason.TOO_SLOW) from None
    except (PDFSyntaxError, PDFPageCountError, ValueError):
        raise refused(Reason.CORRUPT) from None
    assert picture is not None
    return picture
