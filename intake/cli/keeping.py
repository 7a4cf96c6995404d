"""`backup` and `erase`: a workspace saved, and rid of what must go."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake.cli.console import narrator, print_json, safe
from intake.cli.dates import BillingMonth
from intake.cli.workspaces import ENGINE_NAME, SQLITE_NAME, workspace_of
from intake.engine import copy_database
from intake.errors import UsageError
from intake.store import Whose
from intake.upkeep import Archive, back_up
from intake.upkeep import erase as erase_from

if TYPE_CHECKING:
    from rich.console import Console

    from intake.cli.workspaces import Workspace
    from intake.upkeep import Erased


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line.")
@click.pass_context
def backup(context: click.Context, target: Path, as_json: bool) -> None:
    """Save the workspace into TARGET, a new folder or an earlier backup of it.

    Works while scans are read and clerks decide. The backup is a workspace itself: use it with -w,
    or copy it back.
    """
    workspace = workspace_of(context)
    with workspace.store() as store:
        saved = back_up(store, workspace.folder, SQLITE_NAME, target)
    engine = _save_engine(workspace, target)
    if as_json:
        print_json(dataclasses.asdict(saved) | {"engine": engine})
        return
    console = narrator()
    console.print(f"Saved into {target}: {saved.copied} new pictures and originals.")
    if engine:
        console.print("The embedded engine is in it, too.")
    elif workspace.settings.engine.store:
        console.print("The engine's own PostgreSQL database is not in it: copy it with `pg_dump`.")
    if saved.dropped:
        console.print(f"{saved.dropped} that were erased since are gone from it, too.")
    if saved.missing:
        console.print(
            f"{len(saved.missing)} that the database names are missing here and in the backup: "
            "`doctor --verify` says which."
        )


@click.command()
@click.option("--account", help="All that is kept about this account.")
@click.option(
    "--before", type=BillingMonth(), help="Forms of months before this one that nobody waits for."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line.")
@click.pass_context
def erase(
    context: click.Context, account: str | None, before: str | None, yes: bool, as_json: bool
) -> None:
    """Erase an account, or months long past: values, pictures, scans, history, deliveries.

    A page that others share is kept with the form painted over. What cannot be reached is told.
    """
    workspace = workspace_of(context)
    whose = _whose(workspace, account, before)
    what = f"account {safe(account)}" if account else f"all before {before}"
    if not (yes or click.confirm(f"Erase {what} for ever?", err=True)):
        raise UsageError("Nothing was erased.")
    with workspace.store() as store:
        limits = workspace.settings.limits
        archive = Archive(store, workspace.evidence, workspace.templates, limits)
        erased = erase_from(archive, whose)
    in_engine = _erase_in_engine(workspace, whose)
    beyond = (*erased.beyond, *_copies(workspace))
    if as_json:
        print_json(dataclasses.asdict(erased) | {"in_engine": in_engine, "beyond": beyond})
    else:
        _tell(erased, in_engine, beyond, narrator())


def _save_engine(workspace: Workspace, target: Path) -> bool:
    """Saves the embedded reading engine; whether there is one in the workspace.

    After the intake: what had been handed over when the intake was saved is in the engine then.
    """
    file = workspace.engine_file
    if workspace.settings.engine.store or not file.exists():
        return False
    copy_database(file, target / ENGINE_NAME)
    return True


def _erase_in_engine(workspace: Workspace, whose: Whose) -> int:
    """Takes an account out of the embedded reading engine; how many readings that were."""
    there = workspace.settings.engine.store or workspace.engine_file.exists()
    if not there or whose.account is None:
        return 0
    with workspace.engine() as engine:
        return engine.erase(whose.organisation, whose.account)


def _whose(workspace: Workspace, account: str | None, before: str | None) -> Whose:
    if (account is None) == (before is None):
        raise UsageError("Say what to erase: either --account NUMBER or --before YYYY-MM.")
    return Whose(workspace.settings.organisation, account, before)


def _copies(workspace: Workspace) -> list[str]:
    """Copies of the workspace that an erasure does not touch."""
    older = sorted(workspace.folder.glob(f"{Path(SQLITE_NAME).stem}-schema-*"))
    return [
        *(f"{path}: the database as an older program left it. Remove it." for path in older),
        "Backups of this workspace: bring them up to date with `backup`, or remove them.",
    ]


def _tell(erased: Erased, in_engine: int, beyond: tuple[str, ...], console: Console) -> None:
    console.print(
        f"Erased: forms {erased.forms}, fields on forms of others {erased.fields}, "
        f"pictures and originals {erased.evidence}, readings in the engine {in_engine}."
    )
    console.print(
        f"Scans gone: {erased.files}; painted over, as others share them: {erased.redacted}."
    )
    console.print("Not reached:")
    for sentence in beyond:
        console.print(f"  {safe(sentence)}", markup=False, soft_wrap=True)
