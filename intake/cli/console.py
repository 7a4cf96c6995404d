"""Tables for people and lines for scripts; nothing from outside steers the terminal."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import JustifyMethod

SOME_REFUSED = 1
"""Exit code: done, and some of what came in was refused."""

UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def narrator() -> Console:
    """The console for people: stderr, so that stdout is data alone."""
    return Console(stderr=True, highlight=False)


def safe(text: str) -> str:
    """`text` with control, direction and line characters spelled out."""
    return "".join(
        f"\\u{ord(letter):04x}" if unicodedata.category(letter) in UNSAFE else letter
        for letter in text
    )


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table whose numbers stand to the right; cells are text, never markup, never cut off."""
    drawn = Table(title=title, title_justify="left", title_style="bold", show_edge=False)
    listed = [list(row) for row in rows]
    for index, column in enumerate(columns):
        numeric = all(isinstance(row[index], int | float) for row in listed)
        side: JustifyMethod = "right" if numeric and listed else "left"
        drawn.add_column(column, justify=side, overflow="fold")
    for row in listed:
        drawn.add_row(*(Text(safe(_shown(cell))) for cell in row))
    return drawn


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints a table as data, on stdout."""
    Console(highlight=False).print(table(title, columns, rows))


def print_json(value: object) -> None:
    """Prints one JSON value on one line of stdout."""
    click.echo(json.dumps(value, ensure_ascii=False))
