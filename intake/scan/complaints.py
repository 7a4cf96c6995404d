"""What decoders say about damaged data: they say it on standard error, and go on."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

STDERR = 2


@dataclass(slots=True)
class Heard:
    """What was heard while a decoder worked.

    Attributes:
        anything: whether it complained.
    """

    anything: bool = False


@contextmanager
def listening() -> Iterator[Heard]:
    """Tells whether anything is said on standard error meanwhile, and takes it back.

    Standard error must be a file: the decoding process has one of its own.
    """
    before, heard = os.fstat(STDERR).st_size, Heard()
    yield heard
    heard.anything = os.fstat(STDERR).st_size > before
    if heard.anything:
        os.truncate(STDERR, before)
