"""Connections to a Dask cluster; imported only where one is asked for."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dask
from distributed import Client, LocalCluster
from distributed.security import Security

from intake.batch.addresses import LOCAL, is_encrypted
from intake.errors import MissingProgram, UsageError
from intake.scan.decoder import MEMORY_IS_KEPT, ONE_THREAD

if TYPE_CHECKING:
    from collections.abc import Iterator

CERTIFICATES = ("ca-file", "client.cert", "client.key")
SETTINGS = {
    "distributed.worker.daemon": False,
    "distributed.comm.timeouts.connect": "10s",
    "distributed.worker.multiprocessing-method": "spawn",
    "distributed.worker.profile.enabled": False,
    "distributed.nanny.pre-spawn-environ": {**ONE_THREAD, **MEMORY_IS_KEPT},
}
"""Workers start decoding processes of their own, which daemons may not. They are not watched
from within ten times a second, and keep the memory of a page for the next one, which Dask
would have them give back."""

TALKERS = ("distributed", "distributed.client", "tornado.application", "asyncio")
"""Loggers that print a traceback for each connection that breaks."""


@contextmanager
def client_of(address: str, workers: int) -> Iterator[Client]:
    """A connection to the cluster at `address`, or to one of this machine's own.

    Args:
        address: `tcp://` on this machine, `tls://` anywhere, or `local`.
        workers: processes of a local cluster.

    Raises:
        UsageError: the address is not understood, or not safe to use.
        MissingProgram: nobody answers there.
    """
    for name in TALKERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with dask.config.set(SETTINGS):
        if address == LOCAL:
            with _local(workers) as cluster, Client(cluster) as client:
                yield client
        else:
            with _connected(address) as client:
                yield client


def slots_of(client: Client, address: str) -> int:
    """How many runs of pages the cluster can read at the same time.

    Raises:
        MissingProgram: it has no workers.
    """
    slots = sum(client.nthreads().values())
    if not slots:
        raise MissingProgram(
            f"The cluster at {address} has no workers. Start some with `dask worker`; "
            "docs/many-machines.md says how."
        )
    return int(slots)


def _local(workers: int) -> LocalCluster:
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
    )


def _connected(address: str) -> Client:
    security = _certificates() if is_encrypted(address) else None
    try:
        return Client(address, security=security)
    except OSError as fault:
        raise MissingProgram(
            f"No Dask scheduler answers at {address}. Start one with `dask scheduler`, or check "
            "address and certificates; docs/many-machines.md says how."
        ) from fault


def _certificates() -> Security:
    """Those that Dask's own configuration names."""
    known = dask.config.get("distributed.comm.tls", {})
    missing = [key for key in CERTIFICATES if not dask.config.get(key, None, config=known)]
    if missing:
        raise UsageError(
            f"Dask's configuration lacks certificates: distributed.comm.tls {', '.join(missing)}. "
            "docs/many-machines.md says how to set them."
        )
    return Security(require_encryption=True)
