"""Digits as written ↔ decimal strings, without a float in between."""

from __future__ import annotations


def decimal_string(digits: str, decimals: int) -> str:
    """The number that `digits` stand for, such as `123.456` for `00123456` with 3 decimals.

    Args:
        digits: as written, at least one, nothing but 0 to 9.
        decimals: how many of them stand after the decimal mark; missing ones count as zeros.

    Raises:
        ValueError: `digits` is empty or holds something else.
    """
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"not digits: {digits!r}")
    whole = digits[: max(0, len(digits) - decimals)]
    fraction = digits[len(whole) :].rjust(decimals, "0")
    number = whole.lstrip("0") or "0"
    return f"{number}.{fraction}" if decimals else number
