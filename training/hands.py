"""Loads the handwriting to learn from: every digit as ink, grouped by the person who wrote it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.errors import InputError
from training.dropped import dropped_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.lib.npyio import NpzFile

Ink = NDArray[np.uint8]
Strokes = tuple[NDArray[np.float32], ...]
Row = tuple[object, str, int, Ink | Strokes, int]
"""Writer, split, label, digit, and its place in its set."""


@dataclass(frozen=True, eq=False, slots=True)
class Hand:
    """What one person wrote.

    Attributes:
        name: set and writer, such as `swiss:11`; sets that do not know their writers are one hand.
        split: `train` or `dev`.
        digits: per label 0 to 9, either h×w ink pictures (255 = full ink) or strokes, each
            stroke n×2 with the digit's height scaled to 1 and y pointing down.
        sources: per label, where in its set each of `digits` comes from.
    """

    name: str
    split: str
    digits: tuple[list[Ink | Strokes], ...] = field(
        default_factory=lambda: tuple([] for _ in range(10))
    )
    sources: tuple[list[int], ...] = field(default_factory=lambda: tuple([] for _ in range(10)))

    @property
    def collection(self) -> str:
        """Name of the set it comes from."""
        return self.name.split(":")[0]

    def __len__(self) -> int:
        """How many digits there are."""
        return sum(len(digits) for digits in self.digits)

    def add(self, label: int, digit: Ink | Strokes, source: int) -> None:
        """Adds one digit."""
        self.digits[label].append(digit)
        self.sources[label].append(source)


def load_hands(folder: Path, *, clean: bool = True) -> list[Hand]:
    """Returns all hands of the four sets in `folder`; `clean` leaves out wrong labels.

    Raises:
        InputError: one of the sets is not there.
    """
    hands: dict[str, Hand] = {}
    skip = dropped_labels() if clean else {}
    for name, loader in _LOADERS.items():
        for writer, split, label, digit, source in loader(folder):
            if source in skip.get(name, ()):
                continue
            key = f"{name}:{writer}"
            hands.setdefault(key, Hand(key, split)).add(label, digit, source)
    return list(hands.values())


def _arrays(path: Path) -> NpzFile:
    try:
        return np.load(path)
    except FileNotFoundError as fault:
        raise InputError(
            f"{path}: is not there. Name the folder of handwriting with --data; "
            "docs/accuracy.md says what it holds."
        ) from fault


def _swiss(folder: Path) -> Iterator[Row]:
    with _arrays(folder / "swiss_digits.npz") as data:
        images, sizes, labels = data["images"], data["size_hw"], data["labels"]
        writers, splits = data["writer"], data["split"]
    for index, (height, width) in enumerate(sizes):
        ink = tight(_ink_of(images[index, :height, :width]))
        yield writers[index], str(splits[index]), int(labels[index]), ink, index


def _ink_of(picture: Ink) -> Ink:
    """Dark on light paper → ink, paper texture taken away."""
    paper = float(np.percentile(picture, 70))
    ink = (paper - 10 - picture.astype(np.float32)) * (255 / max(60.0, paper - picture.min()))
    ink[[0, 1, 2, -3, -2, -1]] = 0
    return np.clip(ink, 0, 255).astype(np.uint8)


def tight(ink: Ink) -> Ink:
    """Cuts ink close, two pixels of paper around it."""
    rows, columns = np.where(ink > 60)
    if not len(rows):
        return ink
    top, bottom = max(0, rows.min() - 2), rows.max() + 3
    left, right = max(0, columns.min() - 2), columns.max() + 3
    return np.ascontiguousarray(ink[top:bottom, left:right])


def _unipen(folder: Path) -> Iterator[Row]:
    with _arrays(folder / "unipen_pen_strokes.npz") as data:
        points, lengths, counts = data["points_xy"], data["stroke_len"], data["n_strokes"]
        labels, writers, splits = data["labels"], data["writer"], data["split"]
    ends = np.cumsum(lengths)
    stroke = 0
    for index, count in enumerate(counts):
        spans = range(stroke, stroke + count)
        strokes = [points[ends[k] - lengths[k] : ends[k]] * (1, -1) for k in spans]
        stroke += count
        yield writers[index], str(splits[index]), int(labels[index]), _unit(strokes), index


def _unit(strokes: Sequence[NDArray[np.floating]]) -> Strokes:
    """Scales to height 1 (flat ones to width 1), top left corner at the origin."""
    everything = np.concatenate(strokes)
    low, high = everything.min(axis=0), everything.max(axis=0)
    size = max(high[1] - low[1], 0.3 * (high[0] - low[0]), 1e-6)
    return tuple(((stroke - low) / size).astype(np.float32) for stroke in strokes)


def _mnist(folder: Path) -> Iterator[Row]:
    with _arrays(folder / "mnist.npz") as data:
        images = np.concatenate([data["x_train"], data["x_test"]])
        labels = np.concatenate([data["y_train"], data["y_test"]])
    for index, (image, label) in enumerate(zip(images, labels, strict=True)):
        large = cv2.resize(tight(image), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        yield "all", "train", int(label), np.asarray(large, np.uint8), index


def _optdigits(folder: Path) -> Iterator[Row]:
    with _arrays(folder / "optdigits.npz") as data:
        images, labels = data["images"], data["labels"]
    for index, (image, label) in enumerate(zip(images, labels, strict=True)):
        ink = image if image.max() > 1 else image * 255
        smooth = cv2.GaussianBlur(cv2.resize(ink, (44, 64)), (0, 0), 1.2)
        yield "all", "train", int(label), tight(smooth), index


_LOADERS = {"swiss": _swiss, "unipen": _unipen, "mnist": _mnist, "optdigits": _optdigits}
