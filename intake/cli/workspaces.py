"""The workspace that commands work in, and `init`, which makes one."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake.errors import InputError
from intake.evidence import Evidence
from intake.settings import FILE_NAME, Settings, load_settings
from intake.store import create_store, open_store
from intake.template import TemplateSet, load_templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.store import Store

HOME = Path(__file__).resolve().parents[2]
"""The folder of `ocr_cli.py`, with the templates and samples that come with it."""

DEFAULT_SETTINGS = """\
# Settings of this workspace. What is left out has the value shown.

organisation = "default"    # who bills; part of every reading's id
max_error = 0.001           # tolerated share of wrong values among those nobody looked at
assurance = 0.95            # probability with which the bound on that share holds
thin_data = "review"        # too little evidence: "review" accepts nothing unseen,
                            # "provisional" accepts and marks every such value
# templates = "templates"   # folder of templates, beside this file
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
    def database(self) -> Path:
        """The intake database."""
        return self.folder / "intake.sqlite"

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
        """The templates, read and checked."""
        return load_templates(self.templates_folder)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The database, open for as long as the block lasts."""
        self.settings  # noqa: B018 - a folder without settings is no workspace, and says so
        store = open_store(self.database)
        try:
            yield store
        finally:
            store.close()

    def create(self, settings: Path | None) -> None:
        """Makes the workspace, with its settings copied from `settings` where that is given.

        Raises:
            InputError: the settings are broken or cannot be read.
            StoreError: there is a database already.
        """
        if settings is not None:
            load_settings(settings)
        self.folder.mkdir(parents=True, exist_ok=True)
        create_store(self.database).close()
        self.evidence_folder.mkdir(exist_ok=True)
        if settings is not None:
            shutil.copyfile(settings, self.folder / FILE_NAME)
        elif not self.exists:
            (self.folder / FILE_NAME).write_text(DEFAULT_SETTINGS, encoding="utf-8")


def workspace_of(context: click.Context) -> Workspace:
    """The workspace that `-w` names."""
    folder = context.find_root().obj
    assert isinstance(folder, Path)
    return Workspace(folder)


@click.command()
@click.option(
    "--settings",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Start from this intake.toml.",
)
@click.pass_context
def init(context: click.Context, settings: Path | None) -> None:
    """Make a workspace: settings, database and a folder for evidence."""
    workspace = workspace_of(context)
    workspace.create(settings)
    click.echo(f"Workspace ready in {workspace.folder}. Settings: {workspace.folder / FILE_NAME}")
