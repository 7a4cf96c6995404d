"""Values as they stand in the boxes on paper, and as the store keeps them."""

from __future__ import annotations

import re

DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def in_boxes(value: str, cells: int) -> str:
    """The digits that somebody writes into the boxes for `value`: a date starts with its day."""
    day = DAY.fullmatch(value)
    if day is None:
        return value
    year, month, number = day.groups()
    return number + month + (year[2:] if cells == 6 else year)
