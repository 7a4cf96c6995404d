"""Values as they stand in the boxes on paper, and as the store keeps them."""

from __future__ import annotations

import re

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
