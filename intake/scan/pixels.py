"""Where a decoding process puts a page's pixels: memory shared with it, used again and again.

Making room for a page costs more than copying it, so the room of a page that nobody looks at
any more is kept for the next one.
"""

from __future__ import annotations

import mmap
import os
import weakref
from dataclasses import dataclass, field

import numpy as np

from intake.records import Grey

MOST_KEPT = 2


@dataclass(frozen=True, slots=True)
class Room:
    """An anonymous file for the pixels of one page.

    Attributes:
        file: its descriptor.
        owner: process that may use it again; another one, forked off, still looks at it.
    """

    file: int = field(default_factory=lambda: os.memfd_create("page"))
    owner: int = field(default_factory=os.getpid)

    def pixels(self, height: int, width: int) -> Grey:
        """Height × width read-only view; the room is kept for another page when it is gone."""
        shared = mmap.mmap(self.file, height * width, access=mmap.ACCESS_READ)
        weakref.finalize(shared, leave, self).atexit = False
        return np.frombuffer(shared, np.uint8).reshape(height, width)

    def close(self) -> None:
        """Gives it up."""
        os.close(self.file)


_kept: list[Room] = []


def enter() -> Room:
    """A room of one's own."""
    try:
        return _kept.pop()
    except IndexError:
        return Room()


def leave(room: Room) -> None:
    """Keeps `room` for another page, or gives it up where enough are kept."""
    if len(_kept) < MOST_KEPT and room.owner == os.getpid():
        _kept.append(room)
    else:
        room.close()


os.register_at_fork(after_in_child=_kept.clear)
