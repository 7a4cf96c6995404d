"""What became of files that were taken in, told to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.cli.console import SOME_REFUSED, narrator, safe

if TYPE_CHECKING:
    from intake.registry import ImportReport


def tell_import(report: ImportReport) -> int:
    """Says what was refused and what went in; returns the exit code."""
    console = narrator()
    for problem in report.problems:
        console.print(f"refused: {safe(str(problem))}", markup=False, soft_wrap=True)
    counted = ", ".join(f"{count:,} {kind}" for kind, count in report.accepted.items())
    console.print(f"Imported: {counted or 'nothing'}.")
    return SOME_REFUSED if report.problems else 0
