"""Fixtures: an intake database of each kind, and the PostgreSQL server that one needs."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from intake.store import Store, create_store

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a database on a throw-away PostgreSQL server."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs here (Debian: postgresql)")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("no PostgreSQL driver here (the extra `postgres`)")
    with tempfile.TemporaryDirectory(prefix="intake-postgres-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, _server_user())
        yield from _cluster(programs, Path(folder))


def _cluster(programs: Path, folder: Path) -> Iterator[str]:
    data, port = folder / "data", _free_port()
    _as_server("initdb", programs, "-D", str(data), "-A", "trust", "-U", "intake", "-E", "UTF8")
    options = f"-p {port} -k {folder} -c fsync=off -c listen_addresses=127.0.0.1"
    control = ("-D", str(data), "-w", "-l", str(folder / "log"))
    _as_server("pg_ctl", programs, *control, "-o", options, "start")
    try:
        yield f"postgresql://intake@127.0.0.1:{port}/postgres"
    finally:
        _as_server("pg_ctl", programs, *control, "-m", "immediate", "stop")


def emptied(address: str) -> str:
    """The same database without a table in it."""
    import psycopg  # noqa: PLC0415 - an extra

    with contextlib.closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return address


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty intake database, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        store = create_store(tmp_path / "intake.db")
    else:
        store = create_store(emptied(request.getfixturevalue("postgres")))
    yield store
    store.close()


def _postgres_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _as_server(program: str, programs: Path, *arguments: str) -> None:
    """Runs a server program, which refuses to work for root, as somebody who is not."""
    subprocess.run(
        [str(programs / program), *arguments],
        check=True,
        user=_server_user() if os.geteuid() == 0 else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )


def _server_user() -> str:
    return "postgres" if Path("/var/lib/postgresql").exists() else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port
