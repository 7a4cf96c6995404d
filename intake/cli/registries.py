"""`registry import` and `registry template`."""

from __future__ import annotations

from pathlib import Path

import click

from intake.cli.console import FullHelp
from intake.cli.importing import tell_import
from intake.cli.paths import Existing
from intake.cli.workspaces import workspace_of
from intake.registry import import_registry, write_layouts


@click.group(cls=FullHelp)
def registry() -> None:
    """Accounts, meters and past readings of the company."""


@registry.command("import")
@click.argument("files", nargs=-1, required=True, type=Existing())
@click.pass_context
def import_(context: click.Context, files: tuple[Path, ...]) -> int:
    """Read CSV files; their kind is known by their header, a rerun brings rows up to date.

    A bad row is refused with file, line and column, and the rest goes in.
    """
    workspace = workspace_of(context)
    with workspace.store() as store:
        report = import_registry(store, workspace.settings.organisation, files)
    return tell_import(report)


@registry.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
def template(folder: Path) -> None:
    """Write empty CSV files with the right headers into FOLDER."""
    for path in write_layouts(folder):
        click.echo(path)
