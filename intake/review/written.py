"""Values as they stand in the boxes on paper, and as the store keeps them."""

from __future__ import annotations

import re
from datetime import date

MARK = "."
DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def in_boxes(value: str, cells: int) -> str:
    """The digits that somebody writes into the boxes for `value`: a date starts with its day."""
    day = DAY.fullmatch(value)
    if day is None:
        return value
    year, month, number = day.groups()
    return number + month + (year[2:] if cells == 6 else year)


def without_mark(typed: str, decimals: int) -> str:
    """The digits that `typed` stands for, filled up with zeros where it has a decimal mark."""
    whole, mark, fraction = typed.partition(MARK)
    return whole + fraction.ljust(decimals, "0") if mark else typed


def as_date(typed: str) -> str | None:
    """The day `YYYY-MM-DD` that DDMMYY or DDMMYYYY stands for; None where there is none."""
    if len(typed) not in {6, 8}:
        return None
    year = int(typed[4:]) + (2000 if len(typed) == 6 else 0)
    try:
        return date(year, int(typed[2:4]), int(typed[:2])).isoformat()
    except ValueError:
        return None
