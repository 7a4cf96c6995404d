"""The CSV files that a company hands over: their layouts, and rows checked one by one."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from intake.errors import InputError
from intake.records import Account, Meter, PastReading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

Known = Account | Meter | PastReading
Row = dict[str, str]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that starts so would be run by a spreadsheet."""


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


class _BadCell(Exception):  # noqa: N818 - never leaves this file
    def __init__(self, column: str, advice: str) -> None:
        super().__init__(advice)
        self.column = column
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file.

    Attributes:
        name: `accounts`, `meters` or `readings`.
        columns: in the order of an empty file.
        required: columns that every file of the kind has.
        parse: makes the record of a row, or raises for a cell that cannot be meant.
    """

    name: str
    columns: tuple[str, ...]
    required: frozenset[str]
    parse: Callable[[Row], Known]


def read_rows(path: Path) -> Iterator[tuple[Layout, Known | Problem]]:
    """Reads a file of any of the layouts, row by row.

    Raises:
        InputError: it cannot be read, or its header belongs to none of the layouts.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield from _rows(path, lines)
    except OSError as fault:
        raise InputError(f"{path}: cannot be read ({fault.strerror}). Check the name.") from fault
    except UnicodeDecodeError as fault:
        raise InputError(f"{path}: is not UTF-8 text. Save it as CSV UTF-8 again.") from fault


def write_layouts(folder: Path) -> list[Path]:
    """Writes an empty file of each layout, header only, and returns their paths.

    Raises:
        InputError: one of them is there already, or cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{layout.name}.csv" for layout in LAYOUTS]
    for path, layout in zip(paths, LAYOUTS, strict=True):
        try:
            with path.open("x", encoding="utf-8", newline="") as lines:
                csv.writer(lines).writerow(layout.columns)
        except OSError as fault:
            raise InputError(
                f"{path}: cannot be written ({fault.strerror}). Name an empty folder."
            ) from fault
    return paths


def _rows(path: Path, lines: Iterator[str]) -> Iterator[tuple[Layout, Known | Problem]]:
    header = next(lines, "")
    delimiter = ";" if header.count(";") > header.count(",") else ","
    columns = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
    layout = _layout_of(path, columns)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            where = reader.line_num + 1
            yield layout, Problem(str(path), where, "", f"not CSV ({fault}). Mend the line.")
            continue
        if cells:
            yield layout, _parsed(layout, columns, cells, path, reader.line_num + 1)


def _parsed(
    layout: Layout, columns: list[str], cells: list[str], path: Path, line: int
) -> Known | Problem:
    if len(cells) != len(columns):
        advice = f"{len(cells)} cells under {len(columns)} columns. Mend the line."
        return Problem(str(path), line, "", advice)
    row = {name: cell.strip(" ") for name, cell in zip(columns, cells, strict=True)}
    try:
        for name, cell in row.items():
            _check_harmless(name, cell)
        return layout.parse(row)
    except _BadCell as fault:
        return Problem(str(path), line, fault.column, fault.advice)


def _check_harmless(column: str, cell: str) -> None:
    if cell.startswith(FORMULA_STARTS):
        raise _BadCell(column, "a spreadsheet would run this as a formula. Take it out.")
    if not cell.isprintable():
        raise _BadCell(column, "holds characters that cannot be printed. Take them out.")


def _layout_of(path: Path, columns: list[str]) -> Layout:
    for layout in LAYOUTS:
        if layout.required <= set(columns) <= set(layout.columns):
            return layout
    kinds = "; ".join(f"{layout.name}: {', '.join(layout.columns)}" for layout in LAYOUTS)
    raise InputError(
        f"{path}: its first line is not the header of a known file. Known are {kinds}. "
        "`registry template` writes empty ones."
    )


def _account(row: Row) -> Account:
    return Account(_number(row, "account"), row.get("address", ""))


def _meter(row: Row) -> Meter:
    digits = _whole(row, "dial_digits", 8, 1, 12)
    return Meter(
        number=_number(row, "meter"),
        account=_number(row, "account"),
        kind=_one_of(row, "kind", ("cold", "hot", "electricity")),
        place=_word(row, "place"),
        registers=tuple(row.get("registers", "").split()) or ("main",),
        dial_digits=digits,
        decimals=_whole(row, "decimals", 3, 0, digits),
        unit=row.get("unit") or "m3",
        verified_until=_day(row, "verified_until"),
        installed=_day(row, "installed"),
        removed=_day(row, "removed"),
    )


def _reading(row: Row) -> PastReading:
    return PastReading(
        meter=_number(row, "meter"),
        register=row.get("register") or "main",
        period=_matching(row, "period", _PERIOD, "a month is YYYY-MM, such as 2026-11."),
        value=_matching(row, "value", _DECIMAL, "a value is digits with a point, such as 7.250."),
        channel=row.get("channel", ""),
    )


_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z./_-]{0,31}")
_WORD = re.compile(r"[a-z0-9_]+")
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")


def _matching(row: Mapping[str, str], column: str, pattern: re.Pattern[str], advice: str) -> str:
    if not pattern.fullmatch(row[column]):
        raise _BadCell(column, advice)
    return row[column]


def _number(row: Row, column: str) -> str:
    return _matching(row, column, _NUMBER, "a number is letters and digits, at most 32.")


def _word(row: Row, column: str) -> str:
    return _matching(row, column, _WORD, "a place is small letters, digits and `_`.")


def _one_of(row: Row, column: str, known: tuple[str, ...]) -> str:
    if row[column] not in known:
        raise _BadCell(column, f"is one of {', '.join(known)}.")
    return row[column]


def _whole(row: Row, column: str, default: int, least: int, most: int) -> int:
    cell = row.get(column, "")
    if not cell:
        return min(default, most)
    if not re.fullmatch("[0-9]{1,3}", cell) or not least <= int(cell) <= most:
        raise _BadCell(column, f"a whole number from {least} to {most}.")
    return int(cell)


def _day(row: Row, column: str) -> str | None:
    cell = row.get(column, "")
    try:
        if cell and date.fromisoformat(cell).isoformat() != cell:
            raise ValueError(cell)  # noqa: TRY301 - one sentence for both ways to be wrong
    except ValueError:
        raise _BadCell(column, "a day is YYYY-MM-DD, such as 2026-11-28.") from None
    return cell or None


LAYOUTS = (
    Layout("accounts", ("account", "address"), frozenset({"account"}), _account),
    Layout(
        "meters",
        (
            "meter",
            "account",
            "kind",
            "place",
            "registers",
            "dial_digits",
            "decimals",
            "unit",
            "verified_until",
            "installed",
            "removed",
        ),
        frozenset({"meter", "account", "kind", "place"}),
        _meter,
    ),
    Layout(
        "readings",
        ("meter", "register", "period", "value", "channel"),
        frozenset({"meter", "period", "value"}),
        _reading,
    ),
)
