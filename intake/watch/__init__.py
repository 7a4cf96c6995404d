"""A folder read as it fills: each file once it has stopped changing, again where it may heal."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from intake.batch import Audience, Batch
from intake.errors import StoreError
from intake.records import Reason
from intake.scan import look_at
from intake.watch.bell import Bell
from intake.watch.ripening import Fate, Ripening, Sign, sign_of
from intake.watch.shelves import DONE, REFUSED, is_shelved, shelve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from intake.batch import Pool, Workplace
    from intake.records import Refusal, ScanFile
    from intake.scan import Found
    from intake.store import Store

__all__ = ["Watch"]

AT_ONCE = 64
"""Files that are taken together, so that those that ripen meanwhile do not wait for long."""


@dataclass(slots=True)
class Watch:
    """A folder that is watched.

    Attributes:
        folder: with all below it, absolute.
        store: where everything is kept.
        workplace: what the workers need.
        pool: the workers.
        tell: told in a sentence what becomes of each file.
        moves: whether files go to done/ or refused/ once the store has them.
    """

    folder: Path
    store: Store
    workplace: Workplace
    pool: Pool
    tell: Callable[[str], None]
    moves: bool = False
    _files: Ripening = field(init=False)
    _out_of_reach: bool = field(init=False, default=False)
    _in_vain: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Leaves alone what lies on the shelves already."""
        self._files = Ripening(self.workplace.settings.watch)
        for path, sign in (self._signs() or {}).items():
            if is_shelved(path, self.folder):
                self._files.leave(path, sign)

    def go_on(self) -> None:
        """Watches until it is interrupted."""
        with Bell(self.folder) as bell:
            while True:
                bell.wait(self.turn())

    def turn(self) -> float:
        """Reads what is ready; returns after how many seconds to look again at the latest."""
        signs = self._signs()
        if signs is None:
            return self.workplace.settings.watch.look
        ready = self._files.look(signs, time.monotonic())
        try:
            if ready:
                self._read(ready[:AT_ONCE])
        except StoreError as fault:
            self._in_vain += 1
            self.tell(f"{fault} Trying again.")
            return self._files.pause(self._in_vain)
        if ready and self._in_vain:
            self._in_vain = 0
            self.tell("The store can be written again.")
        soon = self._files.next_due() - time.monotonic()
        return max(0.0, min(soon, self.workplace.settings.watch.look))

    def _signs(self) -> dict[Path, Sign] | None:
        """What every file looks like; None where the folder cannot be reached."""
        try:
            os.scandir(self.folder).close()
            walk = os.walk(self.folder)
            signs = dict(_seen(Path(root, name) for root, _, names in walk for name in names))
        except OSError as fault:
            self._note_reach(fault)
            return None
        self._note_reach(None)
        return signs

    def _note_reach(self, fault: OSError | None) -> None:
        if fault is not None and not self._out_of_reach:
            self.tell(f"{self.folder}: out of reach ({fault.strerror}). Waiting for it.")
        if fault is None and self._out_of_reach:
            self.tell(f"{self.folder}: is there again.")
        self._out_of_reach = fault is not None

    def _read(self, ready: list[Path]) -> None:
        limits = self.workplace.settings.limits
        found = {str(path): look_at(path, self.folder, limits) for path in ready}

        def end(scan: ScanFile, refusal: Refusal | None) -> None:
            self._end(found[scan.path], refusal)

        audience = Audience(ends=end, alarm=self.tell)
        Batch(self.store, self.workplace, found.values(), audience).read(self.pool)

    def _end(self, found: Found, refusal: Refusal | None) -> None:
        path = Path(found.scan.path)
        fate = self._files.end(path, refusal, time.monotonic())
        why = f"{refusal.reason}. {refusal.advice}" if refusal else ""
        words = {
            Fate.READ: "read",
            Fate.REFUSED: f"refused, {why}",
            Fate.AGAIN: f"not yet, {why} Trying again.",
            Fate.GIVEN_UP: f"given up until it changes, {why}",
        }
        self.tell(f"{found.scan.name}: {words[fate]}")
        if self.moves and fate is not Fate.AGAIN:
            self._move(found, path, DONE if fate is Fate.READ else REFUSED)

    def _move(self, found: Found, path: Path, shelf: str) -> None:
        """Moves a file that is still what was read; one that is written later comes again."""
        odd = found.refusal is not None and found.refusal.reason not in {
            Reason.EMPTY_FILE,
            Reason.TOO_LARGE,
        }
        if odd or path.relative_to(self.folder).parts[0] == shelf:
            return
        try:
            if self._files.is_as_taken(path, sign_of(path)):
                place = shelve(path, self.folder, shelf, found.scan.sha256 or "")
                self._files.leave(place, sign_of(place))
        except OSError as fault:
            self.tell(f"{found.scan.name}: stays where it is ({fault.strerror}).")


def _seen(paths: Iterator[Path]) -> Iterator[tuple[Path, Sign]]:
    for path in paths:
        try:
            yield path, sign_of(path)
        except OSError:
            continue
