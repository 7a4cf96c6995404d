"""The workspace that commands work in, and `init`, which makes one."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake.engine import open_engine
from intake.errors import InputError
from intake.evidence import Evidence
from intake.settings import FILE_NAME, Settings, load_settings
from intake.store import create_store, is_store, open_store
from intake.template import TemplateSet, load_templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.engine import Engine
    from intake.store import Store, Target

HOME = Path(__file__).resolve().parents[2]
"""The folder of `ocr_cli.py`, with the templates and samples that come with it."""

SQLITE_NAME, ENGINE_NAME = "intake.sqlite", "engine.sqlite"

DEFAULT_SETTINGS = """\
# Settings of this workspace. What is left out has the value shown.

organisation = "default"    # who bills; part of every reading's id
max_error = 0.001           # tolerated share of wrong values among those nobody looked at
assurance = 0.95            # probability with which the bound on that share holds
thin_data = "review"        # too little evidence: "review" accepts nothing unseen,
                            # "provisional" accepts and marks every such value
# templates = "templates"   # folder of templates, beside this file
# store = "postgresql://user@host/name"   # shared by machines; else a file beside this one
# period = "2026-11"        # billing month of forms whose code does not say
# workers = 0               # processes that read pages; 0: one per core
"""


@dataclass(frozen=True)
class Workspace:
    """The files of a workspace.

    Attributes:
        folder: all of them are in it.
    """

    folder: Path

    @property
    def exists(self) -> bool:
        """Whether `init` has been here."""
        return (self.folder / FILE_NAME).exists()

    @property
    def database(self) -> Target:
        """The intake database: a file, or the address of a shared one."""
        return self.settings.store or self.folder / SQLITE_NAME

    @property
    def engine_file(self) -> Path:
        """Where the embedded engine's database is, unless the settings name a shared one."""
        return self.folder / ENGINE_NAME

    @property
    def evidence_folder(self) -> Path:
        """Originals and crops."""
        return self.folder / "evidence"

    @property
    def evidence(self) -> Evidence:
        """Originals and crops, to read and keep."""
        return Evidence(self.evidence_folder)

    @cached_property
    def settings(self) -> Settings:
        """What `intake.toml` says.

        Raises:
            InputError: there is no workspace here, or its settings are broken.
        """
        if not self.exists:
            raise InputError(
                f"{self.folder}: no workspace here. Make one with "
                f"`ocr_cli.py -w {self.folder} init`, or name another with -w."
            )
        return load_settings(self.folder / FILE_NAME)

    @property
    def templates_folder(self) -> Path:
        """Where the templates are: beside the program unless the settings say otherwise."""
        if not self.exists or self.settings.templates is None:
            return HOME / "templates"
        return self.folder / self.settings.templates

    @property
    def templates(self) -> TemplateSet:
        """The templates, read and checked.

        Raises:
            InputError: the settings speak of one that is not among them.
            TemplateError: one is broken, or there is none.
        """
        found = load_templates(self.templates_folder)
        if self.exists:
            self._refuse_tolerance_of_none(found)
        return found

    def _refuse_tolerance_of_none(self, found: TemplateSet) -> None:
        """A tolerance for a template that is not there would be meant for another."""
        for number, one in enumerate(self.settings.tolerance, start=1):
            if one.template is not None and one.template not in found:
                raise InputError(
                    f"{self.folder / FILE_NAME}: tolerance number {number}: there is no template "
                    f"`{one.template}`. Name one of: {', '.join(each.id for each in found)}."
                )

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The database, open for as long as the block lasts."""
        self.settings  # noqa: B018 - a folder without settings is no workspace, and says so
        store = open_store(self.database)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """The embedded reading engine, open for as long as the block lasts; made if missing."""
        settings = self.settings
        target = settings.engine.store or self.engine_file
        engine = open_engine(target, settings.engine, settings.rules)
        try:
            yield engine
        finally:
            engine.close()

    def create(self, settings: Path | None, store: str | None = None) -> None:
        """Makes the workspace.

        Args:
            settings: copied into it; None: the ones that are there, or the usual ones.
            store: address of a shared database, written into the settings; None: as they say.

        Raises:
            InputError: the settings are broken, cannot be read, or name another database.
            StoreError: there is a database file already, or the shared one cannot be used.
        """
        source = settings or (self.folder / FILE_NAME if self.exists else None)
        chosen = load_settings(source) if source else Settings()
        text = source.read_text(encoding="utf-8-sig") if source else DEFAULT_SETTINGS
        if store is not None and chosen.store not in {None, store}:
            raise InputError(f"{source}: names another store. Mend that line, or leave --store.")
        if store is not None and chosen.store is None:
            text = f"store = {json.dumps(store)}\n{text}"
        self.folder.mkdir(parents=True, exist_ok=True)
        _make_store(store or chosen.store or self.folder / SQLITE_NAME)
        self.evidence_folder.mkdir(exist_ok=True)
        (self.folder / FILE_NAME).write_text(text, encoding="utf-8")


def _make_store(target: Target) -> None:
    """Makes the database; a shared one that another machine has made is used as it is."""
    if isinstance(target, str) and is_store(target):
        return
    create_store(target).close()


def workspace_of(context: click.Context) -> Workspace:
    """The workspace that `-w` names."""
    folder = context.find_root().obj
    assert isinstance(folder, Path)
    return Workspace(folder)


@click.command()
@click.option(
    "--settings",
    type=click.Path(path_type=Path),
    help="Start from this intake.toml.",
)
@click.option("--store", help="Address of a PostgreSQL database that machines share.")
@click.pass_context
def init(context: click.Context, settings: Path | None, store: str | None) -> None:
    """Make a workspace: settings, database and a folder for evidence."""
    workspace = workspace_of(context)
    orphaned = any(workspace.evidence_folder.glob("originals/??/*"))
    workspace.create(settings, store)
    if orphaned:
        click.echo(
            f"Warning: {workspace.evidence_folder} holds scans that the new database knows nothing "
            "of. If the old one is lost, restore it from a backup, or `run` the scans again.",
            err=True,
        )
    click.echo(f"Workspace ready in {workspace.folder}. Settings: {workspace.folder / FILE_NAME}")
