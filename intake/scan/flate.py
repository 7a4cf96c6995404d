"""Whether deflated data is whole: the checksum at its end is the one thing decoders skip."""

from __future__ import annotations

import zlib

from intake.records import Reason
from intake.scan.refusals import refused

STEP = 1 << 20


def check_flate(data: bytes) -> None:
    """Unpacks `data` to its own end, keeping nothing.

    Raises:
        Refused: it breaks off, or does not add up.
    """
    unpacking = zlib.decompressobj()
    try:
        while data and not unpacking.eof:
            unpacking.decompress(data, STEP)
            data = unpacking.unconsumed_tail
    except zlib.error:
        raise refused(Reason.CORRUPT) from None
    if not unpacking.eof:
        raise refused(Reason.TRUNCATED)
