"""What a worker does: a run of pages by path, read and kept as evidence, sent back as results.

Work travels as paths and page numbers, never as pictures, so a worker may be this process,
another one, or another machine.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import threading
import traceback
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from intake.batch.drawing import draw_page
from intake.errors import IntakeError
from intake.evidence import ChangedMeanwhile, Evidence
from intake.pipeline import ReadingDesk, read_page, set_desk
from intake.records import PageKind, PageResult, Reason, Refusal
from intake.scan import Refused, Scan, open_regular, open_scan, refused
from intake.settings import Settings
from intake.store import Target, open_registry, thresholds_of
from intake.template import load_templates

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger(__name__)

CHANGED_ADVICE = (
    "It changed while it was read: wait until the scanner has finished, then run again."
)


@dataclass(frozen=True)
class Workplace:
    """Where a worker finds what it needs; small enough to travel with every task.

    Attributes:
        settings: of the workspace.
        templates: folder of templates.
        database: the intake database, file or address, opened for the registry alone.
        evidence: folder of evidence.
        debug: folder for aligned forms with their boxes, and crops; None: none are written.
    """

    settings: Settings
    templates: Path
    database: Target
    evidence: Path
    debug: Path | None = None

    def __hash__(self) -> int:
        """By where it is: two workplaces with the same database are the same."""
        return hash((self.templates, self.database, self.evidence))


@dataclass(frozen=True, slots=True)
class PageRun:
    """Pages of one scan to read.

    Attributes:
        path: the scan.
        sha256: of its content.
        count: pages in it.
        pages: numbers of those to read, from 1, ascending.
        today: day `YYYY-MM-DD` on which it was handed in.
    """

    path: str
    sha256: str
    count: int
    pages: tuple[int, ...]
    today: str


@cache
def desk_at(workplace: Workplace) -> ReadingDesk:
    """The desk of this process, made when its first page comes."""
    cv2.setNumThreads(1)
    desk = set_desk(
        workplace.settings,
        load_templates(workplace.templates),
        open_registry(workplace.database, workplace.settings.organisation),
        thresholds_of(workplace.database, workplace.settings.organisation),
    )
    # what is loaded by now stays: to look through it for garbage again and again is in vain
    gc.freeze()
    return desk


def begin_worker() -> None:
    """What a worker process does first: it leaves Ctrl-C to its parent and ends with it.

    Ctrl-C reaches every process of the terminal; only the one that saves may act on it. And a
    parent that is killed cannot end its workers.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def read_runs(workplace: Workplace, runs: Sequence[PageRun]) -> list[list[PageResult] | Refusal]:
    """Reads runs of pages; in the place of one whose scan cannot be read any more, why."""
    return [_read_or_refused(workplace, run) for run in runs]


def _read_or_refused(workplace: Workplace, run: PageRun) -> list[PageResult] | Refusal:
    try:
        return read_run(workplace, run)
    except Refused as refused:
        return refused.refusal


def read_run(workplace: Workplace, run: PageRun) -> list[PageResult]:
    """Keeps a scan, reads some pages of the copy that was kept, and keeps their pictures.

    Args:
        workplace: where templates, registry and evidence are.
        run: which pages.

    Returns:
        One result per page, in order, with evidence in place of pictures.

    Raises:
        Refused: the scan as a whole cannot be read any more.
    """
    desk = replace(desk_at(workplace), today=run.today)
    evidence = Evidence(workplace.evidence)
    kept = _kept(run, evidence, workplace)
    with open_scan(kept, workplace.settings.limits, sketch=True) as scan:
        if scan.page_count != run.count:
            raise refused(Reason.TRUNCATED, CHANGED_ADVICE)
        results = []
        for number in run.pages:
            result = _read_one(scan, number, run.sha256, desk)
            if workplace.debug is not None:
                draw_page(result, desk.templates, workplace.debug, Path(run.path).name)
            results.append(evidence.keep(result))
        return results


def _kept(run: PageRun, evidence: Evidence, workplace: Workplace) -> Path:
    """The copy of a scan among the evidence: what is read is what is kept, whatever comes."""
    there = evidence.original(run.sha256)
    if there is not None:
        return there
    with open_regular(Path(run.path), workplace.settings.limits) as source:
        try:
            return evidence.keep_file(source, run.sha256)
        except ChangedMeanwhile:
            raise refused(Reason.TRUNCATED, CHANGED_ADVICE) from None


def _read_one(scan: Scan, number: int, sha256: str, desk: ReadingDesk) -> PageResult:
    try:
        return read_page(scan.page(number), sha256, desk)
    except Refused as refused:
        if scan.page_count == 1:
            raise
        return PageResult(number, PageKind.REFUSED, refusal=refused.refusal)
    except IntakeError:
        raise
    except Exception as fault:  # noqa: BLE001 - a page that breaks the reader is data
        _log(number, fault)
        advice = "The program failed on this page; keep the file and report it."
        return PageResult(number, PageKind.REFUSED, refusal=Refusal(Reason.FAULT, advice, number))


def _log(number: int, fault: Exception) -> None:
    """Says where the program failed; what it says itself may hold what was on the page."""
    places = (
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(fault.__traceback__)
    )
    logger.error("page %d: %s at %s", number, type(fault).__name__, " > ".join(places))
