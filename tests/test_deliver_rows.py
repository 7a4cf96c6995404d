"""Delivery into a table of a database: one row per reading, its newest version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text

from databases import emptied
from intake.deliver import deliver_rows
from intake.errors import InputError, UsageError
from intake.export.sql import make_ready, write_rows
from intake.queue import Queue
from intake.records import Correction
from intake.store import Outgoing, Store, create_store
from results import ACCEPTED, RECORD, REFUSED, page, scan, slip
from workplaces import command

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    if request.param == "sqlite":
        return tmp_path / "billing.sqlite"
    return emptied(request.getfixturevalue("postgres"))


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Store]:
    """An intake database with one accepted reading."""
    store = create_store(tmp_path / "intake.db")
    file = store.begin_file(store.begin_batch("test", "demo"), scan()).id
    store.save_pages(file, [page(1, slip())], ends=1)
    yield store
    store.close()


def rows(target: Path | str) -> list[dict[str, Any]]:
    address = f"sqlite:///{target}" if isinstance(target, Path) else target
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        found = connection.execute(text("select * from readings order by id"))
        listed = [dict(row._mapping) for row in found]
    engine.dispose()
    return listed


def decide(store: Store, decision: Any, value: str | None) -> None:
    queue = Queue(store, "anna")
    items = (queue.item(number) for number in range(1, 7))
    item = next(item for item in items if item.field == "cold.reading")
    queue.decide(Correction(item.id, item.version, "anna", decision, value))


def test_readings_corrections_and_withdrawals_end_in_one_row(
    intake: Store, target: Path | str
) -> None:
    assert deliver_rows(intake, target).records == 1
    assert deliver_rows(intake, target).records == 0
    (row,) = rows(target)
    assert (row["value"], row["version"], row["meter"]) == ("123.456", 1, "20000001")
    decide(intake, ACCEPTED, "00000007")
    deliver_rows(intake, target)
    (row,) = rows(target)
    assert (row["value"], row["version"], row["reason"]) == ("0.007", 2, "corrected")
    decide(intake, REFUSED, None)
    deliver_rows(intake, target)
    (row,) = rows(target)
    assert (row["value"], row["version"], row["reason"]) == (None, 3, "withdrawn")
    assert intake.totals().forms_finished == 1


def test_records_that_come_late_or_twice_change_nothing(target: Path | str) -> None:
    make_ready(target)
    newer = replace(RECORD, version=2, value="2.500")
    assert write_rows([RECORD, newer, RECORD, newer], target) == 4
    assert write_rows([RECORD], target) == 1
    assert [(row["version"], row["value"]) for row in rows(target)] == [(2, "2.500")]


def test_all_records_are_written_or_none(target: Path | str) -> None:
    make_ready(target)
    broken = replace(RECORD, id="b", meter=None)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="cannot be written"):
        write_rows([RECORD, broken], target)
    assert rows(target) == []


def test_a_delivery_cut_short_is_repeated(
    intake: Store, target: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(Outgoing, "close_delivery", power_cut)
        with pytest.raises(RuntimeError):
            deliver_rows(intake, target)
    assert intake.totals().forms_waiting == 1
    assert deliver_rows(intake, target).records == 0
    assert len(rows(target)) == 1
    assert intake.totals().forms_finished == 1


def test_what_cannot_be_reached_is_promised_nothing(intake: Store, tmp_path: Path) -> None:
    (tmp_path / "text.sqlite").write_text("no database at all, and long enough to be none")
    for target in (tmp_path / "text.sqlite", tmp_path / "missing" / "x.sqlite"):
        with pytest.raises(InputError, match="table `readings`"):
            deliver_rows(intake, target)
    assert intake.outgoing.open_deliveries() == []


def test_a_password_is_not_kept_with_the_delivery(postgres: str, intake: Store) -> None:
    with pytest.raises(UsageError, match="pgpass") as caught:
        deliver_rows(intake, postgres.replace("intake@", "intake:secret@"))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "arguments",
    [["--format", "sql"], ["--format", "csv", "--to", "x"], ["--format", "sql", "--out", "x"]],
)
def test_each_way_out_names_its_own_place(tmp_path: Path, arguments: list[str]) -> None:
    assert command(tmp_path / "w", "init").code == 0
    outcome = command(tmp_path / "w", "export", *arguments)
    assert outcome.code == 2
    assert "--to" in outcome.err


def test_the_command_fills_a_table(tmp_path: Path) -> None:
    assert command(tmp_path / "w", "init").code == 0
    target = tmp_path / "billing.sqlite"
    assert command(tmp_path / "w", "export", "--format", "sql", "--to", target).code == 0
    assert rows(target) == []
