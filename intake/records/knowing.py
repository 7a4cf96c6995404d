"""What the company knows: accounts, meters and their past readings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MeterKind = Literal["cold", "hot", "electricity", "gas", "heat"]
"""What a meter measures."""


@dataclass(frozen=True, slots=True)
class PastReading:
    """A reading that the company already has.

    Attributes:
        meter: meter number.
        register: dial or tariff zone.
        period: billing month `YYYY-MM`.
        value: decimal string with a point.
        channel: where it came from; empty where unknown.
    """

    meter: str
    register: str
    period: str
    value: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's account.

    Attributes:
        number: as printed on forms.
        address: of the premises.
        premises: `flat` or `house`; the reading engine averages over more months for a house.
    """

    number: str
    address: str = ""
    premises: str = "flat"


@dataclass(frozen=True, slots=True)
class Fitting:
    """What a dial showed when its meter was put in or taken out.

    Attributes:
        meter: meter number.
        register: dial or tariff zone.
        date: the day `YYYY-MM-DD`.
        event: `installed` or `removed`.
        value: decimal string with a point.
    """

    meter: str
    register: str
    date: str
    event: str
    value: str


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter in somebody's premises.

    Attributes:
        number: as printed on the meter and on forms.
        account: account it is billed to.
        kind: a `MeterKind`.
        place: group of fields on the form that is its own, such as `cold_kitchen`.
        registers: its dials or tariff zones; water meters have the one register `main`.
        dial_digits: digits of the dial, those after the decimal mark included.
        decimals: how many of them stand after the decimal mark.
        unit: such as `m3` or `kWh`.
        verified_until: last day `YYYY-MM-DD` its verification is good for; None: unknown.
        installed: first day; None: unknown.
        removed: last day; None: still there.
    """

    number: str
    account: str
    kind: str
    place: str
    registers: tuple[str, ...] = ("main",)
    dial_digits: int = 8
    decimals: int = 3
    unit: str = "m3"
    verified_until: str | None = None
    installed: str | None = None
    removed: str | None = None
