"""Reading records as CSV (RFC 4180) that no spreadsheet runs anything from."""

from __future__ import annotations

import csv
from dataclasses import fields
from typing import TYPE_CHECKING, TextIO

from intake.errors import UsageError
from intake.records import ReadingRecord
from intake.spreadsheets import cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COLUMNS = tuple(field.name for field in fields(ReadingRecord))


def write_csv(
    records: Iterable[ReadingRecord], stream: TextIO, columns: Sequence[str] = COLUMNS
) -> int:
    """Writes a header and a row per record; returns how many records there were.

    The stream is to be opened with `newline=""`, so that line ends stay as written.
    """
    out = csv.writer(stream)
    out.writerow(columns)
    count = 0
    for count, record in enumerate(records, start=1):  # noqa: B007 - the last one is returned
        out.writerow([cell(getattr(record, name)) for name in columns])
    return count


def columns_named(text: str) -> tuple[str, ...]:
    """The columns that `text` names, separated by commas.

    Raises:
        UsageError: there is no such column, or one is named twice.
    """
    names = tuple(name.strip() for name in text.split(","))
    if set(names) <= set(COLUMNS) and len(set(names)) == len(names):
        return names
    raise UsageError(f"Columns are chosen among {', '.join(COLUMNS)}, each once.")
