"""A throw-away PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def postgres_server() -> Iterator[str]:
    """Starts a server in a scratch folder; yields the address of an empty database on it.

    Raises:
        SystemExit: the server's programs are not installed (Debian: postgresql).
    """
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="intake-postgres-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, _user())
        data, port = f"{folder}/data", _free_port()
        _call(programs / "initdb", "-D", data, "-A", "trust", "-U", "intake", "-E", "UTF8")
        control = ("-D", data, "-w", "-l", f"{folder}/log")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
        _call(programs / "pg_ctl", *control, "-o", options, "start")
        try:
            yield f"postgresql://intake@127.0.0.1:{port}/postgres"
        finally:
            _call(programs / "pg_ctl", *control, "-m", "immediate", "stop")


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise SystemExit("PostgreSQL's server programs are missing. Run `make bench-setup`.")
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def _call(program: Path, *arguments: str) -> None:
    """Runs a server program, which refuses to work for root, as somebody who is not."""
    user, nothing = _user() if os.geteuid() == 0 else None, subprocess.DEVNULL
    subprocess.run(
        [str(program), *arguments], check=True, user=user, cwd="/", stdin=nothing, stdout=nothing
    )


def _user() -> str:
    return "postgres" if Path("/var/lib/postgresql").exists() else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
