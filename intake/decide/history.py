"""Rules that hold a reading against the meter's own past; each names its reason.

They may send a reading to review. They never change it and never replace what was seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from intake.decide.values import as_decimal
from intake.records import Reason
from intake.registry.consumption import full_turn, most_expected, used_since
from intake.registry.months import month_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.records import Meter, PastReading
    from intake.settings import Rules
    from intake.template import Field

MONTHS_WITHOUT_REST = 3
"""So many months, none of them without use, make a month without any look copied."""

SHIFTS = (1, -1, 2, -2, 3, -3)
"""Places by which a decimal mark slips, likeliest first."""


@dataclass(frozen=True)
class Past:
    """What one register has shown, as a reading of a later month is held against it.

    Attributes:
        meter: whose register it is.
        known: its past readings, newest first.
        period: billing month of the new reading; None where unknown.
        rules: the company's.
    """

    meter: Meter
    known: Sequence[PastReading]
    period: str | None
    rules: Rules

    @cached_property
    def months(self) -> list[tuple[int, Decimal]]:
        """Month and value of the readings before, newest first, one a month."""
        newest: dict[int, Decimal] = {}
        for one in self.known:
            if self.period is None or one.period < self.period:
                newest.setdefault(month_number(one.period), Decimal(one.value))
        return sorted(newest.items(), reverse=True)

    @cached_property
    def used(self) -> list[Decimal]:
        """What was used a month, between readings that follow each other."""
        turn = full_turn(self.meter)
        return [
            (later - earlier if later >= earlier else later + turn - earlier) / (month - before)
            for (month, later), (before, earlier) in pairwise(self.months)
        ]

    @cached_property
    def most(self) -> Decimal:
        """The consumption since the last reading above which the new one is unusual."""
        few = Decimal(self.rules.few(self.meter.unit))
        spreads = Decimal(str(self.rules.spreads))
        month = most_expected(self.used, self.meter.unit, spreads, few)
        return month * (self._elapsed if self.months else 1)

    @property
    def _elapsed(self) -> int:
        if self.period is None:
            return 1
        return max(1, month_number(self.period) - self.months[0][0])

    def since(self, value: Decimal) -> Decimal | None:
        """Consumption up to `value`; None where it is below and no full turn explains it."""
        return used_since(self.months[0][1], value, full_turn(self.meter), self.most)

    def fits(self, value: Decimal) -> bool:
        """Whether nothing speaks against `value`; everything fits a register without a past."""
        if not self.months:
            return True
        used = self.since(value)
        return used is not None and used <= self.most


def objections(digits: str, field: Field, past: Past) -> Iterator[Reason]:
    """Why a reading does not fit what is known about its meter.

    Args:
        digits: as written.
        field: the reading's place on the form.
        past: of its register.

    Yields:
        `bad_format` for more digits than the dial has, `channel_conflict`, `below_previous`,
        `implausible`; after these two what the writer may have done: `decimal_slip`, `transposed`;
        `copied`.
    """
    if len(digits.lstrip("0")) > past.meter.dial_digits:
        yield Reason.BAD_FORMAT
    value = as_decimal(digits, field.decimals)
    if any(_is_of_another_channel(one, past.period) and _differs(one, value) for one in past.known):
        yield Reason.CHANNEL_CONFLICT
    if not past.months:
        return
    used = past.since(value)
    if used is None:
        yield Reason.BELOW_PREVIOUS
        yield from _slips(digits, field, past)
    elif used > past.most and "implausible" not in past.rules.off:
        yield Reason.IMPLAUSIBLE
        yield from _slips(digits, field, past)
    elif used == 0 and _always_used(past) and "copied" not in past.rules.off:
        yield Reason.COPIED


def _slips(digits: str, field: Field, past: Past) -> Iterator[Reason]:
    """What would make the value fit: a decimal mark elsewhere, two digits the other way round."""
    value, turn = as_decimal(digits, field.decimals), full_turn(past.meter)
    shifted = (value.scaleb(places) for places in SHIFTS)
    if value and any(one < turn and past.fits(one) for one in shifted):
        yield Reason.DECIMAL_SLIP
    turned = (as_decimal(one, field.decimals) for one in _transposed(digits))
    if any(past.fits(one) for one in turned):
        yield Reason.TRANSPOSED


def _transposed(digits: str) -> Iterator[str]:
    for at in range(len(digits) - 1):
        if digits[at] != digits[at + 1]:
            yield digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]


def _always_used(past: Past) -> bool:
    return len(past.used) >= MONTHS_WITHOUT_REST and min(past.used) > 0


def _is_of_another_channel(one: PastReading, period: str | None) -> bool:
    """Whether a reading of the same month came by portal, message or terminal."""
    return one.period == period and one.channel not in {"", "paper"}


def _differs(one: PastReading, value: Decimal) -> bool:
    return Decimal(one.value) != value
