"""An open scan: counts its pages and decodes them one at a time, within limits."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from intake.records import Page, Reason
from intake.scan.decoder import borrow, give_back
from intake.scan.files import open_regular
from intake.scan.messages import Decode, Decoded, Open, Opened
from intake.scan.pixels import enter
from intake.scan.refusals import Refused, refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from intake.records import Grey
    from intake.settings import Limits

MOST_LOSSES = 3
LOSSES_ADVICE = "Several pages of this file broke the reader: scan it again from the paper."


class Scan:
    """An open scan, decoded in a process of its own that is killed when it takes too long.

    Attributes:
        page_count: pages in the file.
    """

    def __init__(self, file: BinaryIO, limits: Limits, *, sketch: bool = False) -> None:
        self._file, self._limits, self._sketch = file, limits, sketch
        self._losses = 0
        self._decoder = borrow()
        try:
            self.page_count = self._open()
        except BaseException:
            self.close()
            raise

    def page(self, number: int) -> Page:
        """Page `number`, from 1: as stored, or a sketch of it that can be asked for the rest.

        Raises:
            Refused: with that page in its refusal.
            MissingProgram: a program that this page needs is not installed.
        """
        if not 1 <= number <= self.page_count:
            raise IndexError(f"page {number} of {self.page_count}")
        room = enter()
        try:
            self._revive()
            reply = self._decoder.ask(Decode(number), self._limits.seconds, room.file)
        except BaseException as fault:
            room.close()
            if isinstance(fault, Refused):
                raise Refused(replace(fault.refusal, page=number)) from None
            raise
        assert isinstance(reply, Decoded)
        whole = partial(self._whole, number) if reply.halved else None
        return Page(number, room.pixels(reply.height, reply.width), reply.dpi, whole)

    def close(self) -> None:
        """Lets go of the decoding process; the file stays its opener's to close."""
        give_back(self._decoder)

    def _whole(self, number: int) -> Grey:
        """A page as stored; so are those after it, they may well be like it."""
        self._sketch = False
        self._open()
        return self.page(number).image

    def _open(self) -> int:
        opening = Open(self._limits, self._sketch)
        reply = self._decoder.ask(opening, self._limits.seconds, self._file.fileno())
        assert isinstance(reply, Opened)
        return reply.pages

    def _revive(self) -> None:
        """A page that breaks the reader must not take the others along, nor cost for ever."""
        if self._decoder.alive and not self._decoder.waiting:
            return
        self._losses += 1
        if self._losses >= MOST_LOSSES:
            raise refused(Reason.CORRUPT, LOSSES_ADVICE)
        self._decoder.close()
        self._decoder = borrow()
        self._open()


@contextmanager
def open_scan(path: Path, limits: Limits, *, sketch: bool = False) -> Iterator[Scan]:
    """Opens `path` by its content: PDF, TIFF, JPEG or PNG.

    Args:
        path: a file.
        limits: within which it is decoded.
        sketch: whether pages may come with their edges halved, where that is cheaper.

    Raises:
        Refused: not a scan, damaged, or beyond the limits.
        MissingProgram: something that decoding needs is not installed.
    """
    with open_regular(path, limits) as file:
        scan = Scan(file, limits, sketch=sketch)
        try:
            yield scan
        finally:
            scan.close()
