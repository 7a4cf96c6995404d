"""A point of supply and its months: one place of an account, one kind and one register.

Its meter may be replaced; its months go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from intake.records import Account, Fitting, Meter
    from intake.settings import Billing, Rules


class Status(StrEnum):
    """What a month of a meter rests on."""

    READ = "read"
    FIRST = "first"
    ESTIMATED = "estimated"
    BELOW_PREVIOUS = "below_previous"
    MISSING = "missing"
    UNVERIFIED = "unverified"


MISSED = frozenset({Status.ESTIMATED, Status.BELOW_PREVIOUS, Status.MISSING})
"""Statuses of a month without a usable reading."""


class Mark(StrEnum):
    """What is to be known about a month besides its status."""

    EARLY = "early"
    CORRECTED = "corrected"
    ROLLED_OVER = "rolled_over"
    INSTALLED = "installed"
    REMOVED = "removed"
    SETTLED = "settled"
    PRELIMINARY = "preliminary"


FITTED = "fitting"
"""Channel of a month's value that was written down when the meter was taken out."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The reading that counts for a month.

    Attributes:
        value: what the dial showed.
        channel: where it came from.
        id: of the reading.
        version: of the reading.
        early: whether it was read before the window opened.
    """

    value: Decimal
    channel: str
    id: str = ""
    version: int = 1
    early: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A point of supply with all that is known of it.

    Attributes:
        account: whose it is.
        place: on the account's forms.
        register: dial or tariff zone.
        meters: that are or were there, all of one kind, in any order.
        fittings: by meter and event, `installed` or `removed`.
        readings: by meter and month, the one that counts.
        since: month in which its organisation's records begin.
    """

    account: Account
    place: str
    register: str
    meters: tuple[Meter, ...]
    fittings: Mapping[tuple[str, str], Fitting]
    readings: Mapping[tuple[str, str], Counted]
    since: str


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One register of one meter in one month.

    Attributes:
        account: account number.
        place: of the meter.
        meter: meter number.
        register: dial or tariff zone.
        period: billing month.
        previous: reading that the month starts from; None where there is none.
        value: reading that counts; None where there is none.
        consumption: what the month is charged with; negative where estimates were too high;
            None where nothing can be charged.
        unit: such as `m3`.
        status: what it rests on.
        channel: of the value; empty without one.
        marks: what is to be known besides.
        missing: months in a row without a usable reading, this one included.
        reading: id of the reading; empty without one.
        version: of the reading; 0 without one.
    """

    account: str
    place: str
    meter: str
    register: str
    period: str
    previous: Decimal | None
    value: Decimal | None
    consumption: Decimal | None
    unit: str
    status: Status
    channel: str
    marks: tuple[Mark, ...]
    missing: int
    reading: str
    version: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What an organisation has settled: how it bills, and what it takes for usual."""

    billing: Billing
    rules: Rules
