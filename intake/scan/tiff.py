"""TIFF files: every page of them, as stored, and none with a strip missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from PIL import ExifTags, Image, TiffImagePlugin

from intake.records import Page, Reason, read_only
from intake.scan.grey import check_size, grey_of, sane_dpi
from intake.scan.refusals import refused

if TYPE_CHECKING:
    from intake.settings import Limits

DATA_TAGS = (
    (ExifTags.Base.StripOffsets, ExifTags.Base.StripByteCounts),
    (ExifTags.Base.TileOffsets, ExifTags.Base.TileByteCounts),
)
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
        file.seek(0)
        picture = Image.open(file, formats=["TIFF"])
        assert isinstance(picture, TiffImagePlugin.TiffImageFile)
        self._picture = picture
        self.page_count = picture.n_frames

    def page(self, number: int) -> Page:
        """Page `number`, from 1.

        Raises:
            Refused: too large, truncated or corrupt.
        """
        self._picture.seek(number - 1)
        check_size(self._picture.size, self._limits)
        self._check_data()
        dpi = sane_dpi(self._picture.info.get("dpi"))
        orientation = self._picture.tag_v2.get(ExifTags.Base.Orientation, 1)
        self._picture.load()
        stored = self._picture.copy()
        if orientation in TURN_BACK:
            stored = stored.transpose(TURN_BACK[orientation])
        return Page(number, read_only(grey_of(stored)), dpi)

    def _check_data(self) -> None:
        """Every strip or tile must lie within the file."""
        tags: Any = self._picture.tag_v2
        for offsets, counts in DATA_TAGS:
            if offsets in tags and counts in tags:
                pieces = zip(tags[offsets], tags[counts], strict=True)
                if any(start + length > self._size for start, length in pieces):
                    raise refused(Reason.TRUNCATED)
                return
        raise refused(Reason.CORRUPT)
