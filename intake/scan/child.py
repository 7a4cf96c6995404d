"""The process in which files are decoded: it may be killed at any moment, and nothing is lost.

Started as `python -m intake.scan.child SOCKET`; ends when the other end is closed. Its standard
error is an anonymous file: whatever a decoder writes there while it decodes is a complaint
about damaged data.
"""

from __future__ import annotations

import math
import os
import resource
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
from PIL import Image

from intake.errors import MissingProgram
from intake.records import Reason
from intake.scan.complaints import listening
from intake.scan.formats import Source, open_source
from intake.scan.grey import is_flat_dark
from intake.scan.messages import (
    MOST_BYTES,
    Close,
    Decode,
    Decoded,
    Lacking,
    Open,
    Opened,
    Ready,
    Reply,
    TurnedAway,
    decode_request,
    encode,
)
from intake.scan.refusals import Refused, refusal_for, refused
from intake.settings import Limits

if TYPE_CHECKING:
    from intake.records import Grey

MIB = 1 << 20
GRACE_SECONDS = 2


class Child:
    """Answers one request at a time about one open file."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._own_bytes = _address_space()
        self._limits = Limits()
        self._source: Source | None = None

    def serve(self) -> None:
        """Answers until the other end is closed."""
        self._line.sendmsg([encode(Ready())])
        while True:
            data, handed, _, _ = socket.recv_fds(self._line, MOST_BYTES, 1)
            if not data:
                return
            request = decode_request(data)
            if isinstance(request, Close):
                self._source = None
            else:
                self._line.sendmsg([encode(self._answer(request, handed[0]))])

    def _answer(self, request: Open | Decode, handed: int) -> Reply:
        try:
            if isinstance(request, Open):
                return self._opened(request, handed)
            with os.fdopen(handed, "wb", buffering=0):
                return self._decoded(request, handed)
        except Refused as fault:
            return TurnedAway(fault.refusal.reason, fault.refusal.advice)
        except MissingProgram as fault:
            return Lacking(str(fault))
        except Exception as fault:  # noqa: BLE001 - damaged data makes decoders raise anything
            return _turned_away(fault)

    def _opened(self, request: Open, handed: int) -> Opened:
        self._limits = request.limits
        self._bound()
        path = Path(f"/proc/{os.getpid()}/fd/{handed}")
        source = open_source(os.fdopen(handed, "rb"), path, request)
        if source.page_count < 1:
            raise refused(Reason.CORRUPT)
        if source.page_count > self._limits.pages:
            raise refused(Reason.TOO_MANY_PAGES)
        self._source = source
        return Opened(source.page_count)

    def _decoded(self, request: Decode, handed: int) -> Decoded:
        assert self._source is not None
        self._bound()
        with listening() as heard:
            page = self._source.page(request.page)
        if heard.anything or is_flat_dark(page.image):
            raise refused(Reason.CORRUPT)
        _write(page.image, handed)
        height, width = page.image.shape
        return Decoded(height, width, page.dpi, halved=page.whole is not None)

    def _bound(self) -> None:
        """Bounds this process, and poppler after it, even when nobody is left to kill it."""
        memory = self._own_bytes + self._limits.memory_mib * MIB
        seconds = math.ceil(time.process_time() + self._limits.seconds) + GRACE_SECONDS
        for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
            _, hard = resource.getrlimit(what)
            soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (soft, hard))


def _turned_away(fault: Exception) -> TurnedAway:
    starved = isinstance(fault, MemoryError) or (
        isinstance(fault, cv2.error) and fault.code == cv2.Error.StsNoMem
    )
    refusal = refusal_for(Reason.TOO_LARGE if starved else Reason.CORRUPT)
    return TurnedAway(refusal.reason, refusal.advice)


def _write(pixels: Grey, file: int) -> None:
    """Over what is there: room that a file already has need not be found again."""
    os.ftruncate(file, pixels.nbytes)
    os.pwrite(file, pixels.data, 0)


def _address_space() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = None  # the company's own limit is checked before any decode
    with socket.socket(fileno=int(sys.argv[1])) as end:
        Child(end).serve()
