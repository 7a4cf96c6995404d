"""Tables for people and lines for scripts; nothing from outside steers the terminal."""

from __future__ import annotations

import json
import sys
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


WHOLE = "field"
"""The column whose names are never broken over two lines: they are typed again elsewhere."""


class FullHelp(click.Group):
    """A group whose list of commands says each one's sentence to its end."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands, wrapped where click would break off."""
        named = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, one.get_short_help_str(sys.maxsize)) for name, one in named if one]
            )


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table whose numbers stand to the right; cells are text, never markup, never cut off."""
    drawn = Table(title=title, title_justify="left", title_style="bold", show_edge=False)
    listed = [list(row) for row in rows]
    for index, column in enumerate(columns):
        numeric = all(isinstance(row[index], int | float) for row in listed)
        side: JustifyMethod = "right" if numeric and listed else "left"
        drawn.add_column(column, justify=side, overflow="fold", no_wrap=column == WHOLE)
    for row in listed:
        drawn.add_row(*(Text(safe(_shown(cell))) for cell in row))
    return drawn


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints a table as data, on stdout."""
    Console(highlight=False).print(table(title, columns, rows))


def print_json(value: object) -> None:
    """Prints one JSON value on one line of stdout."""
    click.echo(json.dumps(value, ensure_ascii=False))
