"""The obvious way to read a form: draw the PDF, warp the page, call Tesseract for every field."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray
from pdf2image import convert_from_path

from benchmarks.monthend import SHEET, templates
from intake.records import Kind
from intake.template import Template

DPI = 300
PX_PER_MM = DPI / 25.4
LINE = "--psm 7 -c tessedit_char_whitelist=0123456789"


def read_page(pdf: Path) -> dict[str, str]:
    """Digits by field."""
    template = templates().get(SHEET)
    (drawn,) = convert_from_path(pdf, dpi=DPI, grayscale=True)
    upright = _warped(np.asarray(drawn, np.uint8), template)
    values = {}
    for field in template.field:
        left, top, width, height = (round(edge * PX_PER_MM) for edge in field.box)
        crop = upright[top : top + height, left : left + width]
        if field.kind is Kind.BARCODE:
            values[field.name] = cv2.QRCodeDetector().detectAndDecode(crop)[0]
        else:
            text = pytesseract.image_to_string(crop, config=LINE)
            values[field.name] = re.sub(r"\D", "", text)
    return values


def _warped(page: NDArray[np.uint8], template: Template) -> NDArray[np.uint8]:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    corners, ids, _ = cv2.aruco.ArucoDetector(dictionary).detectMarkers(page)
    boxes = template.mark_boxes
    source, target = [], []
    for number, found in zip(map(int, np.reshape(ids, -1)), corners, strict=True):
        if number in boxes:
            left, top, width, height = boxes[number]
            right, bottom = left + width, top + height
            target += [(left, top), (right, top), (right, bottom), (left, bottom)]
            source += np.reshape(found, (4, 2)).tolist()
    scaled = np.array(target) * PX_PER_MM
    homography, _ = cv2.findHomography(np.array(source), scaled)
    size = tuple(round(edge * PX_PER_MM) for edge in template.page)
    return np.asarray(cv2.warpPerspective(page, homography, size), np.uint8)
