"""Whether Group 4 data is whole: fax decoders stop at the first gap and leave the rest blank."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

LEAST_ZEROS = 11
"""Zero bits in a row that no code word of T.6 gives: they announce the end of the page."""

END_OF_BLOCK = re.compile("0{11,}1(0{11}1)?")
END_BYTES = 7
"""The end-of-block code wherever its 24 bits begin, and padding around it."""

_BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
_ZEROS_BEFORE = np.where(_BITS.any(axis=1), _BITS.argmax(axis=1), 8).astype(np.uint8)
_ZEROS_AFTER = np.where(_BITS.any(axis=1), _BITS[:, ::-1].argmax(axis=1), 8).astype(np.uint8)
MIRRORED = bytes(np.packbits(_BITS[:, ::-1], axis=1).ravel())
"""Each byte with its bits in the opposite order, for `bytes.translate`."""


def breaks_off(data: bytes) -> bool:
    """Whether a gap stands where only the page's end may stand.

    Group 3 data, where every line begins with such an announcement, is left alone.

    Args:
        data: one strip, most significant bit first.
    """
    whole = np.frombuffer(data.rstrip(b"\0"), np.uint8)
    announced = np.flatnonzero(_zero_runs(whole) >= LEAST_ZEROS)
    if not announced.size:
        return len(data) - len(whole) > END_BYTES
    first = int(announced[0])
    if first <= 1 or first >= len(whole) - END_BYTES:
        return False
    bits = "".join(map(str, np.unpackbits(whole[first : first + END_BYTES])))
    end = END_OF_BLOCK.search(bits)
    return end is None or end[1] is None


def _zero_runs(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """For each byte but the last, the zero bits in a row that begin in it and go beyond it."""
    after, before = _ZEROS_AFTER[data], _ZEROS_BEFORE[data]
    run = after[:-1] + before[1:]
    run[:-1] += np.where(data[1:-1] == 0, before[2:], 0).astype(np.uint8)
    return run
