"""Ink on paper: pen traces in millimetres drawn onto the picture of a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

    from intake.records import Grey, Points

Layer = NDArray[np.float32]
"""Ink per pixel, 0 = paper, 1 = full."""

_OVERSAMPLING = 2
_SHIFT = 4


@dataclass(frozen=True, eq=False, slots=True)
class Trace:
    """The way of a pen between putting it down and lifting it.

    Attributes:
        points: N×2, millimetres on the form.
        widths: N, millimetres.
        density: N, share of full ink.
    """

    points: Points
    widths: Points
    density: Points


@dataclass(frozen=True, slots=True)
class Ink:
    """What a pen leaves on paper.

    Attributes:
        level: grey of full ink on white paper, 0..255.
        grain: how much the paper's tooth shows through, 0..1.
    """

    level: float
    grain: float


BALL_PENS = (Ink(40, 0.15), Ink(75, 0.2), Ink(95, 0.25), Ink(60, 0.2))
"""Black, and three blues as a grey scanner sees them."""

PENCIL = Ink(105, 0.6)


def draw_ink(rng: np.random.Generator) -> Ink:
    """The pen somebody picks up: blue or black, now and then a pencil."""
    return PENCIL if rng.random() < 0.05 else BALL_PENS[rng.integers(len(BALL_PENS))]


def inked(
    picture: Grey, traces: Iterable[Trace], ink: Ink, px_per_mm: float, rng: np.random.Generator
) -> Grey:
    """`picture` with the traces drawn on it, `px_per_mm` pixels to the millimetre."""
    height, width = picture.shape
    layer = trace_layer((height, width), traces, px_per_mm)
    tooth = _tooth((height, width), px_per_mm, rng)
    cover = layer * np.clip(1 - ink.grain * tooth, 0, 1)
    darker = picture * (1 - cover * (1 - ink.level / 255))
    return np.asarray(np.clip(darker + 0.5, 0, 255), np.uint8)


def trace_layer(shape: tuple[int, int], traces: Iterable[Trace], px_per_mm: float) -> Layer:
    """The traces as ink per pixel, on a picture of `shape` height and width."""
    height, width = shape
    fine = np.zeros((height * _OVERSAMPLING, width * _OVERSAMPLING), np.uint8)
    scale = px_per_mm * _OVERSAMPLING
    for trace in traces:
        _stamp(fine, trace, scale)
    layer = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(layer / np.float32(255), np.float32)


def _stamp(fine: Grey, trace: Trace, scale: float) -> None:
    """A disc per point: close enough together to be a line that swells and thins."""
    centres = np.rint((trace.points * scale - 0.5) * (1 << _SHIFT)).astype(int)
    radii = np.rint(trace.widths / 2 * scale * (1 << _SHIFT)).astype(int)
    levels = np.rint(trace.density * 255)
    for centre, radius, level in zip(
        centres.tolist(), radii.tolist(), levels.tolist(), strict=True
    ):
        cv2.circle(fine, centre, radius, level, -1, cv2.LINE_AA, _SHIFT)


def _tooth(shape: tuple[int, int], px_per_mm: float, rng: np.random.Generator) -> Layer:
    """Paper grain of about a tenth of a millimetre, 0..2 with mean about 0.4."""
    height, width = shape
    step = max(1.0, px_per_mm / 10)
    small = rng.standard_normal((int(height / step) + 1, int(width / step) + 1), np.float32)
    grain = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grain.clip(0, 2), np.float32)
