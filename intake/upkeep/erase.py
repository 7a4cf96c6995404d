"""Erasing a person, or months long past, wherever a workspace keeps something of them.

Redacted copies are made first; one transaction takes the rows and notes which evidence goes; then
that goes. Cut short anywhere, the same command goes on.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from intake.errors import StoreError
from intake.evidence import PAGE_SCALE, file_of
from intake.store.erasing import Replaced
from intake.upkeep.redact import painted, write_redacted

if TYPE_CHECKING:
    from intake.evidence import Evidence
    from intake.settings import Limits
    from intake.store import Store
    from intake.store.holding import Held, HeldFile, HeldPage, Whose
    from intake.template import TemplateSet


@dataclass(frozen=True, slots=True)
class Archive:
    """Where a workspace keeps things.

    Attributes:
        store: its database.
        evidence: its originals and pictures.
        templates: of its forms.
        limits: within which scans are opened.
    """

    store: Store
    evidence: Evidence
    templates: TemplateSet
    limits: Limits


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did.

    Attributes:
        forms: that were taken out as a whole.
        fields: that were taken out of forms of others, such as a building's list.
        files: scans that are gone.
        redacted: scans that others share, replaced by a copy on which it is painted over.
        evidence: originals and pictures that were removed.
        beyond: what could not be reached, a sentence each.
    """

    forms: int
    fields: int
    files: int
    redacted: int
    evidence: int
    beyond: tuple[str, ...]


def erase(archive: Archive, whose: Whose) -> Erased:
    """Takes everything about `whose` out of the database and the evidence.

    Raises:
        StoreError: a scan that holds it is being read, its evidence is gone or damaged, or
            something cannot be written. The same command goes on.
    """
    custody = archive.store.custody
    going = custody.held(whose)
    for file in going.files:
        if not file.whole:
            raise StoreError(f"{file.path}: is not read to its end. Run it first, then erase.")
    replaced = Replaced(
        originals={file.id: _redacted_scan(archive, file) for file in going.files},
        pictures={
            (file.id, page.number): _redacted_picture(archive, page)
            for file in going.files
            for page in file.pages
        },
        crops=_left_of_crops(archive, going),
    )
    custody.erase(whose, going, replaced)
    removed = finish_erasing(archive.store, archive.evidence)
    alone = sum(file.alone for file in going.files)
    return Erased(
        forms=len(going.forms),
        fields=len(going.fields),
        files=alone,
        redacted=len(going.files) - alone,
        evidence=removed,
        beyond=tuple(_beyond(going)),
    )


def finish_erasing(store: Store, evidence: Evidence) -> int:
    """Removes evidence that was to go, of this erasure or one cut short; returns how much."""
    removals = store.custody.removals()
    for kind, digest in removals:
        evidence.drop(kind, digest)
    store.custody.end_removals()
    return len(removals)


def _redacted_scan(archive: Archive, file: HeldFile) -> str | None:
    """Digest of a copy without what goes; None where nothing else is in the file."""
    if file.alone:
        return None
    source = archive.evidence.original(file.original)
    if source is None:
        raise StoreError(
            f"{file.path}: the original that is shared with others is gone. Restore the evidence "
            "folder, then erase."
        )
    spots = {page.number: page.spots for page in file.pages}
    with tempfile.TemporaryDirectory(prefix="meter-intake-") as folder:
        copy = Path(folder) / "redacted.tif"
        write_redacted(source, copy, spots, archive.templates, archive.limits)
        with copy.open("rb") as made:
            digest = hashlib.file_digest(made, "sha256").hexdigest()
            made.seek(0)
            archive.evidence.keep_file(made, digest)
    return digest


def _redacted_picture(archive: Archive, page: HeldPage) -> str | None:
    if page.picture is None or page.alone:
        return None
    picture = archive.evidence.picture(page.picture)
    return archive.evidence.keep_page(painted(picture, page.spots, archive.templates, PAGE_SCALE))


def _left_of_crops(archive: Archive, going: Held) -> dict[str, str]:
    """What is left of the crops of forms that stay, by the file that held them all."""
    by_file: dict[str, list[str]] = {}
    for name in going.crops:
        by_file.setdefault(file_of(name), []).append(name)
    return {
        digest: archive.evidence.keep_without(names)
        for digest, names in by_file.items()
        if names != [digest]
    }


def _beyond(going: Held) -> list[str]:
    delivered = [f"{target}: readings were delivered there." for target in going.delivered]
    lying = [
        f"{file.path}: the scan itself still lies there."
        for file in going.files
        if file.path and Path(file.path).exists()
    ]
    return [*going.doubtful, *delivered, *lying]
