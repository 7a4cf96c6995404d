"""A folder of scans through the pipeline into the store.

Files are opened and results saved in one order, whoever reads the pages in between, so the
same folder always makes the same ledger. Each form is saved when it is read: what an
interruption leaves undone is exactly what the next run does.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from intake.batch.addresses import is_on_this_machine
from intake.batch.course import Audience, Batch, Ends, Progress
from intake.batch.executors import Pool, cluster_at, pool_of, worker_count
from intake.batch.work import Workplace
from intake.errors import UsageError
from intake.metrics import fields_needed
from intake.scan import find_scans

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from intake.records import BatchSummary
    from intake.scan import Found
    from intake.settings import Settings
    from intake.store import Store

__all__ = [
    "Audience",
    "Ends",
    "Pool",
    "Progress",
    "Workplace",
    "draw_audit",
    "pool_of",
    "read_found",
    "run_batch",
    "worker_count",
]


def run_batch(  # noqa: PLR0913 - what a run is about, and four ways to run it
    store: Store,
    workplace: Workplace,
    paths: Sequence[Path],
    *,
    reread: bool = False,
    workers: int = 1,
    cluster: str | None = None,
    audience: Audience = Audience(),  # noqa: B008 - frozen
) -> BatchSummary:
    """Reads every scan among and below `paths` that has not been read before.

    Args:
        store: where everything is kept.
        workplace: what the workers need.
        paths: files and folders.
        reread: read known scans again, after a new model or template; what a person decided
            and what has gone out stays.
        workers: processes that read pages; with 1 they are read in this one.
        cluster: address of a Dask cluster whose workers read the pages; `local` starts
            `workers` of them here. None: none.
        audience: who is told what while it goes on.

    Returns:
        What was done. Files that could not be read are in it, with what to do about them.

    Raises:
        InputError: a path does not exist.
        UsageError: the cluster cannot be used, or cannot reach the store.
        MissingProgram: the cluster is not there, or goes away; everything saved so far stays.
        StoreError: the store cannot be written; everything saved so far stays.
    """
    started = time.monotonic()
    place = _place(workplace, workers, cluster)
    found = list(find_scans(paths, workplace.settings.limits))
    batch = Batch(store, workplace, found, audience, reread=reread)
    with place as pool:
        batch.run(pool)
    draw_audit(store, workplace.settings)
    return batch.summary(time.monotonic() - started)


def draw_audit(store: Store, settings: Settings) -> None:
    """Draws the sample of what was accepted unseen: enough for the bound, if there is as much."""
    if settings.audit:
        needed = fields_needed(0, settings.max_error, settings.assurance)
        store.trust.draw_audit(settings.organisation, max(settings.audit, needed))


def read_found(
    store: Store, workplace: Workplace, found: Sequence[Found], pool: Pool, audience: Audience
) -> BatchSummary:
    """Reads files that were found already, on workers that are there already.

    Raises:
        StoreError: the store cannot be written; everything saved so far stays.
    """
    started = time.monotonic()
    batch = Batch(store, workplace, found, audience)
    batch.run(pool)
    draw_audit(store, workplace.settings)
    return batch.summary(time.monotonic() - started)


def _place(workplace: Workplace, workers: int, cluster: str | None) -> AbstractContextManager[Pool]:
    """Where pages are read, none of it started yet."""
    if cluster is None:
        return pool_of(workers)
    if isinstance(workplace.database, Path) and not is_on_this_machine(cluster):
        raise UsageError(
            f"--cluster {cluster}: other machines cannot read a database that is a file here. "
            "Make the workspace with `init --store` and an address of PostgreSQL."
        )
    return cluster_at(cluster, workers)
