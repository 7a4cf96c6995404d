"""Older databases: brought up to date when they are opened, after a copy was kept."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from intake.database import Database
from intake.deliver import deliver
from intake.errors import StoreError
from intake.records import Correction
from intake.store import create_store, open_store
from intake.store.tables import SCHEMA
from results import ACCEPTED

OLD = Path(__file__).with_name("schema-1.sql")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "intake.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(OLD.read_text(encoding="utf-8"))
        database.execute("PRAGMA journal_mode = WAL")
    return path


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as database:
        columns = ", ".join(columns_of(path, table))
        return list(database.execute(f"SELECT {columns} FROM {table}"))


def columns_of(path: Path, table: str) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as database:
        return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def indexes(path: Path) -> set[tuple[str, str]]:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    with contextlib.closing(sqlite3.connect(path)) as database:
        return set(database.execute(query))


def schema(path: Path) -> str:
    with contextlib.closing(sqlite3.connect(path)) as database:
        return str(database.execute("SELECT value FROM meta").fetchone()[0])


def test_an_older_database_is_brought_up_to_date_and_loses_nothing(
    old: Path, tmp_path: Path
) -> None:
    tables = ("files", "pages", "forms", "fields", "events", "outbox", "accounts", "meters")
    before = {table: (columns_of(old, table), rows(old, table)) for table in tables}
    store = open_store(old)
    totals = store.totals()
    assert totals.balanced
    assert (totals.files, totals.pages, totals.forms, totals.accepted) == (3, 6, 3, 15)
    item = next(
        item for item in map(store.waiting.item, range(1, 19)) if item and item.value == "00123999"
    )
    store.decide(Correction(item.id, item.version, "boris", ACCEPTED, "00124000"))
    (tmp_path / "out").mkdir()
    assert deliver(store, tmp_path / "out", "csv").records == 1
    store.close()
    assert schema(old) == str(SCHEMA)
    copy = tmp_path / "intake-schema-1.sqlite"
    for table, (columns, kept) in before.items():
        assert set(columns) <= set(columns_of(old, table))
        assert (columns_of(copy, table), rows(copy, table)) == (columns, kept)


def test_an_older_database_gets_every_index_of_a_new_one(old: Path, tmp_path: Path) -> None:
    open_store(old).close()
    new = tmp_path / "new.sqlite"
    create_store(new).close()
    assert indexes(old) == indexes(new)


def test_a_database_is_left_alone_where_no_copy_can_be_kept(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("No room for a copy. Make some.")

    monkeypatch.setattr(Database, "copy_to", full)
    with pytest.raises(StoreError, match="No room"):
        open_store(old)
    assert schema(old) == "1"
    assert "redacted" not in columns_of(old, "files")


@pytest.mark.slow
def test_several_that_open_an_older_database_at_once_all_get_it(old: Path) -> None:
    opening = "import sys; from pathlib import Path; from intake.store import open_store; "
    opening += "print(open_store(Path(sys.argv[1])).totals().forms)"
    line = [sys.executable, "-c", opening, str(old)]
    running = [subprocess.Popen(line, stdout=subprocess.PIPE, cwd=OLD.parents[1]) for _ in range(3)]
    assert [process.communicate()[0] for process in running] == [b"3\n"] * 3
    assert schema(old) == str(SCHEMA)
