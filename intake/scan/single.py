"""Pictures that are a page by themselves: JPEG and PNG files, and JPEGs inside other files."""

from __future__ import annotations

import io
import struct
import zlib
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import cv2
import numpy as np
from PIL import Image

from intake.records import Grey, Page, Reason
from intake.scan.grey import check_size, grey_of, sane_dpi
from intake.scan.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from intake.settings import Limits

START_OF_SCAN, END_OF_IMAGE = 0xDA, b"\xff\xd9"
STANDALONE = {0x01, *range(0xD0, 0xD9)}
SKETCHED_DPI = (290.0, 650.0)
"""Resolutions of which half shows what is written."""

SKETCHED_EDGE_PX = 2600
"""Longer edge of pages on which marks are looked for at half their size at most."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class SinglePicture:
    """A file with one page.

    Attributes:
        page_count: always 1.
    """

    page_count = 1

    def __init__(
        self, file: BinaryIO, limits: Limits, decode: Callable[[bytes, Limits], Page]
    ) -> None:
        self._file, self._limits, self._decode = file, limits, decode

    def page(self, number: int) -> Page:
        """The only page; `number` is 1."""
        assert number == 1
        self._file.seek(0)
        return self._decode(self._file.read(), self._limits)


def decode_jpeg(data: bytes, limits: Limits, dpi: float | None = None) -> Page:
    """The picture in `data`, straight to grey unless it is in printer's colours.

    Args:
        data: a JPEG file.
        limits: on its size.
        dpi: where known better than by the file.

    Raises:
        Refused: truncated, corrupt or too large.
    """
    header = _whole_jpeg(data, limits)
    image = grey_of(header) if header.mode == "CMYK" else _fast_grey(data)
    return Page(1, image, dpi or sane_dpi(header.info.get("dpi")))


def sketch_jpeg(data: bytes, limits: Limits, dpi: float | None = None) -> Page:
    """As `decode_jpeg`, with edges halved where that shows all that is written: half the work.

    Raises:
        Refused: truncated, corrupt or too large.
    """
    header = _whole_jpeg(data, limits)
    dpi = dpi or sane_dpi(header.info.get("dpi"))
    shows_enough = dpi is not None and SKETCHED_DPI[0] <= dpi <= SKETCHED_DPI[1]
    if header.mode == "CMYK" or not shows_enough or max(header.size) <= SKETCHED_EDGE_PX:
        return decode_jpeg(data, limits, dpi)
    half = _fast_grey(data, cv2.IMREAD_REDUCED_GRAYSCALE_2)
    return Page(1, half, dpi, partial(_fast_grey, data))


def _whole_jpeg(data: bytes, limits: Limits) -> Image.Image:
    if data.rfind(END_OF_IMAGE, _start_of_scan(data)) < 0:
        raise refused(Reason.TRUNCATED)
    header = Image.open(io.BytesIO(data), formats=["JPEG"])
    check_size(header.size, limits)
    return header


def decode_png(data: bytes, limits: Limits) -> Page:
    """The picture in `data`, every chunk of which must be whole.

    Raises:
        Refused: truncated, corrupt or too large.
    """
    _check_chunks(data)
    picture = Image.open(io.BytesIO(data), formats=["PNG"])
    check_size(picture.size, limits)
    return Page(1, grey_of(picture), sane_dpi(picture.info.get("dpi")))


def _fast_grey(data: bytes, scale: int = cv2.IMREAD_GRAYSCALE) -> Grey:
    flags = scale | cv2.IMREAD_IGNORE_ORIENTATION
    image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if image is None:
        raise refused(Reason.CORRUPT)
    return np.asarray(image, dtype=np.uint8)


def _start_of_scan(data: bytes) -> int:
    """Where the entropy-coded data of a JPEG begins, past any thumbnail in its header."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise refused(Reason.CORRUPT)
        marker = data[at + 1]
        if marker == START_OF_SCAN:
            return at
        at += 1 if marker == 0xFF else 2
        if marker not in STANDALONE and marker != 0xFF:
            at += int(struct.unpack_from(">H", data, at)[0])
    raise refused(Reason.TRUNCATED)


def _check_chunks(data: bytes) -> None:
    at, view = len(PNG_SIGNATURE), memoryview(data)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            break
        if zlib.crc32(view[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            raise refused(Reason.CORRUPT)
        if kind == b"IEND":
            return
        at = end + 4
    raise refused(Reason.TRUNCATED)
