"""Codes on a blank form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import zxingcpp

from intake.records import Kind
from intake.survey.places import Place

if TYPE_CHECKING:
    from intake.records import Grey

QUIET_MM = 1.0


def find_codes(picture: Grey, px_per_mm: float) -> tuple[Place, ...]:
    """Bar codes and QR codes of a picture, each with a little of the paper around it."""
    return tuple(_place(code.position, px_per_mm) for code in zxingcpp.read_barcodes(picture))


def _place(position: zxingcpp.Position, px_per_mm: float) -> Place:
    corners = (
        position.top_left,
        position.top_right,
        position.bottom_right,
        position.bottom_left,
    )
    across = [corner.x / px_per_mm for corner in corners]
    down = [corner.y / px_per_mm for corner in corners]
    left, top = max(min(across) - QUIET_MM, 0.0), max(min(down) - QUIET_MM, 0.0)
    box = (left, top, max(across) + QUIET_MM - left, max(down) + QUIET_MM - top)
    return Place(Kind.BARCODE, box)
