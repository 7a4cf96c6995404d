"""A workspace saved into another folder, which is a workspace too, while work goes on in it.

The database is copied first and the evidence afterwards: whatever the copy of the database names
was on the disk before.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.errors import InputError
from intake.evidence import ORIGINALS, PICTURES
from intake.store import open_store
from intake.syncing import sync

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from intake.store import Store

EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup did.

    Attributes:
        copied: files of evidence that the backup did not have.
        dropped: files of evidence that nothing names any more: what was erased since.
        missing: digests of evidence that the database names and the workspace does not have.
    """

    copied: int
    dropped: int
    missing: tuple[str, ...]


def back_up(store: Store, workspace: Path, database: str, target: Path) -> Saved:
    """Saves a workspace into `target`, a new folder or an earlier backup of it.

    Args:
        store: the open database of the workspace.
        workspace: its folder.
        database: name of the database file in it.
        target: folder that is a workspace afterwards.

    Raises:
        InputError: `target` holds something else, lies in the workspace, or cannot be written.
        UsageError: the database is on PostgreSQL, which is copied by its own program.
        StoreError: the copy of the database cannot be written.
    """
    _check(workspace, database, target)
    try:
        target.mkdir(parents=True, exist_ok=True)
        store.custody.copy_to(target / database)
        _copy_settings(workspace, target)
        copied = sum(_copy(path, target / path.relative_to(workspace)) for path in _kept(workspace))
    except OSError as fault:
        raise InputError(
            f"{target}: cannot be written ({fault.strerror}). Make room or name another folder; "
            "the same command goes on where it stopped."
        ) from fault
    named = _named(target / database)
    there = {path.name: path for path in _kept(target)}
    gone = there.keys() - named - {path.name for path in _kept(workspace)}
    for name in gone:
        there[name].unlink()
    return Saved(copied, len(gone), tuple(sorted(named - there.keys())))


def _check(workspace: Path, database: str, target: Path) -> None:
    inside = target.resolve().is_relative_to(workspace.resolve())
    if inside or workspace.resolve().is_relative_to(target.resolve()):
        raise InputError(f"{target}: lies in the workspace or around it. Name a folder elsewhere.")
    if target.exists() and not target.is_dir():
        raise InputError(f"{target}: is no folder. Name a new one, or an earlier backup.")
    if target.is_dir() and any(target.iterdir()) and not (target / database).is_file():
        raise InputError(
            f"{target}: holds something else. Name a new folder, or an earlier backup."
        )


def _copy_settings(workspace: Path, target: Path) -> None:
    """Everything small that people wrote: settings and templates."""
    for path in (*workspace.glob("*.toml"), *workspace.glob("templates/**/*.toml")):
        place = target / path.relative_to(workspace)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)


def _kept(workspace: Path) -> Iterator[Path]:
    for kind in (ORIGINALS, PICTURES):
        yield from (path for path in (workspace / EVIDENCE / kind).glob("??/*") if path.is_file())


def _copy(source: Path, place: Path) -> bool:
    """Copies a file of evidence, on the disk before it has its name; one that went is left out."""
    if place.exists():
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".new-{place.name}")
    try:
        shutil.copyfile(source, part)
        sync(part)
        part.replace(place)
    except FileNotFoundError:
        return False
    finally:
        part.unlink(missing_ok=True)
    return True


def _named(database: Path) -> frozenset[str]:
    store = open_store(database)
    try:
        return store.custody.named(ORIGINALS) | store.custody.named(PICTURES)
    finally:
        store.close()
