"""A workspace on a shared PostgreSQL database: made once, joined by others, read by workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from databases import emptied
from intake.settings import load_settings
from workplaces import command

if TYPE_CHECKING:
    from pathlib import Path


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
