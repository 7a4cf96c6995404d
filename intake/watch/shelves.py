"""Where files go once the store has them, if they are to be moved at all: done/ and refused/."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DONE, REFUSED = "done", "refused"


def is_shelved(path: Path, folder: Path) -> bool:
    """Whether a file below `folder` lies on a shelf already."""
    return path.relative_to(folder).parts[0] in {DONE, REFUSED}


def shelve(path: Path, folder: Path, shelf: str, sha256: str) -> Path:
    """Moves a file below `folder` to the shelf, under its own path there; returns where.

    Nothing is overwritten: a name that is taken is followed by the first digits of the content's
    digest.

    Raises:
        OSError: it cannot be moved.
    """
    inside = path.relative_to(folder)
    if is_shelved(path, folder):
        inside = inside.relative_to(inside.parts[0])
    place = folder / shelf / inside
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place = place.with_name(f"{place.stem}-{sha256[:12]}{place.suffix}")
    path.rename(place)
    return place
