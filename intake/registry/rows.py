"""CSV files of checked rows: each line by itself, so that a bad one spoils no other."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Generic, TypeVar

from intake.errors import InputError
from intake.settings import is_month
from intake.spreadsheets import FORMULA_STARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

Known_co = TypeVar("Known_co", covariant=True)
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that did not go in.

    Attributes:
        file: path as handed in.
        line: counts from 1, the header included.
        column: the column's name; empty where the whole line is meant.
        advice: one sentence: what is wrong and what would be right.
    """

    file: str
    line: int
    column: str
    advice: str

    def __str__(self) -> str:
        """The problem in one line."""
        column = f", {self.column}" if self.column else ""
        return f"{self.file}:{self.line}{column}: {self.advice}"


class BadCell(Exception):  # noqa: N818 - becomes a Problem, never leaves the room as it is
    """A cell that cannot be meant.

    Attributes:
        column: its column's name.
        advice: what would be right.
    """

    def __init__(self, column: str, advice: str) -> None:
        super().__init__(advice)
        self.column = column
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Layout(Generic[Known_co]):
    """One kind of file.

    Attributes:
        name: such as `accounts`.
        columns: in the order of an empty file.
        required: columns that every file of the kind has.
        parse: makes the record of a row, or raises `BadCell`.
    """

    name: str
    columns: tuple[str, ...]
    required: frozenset[str]
    parse: Callable[[Row], Known_co]


def read_rows(
    path: Path, layouts: Sequence[Layout[Known_co]]
) -> Iterator[tuple[Layout[Known_co], int, Known_co | Problem]]:
    """Reads a file of any of the layouts, row by row, with the number of each line.

    Raises:
        InputError: it cannot be read, or its header belongs to none of the layouts.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield from _rows(path, lines, layouts)
    except OSError as fault:
        raise InputError(f"{path}: cannot be read ({fault.strerror}). Check the name.") from fault
    except UnicodeDecodeError as fault:
        raise InputError(f"{path}: is not UTF-8 text. Save it as CSV UTF-8 again.") from fault


def write_headers(folder: Path, layouts: Sequence[Layout[Known_co]]) -> list[Path]:
    """Writes an empty file of each layout, header only, and returns their paths.

    Raises:
        InputError: one of them is there already, or cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{layout.name}.csv" for layout in layouts]
    for path, layout in zip(paths, layouts, strict=True):
        try:
            with path.open("x", encoding="utf-8", newline="") as lines:
                csv.writer(lines).writerow(layout.columns)
        except OSError as fault:
            raise InputError(
                f"{path}: cannot be written ({fault.strerror}). Name an empty folder."
            ) from fault
    return paths


def _rows(
    path: Path, lines: Iterator[str], layouts: Sequence[Layout[Known_co]]
) -> Iterator[tuple[Layout[Known_co], int, Known_co | Problem]]:
    header = next(lines, "")
    delimiter = ";" if header.count(";") > header.count(",") else ","
    columns = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
    layout = _layout_of(path, columns, layouts)
    for number, line in enumerate(lines, start=2):
        text = line.rstrip("\r\n")
        if not text:
            continue
        try:
            yield layout, number, layout.parse(_row(columns, text, delimiter))
        except BadCell as fault:
            yield layout, number, Problem(str(path), number, fault.column, fault.advice)


def _row(columns: Sequence[str], text: str, delimiter: str) -> Row:
    cells = _cells(text, delimiter)
    if len(cells) != len(columns):
        raise BadCell("", f"{len(cells)} cells under {len(columns)} columns. Mend the line.")
    row = {name: cell.strip(" ") for name, cell in zip(columns, cells, strict=True)}
    for name, cell in row.items():
        if cell.startswith(FORMULA_STARTS):
            raise BadCell(name, "a spreadsheet would run this as a formula. Take it out.")
        if not cell.isprintable():
            raise BadCell(name, "holds characters that cannot be printed. Take them out.")
    return row


def _cells(text: str, delimiter: str) -> list[str]:
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as fault:
        if "end of data" in str(fault):
            advice = "a quote is opened and not closed. Close it; a cell stays on its line."
            raise BadCell("", advice) from fault
        raise BadCell("", f"not CSV ({fault}). Mend the line.") from fault


_EMPTY = "`registry template` and `engine template` write empty files."


def _layout_of(
    path: Path, columns: list[str], layouts: Sequence[Layout[Known_co]]
) -> Layout[Known_co]:
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise InputError(f"{path}: its first line has {', '.join(twice)} twice. Take one out.")
    for layout in layouts:
        if layout.required <= set(columns) <= set(layout.columns):
            return layout
    nearest = max(layouts, key=lambda layout: len(set(columns) & set(layout.columns)))
    if set(columns) & set(nearest.columns):
        fault = f"is nearly that of {_told(nearest, columns)}"
        raise InputError(f"{path}: its first line {fault} {_EMPTY}")
    kinds = "; ".join(f"{layout.name}: {', '.join(layout.columns)}" for layout in layouts)
    raise InputError(
        f"{path}: its first line is not the header of a known file. Known are {kinds}. {_EMPTY}"
    )


def _told(layout: Layout[Known_co], columns: list[str]) -> str:
    """What keeps `columns` from being the header of `layout`."""
    unknown = [name or "a column without a name" for name in columns if name not in layout.columns]
    missing = [name for name in layout.columns if name in layout.required - set(columns)]
    faults = (("Not known there", unknown), ("Missing", missing), ("Known", layout.columns))
    told = [f"{what}: {', '.join(names)}." for what, names in faults if names]
    return f"{layout.name}. {' '.join(told)}"


_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z./_-]{0,31}")
_WORD = re.compile(r"[a-z0-9_]+")
_MOST_REGISTERS = 8
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")


def number_cell(row: Row, column: str) -> str:
    """The number of an account or meter."""
    return _matching(row, column, _NUMBER, "a number is letters and digits, at most 32.")


def word_cell(row: Row, column: str) -> str:
    """A place."""
    return _matching(row, column, _WORD, "a place is small letters, digits and `_`.")


def register_cell(row: Row, column: str) -> str:
    """A register; `main` where the cell is empty."""
    return _registers(row, column, most=1)[0]


def registers_cell(row: Row, column: str) -> tuple[str, ...]:
    """Registers with spaces between; `main` alone where the cell is empty."""
    return _registers(row, column, most=_MOST_REGISTERS)


def _registers(row: Row, column: str, most: int) -> tuple[str, ...]:
    names = row.get(column, "").split() or ["main"]
    if len(set(names)) < len(names):
        raise BadCell(column, "a register stands there twice. Take one out.")
    if len(names) > most or not all(_WORD.fullmatch(name) for name in names):
        raise BadCell(column, "a register is small letters, digits and `_`, such as night.")
    return tuple(names)


def period_cell(row: Row, column: str) -> str:
    """A billing month."""
    if not is_month(row[column]) or not _is_of_our_time(row[column]):
        raise BadCell(column, "a month is YYYY-MM, such as 2026-11.")
    return row[column]


def decimal_cell(row: Row, column: str) -> str:
    """A value with a point."""
    return _matching(row, column, _DECIMAL, "a value is digits with a point, such as 7.250.")


def one_of(row: Row, column: str, known: Sequence[str]) -> str:
    """One of a few words."""
    if row[column] not in known:
        raise BadCell(column, f"`{row[column]}` is unknown here; write one of: {', '.join(known)}.")
    return row[column]


def whole_cell(row: Row, column: str, default: int, least: int, most: int) -> int:
    """A whole number; `default`, `most` at the highest, where the cell is empty."""
    cell = row.get(column, "")
    if not cell:
        return min(default, most)
    if not re.fullmatch("[0-9]{1,3}", cell) or not least <= int(cell) <= most:
        raise BadCell(column, f"a whole number from {least} to {most}.")
    return int(cell)


def day_cell(row: Row, column: str) -> str | None:
    """A day; None where the cell is empty."""
    cell = row.get(column, "")
    try:
        if cell and date.fromisoformat(cell).isoformat() != cell:
            raise ValueError(cell)  # noqa: TRY301 - one sentence for all ways to be wrong
        if cell and not _is_of_our_time(cell):
            raise ValueError(cell)  # noqa: TRY301
    except ValueError:
        raise BadCell(column, "a day is YYYY-MM-DD, such as 2026-11-28.") from None
    return cell or None


def _is_of_our_time(day: str) -> bool:
    """Whether a meter may have anything to do with a day or month: other years are slips."""
    return "1950" <= day[:4] < "2100"


def _matching(row: Mapping[str, str], column: str, pattern: re.Pattern[str], advice: str) -> str:
    if not pattern.fullmatch(row[column]):
        raise BadCell(column, advice)
    return row[column]
