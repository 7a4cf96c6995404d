"""Finds decimal marks in the ink of a free line: small ink low on the line, beside the digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from intake.recognise.pieces import Piece, connected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.recognise.pieces import Ink

_DIGIT = 0.6
"""Height over that of the tallest ink from which ink is taken for a digit."""

_SPECK = 0.08
"""Longer side over the height of the writing below which ink is a speck."""

_TALLEST, _WIDEST = 0.75, 0.5
"""Height and width of a mark over the height of the writing, at most."""

_STARTS, _ENDS, _BELOW = 0.5, 0.25, 0.3
"""How far above the foot of the digits a mark starts and ends, and how far below it may start, as
shares of their height."""

_AFTER = 0.8
"""Gap between a mark and the digit before it over the height of the writing, at most."""

_UNDER = 0.6
"""Share of a mark's width that may lie under or over one digit: more, and it is a part of it."""


def decimal_marks(ink: Ink) -> list[Piece]:
    """Returns what may be a decimal mark after a digit, from left to right."""
    found = connected(ink) if ink.size else []
    if not found:
        return []
    tallest = max(piece.height for piece in found)
    digits = [piece for piece in found if piece.height > _DIGIT * tallest]
    tall = float(np.median([digit.height for digit in digits]))
    foot = float(np.median([digit.bottom for digit in digits]))
    marks = [
        piece
        for piece in found
        if _is_low(piece, tall, foot)
        and _stands_free(piece, digits)
        and _follows(piece, digits, tall)
    ]
    return sorted(marks, key=lambda piece: piece.left)


def _is_low(piece: Piece, tall: float, foot: float) -> bool:
    wide = piece.right - piece.left
    return (
        max(wide, piece.height) >= _SPECK * tall
        and piece.height <= _TALLEST * tall
        and wide <= _WIDEST * tall
        and foot - _STARTS * tall <= piece.top <= foot + _BELOW * tall
        and piece.bottom >= foot - _ENDS * tall
    )


def _stands_free(piece: Piece, digits: Sequence[Piece]) -> bool:
    wide = piece.right - piece.left
    return all(
        min(piece.right, digit.right) - max(piece.left, digit.left) <= _UNDER * wide
        for digit in digits
        if digit is not piece
    )


def _follows(piece: Piece, digits: Sequence[Piece], tall: float) -> bool:
    gaps = [piece.left - digit.right for digit in digits if digit.left < piece.left]
    return min(gaps, default=_AFTER * tall + 1) <= _AFTER * tall
