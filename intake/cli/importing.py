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
    counted = ", ".join(_counted(report, kind) for kind in report.accepted)
    console.print(f"Imported: {counted or 'nothing'}.")
    return SOME_REFUSED if report.problems else 0


def _counted(report: ImportReport, kind: str) -> str:
    """How many rows of a kind, and how many of them were there before."""
    count, same = report.accepted[kind], report.unchanged.get(kind, 0)
    if not same:
        return f"{count:,} {kind}"
    if same == count:
        return f"{count:,} {kind} (all as before)"
    return f"{count:,} {kind} ({count - same:,} new or changed, {same:,} as before)"
