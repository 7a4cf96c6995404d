"""One seam for where the work is done: this process, a pool of them, or a cluster."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from intake.batch.addresses import is_on_this_machine
from intake.batch.work import begin_worker
from intake.errors import MissingProgram, UsageError
from intake.scan.decoder import ONE_THREAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from intake.batch.work import Workplace
    from intake.settings import Settings

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

PARCELS_PER_WORKER = 3
"""So that a worker never waits for this process to save what came back."""

PAGES_TO_A_CLUSTER = 4
"""A task costs a cluster as much as a tenth of a page."""


class InThisProcess(Executor):
    """Does each piece of work at once, where it is handed in."""

    def submit(
        self,
        fn: Callable[Arguments, Result],
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Future[Result]:
        """Runs `fn` and returns its outcome as a future that is done."""
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as fault:  # noqa: BLE001 - handed to whoever asks for the result
            future.set_exception(fault)
        return future


def worker_count(asked: int | None, settings: Settings) -> int:
    """How many workers to start: as asked, else as the settings say; 0 is one per core."""
    wanted = settings.workers if asked is None else asked
    return wanted or len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class Pool:
    """Who reads pages.

    Attributes:
        workers: they are handed to it.
        most_ahead: parcels of pages that are handed out before the first must be back.
        pages_at_once: from how many pages on a parcel is full.
    """

    workers: Executor
    most_ahead: int
    pages_at_once: int = 1


def pool_at(
    workplace: Workplace, workers: int, cluster: str | None
) -> AbstractContextManager[Pool]:
    """Who reads the pages of a run, none of them started yet.

    Args:
        workplace: what the workers need.
        workers: processes that read pages; with 1 they are read in this one.
        cluster: address of a Dask cluster whose workers read the pages; `local` starts
            `workers` of them here. None: none.

    Raises:
        UsageError: the cluster's machines cannot reach the store.
    """
    if cluster is None:
        return pool_of(workers)
    if isinstance(workplace.database, Path) and not is_on_this_machine(cluster):
        raise UsageError(
            f"--cluster {cluster}: other machines cannot read a database that is a file here. "
            "Make the workspace with `init --store` and an address of PostgreSQL."
        )
    return cluster_at(cluster, workers)


@contextmanager
def pool_of(workers: int) -> Iterator[Pool]:
    """That many worker processes; with one, pages are read in this process.

    Each is told to keep its libraries to one thread: they ask the environment when they load.
    Left on an error or Ctrl-C, it drops what has not begun and waits for nothing.

    Raises:
        MissingProgram: a worker was ended from outside.
    """
    if workers == 1:
        yield Pool(InThisProcess(), 1)
        return
    os.environ.update(ONE_THREAD)
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=begin_worker,
    )
    try:
        yield Pool(pool, workers * PARCELS_PER_WORKER)
    except BrokenExecutor as fault:
        pool.shutdown()
        raise MissingProgram(
            "A worker process was ended from outside, most likely for want of memory. What was "
            "read is saved; run again, with fewer --workers."
        ) from fault
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


@contextmanager
def cluster_at(address: str, workers: int) -> Iterator[Pool]:
    """The workers of a Dask cluster; `local` starts `workers` of them on this machine.

    Raises:
        MissingProgram: Dask is not installed, nobody answers, or the scheduler is lost meanwhile.
        UsageError: the address is not understood, or not safe to use.
    """
    try:
        from intake.batch import cluster  # noqa: PLC0415 - an extra, loaded when asked for
    except ModuleNotFoundError as fault:
        raise MissingProgram(
            "Reading on a cluster needs Dask. Install `meter-intake[cluster]`."
        ) from fault
    with cluster.client_of(address, workers) as client:
        most_ahead = cluster.slots_of(client, address) * PARCELS_PER_WORKER
        try:
            yield Pool(client.get_executor(pure=False), most_ahead, PAGES_TO_A_CLUSTER)
        except CancelledError as fault:
            raise MissingProgram(
                f"The cluster at {address} is gone. What was read is saved; start it again, then "
                "run again."
            ) from fault
