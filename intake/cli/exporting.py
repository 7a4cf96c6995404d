"""`export`: readings that are due, written once."""

from __future__ import annotations

from pathlib import Path

import click

from intake.cli.console import narrator
from intake.cli.workspaces import Workspace, workspace_of
from intake.deliver import SQL, deliver, deliver_rows
from intake.errors import UsageError
from intake.export import FORMATS


@click.command()
@click.option(
    "--format", "form", type=click.Choice([*sorted(FORMATS), SQL]), default="csv", show_default=True
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="New file, or folder for numbered ones; the workspace's `export` if left out.",
)
@click.option(
    "--to",
    help="Address of a PostgreSQL database, or a SQLite file, with --format sql: its table "
    "`readings` is filled.",
)
@click.pass_context
def export(context: click.Context, form: str, out: Path | None, to: str | None) -> None:
    """Hand the readings that are due to the reading engine, each exactly once.

    The path of each file written goes to stdout.
    """
    if (form == SQL) != (to is not None) or (form == SQL and out is not None):
        raise UsageError("`--format sql` goes with --to, the others with --out.")
    workspace = workspace_of(context)
    with workspace.store() as store:
        if to is not None:
            delivery = deliver_rows(store, to if "://" in to else Path(to))
        else:
            delivery = deliver(store, out or _export_folder(workspace), form)
    for path in (*delivery.repaired, *([delivery.path] if delivery.path else [])):
        click.echo(path)
    console = narrator()
    console.print(f"{delivery.records:,} readings handed over, {delivery.held:,} held back.")
    if delivery.held:
        console.print("Held back: their account, meter or month still waits; see `queue list`.")


def _export_folder(workspace: Workspace) -> Path:
    folder = workspace.folder / "export"
    folder.mkdir(exist_ok=True)
    return folder
