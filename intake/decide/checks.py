"""Check digits of printed numbers: the last place or places follow from those before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def holds(scheme: str, number: str) -> bool:
    """Whether the check digit of `number` is right.

    Args:
        scheme: `luhn`, `mod11` (weights 2 to 7 from the right, a remainder of 10 is no number) or
            `mod97` (two check digits, letters count from 10).
        number: with its check digit; what cannot be one does not hold.
    """
    return number.isascii() and number.isalnum() and _SCHEMES[scheme](number)


def _luhn(number: str) -> bool:
    if not number.isdigit():
        return False
    doubled = [int(digit) * 2 for digit in number[-2::-2]]
    plain = [int(digit) for digit in number[-1::-2]]
    return (sum(plain) + sum(one - 9 if one > 9 else one for one in doubled)) % 10 == 0


def _mod11(number: str) -> bool:
    if not number.isdigit():
        return False
    weights = (2 + place % 6 for place in range(len(number) - 1))
    total = sum(int(digit) * weight for digit, weight in zip(number[-2::-1], weights, strict=True))
    return -total % 11 == int(number[-1])


def _mod97(number: str) -> bool:
    return int("".join(str(int(letter, 36)) for letter in number)) % 97 == 1


_SCHEMES: dict[str, Callable[[str], bool]] = {"luhn": _luhn, "mod11": _mod11, "mod97": _mod97}
