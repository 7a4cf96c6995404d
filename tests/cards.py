"""A card of some company, drawn as its printer would get it, and filled in by hand."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from reportlab.lib.colors import Color, black
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from intake import geometry
from intake.records import Box, Grey, Kind
from intake.synth.pen import BALL_PENS, inked
from intake.synth.pen_hand import draw_hand, write_comb
from intake.template import Template, field_named

CARD = (148.0, 105.0)
COLD: Box = (50.0, 27.0, 48.0, 8.0)
HOT: Box = (50.0, 40.0, 48.0, 8.0)
DATE: Box = (50.0, 53.0, 36.0, 8.0)
REPLACED: Box = (50.0, 67.0, 4.5, 4.5)
LEAK: Box = (80.0, 67.0, 4.5, 4.5)
RESIDENTS: Box = (50.0, 77.0, 25.0, 8.0)
SIGNATURE: Box = (90.0, 79.0, 45.0, 16.0)
PLACES = (
    (Kind.HANDWRITTEN, COLD, 8),
    (Kind.HANDWRITTEN, HOT, 8),
    (Kind.HANDWRITTEN, DATE, 6),
    (Kind.MARK, REPLACED, 0),
    (Kind.MARK, LEAK, 0),
    (Kind.HANDWRITTEN, RESIDENTS, 0),
)
"""What can be written in, in reading order."""

LABELS = (
    (12, 33, "Cold water, m3"),
    (12, 46, "Hot water, m3"),
    (12, 59, "Date of reading"),
    (12, 71, "Meter was replaced"),
    (70, 71, "Leak"),
    (12, 83, "Number of residents"),
    (91, 83, "Signature"),
)


def print_card(path: Path, *, light: bool = False, dotted: bool = False, gap: float = 0.0) -> None:
    """Writes the blank card as PDF, its cells `gap` millimetres apart."""
    canvas = Canvas(str(path), pagesize=(CARD[0] * mm, CARD[1] * mm))
    canvas.setFont("Helvetica-Bold", 13)
    canvas.drawString(12 * mm, (CARD[1] - 14) * mm, "Riverside Housing Association")
    canvas.setFont("Helvetica", 8)
    canvas.drawString(12 * mm, (CARD[1] - 20) * mm, "One digit to a box. Return by the 28th.")
    for x, y, text in LABELS:
        canvas.drawString(x * mm, (CARD[1] - y) * mm, text)
    canvas.setStrokeColor(Color(0.7, 0.8, 0.95) if light else black)
    canvas.setLineWidth(0.25 * mm)
    if dotted:
        canvas.setDash(0.3 * mm, 0.6 * mm)
    for _, box, cells in (*PLACES, (Kind.HANDWRITTEN, SIGNATURE, 0)):
        for left, top, width, height in geometry.cell_boxes(
            box, max(cells, 1), gap if cells else 0.0
        ):
            bottom = CARD[1] - top - height
            canvas.rect(left * mm, bottom * mm, width * mm, height * mm)
    canvas.save()


def filled(blank: Grey, template: Template, values: dict[str, str], seed: int = 4) -> Grey:
    """The picture of a blank form with digits written into some of its combs."""
    rng = np.random.default_rng(seed)
    hand = draw_hand(rng)
    traces = []
    for name, value in values.items():
        field = field_named(template, name)
        traces += write_comb(
            value, geometry.cell_boxes(field.box, field.cells, field.gap), hand, rng
        )
    return inked(blank, traces, BALL_PENS[0], blank.shape[1] / template.page[0], rng)


def turned(picture: Grey, degrees: float) -> Grey:
    """The picture turned counter-clockwise about its middle, on white."""
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(
        cv2.warpAffine(picture, matrix, (width, height), borderValue=(255,)), np.uint8
    )
