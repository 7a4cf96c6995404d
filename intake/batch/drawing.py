"""Writes what was made of a page: its aligned forms with their boxes, and crops, as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake.evidence import PAGE_SCALE
from intake.overlays import form_overlay, write_png

if TYPE_CHECKING:
    from pathlib import Path

    from intake.records import PageResult
    from intake.template import TemplateSet


def draw_page(result: PageResult, templates: TemplateSet, folder: Path, name: str) -> None:
    """Writes `NAME-p1-f1.png` for each form of a page, and a crop per field.

    Args:
        result: of a page, its pictures still with it.
        templates: of the forms.
        folder: where to; made if missing.
        name: of the scan.

    Raises:
        UsageError: a picture cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if result.picture is None:
        return
    page = cv2.resize(result.picture, None, fx=1 / PAGE_SCALE, fy=1 / PAGE_SCALE)
    for form in result.forms:
        stem = f"{name}-p{result.number}-f{form.number}"
        template = templates.get(form.template)
        write_png(folder / f"{stem}.png", form_overlay(np.asarray(page, np.uint8), template, form))
        for field in form.fields:
            if field.picture is not None:
                write_png(folder / f"{stem}-{field.name}.png", field.picture)
