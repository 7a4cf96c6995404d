"""The CSV files that a company hands over about what it knows."""

from __future__ import annotations

from typing import get_args

from intake.records import Account, Meter, MeterKind, PastReading
from intake.registry.rows import (
    BadCell,
    Layout,
    Row,
    day_cell,
    decimal_cell,
    number_cell,
    one_of,
    period_cell,
    register_cell,
    registers_cell,
    whole_cell,
    word_cell,
)

Known = Account | Meter | PastReading

PREMISES = ("flat", "house")


def _account(row: Row) -> Account:
    premises = one_of(row, "premises", PREMISES) if row.get("premises") else PREMISES[0]
    return Account(number_cell(row, "account"), row.get("address", ""), premises)


def _meter(row: Row) -> Meter:
    digits = whole_cell(row, "dial_digits", 8, 1, 12)
    installed, removed = day_cell(row, "installed"), day_cell(row, "removed")
    if installed and removed and removed < installed:
        raise BadCell("removed", f"lies before `installed`, {installed}. Correct one of them.")
    return Meter(
        number=number_cell(row, "meter"),
        account=number_cell(row, "account"),
        kind=one_of(row, "kind", get_args(MeterKind)),
        place=word_cell(row, "place"),
        registers=registers_cell(row, "registers"),
        dial_digits=digits,
        decimals=whole_cell(row, "decimals", 3, 0, digits),
        unit=row.get("unit") or "m3",
        verified_until=day_cell(row, "verified_until"),
        installed=installed,
        removed=removed,
    )


def _reading(row: Row) -> PastReading:
    return PastReading(
        meter=number_cell(row, "meter"),
        register=register_cell(row, "register"),
        period=period_cell(row, "period"),
        value=decimal_cell(row, "value"),
        channel=row.get("channel", ""),
    )


ACCOUNTS: Layout[Account] = Layout(
    "accounts", ("account", "address", "premises"), frozenset({"account"}), _account
)
METERS: Layout[Meter] = Layout(
    "meters",
    (
        "meter",
        "account",
        "kind",
        "place",
        "registers",
        "dial_digits",
        "decimals",
        "unit",
        "verified_until",
        "installed",
        "removed",
    ),
    frozenset({"meter", "account", "kind", "place"}),
    _meter,
)
READINGS: Layout[PastReading] = Layout(
    "readings",
    ("meter", "register", "period", "value", "channel"),
    frozenset({"meter", "period", "value"}),
    _reading,
)
LAYOUTS: tuple[Layout[Known], ...] = (ACCOUNTS, METERS, READINGS)
