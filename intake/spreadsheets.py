"""CSV cells that no spreadsheet runs anything from."""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that starts so would be run."""


def cell(value: object) -> str:
    """The text of a cell; an apostrophe goes before what would be run as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
