"""One seam for where the work is done: this process, or a pool of them."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from intake.batch.work import begin_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


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


def worker_count(wanted: int) -> int:
    """How many workers to start: `wanted`, or one per core where that is 0."""
    return wanted or len(os.sched_getaffinity(0))


@contextmanager
def executor(workers: int) -> Iterator[Executor]:
    """A pool of `workers` processes; with one, the work stays in this process.

    Left on an error or Ctrl-C, it drops what has not begun and waits for nothing.
    """
    if workers == 1:
        yield InThisProcess()
        return
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=begin_worker,
    )
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
