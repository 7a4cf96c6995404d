"""Waiting for a folder: woken by the system's events where it has any, and by the clock anyway.

Events only wake: what has changed is found by looking. So nothing is lost where events are, on
network shares and after an overflow.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import watchfiles

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

AT_MOST_EVERY_MS = 500


class Bell:
    """Rings when something changes below a folder; to be used as a context."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rung, self._over = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._listens_to: tuple[int, int] | None = None

    def __enter__(self) -> Bell:
        """Begins to listen."""
        self._listen()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listens no more."""
        self._silence()

    def wait(self, seconds: float) -> None:
        """Returns when it rings, after so many seconds at the latest."""
        self._listen()
        self._rung.wait(seconds)
        self._rung.clear()

    def _listen(self) -> None:
        """Listens to the folder that is there now: a share that came back is another one."""
        try:
            status = self._folder.stat()
        except OSError:
            return
        there = (status.st_dev, status.st_ino)
        if there == self._listens_to:
            return
        self._silence()
        self._listens_to, self._over = there, threading.Event()
        self._thread = threading.Thread(target=self._ring, args=(self._over,), daemon=True)
        self._thread.start()

    def _silence(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _ring(self, over: threading.Event) -> None:
        changes = watchfiles.watch(
            self._folder,
            watch_filter=None,
            debounce=AT_MOST_EVERY_MS,
            stop_event=over,
            rust_timeout=AT_MOST_EVERY_MS,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        try:
            for _ in changes:
                self._rung.set()
        except OSError:
            """Gone, or more folders than the system listens to: the clock wakes, too."""
