"""Hostile scanner files, made on the spot, each with its one right outcome.

An outcome is a tuple with a word per page: `read`, or the reason it was refused; a file that
is refused as a whole has the one reason. Where it depends on the machine which limit a bomb meets
first, the word names them all: `too_slow|too_large`.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from hostile import documents as pdf
from hostile import pictures as pic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

READ = ("read",)


@dataclass(frozen=True)
class Hostile:
    """A hostile file.

    Attributes:
        name: of the file.
        put: makes it at a path.
        right: its one right outcome.
    """

    name: str
    put: Callable[[Path], object]
    right: tuple[str, ...]


@cache
def catalogue() -> tuple[Hostile, ...]:
    """All of them, in the order of names."""
    made = {**_cut(), **_foreign(), **_damaged(), **_bombs(), **_odd_but_good(), **_turned()}
    files = [Hostile(name, _writer(data), right) for name, (data, right) in made.items()]
    return tuple(sorted([*files, *_places()], key=lambda item: os.fsencode(item.name)))


def _writer(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


Made = dict[str, tuple[bytes, tuple[str, ...]]]


def _cut() -> Made:
    whole: Mapping[str, bytes] = {
        "gray.jpg": pic.jpeg(),
        "progressive.jpg": pic.jpeg(progressive=True),
        "plain.png": pic.png(),
        "fax.tif": pic.tiff(compression="group4"),
        "lzw.tif": pic.tiff(),
        "jpeg.tif": pic.tiff(compression="jpeg"),
        "two.tif": pic.tiff(save_all=True, append_images=[pic.slip()]),
        "scanned.pdf": pdf.scanned(3),
        "drawn.pdf": pdf.drawn(),
    }
    return {
        f"cut-{tenth}0-{name}": (data[: len(data) * tenth // 10], ("truncated",))
        for name, data in whole.items()
        for tenth in range(1, 10)
    }


def _foreign() -> Made:
    return {
        "empty.pdf": (b"", ("empty_file",)),
        "zeros.tif": (bytes(50000), ("unsupported",)),
        "letter.pdf": (b"Dear scanner,\n" * 100, ("unsupported",)),
        "error.jpg": (b"<html><h1>502 Bad Gateway</h1></html>", ("unsupported",)),
        "picture.gif": (pic.saved(pic.slip(), "GIF"), ("unsupported",)),
        "picture.webp": (pic.saved(pic.slip(), "WEBP"), ("unsupported",)),
        "archive.docx": (b"PK\3\4" + bytes(200), ("unsupported",)),
        ".hidden.jpg": (pic.jpeg(), ("unsupported",)),
        "growing.pdf.part": (pdf.scanned(), ("truncated",)),
        "locked.pdf": (pdf.locked(), ("encrypted",)),
        "half-header.png": (b"\x89PNG\r\n\x1a\n", ("truncated",)),
        "half-header.jpg": (b"\xff\xd8\xff\xe0", ("truncated",)),
        "half-header.tif": (b"II*\0", ("truncated",)),
    }


def _damaged() -> Made:
    corrupt = ("corrupt",)
    fax, lzw = pic.tiff(compression="group4"), pic.tiff()
    two = pic.tiff(save_all=True, append_images=[pic.slip()])
    return {
        "zeros-inside.jpg": (pic.damaged(pic.jpeg(), 0.5, bytes(3000)), corrupt),
        "flipped.png": (pic.damaged(pic.png(), 0.5, b"\xaa"), corrupt),
        "zeros-inside-fax.tif": (pic.damaged(fax, 0.4, bytes(400)), corrupt),
        "noise-inside-fax.tif": (pic.damaged(fax, 0.4, bytes(range(256))), corrupt),
        "zeros-inside-lzw.tif": (pic.damaged(lzw, 0.5, b"\xff" * 3000), corrupt),
        "zeros-inside-jpeg.tif": (
            pic.damaged(pic.tiff(compression="jpeg"), 0.5, bytes(3000)),
            corrupt,
        ),
        "ones-inside-deflate.tif": (
            pic.damaged(pic.tiff(compression="tiff_adobe_deflate"), 0.5, b"\xff" * 2000),
            corrupt,
        ),
        "noise-inside-fax.pdf": (pic.damaged(pdf.scanned_g4(), 0.4, bytes(range(256))), corrupt),
        "zeros-inside-scanned.pdf": (pic.damaged(pdf.scanned(), 0.5, bytes(3000)), corrupt),
        "one-of-two.tif": (pic.damaged(two, 0.75, b"\xff" * 3000), ("read", "corrupt")),
        "strip-outside.tif": (pic.small_tiff({273: 4000}), ("truncated",)),
        "strip-of-nothing.tif": (pic.small_tiff({279: 0}), corrupt),
        "strip-too-short.tif": (pic.small_tiff({279: 12}), corrupt),
        "strip-missing.tif": (pic.small_tiff({278: 1}), corrupt),
        "loop.tif": (pic.looping_tiff(), corrupt),
        "broken-picture.pdf": (pdf.cut_picture(0.5), ("truncated",)),
        "broken-flate.pdf": (pdf.grey_flate(b"x\x9c" + bytes(50)), corrupt),
        "pages-missing.pdf": (
            pdf.document([pdf.Sheet()] * 3, count=5),
            ("read", "read", "read", "corrupt", "corrupt"),
        ),
        "no-pages.pdf": (pdf.document([]), corrupt),
        "nonsense.pdf": (b"%PDF-1.7\nstartxref\n12\n%%EOF\n", corrupt),
        "all-black.jpg": (pic.saved(pic.Image.new("L", (64, 64), 0), "JPEG"), corrupt),
    }


def _bombs() -> Made:
    large = ("too_large",)
    return {
        "pixels.jpg": (pic.huge_jpeg(), large),
        "pixels.png": (pic.huge_png(), large),
        "pixels.tif": (pic.huge_tiff(), large),
        "pixels.pdf": (pdf.huge_picture(), large),
        "poster.pdf": (pdf.document([pdf.Sheet(size=(14400, 14400))]), large),
        "pages.tif": (pic.pages_tiff(61), ("too_many_pages",)),
        "pages.pdf": (pdf.document([pdf.Sheet()] * 61), ("too_many_pages",)),
        "comment.png": (pic.png_with_text_bomb(), ("corrupt",)),
        "slow.jpg": (pic.slow_jpeg(), ("too_slow",)),
        "nested.pdf": (pdf.nested_forms(), ("too_slow|too_large",)),
        "content.pdf": (pdf.endless_content(), ("too_slow|too_large",)),
    }


def _odd_but_good() -> Made:
    made = {
        "photo.pdf": pic.jpeg(),
        "report.jpg": pdf.scanned(),
        "no-extension": pic.tiff(compression="group4"),
        "four-colours.jpg": pic.saved(pic.printed_in_four_colours(), "JPEG"),
        "four-colours.tif": pic.tiff(pic.printed_in_four_colours()),
        "see-through.png": pic.png(pic.see_through()),
        "sixteen.png": pic.png(pic.sixteen_bit()),
        "sixteen.tif": pic.tiff(pic.sixteen_bit()),
        "float-1.tif": pic.tiff(pic.floating(1.0)),
        "float-255.tif": pic.tiff(pic.floating(255.0)),
        "palette.png": pic.png(pic.slip().convert("P")),
        "group-3.tif": pic.tiff(pic.black_on_white(), compression="group3"),
        "bits.tif": pic.tiff(pic.black_on_white(), compression="raw"),
        "packed.tif": pic.tiff(compression="packbits"),
        "big.tif": pic.tiff(big_tiff=True),
        "lab.tif": pic.tiff(pic.slip().convert("RGB").convert("LAB")),
        "negative-fax.tif": pic.tiff(compression="group4", tiffinfo={262: 0}),
        "colour-jpeg.tif": pic.tiff(pic.slip().convert("RGB"), compression="jpeg"),
        "deflate.tif": pic.tiff(compression="tiff_adobe_deflate"),
        "fax.pdf": pdf.scanned_g4(),
        "negative.pdf": pdf.inverted_jpeg(),
        "four-colours.pdf": pdf.four_colour_jpeg(),
        "stencil.pdf": pdf.stencil(),
        "indexed.pdf": pdf.indexed(),
        "jpeg-2000.pdf": pdf.jpeg_2000(),
        "note.pdf": pdf.annotated(),
        "flate.pdf": pdf.grey_flate(),
        "typed-over.pdf": pdf.typed_over(),
        "hidden-text.pdf": pdf.with_hidden_text(),
        "script.pdf": pdf.script(),
        "junk-before.pdf": b"junk\n" * 9 + pdf.scanned(),
        "junk-behind.pdf": pdf.scanned() + bytes(300),
        "junk-behind.jpg": pic.jpeg() + bytes(300),
        "steer\x1b[2J\u202egnp.png": pic.png(),
    }
    return {name: (data, READ) for name, data in made.items()}


def _turned() -> Made:
    made: Made = {}
    for turn in range(1, 9):
        made[f"turned-{turn}.tif"] = (pic.turned_tiff(turn, "group4"), READ)
        made[f"turned-{turn}-lzw.tif"] = (pic.turned_tiff(turn, "tiff_lzw"), READ)
        made[f"turned-{turn}.jpg"] = (pic.turned_jpeg(turn), READ)
    return made


def _places() -> list[Hostile]:
    def outside(path: Path) -> None:
        target = path.parent.parent / "elsewhere.jpg"
        target.write_bytes(pic.jpeg())
        path.symlink_to(target)

    def ear(path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))

    no_file = ("not_a_file",)
    return [
        Hostile("pipe.jpg", os.mkfifo, no_file),
        Hostile("socket.jpg", ear, no_file),
        Hostile("link-outside.jpg", outside, no_file),
        Hostile("link-to-nothing.jpg", lambda path: path.symlink_to("nothing"), no_file),
        Hostile("link-to-itself.jpg", lambda path: path.symlink_to(path.name), no_file),
    ]
