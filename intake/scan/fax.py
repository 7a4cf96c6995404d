"""Fax data: whether it is whole, for decoders stop at the first gap and leave the rest blank."""

from __future__ import annotations

import io
import re
import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image

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
    if is_group_3(data) or first >= len(whole) - END_BYTES:
        return False
    bits = "".join(map(str, np.unpackbits(whole[first : first + END_BYTES])))
    end = END_OF_BLOCK.search(bits)
    return end is None or end[1] is None


def is_group_3(data: bytes) -> bool:
    """Whether the lines of `data` begin with an announcement, as they never do in Group 4."""
    return int.from_bytes(data[:2]) >> (16 - LEAST_ZEROS) == 0


def group_4_picture(data: bytes, size: tuple[int, int]) -> Image.Image:
    """The picture of width and height `size` in one strip of Group 4 data, ink black."""
    width, height = size
    tags = {256: width, 257: height, 258: 1, 259: 4, 262: 0, 273: 8, 277: 1, 278: height}
    tags[279] = len(data)
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    head = b"II*\0" + struct.pack("<I", 8 + len(data))
    count, no_next = struct.pack("<H", len(tags)), bytes(4)
    return Image.open(io.BytesIO(head + data + count + directory + no_next), formats=["TIFF"])


def _zero_runs(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """For each byte but the last, the zero bits in a row that begin in it and go beyond it."""
    after, before = _ZEROS_AFTER[data], _ZEROS_BEFORE[data]
    run = after[:-1] + before[1:]
    run[:-1] += np.where(data[1:-1] == 0, before[2:], 0).astype(np.uint8)
    return run
