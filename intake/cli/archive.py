"""`results`, `read` and `status`: what was read, and whether anything is missing."""

from __future__ import annotations

import csv
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from intake.cli.console import print_json, print_table
from intake.cli.dates import BillingMonth
from intake.cli.paths import Existing
from intake.cli.workspaces import workspace_of
from intake.recognise.pictures import read_pictures
from intake.records.value import decimal_string
from intake.spreadsheets import cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from intake.records import Candidate, ControlTotals, FieldRow

COLUMNS = ("file", "page", "form", "field", "value", "confidence", "verdict", "reasons")
MEASURES = {"decimals", "unit", "fit"}
"""What JSON Lines leave out: a script has them from the template, or asks for them."""
TABLE_COLUMNS = ("file page/form", "field", "value", "sure", "verdict, reasons")


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "jsonl"]),
    default="table",
    show_default=True,
)
@click.option("--account", help="Only this account.")
@click.option("--meter", help="Only this meter.")
@click.option("--period", type=BillingMonth(), help="Only this billing month.")
@click.option("--batch", type=int, help="Only this batch.")
@click.option(
    "--fit",
    is_flag=True,
    help="Add how well each value fits its meter's history, 0 to 1, in CSV and JSON Lines.",
)
@click.pass_context
def results(
    context: click.Context,
    form: str,
    account: str | None,
    meter: str | None,
    period: str | None,
    batch: int | None,
    fit: bool,
) -> None:
    """Every field read, as table, CSV or JSON Lines; also searches the archive."""
    with workspace_of(context).store() as store:
        rows = store.results(account=account, meter=meter, period=period, batch=batch)
        PRINTERS[form](rows, fit)


def _print_jsonl(rows: Iterable[FieldRow], fit: bool) -> None:
    for row in rows:
        print_json(row_as_json(row) | ({"fit": _rounded(row.fit)} if fit else {}))


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)


def row_as_json(row: FieldRow) -> dict[str, Any]:
    """A row of `results` with the keys in their documented order."""
    told = {key: value for key, value in dataclasses.asdict(row).items() if key not in MEASURES}
    return told | {
        "confidence": round(row.confidence, 6),
        "candidates": _pairs(row.candidates),
        "box_px": [[round(x, 2), round(y, 2)] for x, y in row.box_px],
    }


def _pairs(candidates: Iterable[Candidate]) -> list[list[str | float | None]]:
    return [[one.value, round(one.probability, 6)] for one in candidates]


def _print_csv(rows: Iterable[FieldRow], fit: bool) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow((*COLUMNS, "fit") if fit else COLUMNS)
    for row in rows:
        scores = (_rounded(row.fit),) if fit else ()
        writer.writerow([cell(value) for value in (*_columns_of(row), *scores)])


def _print_table(rows: Iterable[FieldRow], _: bool) -> None:
    shown: list[tuple[object, ...]] = []
    above = ""
    for row in rows:
        place = f"{row.file} {row.page}/{row.form}"
        shown.append((place if place != above else "", *_told(row)))
        above = place
    print_table(f"{len(shown):,} fields", TABLE_COLUMNS, shown)
    if not shown:
        click.echo("Nothing matches. `status` shows what was read at all.", err=True)


def _told(row: FieldRow) -> tuple[object, ...]:
    verdict = " ".join([row.verdict, *row.reasons])
    return (row.field, _measured(row), f"{row.confidence:.1%}", verdict)


def _measured(row: FieldRow) -> str:
    """The value as people read it: a number with its unit."""
    if row.value is None or row.unit is None:
        return row.value or ""
    return f"{decimal_string(row.value, row.decimals)} {row.unit}"


def _columns_of(row: FieldRow) -> tuple[object, ...]:
    return (
        row.file,
        row.page,
        row.form,
        row.field,
        row.value,
        f"{row.confidence:.4f}",
        str(row.verdict),
        " ".join(row.reasons),
    )


PRINTERS = {"table": _print_table, "csv": _print_csv, "jsonl": _print_jsonl}


@click.command()
@click.argument("pictures", nargs=-1, required=True, type=Existing())
@click.option(
    "--cells",
    type=click.IntRange(min=0),
    required=True,
    help="Cells in each picture; 1: a single digit, 0: a free box.",
)
def read(pictures: tuple[Path, ...], cells: int) -> None:
    """Read cut-out pictures of fields, a JSON line each; folders are read in name order."""
    for path, reading in read_pictures(list(_files(pictures)), cells):
        print_json(
            {
                "file": str(path),
                "best": reading.value,
                "confidence": round(reading.confidence, 6),
                "candidates": _pairs(reading.candidates),
            }
        )


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(entry for entry in path.iterdir() if entry.is_file())
        else:
            yield path


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line.")
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Control totals: files, pages, forms and fields, and whether their sums hold."""
    with workspace_of(context).store() as store:
        totals, through, loose = store.totals(), store.through(), store.papers.counts()
    if as_json:
        print_json(dataclasses.asdict(totals))
    else:
        print_table("Control totals", ("what", "count", "of which"), _totals_rows(totals))
        click.echo(
            f"Readings nobody had to look at: {through.share:.1%}; by the picture alone "
            f"{through.by_picture_share:.1%}."
        )
        if through.provisional:
            click.echo(f"Accepted provisionally: {through.provisional:,}.")
        for sentence in _left_over(loose):
            click.echo(sentence)
        click.echo("The sums hold." if totals.balanced else "THE SUMS DO NOT HOLD: tell support.")


def _left_over(loose: tuple[int, int]) -> Iterator[str]:
    """What belongs nowhere yet, and where it is listed."""
    unread, undated = loose
    if unread:
        yield f"Pages and forms that could not be read: {unread:,}. `queue pages` names them."
    if undated:
        yield f"Forms without a month: {undated:,}. `queue pages` names them."


def _totals_rows(totals: ControlTotals) -> list[tuple[str, int, str]]:
    return [
        ("files", totals.files, f"{totals.files_read:,} read, {totals.files_refused:,} refused"),
        (
            "pages",
            totals.pages,
            f"{totals.pages_with_forms:,} with forms, {totals.pages_blank:,} blank, "
            f"{totals.pages_unknown:,} unknown, {totals.pages_refused:,} refused",
        ),
        (
            "forms",
            totals.forms,
            f"{totals.forms_finished:,} finished, {totals.forms_waiting:,} waiting, "
            f"{totals.forms_refused:,} refused",
        ),
        (
            "fields",
            totals.fields,
            f"{totals.accepted:,} accepted, {totals.review:,} to review, {totals.blank:,} blank, "
            f"{totals.refused:,} refused",
        ),
    ]
