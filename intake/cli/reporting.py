"""`report`: a page on a batch as it stands, also while it is still being read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake.batch import draw_audit
from intake.cli.workspaces import workspace_of
from intake.errors import InputError
from intake.metrics import healths
from intake.records import Decision
from intake.reports.daily import Day, daily_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.cli.workspaces import Workspace
    from intake.records import BatchEntry
    from intake.settings import Settings
    from intake.store import Store


@click.command()
@click.argument("batch", type=int, required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the page there instead of to report-BATCH.html in the workspace.",
)
@click.pass_context
def report(context: click.Context, batch: int | None, out: Path | None) -> None:
    """Write an HTML page on BATCH, the newest one unless told: volumes, reasons, scanners.

    It needs no truth, and the batch may still be being read. Alarms about scanners are printed
    too.
    """
    page, alarms = write_page(workspace_of(context), batch, out)
    for alarm in alarms:
        click.echo(f"Look at the scanner: {alarm}", err=True)
    click.echo(page)


def write_page(
    workspace: Workspace, batch: int | None = None, out: Path | None = None
) -> tuple[Path, Sequence[str]]:
    """Writes the page on a batch; returns where it is, and what is wrong with scanners.

    Args:
        workspace: whose batch.
        batch: its number; None: the newest.
        out: the page; None: beside the database.

    Raises:
        InputError: there is no such batch, or the page cannot be written.
    """
    with workspace.store() as store:
        entry = batch_entry(store, batch)
        draw_audit(store, workspace.settings)
        day = _day(store, entry, workspace.settings)
    page = out or workspace.folder / f"report-{entry.id}.html"
    try:
        page.write_text(daily_page(day), encoding="utf-8")
    except OSError as fault:
        raise InputError(f"{page}: cannot be written ({fault.strerror}). Name another.") from fault
    return page, day.alarms


def batch_entry(store: Store, batch: int | None) -> BatchEntry:
    """The batch with that number, or the newest.

    Raises:
        InputError: there is none.
    """
    entries = store.batches()
    found = [one for one in entries if batch is None or one.id == batch]
    if not found:
        newest = f"The newest is {entries[-1].id}." if entries else "Read scans with `run` first."
        named = "batch" if batch is None else f"batch {batch}"
        raise InputError(f"There is no {named} yet. {newest}")
    return found[-1]


def _day(store: Store, entry: BatchEntry, settings: Settings) -> Day:
    waiting = Counter(
        row.template for row in store.results(batch=entry.id) if row.verdict is Decision.REVIEW
    )
    return Day(
        batch=entry,
        fields=store.tally(entry.id),
        through=store.through(entry.id),
        waiting=waiting,
        scanners=healths(store.scanned_pages(entry.id)),
        audits=tuple(store.trust.audit_standing(settings.organisation)),
        assurance=settings.assurance,
    )
