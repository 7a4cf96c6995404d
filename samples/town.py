"""A small made-up town: accounts, their meters and what they read in the months before."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from intake.forms import Slip
from intake.records import Account, Meter, PastReading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

PERIOD = "2026-10"
PAST = ("2026-06", "2026-07", "2026-08", "2026-09")
STREETS = (
    "Brīvības iela",
    "Čaka iela",
    "Dzirnavu iela",
    "Ģertrūdes iela",
    "Krišjāņa Barona iela",
    "Maskavas iela",
    "Stabu iela",
    "Ūnijas iela",
)
WATER_PLACES = (
    ("cold_kitchen", "hot_kitchen"),
    ("cold_kitchen", "hot_kitchen", "cold_bath", "hot_bath"),
    ("cold_bath", "hot_bath"),
    ("cold_kitchen",),
    ("cold_kitchen", "hot_kitchen", "cold_bath"),
)
HOUSEHOLDS = (0.5, 0.3, 0.08, 0.06, 0.06)
"""How many of the households have each set of meters."""

CHANNELS = ("portal", "sms", "terminal", "paper")
ZONES = ("peak", "half_peak", "night")


@dataclass(frozen=True, slots=True)
class Town:
    """What the company knows; slips are for `PERIOD`, in the order of account numbers.

    Attributes:
        water: a slip per household with its water meters.
        power: a slip for each of the first households with its electricity meter.
        buildings: a list per building whose flats are billed together.
        removed: meters that are no longer there.
        readings: past readings, oldest first.
    """

    water: tuple[Slip, ...]
    power: tuple[Slip, ...]
    buildings: tuple[Slip, ...]
    removed: tuple[Meter, ...]
    readings: tuple[PastReading, ...]

    def accounts(self) -> Iterator[Account]:
        """Every account once."""
        return (slip.account for slip in (*self.water, *self.buildings))

    def meters(self) -> Iterator[Meter]:
        """Every meter, those removed last."""
        for slip in (*self.water, *self.power, *self.buildings):
            yield from slip.meters
        yield from self.removed

    def last(self, meter: Meter, register: str) -> int:
        """The newest reading of one register, in units of its last decimal place."""
        newest = next(
            past
            for past in reversed(self.readings)
            if (past.meter, past.register) == (meter.number, register)
        )
        return int(Decimal(newest.value).scaleb(meter.decimals))


@dataclass(frozen=True, slots=True)
class Size:
    """How large a town is: households, those with electricity slips, buildings, their flats."""

    households: int
    powered: int
    buildings: int
    flats: int


def build_town(size: Size, rng: np.random.Generator) -> Town:
    """A town of that size."""
    water = tuple(_household(number, rng) for number in range(size.households))
    power = tuple(_powered(slip.account, rng) for slip in water[: size.powered])
    buildings = tuple(_building(number, size.flats, rng) for number in range(size.buildings))
    meters = [meter for slip in (*water, *power, *buildings) for meter in slip.meters]
    readings = tuple(past for meter in meters for past in _history(meter, rng))
    removed = tuple(_predecessor(slip.meters[0]) for slip in water[::13])
    return Town(water, power, buildings, removed, readings)


def write_registry(town: Town, folder: Path) -> None:
    """`accounts.csv`, `meters.csv` and `readings.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    accounts = ((account.number, account.address) for account in town.accounts())
    _write(folder / "accounts.csv", ("account", "address"), accounts)
    header = (
        *("meter", "account", "kind", "place", "registers", "dial_digits", "decimals", "unit"),
        *("verified_until", "installed", "removed"),
    )
    _write(folder / "meters.csv", header, map(_meter_row, town.meters()))
    past = ((one.meter, one.register, one.period, one.value, one.channel) for one in town.readings)
    _write(folder / "readings.csv", ("meter", "register", "period", "value", "channel"), past)


def _household(index: int, rng: np.random.Generator) -> Slip:
    number = f"{10_002_000 + index * 37 + int(rng.integers(30)):08d}"
    street = STREETS[index % len(STREETS)]
    address = f"{street} {10 + index // 8 * 4}–{int(rng.integers(1, 60))}, Rīga"
    places = WATER_PLACES[rng.choice(len(WATER_PLACES), p=HOUSEHOLDS)]
    first = 40_100_000 + index * 1_371 + int(rng.integers(1_000))
    return Slip(Account(number, address), PERIOD, _water_meters(first, number, places, rng))


def _building(index: int, flats: int, rng: np.random.Generator) -> Slip:
    """A building whose house elder fills in the list; some flats have no hot water."""
    number = f"{10_800_100 + index * 113:08d}"
    account = Account(number, f"{STREETS[index]} {101 + index * 8}, Rīga")
    places = [
        f"flat_{flat:02d}_{kind}"
        for flat in range(1, flats + 1)
        for kind in ("cold", "hot")
        if kind == "cold" or rng.random() < 0.85
    ]
    return Slip(account, PERIOD, _water_meters(45_200_300 + index * 5_000, number, places, rng))


def _powered(account: Account, rng: np.random.Generator) -> Slip:
    number = f"{70_300_000 + int(account.number) % 100_000 * 3:08d}"
    zones = ZONES if rng.random() < 0.6 else (ZONES[0], ZONES[2])
    meter = Meter(
        number,
        account.number,
        "electricity",
        "supply",
        registers=zones,
        dial_digits=6,
        decimals=0,
        unit="kWh",
        verified_until="2034-12-31",
        installed="2024-06-11",
    )
    return Slip(account, PERIOD, (meter,))


def _water_meters(
    first: int, account: str, places: Sequence[str], rng: np.random.Generator
) -> tuple[Meter, ...]:
    return tuple(
        _water_meter(f"{first + step * 7:08d}", account, place, rng)
        for step, place in enumerate(places)
    )


def _water_meter(number: str, account: str, place: str, rng: np.random.Generator) -> Meter:
    installed = int(rng.integers(2022, 2026))
    month = int(rng.integers(1, 13))
    return Meter(
        number,
        account,
        "cold" if "cold" in place else "hot",
        place,
        verified_until=f"{installed + 4}-{month:02d}-28" if installed > 2022 else "2026-12-31",
        installed=f"{installed}-{month:02d}-14",
    )


def _predecessor(meter: Meter) -> Meter:
    return Meter(
        f"{int(meter.number) - 20_000_000:08d}",
        meter.account,
        meter.kind,
        meter.place,
        verified_until=meter.installed,
        installed="2018-03-05",
        removed=meter.installed,
    )


def _history(meter: Meter, rng: np.random.Generator) -> Iterator[PastReading]:
    for register in meter.registers:
        yield from _months(meter, register, rng)


def _months(meter: Meter, register: str, rng: np.random.Generator) -> Iterator[PastReading]:
    """Monthly use around the meter's own; a month is missing now and then."""
    amount = int(rng.choice([rng.integers(4_000, 99_000), rng.integers(99_000, 980_000)]))
    usual = usual_use(meter) * rng.uniform(0.5, 1.5)
    for period in PAST:
        amount = (amount + int(usual * rng.uniform(0.7, 1.3))) % 10**meter.dial_digits
        if period == PAST[-1] or rng.random() > 0.08:
            channel = str(rng.choice(CHANNELS, p=[0.5, 0.1, 0.05, 0.35]))
            value = f"{Decimal(amount).scaleb(-meter.decimals)}"
            yield PastReading(meter.number, register, period, value, channel)


def usual_use(meter: Meter) -> int:
    """What goes through a meter in a month, in units of its last decimal place."""
    return 130 if meter.kind == "electricity" else 3_900


def _meter_row(meter: Meter) -> Sequence[object]:
    dates = (meter.verified_until, meter.installed, meter.removed)
    return (
        *(meter.number, meter.account, meter.kind, meter.place, " ".join(meter.registers)),
        *(meter.dial_digits, meter.decimals, meter.unit),
        *(date or "" for date in dates),
    )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
