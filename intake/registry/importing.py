"""Registry files into the store: good rows go in, bad ones are told with file and line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from intake.errors import InputError
from intake.records import Account, Meter, PastReading
from intake.registry.layouts import LAYOUTS, READINGS
from intake.registry.rows import Problem, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from intake.registry.layouts import Known
    from intake.registry.rows import Layout

CHUNK = 5000
"""Rows that go into the store at a time."""


class Keeper(Protocol):
    """What keeps a registry: the store."""

    def put_accounts(self, organisation: str, rows: Sequence[Account]) -> int:
        """Adds accounts; those that are there are brought up to date. Returns how many it wrote."""
        ...

    def put_meters(self, organisation: str, rows: Sequence[Meter]) -> int:
        """Adds meters; those that are there are brought up to date. Returns how many it wrote."""
        ...

    def put_readings(self, organisation: str, rows: Sequence[PastReading]) -> int:
        """Adds past readings, or brings them up to date. Returns how many it wrote."""
        ...


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of registry files.

    Attributes:
        accepted: rows that went in, by kind of file.
        unchanged: how many of them were there just so before.
        problems: rows and files that did not.
    """

    accepted: Mapping[str, int]
    unchanged: Mapping[str, int]
    problems: tuple[Problem, ...]


def import_registry(keeper: Keeper, organisation: str, paths: Iterable[Path]) -> ImportReport:
    """Reads registry files of any kind into `keeper`; a rerun brings rows up to date."""
    accepted: Counter[str] = Counter()
    unchanged: Counter[str] = Counter()
    problems: list[Problem] = []
    for path in paths:
        try:
            for layout, rows in _chunks(path, problems):
                accepted[layout.name] += len(rows)
                unchanged[layout.name] += len(rows) - _put(keeper, organisation, rows)
        except InputError as fault:
            advice = str(fault).removeprefix(f"{path}: ")
            problems.append(Problem(str(path), 1, "", advice))
    return ImportReport(dict(accepted), dict(+unchanged), tuple(problems))


def _chunks(path: Path, problems: list[Problem]) -> Iterator[tuple[Layout[Known], list[Known]]]:
    layout: Layout[Known] | None = None
    rows: list[Known] = []
    seen: dict[object, tuple[int, Known]] = {}
    for layout, line, row in read_rows(path, LAYOUTS):
        if isinstance(row, Problem):
            problems.append(row)
            continue
        contradiction = _contradiction(seen, path, line, row)
        if contradiction is not None:
            problems.append(contradiction)
            continue
        rows.append(row)
        if len(rows) == CHUNK:
            yield layout, rows
            rows = []
            seen = {} if layout is READINGS else seen  # a million of them would fill the memory
    if layout is not None and rows:
        yield layout, rows


def _contradiction(
    seen: dict[object, tuple[int, Known]], path: Path, line: int, row: Known
) -> Problem | None:
    """What is wrong where a line before says something else of the same."""
    first, told = seen.setdefault(_key(row), (line, row))
    if told == row:
        return None
    advice = f"line {first} says something else of the same {_what(row)}. Take one of them out."
    return Problem(str(path), line, "", advice)


def _key(row: Known) -> object:
    if isinstance(row, PastReading):
        return row.meter, row.register, row.period, row.channel
    return row.number


def _what(row: Known) -> str:
    if isinstance(row, PastReading):
        return "reading"
    return "meter" if isinstance(row, Meter) else "account"


def _put(keeper: Keeper, organisation: str, rows: Sequence[Known]) -> int:
    """Puts rows in; returns how many of them it wrote."""
    return (
        keeper.put_accounts(organisation, [row for row in rows if isinstance(row, Account)])
        + keeper.put_meters(organisation, [row for row in rows if isinstance(row, Meter)])
        + keeper.put_readings(organisation, [row for row in rows if isinstance(row, PastReading)])
    )
