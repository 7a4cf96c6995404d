"""`export`: readings that are due, written once."""

from __future__ import annotations

from pathlib import Path

import click

from intake.cli.console import narrator
from intake.cli.workspaces import workspace_of
from intake.deliver import deliver
from intake.export import FORMATS


@click.command()
@click.option(
    "--format", "form", type=click.Choice(sorted(FORMATS)), default="csv", show_default=True
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="New file, or folder for numbered ones; the workspace's `export` if left out.",
)
@click.pass_context
def export(context: click.Context, form: str, out: Path | None) -> None:
    """Write the readings that are due to a file for the reading engine, each exactly once.

    The path of each file written goes to stdout.
    """
    workspace = workspace_of(context)
    target = workspace.folder / "export" if out is None else out
    if out is None:
        target.mkdir(exist_ok=True)
    with workspace.store() as store:
        delivery = deliver(store, target, form)
    for path in (*delivery.repaired, *([delivery.path] if delivery.path else [])):
        click.echo(path)
    console = narrator()
    console.print(f"{delivery.records:,} readings handed over, {delivery.held:,} held back.")
    if delivery.held:
        console.print("Held back: their account, meter or month still waits; see `queue list`.")
