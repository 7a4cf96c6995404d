"""Measures the handover: readings over HTTP to `engine serve` through a night of faults.

Acknowledgements are dropped, doubled and delayed, and both sides are killed at random; then some
readings are corrected and some recalled. At the end the engine holds every reading once, and its
month is what a calculation beside it says. Besides: how long `registry import` takes, as a
multiple of SQLite's own `.import` of the same rows.
"""

from __future__ import annotations

import csv
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import entry  # noqa: E402 - the root has to be known first
from benchmarks.figures import Figures  # noqa: E402
from benchmarks.storm import Weather, hand_over  # noqa: E402
from intake.deliver import recall  # noqa: E402
from intake.engine import Engine, Scope, Token, Wanted, open_engine  # noqa: E402
from intake.records import (  # noqa: E402
    Account,
    Candidate,
    Correction,
    Decision,
    FieldResult,
    FormResult,
    Kind,
    Meter,
    PageKind,
    PageResult,
    Reading,
    ReadingRecord,
    ScanFile,
    Verdict,
)
from intake.registry import import_registry  # noqa: E402
from intake.registry.layouts import METERS  # noqa: E402
from intake.settings import EngineSettings, Rules  # noqa: E402
from intake.store import Store, create_store, open_store  # noqa: E402

TARGETS = {
    "sent": (">=", 10_000),
    "missing": ("<=", 0),
    "doubled": ("<=", 0),
    "month_mismatches": ("<=", 0),
    "import_ratio": ("<=", 40),
}
ORGANISATION, PERIOD = "default", "2026-11"
BEFORE = ("2026-08", "2026-09", "2026-10")
METER_COLUMNS = METERS.columns[:8]
ON_A_FORM = 20
EVERY_CORRECTED, EVERY_RECALLED = 97, 101
BOX = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def main() -> int:
    """Measures and reports; 1 where `--check` finds a target missed."""
    options = entry.options_for(__doc__, quick="500 readings, few kills").parse_args()
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="intake-export-") as folder:
        count, kills = (500, 6) if options.quick else (10_000, 40)
        for key, value in night(Path(folder), count, kills, options.seed).items():
            figures.number(key, value)
        accounts = 5_000 if options.quick else 100_000
        ratio = import_ratio(Path(folder), accounts)
        if ratio is not None:
            figures.number("import_ratio", ratio)
    return entry.conclude(figures, {**TARGETS, "sent": (">=", count)}, options)


def night(folder: Path, count: int, kills: int, seed: int) -> dict[str, float]:
    """Hands `count` readings over through a night of faults; what arrived, and what did not."""
    workspace = folder / "night"
    _run(workspace, "init")
    expected = _fill(workspace, count)
    engine = open_engine(workspace / "engine.sqlite", EngineSettings(), Rules())
    _tell_engine(engine, count)
    _, token = engine.add_token(Token(0, "intake", ORGANISATION, "paper", Scope.WRITE))
    weather = Weather(random.Random(seed))
    began = time.monotonic()
    hand_over(workspace, token, weather, kills, apart=max(1, count // (kills + 1)))
    seconds = time.monotonic() - began
    expected |= _change_minds(workspace, count)
    hand_over(workspace, token, weather, 0, apart=1)
    found = _compared(engine, expected)
    engine.close()
    sent = {"sent": float(count), **found, "seconds": seconds}
    faults = {"dropped": weather.dropped, "sent_twice": weather.doubled, "late": weather.delayed}
    return {**sent, **faults, **{f"{who}_killed": n for who, n in weather.killed.items()}}


def _fill(workspace: Path, count: int) -> dict[str, str | None]:
    """Puts accepted readings into the workspace; returns the value of each meter."""
    store = open_store(workspace / "intake.sqlite")
    batch = store.begin_batch("night", ORGANISATION)
    file = store.begin_file(batch, ScanFile("night.pdf", "/night.pdf", "0" * 64, 1)).id
    numbers = range(count)
    forms = [
        _form(index, numbers[start : start + ON_A_FORM])
        for index, start in enumerate(range(0, count, ON_A_FORM), start=1)
    ]
    store.save_pages(file, [PageResult(1, PageKind.FORMS, tuple(forms))], ends=1)
    store.close()
    return {_meter(number): f"{_litres(number) / 1000:.3f}" for number in numbers}


def _meter(number: int) -> str:
    return f"4{number:07}"


def _litres(number: int) -> int:
    return 50_000 + 7 * number


def _form(index: int, numbers: range) -> FormResult:
    fields = [_field("account", f"1{index:07}", Kind.PRINTED)]
    for place, number in enumerate(numbers):
        fields.append(_field(f"p{place}.meter", _meter(number), Kind.PRINTED))
        fields.append(_field(f"p{place}.reading", f"{_litres(number):08}", Kind.HANDWRITTEN))
    return FormResult(
        number=index,
        template="night-list",
        version=1,
        account=f"1{index:07}",
        period=PERIOD,
        digest=f"form-{index}",
        to_page=np.eye(3),
        residual_mm=0.0,
        fields=tuple(fields),
    )


def _field(name: str, value: str, kind: Kind) -> FieldResult:
    return FieldResult(
        name=name,
        kind=kind,
        reading=Reading(name, (Candidate(value, 0.999),), engine="benchmark/1"),
        verdict=Verdict(Decision.ACCEPTED, value),
        box_px=BOX,
        decimals=3 if kind is Kind.HANDWRITTEN else 0,
        unit="m3" if kind is Kind.HANDWRITTEN else None,
    )


def _tell_engine(engine: Engine, count: int) -> None:
    """Accounts, meters and three months before."""
    owners = {number: f"1{number // ON_A_FORM + 1:07}" for number in range(count)}
    engine.put_accounts(ORGANISATION, [Account(owner) for owner in sorted(set(owners.values()))])
    meters = [
        Meter(_meter(number), owner, "cold", f"p{number % ON_A_FORM}")
        for number, owner in owners.items()
    ]
    engine.put_meters(ORGANISATION, meters)
    for months, period in enumerate(BEFORE):
        records = [_past(number, owners[number], months, period) for number in owners]
        for start in range(0, count, 500):
            engine.receive_all(ORGANISATION, records[start : start + 500])


def _past(number: int, owner: str, months: int, period: str) -> ReadingRecord:
    return ReadingRecord(
        id=f"past-{number}-{period}",
        version=1,
        organisation=ORGANISATION,
        account=owner,
        meter=_meter(number),
        register="main",
        period=period,
        value=f"{_before(number, months) / 1000:.3f}",
        unit="m3",
        date=None,
        channel="portal",
        verification="",
        confidence=1.0,
        evidence=None,
    )


def _before(number: int, months: int) -> int:
    """Litres shown in one of the months before: uneven, so that an average has to be rounded."""
    return _litres(number) - 9_000 + 3_000 * months + number % 7 * months


def _change_minds(workspace: Path, count: int) -> dict[str, str | None]:
    """Corrects some readings that have gone out and recalls others."""
    store = open_store(workspace / "intake.sqlite")
    changed: dict[str, str | None] = {}
    sent = {record.meter: record.id for record in store.outgoing.delivery_records(1)}
    for number in range(0, count, EVERY_RECALLED):
        recall(store, "benchmark", sent[_meter(number)], "found wrong")
        changed[_meter(number)] = None
    for number in set(range(1, count, EVERY_CORRECTED)) - set(range(0, count, EVERY_RECALLED)):
        _correct(store, sent[_meter(number)], _litres(number) + 500)
        changed[_meter(number)] = f"{(_litres(number) + 500) / 1000:.3f}"
    store.close()
    return changed


def _correct(store: Store, reading: str, litres: int) -> None:
    field, version = store.outgoing.item_of(reading)
    decision = Correction(field, version, "benchmark", Decision.ACCEPTED, f"{litres:08}")
    store.decide(decision)


def _compared(engine: Engine, expected: dict[str, str | None]) -> dict[str, float]:
    wanted = Wanted(ORGANISATION, period=PERIOD)
    standing = {
        one.arrival.record.meter: one.arrival.record.value for one in engine.standings(wanted)
    }
    arrived = Counter((one.record.id, one.record.version) for one in engine.versions(wanted))
    ids = Counter(one.record.meter for one in engine.versions(wanted) if one.record.version == 1)
    missing = sum(standing.get(meter, "nothing") != value for meter, value in expected.items())
    doubled = sum(n - 1 for n in arrived.values()) + sum(n - 1 for n in ids.values())
    return {
        "missing": float(missing),
        "doubled": float(doubled),
        "month_mismatches": float(_mismatches(engine, expected)),
    }


def _mismatches(engine: Engine, expected: dict[str, str | None]) -> int:
    """Rows of the month that are not what is reckoned here, and meters without a row."""
    rows = {row.meter: row for row in engine.months(ORGANISATION, PERIOD, None)}
    wrong = len(set(rows) ^ set(expected))
    for number, meter in enumerate(sorted(expected)):
        row = rows.get(meter)
        if row is not None and row.consumption != _reckoned(number, expected[meter]):
            wrong += 1
    return wrong


def _reckoned(number: int, value: str | None) -> Decimal:
    last = Decimal(_before(number, 2)) / 1000
    if value is not None:
        return Decimal(value) - last
    two_months = last - Decimal(_before(number, 0)) / 1000
    return (two_months / 2).quantize(Decimal("0.001"), ROUND_HALF_UP)


def import_ratio(folder: Path, accounts: int) -> float | None:
    """How many times longer `registry import` takes than SQLite's `.import`; None without it."""
    shell = shutil.which("sqlite3")
    if shell is None:
        print("no sqlite3 shell here (Debian: sqlite3): the import is not measured")
        return None
    files = _registry_files(folder, accounts)
    database = folder / "plain.sqlite"
    tables = [f'.import --csv "{path}" {path.stem}' for path in files]
    began = time.monotonic()
    subprocess.run([shell, str(database)], input="\n".join(tables), text=True, check=True)
    plain = time.monotonic() - began
    store = create_store(folder / "registry.sqlite")
    began = time.monotonic()
    report = import_registry(store, ORGANISATION, files)
    ours = time.monotonic() - began
    store.close()
    assert sum(report.accepted.values()) == 4 * accounts, report.problems[:3]
    return ours / plain


def _registry_files(folder: Path, accounts: int) -> list[Path]:
    paths = [folder / "accounts.csv", folder / "meters.csv"]
    with paths[0].open("w", newline="", encoding="utf-8") as lines:
        out = csv.writer(lines)
        out.writerow(("account", "address", "premises"))
        out.writerows((f"1{n:07}", f"Brīvības iela {n}, Rīga", "flat") for n in range(accounts))
    with paths[1].open("w", newline="", encoding="utf-8") as lines:
        out = csv.writer(lines)
        out.writerow(METER_COLUMNS)
        for n in range(3 * accounts):
            kind = ("cold", "hot", "cold")[n % 3]
            row = (f"4{n:07}", f"1{n // 3:07}", kind, f"p{n % 3}", "main", 8, 3, "m3")
            out.writerow(row)
    return paths


def _run(workspace: Path, *arguments: str) -> None:
    line = [sys.executable, str(ROOT / "ocr_cli.py"), "-w", str(workspace), *arguments]
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
