"""A person is erased from a store on PostgreSQL as from one on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import ROOT
from databases import emptied
from workplaces import command

pytestmark = pytest.mark.slow
SAMPLES = ROOT / "samples"
SCAN, ACCOUNT = "IMG_0411.jpg", "10003284"


@pytest.fixture
def workspace(postgres: str, tmp_path: Path) -> Path:
    """A workspace on PostgreSQL that has read a scan, and handed over what was sure."""
    workspace, inbox = tmp_path / "workspace", tmp_path / "inbox"
    inbox.mkdir()
    shutil.copy(SAMPLES / "scans" / SCAN, inbox)
    settings = SAMPLES / "intake.toml"
    made = command(workspace, "init", "--settings", settings, "--store", emptied(postgres))
    assert made.code == 0, made.err
    registry = sorted((SAMPLES / "registry").glob("*.csv"))
    assert command(workspace, "registry", "import", *registry).code == 0
    assert command(workspace, "run", "--workers", "1", inbox).code == 0
    assert command(workspace, "export").code == 0
    return workspace


def rows_naming(text: str, address: str) -> list[str]:
    """Tables of a database in which a text stands."""
    import psycopg  # noqa: PLC0415 - an extra

    with psycopg.connect(address) as connection:
        tables = [
            str(name)
            for (name,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
        ]
        return [
            table
            for table in tables
            if connection.execute(
                f'SELECT 1 FROM "{table}" AS t WHERE t::text LIKE %s', (f"%{text}%",)
            ).fetchone()
        ]


def test_nothing_of_an_account_stays_in_the_shared_database(workspace: Path, postgres: str) -> None:
    assert rows_naming(ACCOUNT, postgres)
    done = command(workspace, "erase", "--account", ACCOUNT, "--yes", "--json")
    assert done.code == 0, done.err
    assert done.lines()[0]["forms"] == 1
    assert rows_naming(ACCOUNT, postgres) == []
    assert command(workspace, "doctor", "--verify").code == 0
