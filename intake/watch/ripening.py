"""When a file is ready to be read: once it has stopped changing, and again where it may heal."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from intake.records import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from intake.records import Refusal
    from intake.settings import Watching

MAY_HEAL = {Reason.NO_PERMISSION, Reason.VANISHED, Reason.TOO_SLOW, Reason.FAULT}
"""Refusals for which the file itself need not change: rights are mended, shares come back."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What a file is known by without opening it; a rewrite in place changes it, too."""

    size: int
    modified: int
    changed: int
    inode: int
    device: int


class Fate(Enum):
    """What becomes of a file after it was read or refused."""

    READ = auto()
    REFUSED = auto()
    AGAIN = auto()
    GIVEN_UP = auto()


@dataclass(slots=True)
class _Fruit:
    """A file below the folder.

    Attributes:
        sign: when it was last looked at.
        due: when it may be read; infinite once it was.
        tries: how often it was read in vain.
    """

    sign: Sign
    due: float
    tries: int = 0


def sign_of(path: Path) -> Sign:
    """The sign of a file, of its target where it is a link that leads somewhere.

    Raises:
        OSError: it is gone.
    """
    try:
        status = path.stat()
    except OSError:
        status = path.lstat()
    return Sign(
        status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev
    )


class Ripening:
    """All files below a folder, on their way from new to read; time is in seconds of any clock."""

    def __init__(self, watching: Watching) -> None:
        self._watching = watching
        self._fruits: dict[Path, _Fruit] = {}

    def look(self, signs: Mapping[Path, Sign], now: float) -> list[Path]:
        """The files that are ready, given what all files look like now."""
        for path in self._fruits.keys() - signs.keys():
            del self._fruits[path]
        for path, sign in signs.items():
            fruit = self._fruits.get(path)
            if fruit is None or fruit.sign != sign:
                self._fruits[path] = _Fruit(sign, now + self._watching.settle)
        return sorted(
            (path for path, fruit in self._fruits.items() if fruit.due <= now), key=os.fsencode
        )

    def end(self, path: Path, refusal: Refusal | None, now: float) -> Fate:
        """Notes how reading a file ended; says whether it comes again."""
        fruit = self._fruits[path]
        fruit.due = math.inf
        if refusal is None:
            return Fate.READ
        if refusal.reason not in MAY_HEAL:
            return Fate.REFUSED
        fruit.tries += 1
        if fruit.tries >= self._watching.tries:
            return Fate.GIVEN_UP
        fruit.due = now + self.pause(fruit.tries)
        return Fate.AGAIN

    def leave(self, path: Path, sign: Sign) -> None:
        """Leaves a file alone until it changes."""
        self._fruits[path] = _Fruit(sign, math.inf)

    def is_as_taken(self, path: Path, sign: Sign) -> bool:
        """Whether a file still looks as it did when it was found ready."""
        return self._fruits[path].sign == sign

    def pause(self, tries: int) -> float:
        """Seconds until the next try after so many in vain."""
        watching = self._watching
        return float(min(watching.longest, watching.settle * 2.0 ** min(tries, 30)))

    def next_due(self) -> float:
        """When the next file will be ready if nothing changes; infinite where none will."""
        return min((fruit.due for fruit in self._fruits.values()), default=math.inf)
