"""TIFF files: every page of them, as stored, and none with a strip missing."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from operator import lt
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np
from PIL import ExifTags, Image, TiffImagePlugin

from intake.records import Grey, Page, Reason
from intake.scan.fax import MIRRORED, breaks_off
from intake.scan.flate import check_flate
from intake.scan.grey import check_size, grey_of, sane_dpi
from intake.scan.refusals import refused
from intake.scan.single import decode_jpeg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.settings import Limits

Tag = ExifTags.Base
RAW, GROUP_4, NEW_JPEG, FLATE = 1, 4, 7, {8, 32946}
YCC = 6
GREY_OR_YCC = {1, YCC}
TURN_BACK = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""Undoes what Pillow does for an orientation tag: a page is its pixels as stored."""


class TiffFile:
    """A TIFF file, page by page.

    Attributes:
        page_count: pictures in its main chain.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self._size = file.seek(0, 2)
        self._layout = _layout(file)
        self._places = _places(file, self._layout, self._size, limits.pages)
        self.page_count = len(self._places)

    def page(self, number: int) -> Page:
        """Page `number`, from 1.

        Raises:
            Refused: too large, truncated or corrupt.
        """
        return _TiffPage(self._file, self._opened(number), self._size, self._limits).page(number)

    def _opened(self, number: int) -> TiffImagePlugin.TiffImageFile:
        """As if it were the first: page 5,000 is found as fast as page 1."""
        place = struct.pack(self._layout.offset, self._places[number - 1])
        self._file.seek(0)
        head = self._file.read(self._layout.first) + place
        beginning_there = cast("BinaryIO", _WithHead(self._file, head))
        picture = Image.open(beginning_there, formats=["TIFF"])
        assert isinstance(picture, TiffImagePlugin.TiffImageFile)
        return picture


class _TiffPage:
    """One picture of a TIFF file."""

    def __init__(
        self, file: BinaryIO, picture: TiffImagePlugin.TiffImageFile, size: int, limits: Limits
    ) -> None:
        self._file, self._picture, self._size, self._limits = file, picture, size, limits

    def page(self, number: int) -> Page:
        check_size(self._picture.size, self._limits)
        self._check_pieces()
        dpi = sane_dpi(self._picture.info.get("dpi"))
        return Page(number, self._jpeg_strips() if self._is_jpeg() else self._loaded(), dpi)

    def _loaded(self) -> Grey:
        orientation = self._picture.tag_v2.get(Tag.Orientation, 1)
        self._picture.load()
        stored: Image.Image = self._picture
        if orientation in TURN_BACK:
            stored = stored.transpose(TURN_BACK[orientation])
        return grey_of(stored)

    def _is_jpeg(self) -> bool:
        tags = self._picture.tag_v2
        return (
            tags.get(Tag.Compression) == NEW_JPEG
            and tags.get(Tag.PhotometricInterpretation) in GREY_OR_YCC
            and Tag.StripOffsets in tags
        )

    def _jpeg_strips(self) -> Grey:
        """Straight to grey, strip by strip: ten times as fast, and damage is heard of."""
        tags = self._picture.tag_v2
        tables = bytes(tags.get(Tag.JPEGTables, b""))[2:-2]
        strips = [
            decode_jpeg(strip[:2] + tables + strip[2:], self._limits).image
            for strip in map(self._bytes, *self._pieces())
        ]
        image = strips[0] if len(strips) == 1 else np.vstack(strips)
        height, width = (
            int(self._picture.tag_v2[tag]) for tag in (Tag.ImageLength, Tag.ImageWidth)
        )
        if image.shape[0] < height or image.shape[1] != width:
            raise refused(Reason.CORRUPT)
        return image[:height]

    def _bytes(self, start: int, length: int) -> bytes:
        self._file.seek(start)
        return self._file.read(length)

    def _pieces(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Offsets and lengths of the strips or tiles."""
        tags: Any = self._picture.tag_v2
        if Tag.StripOffsets in tags:
            return tags[Tag.StripOffsets], tags[Tag.StripByteCounts]
        return tags[Tag.TileOffsets], tags[Tag.TileByteCounts]

    def _check_pieces(self) -> None:
        """Every strip or tile must be there, whole, and within the file."""
        starts, lengths = self._pieces()
        if len(starts) != len(lengths) or len(starts) < self._least_pieces():
            raise refused(Reason.CORRUPT)
        for start, length in zip(starts, lengths, strict=True):
            if start + length > self._size:
                raise refused(Reason.TRUNCATED)
            if not length:
                raise refused(Reason.CORRUPT)
        compression = self._picture.tag_v2.get(Tag.Compression, RAW)
        if compression == RAW:
            self._check_raw(lengths)
        elif compression == GROUP_4:
            self._check_fax()
        elif compression in FLATE:
            for piece in map(self._bytes, starts, lengths):
                check_flate(piece)

    def _check_raw(self, lengths: Sequence[int]) -> None:
        """Strips must be as long as their rows: what lies behind them is no part of the page."""
        tags = self._picture.tag_v2
        if Tag.StripOffsets not in tags or tags.get(Tag.PhotometricInterpretation) == YCC:
            return
        height, strip = int(tags[Tag.ImageLength]), self._rows_of_a_strip()
        bits, in_planes = tags.get(Tag.BitsPerSample, (1,)), tags.get(Tag.PlanarConfiguration) == 2
        row = -(-int(tags[Tag.ImageWidth]) * (bits[0] if in_planes else sum(bits)) // 8)
        tops = [*range(0, height, strip)] * (len(bits) if in_planes else 1)
        needed = [row * min(strip, height - top) for top in tops]
        if len(lengths) < len(needed) or any(map(lt, lengths, needed)):
            raise refused(Reason.CORRUPT)

    def _check_fax(self) -> None:
        mirrored = self._picture.tag_v2.get(Tag.FillOrder, 1) == 2
        for strip in map(self._bytes, *self._pieces()):
            if breaks_off(strip.translate(MIRRORED) if mirrored else strip):
                raise refused(Reason.CORRUPT)

    def _least_pieces(self) -> int:
        tags = self._picture.tag_v2
        if Tag.StripOffsets not in tags:
            return 1
        return -(-int(tags[Tag.ImageLength]) // self._rows_of_a_strip())

    def _rows_of_a_strip(self) -> int:
        tags = self._picture.tag_v2
        height = int(tags[Tag.ImageLength])
        return min(height, int(tags.get(Tag.RowsPerStrip, height)))


class _WithHead:
    """A file whose first bytes are other ones; Pillow's decoder gets at the rest directly."""

    def __init__(self, file: BinaryIO, head: bytes) -> None:
        self._file, self._head = file, head
        self.seek, self.tell, self.fileno = file.seek, file.tell, file.fileno
        self.seek(0)

    def read(self, size: int = -1) -> bytes:
        at = self._file.tell()
        data = self._file.read(size)
        return self._head[at : at + len(data)] + data[max(0, len(self._head) - at) :]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How numbers are laid out: classic or big, with either end first.

    Attributes:
        first: where the place of the first directory stands.
        count: form of the number of entries in a directory.
        entry: bytes of an entry.
        offset: form of a place in the file.
    """

    first: int
    count: str
    entry: int
    offset: str


def _layout(file: BinaryIO) -> _Layout:
    file.seek(0)
    head = file.read(4)
    order = "<" if head[:2] == b"II" else ">"
    if b"+" in head:
        return _Layout(8, order + "Q", 20, order + "Q")
    return _Layout(4, order + "H", 12, order + "I")


def _places(file: BinaryIO, layout: _Layout, size: int, most: int) -> list[int]:
    """Where the directories of the chain stand; one more than `most` of them at most.

    Raises:
        Refused: the chain leads out of the file or back into itself.
    """
    at = _number(file, layout.first, layout.offset, size)
    places: dict[int, None] = {}
    while at and len(places) <= most:
        if at in places:
            raise refused(Reason.CORRUPT)
        places[at] = None
        entries = _number(file, at, layout.count, size)
        after = at + struct.calcsize(layout.count) + layout.entry * entries
        at = _number(file, after, layout.offset, size)
    return list(places)


def _number(file: BinaryIO, at: int, form: str, size: int) -> int:
    length = struct.calcsize(form)
    if at + length > size:
        raise refused(Reason.TRUNCATED)
    file.seek(at)
    return int(struct.unpack(form, file.read(length))[0])
