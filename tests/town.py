"""A month of a large housing manager: accounts, four channels and all that goes wrong, as files."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing import LITRES, ORDER, Calculation, Dial, Sent
from intake.registry.months import day_in, month_named

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FIRST = 2026 * 12
MONTHS = 8
READINGS = ("id", "version", "meter", "period", "value", "date", "channel")


@dataclass(frozen=True)
class House:
    """An account with the dials at its one place."""

    account: str
    premises: str
    dials: list[Dial]

    def reckoned(self) -> Calculation:
        return Calculation(self.dials, MONTHS, 12 if self.premises == "house" else 3)


def town(count: int, seed: int) -> list[House]:
    rng = random.Random(seed)
    return [_house(rng, number) for number in range(count)]


def _house(rng: random.Random, number: int) -> House:
    replaced = rng.randrange(1, MONTHS) if rng.random() < 0.1 else None
    first = Dial(f"4{number:07}", went=10_000 if replaced is None else replaced)
    first.verified = 3 if rng.random() < 0.02 else 10_000
    shown = 99_990 * LITRES if rng.random() < 0.05 else rng.randrange(10**7)
    dials = [first]
    if replaced is not None:
        dials.append(Dial(f"5{number:07}", came=replaced, start=rng.randrange(100)))
    for dial in dials:
        at = shown if dial.start is None else dial.start
        for month in range(dial.came, min(dial.went, MONTHS - 1) + 1):
            at += rng.randrange(1_000, 6_000)
            if rng.random() < 0.85:
                dial.sent[month] = _sent(rng, f"{dial.number}-{month}", at % dial.turn)
        if dial.went < MONTHS:
            dial.end = (at + 500) % dial.turn
    return House(f"1{number:07}", rng.choice(["flat", "house"]), dials)


def _sent(rng: random.Random, name: str, value: int) -> list[Sent]:
    """One reading, or several: of other channels, corrected, taken back, early, late."""
    made: list[Sent] = []
    for turn in range(rng.choice([1, 1, 1, 1, 2, 3])):
        told = value if rng.random() < 0.8 else max(0, value - rng.randrange(90_000))
        day = rng.choice([None, 20, 26, 27, 28])
        one = Sent(rng.choice(ORDER), told, day, f"{name}-{turn}")
        made.append(one)
        if rng.random() < 0.1:
            corrected = rng.choice([None, value])
            made.append(Sent(one.channel, corrected, day, one.id, 2))
    return made


def write_town(houses: list[House], folder: Path) -> list[Path]:
    """The town as the files that `engine import` reads."""
    dials = [(house, dial) for house in houses for dial in house.dials]
    paths = [
        _write(
            folder / "accounts.csv",
            ("account", "premises"),
            ((house.account, house.premises) for house in houses),
        ),
        _write(
            folder / "meters.csv",
            ("meter", "account", "kind", "place", "verified_until", "installed", "removed"),
            (_meter_row(house, dial) for house, dial in dials),
        ),
        _write(
            folder / "fittings.csv",
            ("meter", "date", "event", "value"),
            (row for _, dial in dials for row in _fitting_rows(dial)),
        ),
    ]
    for channel in ORDER:
        rows = (row for _, dial in dials for row in _reading_rows(dial, channel))
        paths.append(_write(folder / f"{channel}.csv", READINGS, rows))
    return paths


def decimal(litres: int | None) -> str:
    return "" if litres is None else f"{litres // LITRES}.{litres % LITRES:03}"


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as lines:
        out = csv.writer(lines)
        out.writerow(columns)
        out.writerows(rows)
    return path


def _day(month: int, day: int) -> str:
    return day_in(month_named(FIRST + month), day)


def _meter_row(house: House, dial: Dial) -> tuple[object, ...]:
    verified = _day(dial.verified, 31) if dial.verified < MONTHS else ""
    installed = _day(dial.came, 15) if dial.came else ""
    removed = _day(dial.went, 15) if dial.went < MONTHS else ""
    return dial.number, house.account, "cold", "kitchen", verified, installed, removed


def _fitting_rows(dial: Dial) -> Iterable[tuple[object, ...]]:
    if dial.start is not None:
        yield dial.number, _day(dial.came, 15), "installed", decimal(dial.start)
    if dial.end is not None:
        yield dial.number, _day(dial.went, 15), "removed", decimal(dial.end)


def _reading_rows(dial: Dial, channel: str) -> Iterable[tuple[object, ...]]:
    for month, sent in dial.sent.items():
        for one in sent:
            if one.channel == channel:
                day = "" if one.day is None else _day(month, one.day)
                period = month_named(FIRST + month)
                value = decimal(one.value)
                yield one.id, one.version, dial.number, period, value, day, channel
