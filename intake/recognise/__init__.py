"""Crops in, readings out: one small seam, several engines behind it.

Each engine has a module of its own, so that only what is used gets loaded: `handwriting` for combs
(`digits`) and boxes without cells (`freebox`),
`printed` for account and meter numbers, `barcode`, `mark` for tick boxes, `pictures` for
cut-out pictures from anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Crop, Reading

__all__ = ["Reader"]


class Reader(Protocol):
    """Reads fields."""

    def read(self, crops: Sequence[Crop]) -> list[Reading]:
        """Returns one reading per crop, in the same order.

        The crops of one call are one form's, written by one person.
        """
        ...
