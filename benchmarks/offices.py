"""A scratch workspace that reads a month's scans, and what that takes."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.usage import cpu_seconds, memory_mib
from intake import batch
from intake.cli import run_command
from intake.scan import find_scans
from intake.settings import load_settings
from intake.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.monthend import Month

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ("results", "--format", "jsonl")
SAMPLES = 10
"""Moments that are looked at in a run."""

SETTINGS = """\
organisation = "bench"
max_error = 0.01
thin_data = "provisional"
audit = 0
templates = {templates}
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """How far a run had come.

    Attributes:
        pages: read so far.
        forms: found so far.
        seconds: wall clock.
        cpu: seconds of all processes, but for what it took to look.
        memory: of all processes, MiB.
    """

    pages: int
    forms: int
    seconds: float
    cpu: float
    memory: float


class Office:
    """A workspace with its registry.

    Attributes:
        folder: the workspace.
    """

    def __init__(self, folder: Path, month: Month) -> None:
        self.folder, self._templates = folder / "workspace", folder / "templates"
        shutil.copytree(ROOT / "templates", self._templates)
        shutil.copytree(ROOT / "benchmarks" / "sheets", self._templates, dirs_exist_ok=True)
        settings = folder / "intake.toml"
        text = SETTINGS.format(templates=json.dumps(str(self._templates)))
        settings.write_text(text, encoding="utf-8")
        self.command("init", "--settings", settings)
        self.command("registry", "import", *month.registry)

    def command(self, *words: str | Path) -> str:
        """Runs a command in this process; returns its data."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            assert run_command(["-w", str(self.folder), *map(str, words)]) == 0
        return out.getvalue()

    def results(self) -> list[dict[str, object]]:
        """Every field read."""
        return [json.loads(line) for line in self.command(*RESULTS).splitlines()]

    def read(
        self, paths: Sequence[Path], *, workers: int = 1, cluster: str | None = None
    ) -> list[Moment]:
        """Reads scans; returns the moments at which pages were saved, the start among them."""
        moments, looks = list[Moment](), _Looks()
        every = max(len(paths) // SAMPLES, 1)

        def watch(now: batch.Progress) -> None:
            if now.pages >= moments[-1].pages + every:
                moments.append(looks.moment(now.pages, now.forms))

        settings = load_settings(self.folder / "intake.toml")
        place = batch.Workplace(
            settings, self._templates, self.folder / "intake.sqlite", self.folder / "evidence"
        )
        audience = batch.Audience(progress=watch)
        with contextlib.closing(open_store(self.folder / "intake.sqlite")) as store:
            moments.append(looks.moment(0, 0))
            with batch.pool_at(place, workers, cluster) as pool:
                found = find_scans(paths, settings.limits)
                summary = batch.Batch(store, place, found, audience).read(pool)
            moments.append(looks.moment(sum(summary.pages.values()), summary.forms))
        assert not summary.refused
        return moments


class _Looks:
    """Looks at a run, and keeps what that costs out of what the run costs."""

    def __init__(self) -> None:
        self._spent = 0.0

    def moment(self, pages: int, forms: int) -> Moment:
        before = time.process_time()
        seen = Moment(pages, forms, time.monotonic(), cpu_seconds() - self._spent, memory_mib())
        self._spent += time.process_time() - before
        return seen


@contextlib.contextmanager
def office(folder: Path, month: Month) -> Iterator[Office]:
    """An office that is gone afterwards: evidence takes room."""
    made = Office(folder, month)
    try:
        yield made
    finally:
        shutil.rmtree(folder)


def files_of(month: Month) -> list[Path]:
    """The scans in the order of their names."""
    return sorted(month.scans.iterdir())


def rate(moments: Sequence[Moment], after: int) -> float:
    """Pages per second once `after` pages were done."""
    start = next(one for one in moments if one.pages >= after)
    return (moments[-1].pages - start.pages) / (moments[-1].seconds - start.seconds)


def cpu_per_page(moments: Sequence[Moment], since: int, until: int) -> float:
    """CPU seconds per page between two counts of pages."""
    start = next(one for one in moments if one.pages >= since)
    end = next(one for one in moments if one.pages >= until)
    return (end.cpu - start.cpu) / (end.pages - start.pages)
