"""Draws `templates/ID.png`, the blank form, for each template that is found by its marks.

Where a scan has lost the boxes, the form is checked by the words that are printed on it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from intake.forms import form_picture  # noqa: E402 - the root has to be known first
from intake.records import Grey, Kind  # noqa: E402
from intake.template import load_templates  # noqa: E402

if TYPE_CHECKING:
    from intake.template import Template

PX_PER_MM = 5.0
PAPER = 255


def blank_picture(template: Template) -> Grey:
    """The blank form without its code, which differs from form to form."""
    picture = form_picture(template, None, PX_PER_MM).copy()
    for field in template.field:
        if field.kind is Kind.BARCODE:
            left, top, width, height = (round(edge * PX_PER_MM) for edge in field.box)
            picture[top : top + height, left : left + width] = PAPER
    return picture


def main() -> None:
    """Writes the pictures beside their templates."""
    for template in load_templates(ROOT / "templates"):
        if template.marks is not None:
            path = ROOT / "templates" / f"{template.id}.png"
            cv2.imwrite(str(path), blank_picture(template), [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main()
