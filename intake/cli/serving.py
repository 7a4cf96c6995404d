"""The web server under `engine serve`."""

from __future__ import annotations

import logging
import socket
import sys
from typing import TYPE_CHECKING

import click
import uvicorn

from intake.engine.service import application
from intake.errors import UsageError

if TYPE_CHECKING:
    from intake.engine import Engine


def run(engine: Engine, host: str, port: int) -> None:
    """Serves until a signal ends it.

    The address goes to stdout as soon as requests are taken; log lines go to stderr.

    Raises:
        UsageError: the address cannot be listened on.
    """
    _log_to_stderr()
    config = uvicorn.Config(
        application(engine), log_config=None, access_log=False, ws="none", lifespan="off"
    )
    with _listening(host, port) as listening:
        bound = listening.getsockname()
        click.echo(f"http://{_shown(bound[0])}:{bound[1]}")
        sys.stdout.flush()
        uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=_family(host), backlog=128)
    except OSError as fault:
        raise UsageError(
            f"{host}:{port}: cannot listen there ({fault.strerror}). Name another --host or --port."
        ) from fault


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log = logging.getLogger("intake.engine")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
