"""Which reader a file belongs to, by its content alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

from intake.records import Page, Reason
from intake.scan.pdf import PdfFile
from intake.scan.refusals import refused
from intake.scan.single import PNG_SIGNATURE, SinglePicture, decode_jpeg, decode_png, sketch_jpeg
from intake.scan.tiff import TiffFile

if TYPE_CHECKING:
    from pathlib import Path

    from intake.scan.messages import Open

HEAD = 1024
TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


class Source(Protocol):
    """An open file whose pages can be decoded one at a time."""

    @property
    def page_count(self) -> int:
        """Pages in the file."""

    def page(self, number: int) -> Page:
        """Page `number`, from 1."""


def open_source(file: BinaryIO, path: Path, request: Open) -> Source:
    """The reader for `file`, which `path` names; its header is read, nothing is decoded.

    Raises:
        Refused: of no supported format, or damaged beyond opening.
    """
    limits, jpeg = request.limits, sketch_jpeg if request.sketch else decode_jpeg
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"\xff\xd8\xff"):
        return SinglePicture(file, limits, jpeg)
    if head.startswith(PNG_SIGNATURE):
        return SinglePicture(file, limits, decode_png)
    if head.startswith(TIFF_SIGNATURES):
        return TiffFile(file, limits)
    if b"%PDF-" in head:
        return PdfFile(file, path, limits, jpeg)
    raise refused(Reason.UNSUPPORTED)
