"""Reading records as text: pure writers, one per format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TextIO

from intake.errors import UsageError
from intake.export.lines import write_json_lines
from intake.export.tables import columns_named, write_csv
from intake.records import ReadingRecord

__all__ = ["FORMATS", "writer"]

Writer = Callable[[Iterable[ReadingRecord], TextIO], int]

FORMATS: dict[str, Writer] = {"csv": write_csv, "jsonl": write_json_lines}
"""What writes each format; the keys are the endings of its files."""


def writer(name: str) -> Writer:
    """What writes the format called `name`; it returns how many records it wrote.

    Args:
        name: one of `FORMATS`; `csv:` with the names of columns after it writes these alone.

    Raises:
        UsageError: there is no such format or column.
    """
    if name.startswith("csv:"):
        return partial(write_csv, columns=columns_named(name.removeprefix("csv:")))
    try:
        return FORMATS[name]
    except KeyError:
        known = ", ".join(FORMATS)
        raise UsageError(f"There is no export format `{name}`. Name one of: {known}.") from None
