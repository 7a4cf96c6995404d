"""A workspace on a shared PostgreSQL database: made once, joined by others, read by workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from databases import emptied
from intake.errors import StoreError
from intake.settings import load_settings
from intake.store import create_store, open_store
from workplaces import command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from intake.store import Store


def test_a_second_machine_joins_the_same_database(tmp_path: Path, postgres: str) -> None:
    address = emptied(postgres)
    for machine in ("one", "two"):
        assert command(tmp_path / machine, "init", "--store", address).code == 0
        assert load_settings(tmp_path / machine / "intake.toml").store == address
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account,address\n100,Here\n")
    assert command(tmp_path / "one", "registry", "import", str(accounts)).code == 0
    assert command(tmp_path / "two", "status", "--json").code == 0
    assert not (tmp_path / "one" / "intake.sqlite").exists()


def test_a_workspace_is_not_moved_to_another_database(tmp_path: Path) -> None:
    settings = tmp_path / "intake.toml"
    settings.write_text('store = "postgresql://a@b/c"\n')
    outcome = command(
        tmp_path / "w", "init", "--settings", settings, "--store", "postgresql://a@b/d"
    )
    assert outcome.code == 3
    assert "names another store" in outcome.err
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("address", ["nonsense", "mysql://a/b"])
def test_what_is_no_address_makes_no_workspace(tmp_path: Path, address: str) -> None:
    outcome = command(tmp_path / "w", "init", "--store", address)
    assert outcome.code == 2
    assert "postgresql://user@host/name" in outcome.err


def test_a_machine_that_falls_asleep_in_a_decision_does_not_hold_the_others(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.database.STALLED_SECONDS", 1.0)
    address = emptied(postgres)
    asleep, awake = create_store(address), open_store(address)
    with pytest.raises(StoreError, match="could not be used"):
        _fall_asleep(asleep, lambda: awake.begin_batch("meanwhile"))
    assert [batch.label for batch in awake.batches()] == ["meanwhile"]
    assert asleep.begin_batch("awake again") == 2
    asleep.close()
    awake.close()


def _fall_asleep(store: Store, meanwhile: Callable[[], object]) -> None:
    """Stands still in the middle of a change while others want to make theirs."""
    with store._database.writing() as connection:
        connection.exec_driver_sql("SELECT 1")
        meanwhile()
        connection.exec_driver_sql("SELECT 1")
