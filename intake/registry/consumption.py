"""How much was used between two readings of a dial, and how much is usual: pure maths."""

from __future__ import annotations

from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.records import Meter

FEWEST_MONTHS = 3
"""With fewer months known nothing is usual yet."""

NORMAL_SPREAD = Decimal("1.4826")
"""Makes the median distance from the median comparable to a standard deviation."""

LEAST_SPREAD = Decimal("0.25")
"""Share of the usual month that months differ by at least, however even the past was."""

LEAST_STEP = {"m3": Decimal(1), "kWh": Decimal(50)}
"""Months differ by that much at least, by unit."""

OTHER_STEP = Decimal(10)


def full_turn(meter: Meter) -> Decimal:
    """What a dial of that meter has counted when it shows nothing but zeros again."""
    return Decimal(10) ** (meter.dial_digits - meter.decimals)


def used_since(last: Decimal, value: Decimal, turn: Decimal, most: Decimal) -> Decimal | None:
    """Consumption from one reading of a dial to a later one.

    Args:
        last: the earlier reading.
        value: the later one.
        turn: what the dial counts up to.
        most: above it a passage through zero is no explanation.

    Returns:
        The difference; past zero where that makes sense; None where the later one is below.
    """
    if value >= last:
        return value - last
    passed = value + turn - last
    return passed if 0 <= passed <= most else None


def most_expected(used: Sequence[Decimal], unit: str, spreads: Decimal, few: Decimal) -> Decimal:
    """The consumption above which a month is unusual for a meter.

    Args:
        used: consumption of past months, in any order.
        unit: such as `m3`.
        spreads: how many spreads above the usual month are still expected.
        few: what is expected at most while too few months are known.
    """
    if len(used) < FEWEST_MONTHS:
        return few
    usual = median(used)
    apart = NORMAL_SPREAD * median(abs(month - usual) for month in used)
    least = max(LEAST_SPREAD * usual, LEAST_STEP.get(unit, OTHER_STEP))
    return usual + spreads * max(apart, least)
