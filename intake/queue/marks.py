"""Decimal marks: where one may be typed, and which digits then are meant."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intake.records import Correction, QueueItem

MARK = "."


def takes_mark(item: QueueItem) -> bool:
    """Whether a decimal mark may be typed: boxes of a comb stand for their places."""
    return not item.cells and item.decimals > 0


def digits_meant(item: QueueItem, typed: str) -> str:
    """The digits that `typed` stands for, filled up with zeros where it has a decimal mark.

    What has a mark where none may be, or more digits after it than the field has, stays as it is.
    """
    parts = re.fullmatch(rf"([0-9]+)[.,]([0-9]{{0,{item.decimals}}})", typed)
    if parts is None or not takes_mark(item):
        return typed
    whole, fraction = parts.groups()
    return whole + fraction.ljust(item.decimals, "0")


def with_mark(item: QueueItem, digits: str) -> str:
    """The digits as people write them: with their decimal mark, where one may be typed."""
    if not takes_mark(item) or not digits.isdecimal():
        return digits
    digits = digits.zfill(item.decimals + 1)
    return f"{digits[: -item.decimals]}{MARK}{digits[-item.decimals :]}"


def meant(item: QueueItem, correction: Correction) -> Correction:
    """The correction with the digits that its value stands for."""
    if correction.value is None:
        return correction
    return replace(correction, value=digits_meant(item, correction.value))
