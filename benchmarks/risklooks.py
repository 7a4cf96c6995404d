"""What the pipeline sees on the pages of the risk measure, on all processors of the machine."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import cv2

from benchmarks import riskpages
from intake.pipeline import ReadingDesk, read_page, set_desk
from intake.records import Decision, FieldResult, Kind
from intake.registry import EmptyRegistry
from intake.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.riskpages import WrittenPage

AT_ONCE = 8
"""Pages that a process takes at a time."""


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """A handwritten field as the pipeline read it; None where its form was not found."""

    template: str
    name: str
    writer: str
    truth: str | None
    result: FieldResult | None

    @property
    def is_reading(self) -> bool:
        """Whether it holds a meter's value."""
        return self.name.endswith(".reading")

    @property
    def right(self) -> bool:
        """Whether the first choice is the truth."""
        return self.result is not None and self.result.reading.value == self.truth


@cache
def desk() -> ReadingDesk:
    """A company without registry or evidence of its own, that takes what the laboratory says."""
    settings = Settings(max_error=0.01, thin_data="provisional")
    return set_desk(settings, riskpages.templates(), EmptyRegistry())


def look(page: WrittenPage) -> list[Seen]:
    """Every handwritten field of a page, by the whole pipeline."""
    forms = read_page(page.page, "0" * 64, desk()).forms
    found = {field.name: field for form in forms[:1] for field in form.fields}
    return [
        Seen(page.template, name, page.writer, truth, found.get(name))
        for name, truth in page.truth.items()
    ]


def eyes() -> ProcessPoolExecutor:
    """Processes that make pages and read them, one for each processor."""
    return ProcessPoolExecutor(
        len(os.sched_getaffinity(0)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=cv2.setNumThreads,
        initargs=(1,),
    )


def written(pool: ProcessPoolExecutor, data: Path, pages: int, seed: int) -> list[Seen]:
    """Every handwritten field of so many pages in strangers' writing."""
    looks = pool.map(partial(_at_written, data, seed), range(pages), chunksize=AT_ONCE)
    return [one for page in looks for one in page]


def blank(pool: ProcessPoolExecutor, pages: int, seed: int) -> list[Seen]:
    """Every field for handwriting of so many pages that nobody has written on."""
    looks = pool.map(partial(_at_blank, seed), range(pages), chunksize=AT_ONCE)
    return [one for page in looks for one in page]


def strange(pool: ProcessPoolExecutor, pages: int, seed: int) -> tuple[int, int]:
    """Forms found and handwritten values accepted on so many pages that hold none."""
    looks = list(pool.map(partial(_at_strange, seed), range(pages), chunksize=AT_ONCE))
    return sum(forms for forms, _ in looks), sum(values for _, values in looks)


def _at_written(data: Path, seed: int, number: int) -> list[Seen]:
    return look(riskpages.written_page(riskpages.strangers(data), number, seed))


def _at_blank(seed: int, number: int) -> list[Seen]:
    return look(riskpages.blank_page(number, seed))


def _at_strange(seed: int, index: int) -> tuple[int, int]:
    forms = read_page(riskpages.strange_page(seed, index), "0" * 64, desk()).forms
    fields = [one for form in forms for one in form.fields if one.kind is Kind.HANDWRITTEN]
    return len(forms), sum(one.verdict.decision is Decision.ACCEPTED for one in fields)
