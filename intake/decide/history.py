"""Rules that hold a reading against the meter's own past; each names its reason.

They may send a reading to review. They never change it and never replace what was seen.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from intake.decide.values import as_decimal
from intake.records import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from intake.records import Meter, PastReading
    from intake.template import Field

MOST_TIMES_USUAL = 8
LEAST_ALLOWANCE = {"m3": 15, "kWh": 600}
OTHER_ALLOWANCE = 100


def objections(
    digits: str, field: Field, meter: Meter, past: Sequence[PastReading], period: str | None
) -> Iterator[Reason]:
    """Why a reading does not fit what is known about its meter.

    Args:
        digits: as written.
        field: the reading's place on the form.
        meter: whose reading it is.
        past: readings of the same register, newest first.
        period: billing month of the new reading; None where unknown.

    Yields:
        `bad_format` for more digits than the dial has, `channel_conflict`, `below_previous`,
        `implausible`.
    """
    if len(digits.lstrip("0")) > meter.dial_digits:
        yield Reason.BAD_FORMAT
    value = as_decimal(digits, field.decimals)
    if any(_is_of_another_channel(one, period) and _number(one) != value for one in past):
        yield Reason.CHANNEL_CONFLICT
    before = [one for one in past if period is None or one.period < period]
    if not before:
        return
    last = _number(before[0])
    if value < last:
        yield Reason.BELOW_PREVIOUS
    elif value - last > _most_expected([_number(one) for one in before], meter.unit):
        yield Reason.IMPLAUSIBLE


def _is_of_another_channel(past: PastReading, period: str | None) -> bool:
    """Whether a reading of the same month came by portal, message or terminal."""
    return past.period == period and past.channel not in {"", "paper"}


def _number(past: PastReading) -> Decimal:
    digits, _, fraction = past.value.partition(".")
    return as_decimal(digits + fraction, len(fraction))


def _most_expected(newest_first: Sequence[Decimal], unit: str) -> Decimal:
    """The consumption above which a month is unusual for this meter."""
    allowance = as_decimal(str(LEAST_ALLOWANCE.get(unit, OTHER_ALLOWANCE)), 0)
    used = [later - earlier for later, earlier in pairwise(newest_first)]
    return max(allowance, MOST_TIMES_USUAL * median(used)) if used else allowance
