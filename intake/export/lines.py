"""Reading records as JSON Lines: one object per record, keys in the record's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from intake.records import ReadingRecord


def write_json_lines(records: Iterable[ReadingRecord], stream: TextIO) -> int:
    """Writes a line per record; returns how many there were."""
    count = 0
    for count, record in enumerate(records, start=1):  # noqa: B007 - the last one is returned
        stream.write(msgspec.json.encode(record).decode() + "\n")
    return count
