"""`watch`: a scanner folder read as it fills, until it is interrupted."""

from __future__ import annotations

import signal
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import batch
from intake.cli.console import narrator, safe
from intake.cli.reading import workplace_of
from intake.cli.workspaces import workspace_of
from intake.errors import InputError
from intake.watch import Watch

if TYPE_CHECKING:
    from types import FrameType


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--workers", type=click.IntRange(min=0), help="Processes; 0: one per core.")
@click.option(
    "--move", "moves", is_flag=True, help="Move files to FOLDER/done or FOLDER/refused afterwards."
)
@click.pass_context
def watch(context: click.Context, folder: Path, workers: int | None, moves: bool) -> None:
    """Read FOLDER as it fills: each file once it has stopped changing, until interrupted.

    Nothing is ever deleted. What may heal, such as missing rights, a full disk or a share that went
    away, is tried again. How long a file must rest is `[watch] settle` in intake.toml.
    """
    workspace = workspace_of(context)
    settings = workspace.settings
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder. Name the one that the scanner fills.")
    console = narrator()

    def tell(sentence: str) -> None:
        line = f"{datetime.now().astimezone():%H:%M:%S} {safe(sentence)}"
        console.print(line, markup=False, soft_wrap=True)

    signal.signal(signal.SIGTERM, _interrupt)
    count = batch.worker_count(workers, settings)
    with workspace.store() as store, batch.pool_of(count) as pool:
        tell(f"Watching {folder}. Ctrl-C ends it.")
        place = workplace_of(workspace)
        Watch(folder.absolute(), store, place, pool, tell, moves).go_on()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Ends as Ctrl-C does: what was finished is kept."""
    raise KeyboardInterrupt
