"""Pictures as scanners write them, and as they come when something went wrong."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

SIZE = (640, 440)
"""Width and height: an A6 slip at a little over 100 dpi, so that each file takes no time."""


def slip() -> Image.Image:
    """A grey picture with lines, digits and paper noise."""
    noise = np.random.default_rng(1).integers(235, 250, (SIZE[1], SIZE[0]), dtype=np.uint8)
    picture = Image.fromarray(noise)
    pen = ImageDraw.Draw(picture)
    for row in range(6):
        pen.rectangle((40, 40 + 60 * row, 600, 80 + 60 * row), outline=90, width=2)
        pen.text((60, 45 + 60 * row), f"{row}2345678 water m3", fill=20, font_size=28)
    return picture


def black_on_white() -> Image.Image:
    return slip().point(lambda value: 255 * (value > 128)).convert("1")


def saved(picture: Image.Image, kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


def jpeg(**how: Any) -> bytes:
    return saved(slip(), "JPEG", dpi=(110, 110), **how)


def png(picture: Image.Image | None = None, **how: Any) -> bytes:
    return saved(picture or slip(), "PNG", dpi=(110, 110), **how)


def tiff(picture: Image.Image | None = None, compression: str = "tiff_lzw", **how: Any) -> bytes:
    chosen = picture or (black_on_white() if compression == "group4" else slip())
    return saved(chosen, "TIFF", compression=compression, dpi=(110, 110), **how)


def turned_tiff(orientation: int, compression: str) -> bytes:
    return tiff(compression=compression, tiffinfo={274: orientation})


def turned_jpeg(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[274] = orientation
    return jpeg(exif=exif.tobytes())


def pages_tiff(count: int, size: tuple[int, int] = (16, 16)) -> bytes:
    page = Image.new("1", size, 1)
    return saved(page, "TIFF", save_all=True, append_images=[page] * (count - 1))


def huge_jpeg() -> bytes:
    """Says in its header that it has 65,500 × 65,500 pixels."""
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, 65500, 65500)
    return bytes(data)


def huge_png() -> bytes:
    """30,000 × 30,000 black pixels in some hundred kB."""
    row = zlib.compressobj(1)
    packed = row.compress(bytes(3751 * 30000)) + row.flush()
    head = struct.pack(">IIBBBBB", 30000, 30000, 1, 0, 0, 0, 0)
    return _png([(b"IHDR", head), (b"IDAT", packed), (b"IEND", b"")])


def png_with_text_bomb() -> bytes:
    """A comment that unpacks to 20 MB, before the picture."""
    whole = png()
    text = b"Comment\0\0" + zlib.compress(bytes(20 << 20), 9)
    return whole[:33] + _chunk(b"zTXt", text) + whole[33:]


def slow_jpeg() -> bytes:
    """A progressive picture of 16 megapixels, whose last scan is repeated 4,000 times."""
    blank = saved(Image.new("L", (4000, 4000), 255), "JPEG", progressive=True, quality=50)
    last = blank.rindex(b"\xff\xda")
    tables = blank.rindex(b"\xff\xc4", 0, last)
    scan = blank[tables:-2]
    return blank[:-2] + scan * 4000 + b"\xff\xd9"


def huge_tiff() -> bytes:
    """One strip of 16 bytes that claims to be 60,000 × 60,000 pixels."""
    return small_tiff({256: 60000, 257: 60000, 278: 60000})


def small_tiff(changes: dict[int, int], depth: int = 8) -> bytes:
    """An uncompressed 4 × 4 TIFF of one strip, tags changed at will; None takes a tag out."""
    tags = {256: 4, 257: 4, 258: depth, 259: 1, 262: 1, 273: 8, 277: 1, 278: 4, 279: 16, **changes}
    entries = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags.items())]
    directory = struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", 0)
    return b"II*\0" + struct.pack("<I", 24) + bytes(range(100, 116)) + directory


def looping_tiff() -> bytes:
    """Its only directory says that the next one is itself."""
    return small_tiff({})[:-4] + struct.pack("<I", 24)


def damaged(data: bytes, share: float, filler: bytes) -> bytes:
    """`data` with `filler` written over it at `share` of its length."""
    at = int(len(data) * share)
    return data[:at] + filler + data[at + len(filler) :]


def printed_in_four_colours() -> Image.Image:
    return slip().convert("RGB").convert("CMYK")


def see_through() -> Image.Image:
    """Ink on nothing: without white paper under it, it is black on black."""
    ink = slip().point(lambda value: 255 - value)
    return Image.merge("LA", (Image.new("L", SIZE, 0), ink))


def sixteen_bit() -> Image.Image:
    return Image.fromarray(np.asarray(slip(), np.uint16) * 257)


def floating(full: float) -> Image.Image:
    return Image.fromarray((np.asarray(slip()) / 255 * full).astype(np.float32))


def _png(chunks: list[tuple[bytes, bytes]]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    sum_ = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", sum_)
