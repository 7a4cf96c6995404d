"""Values as they stand in the boxes on paper, and as the store keeps them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from intake.queue import with_mark

if TYPE_CHECKING:
    from intake.records import QueueItem

DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def in_boxes(value: str, item: QueueItem) -> str:
    """What somebody writes into the item's boxes for `value`: a date starts with its day."""
    day = DAY.fullmatch(value)
    if day is None:
        return with_mark(item, value)
    year, month, number = day.groups()
    return number + month + (year[2:] if item.cells == 6 else year)
