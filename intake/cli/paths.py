"""Files and folders that a command line names, and that have to be there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake.cli.console import safe
from intake.errors import InputError

if TYPE_CHECKING:
    import os

    from intake.errors import IntakeError


class Existing(click.Path):
    """A path; where nothing is there the command ends as it does for a file it cannot use."""

    def __init__(self, fault: type[IntakeError] = InputError, *, folders: bool = True) -> None:
        super().__init__(path_type=Path, dir_okay=folders)
        self._fault = fault

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        """The path that was typed."""
        path = Path(value)
        if not path.exists():
            raise self._fault(f"{safe(str(path))}: no such file or folder. Check the name.")
        if path.is_dir() and not self.dir_okay:
            raise self._fault(f"{safe(str(path))}: is a folder. Name a file.")
        return super().convert(value, param, ctx)
