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


@dataclass(frozen=True, slots=True)
class Town:
    """What the company knows.

    Attributes:
        slips: a slip per account for `PERIOD`, in the order of account numbers.
        removed: meters that are no longer there.
        readings: past readings, oldest first.
    """

    slips: tuple[Slip, ...]
    removed: tuple[Meter, ...]
    readings: tuple[PastReading, ...]

    def last(self, meter: str) -> Decimal:
        """The newest reading of a meter."""
        return next(Decimal(past.value) for past in reversed(self.readings) if past.meter == meter)


def build_town(count: int, rng: np.random.Generator) -> Town:
    """A town of `count` accounts."""
    slips = tuple(_household(number, rng) for number in range(count))
    removed = tuple(_predecessor(slip.meters[0]) for slip in slips[::13])
    meters = [meter for slip in slips for meter in slip.meters]
    readings = tuple(past for meter in meters for past in _history(meter, rng))
    return Town(slips, removed, readings)


def write_registry(town: Town, folder: Path) -> None:
    """`accounts.csv`, `meters.csv` and `readings.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    accounts = ((slip.account.number, slip.account.address) for slip in town.slips)
    _write(folder / "accounts.csv", ("account", "address"), accounts)
    header = (
        *("meter", "account", "kind", "place", "registers", "dial_digits", "decimals", "unit"),
        *("verified_until", "installed", "removed"),
    )
    meters = [meter for slip in town.slips for meter in slip.meters]
    _write(folder / "meters.csv", header, map(_meter_row, (*meters, *town.removed)))
    past = ((one.meter, one.register, one.period, one.value, one.channel) for one in town.readings)
    _write(folder / "readings.csv", ("meter", "register", "period", "value", "channel"), past)


def _household(index: int, rng: np.random.Generator) -> Slip:
    number = f"{10_002_000 + index * 37 + int(rng.integers(30)):08d}"
    street = STREETS[index % len(STREETS)]
    address = f"{street} {10 + index // 8 * 4}–{int(rng.integers(1, 60))}, Rīga"
    places = WATER_PLACES[rng.choice(len(WATER_PLACES), p=HOUSEHOLDS)]
    first = 40_100_000 + index * 1_371 + int(rng.integers(1_000))
    meters = tuple(
        _water_meter(f"{first + step * 7:08d}", number, place, rng)
        for step, place in enumerate(places)
    )
    return Slip(Account(number, address), PERIOD, meters)


def _water_meter(number: str, account: str, place: str, rng: np.random.Generator) -> Meter:
    installed = int(rng.integers(2022, 2026))
    month = int(rng.integers(1, 13))
    return Meter(
        number,
        account,
        place.split("_", maxsplit=1)[0],
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
    """Monthly use around the household's own; a month is missing now and then."""
    litres = int(rng.choice([rng.integers(4_000, 99_000), rng.integers(99_000, 980_000)]))
    usual = rng.uniform(1_200, 6_500)
    for period in PAST:
        litres += int(usual * rng.uniform(0.7, 1.3))
        if period == PAST[-1] or rng.random() > 0.08:
            channel = str(rng.choice(CHANNELS, p=[0.5, 0.1, 0.05, 0.35]))
            value = f"{litres // 1000}.{litres % 1000:03d}"
            yield PastReading(meter.number, "main", period, value, channel)


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
