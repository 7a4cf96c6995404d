"""Measures speed: what a page costs, what workers and clusters gain, and whether it stays so.

D is the CPU time of one full grey decode of the page that is measured, an A4 JPEG at 300 dpi.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import entry, monthend, obvious, stages  # noqa: E402 - the root has to be known first
from benchmarks.figures import Figures  # noqa: E402
from benchmarks.lost import read_and_lose  # noqa: E402
from benchmarks.offices import cpu_per_page, files_of, office, rate  # noqa: E402
from benchmarks.usage import cpu_seconds  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.monthend import Month
    from benchmarks.offices import Moment

TARGETS = {
    "page_D": ("<=", 2.0),
    "page_without_evidence_D": ("<=", 1.5),
    "g4_own_decode": ("<=", 2.5),
    "pdf_over_jpeg": ("<=", 1.1),
    "obvious_way_ratio": (">=", 100),
    "two_workers_gain": (">=", 0.9),
    "growth_cpu": ("<=", 1.1),
    "growth_memory": ("<=", 1.1),
    "forms_per_hour": (">=", 60_000),
    "dask_over_pool": (">=", 0.85),
    "dask_kill_equal": (">=", 1),
}
WARM = 4
"""Pages read before anything is measured: models load, caches fill."""

EARLY_FORMS = 400
PLAIN_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured.

    Attributes:
        sheets: A4 pages whose cost is measured.
        slips: pages of four slips.
        drawn: pages that are also read the obvious way.
    """

    sheets: int
    slips: int
    drawn: int


USUAL = Sizes(sheets=48, slips=1000, drawn=6)
QUICK = Sizes(sheets=16, slips=40, drawn=2)
FULL = Sizes(sheets=96, slips=25_000, drawn=12)


def main() -> int:
    """Measures and reports; 1 where `--check` finds a target missed."""
    options = _options()
    sizes = QUICK if options.quick else FULL if options.full else USUAL
    _one_thread()
    with TemporaryDirectory(prefix="intake-speed-") as scratch:
        bench = Bench(Path(scratch), options.seed, sizes)
        bench.pages()
        bench.workers()
        bench.month()
    print(stages.table(bench.profile))
    if options.docs:
        _refresh(options.docs, bench)
    return entry.conclude(bench.figures, TARGETS, options, machine())


def _options() -> argparse.Namespace:
    parser = entry.options_for(__doc__, quick="a few pages, minutes", full="100,000 forms, hours")
    entry.add_page(parser)
    return parser.parse_args()


def _one_thread() -> None:
    os.environ["OMP_THREAD_LIMIT"] = "1"
    cv2.setNumThreads(1)


def machine() -> str:
    """Processor and cores, as the figures are worth nothing without."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    name = next((line.split(":")[1].strip() for line in text.splitlines() if "name" in line), "?")
    return f"{name}, {len(os.sched_getaffinity(0))} cores"


class Bench:
    """All measurements, in a scratch folder.

    Attributes:
        figures: what was found.
        profile: decodes per page by stage.
    """

    def __init__(self, scratch: Path, seed: int, sizes: Sizes) -> None:
        self._scratch, self._sizes = scratch, sizes
        self._sheets = monthend.sheets(scratch / "sheets", sizes.sheets + WARM, seed)
        self._slips = monthend.slips(scratch / "slips", sizes.slips, seed)
        self.figures, self.profile = Figures(), dict[str, float]()

    def pages(self) -> None:
        """What a page costs, by stage and by format, and what the obvious way costs."""
        decode = mean(map(_decode_cpu, files_of(self._sheets)))
        page = self._sheet_cpu(self._sheets)
        with stages.stopwatches() as spent:
            self._sheet_cpu(self._sheets)
        self.profile = _per_page(spent, page, decode, self._sizes.sheets + WARM)
        kept = self.profile[stages.ORIGINAL] + self.profile[stages.EVIDENCE]
        self.figures.number("page_D", page / decode)
        self.figures.number("page_without_evidence_D", page / decode - kept)
        fax = monthend.as_group_4(self._sheets, self._scratch / "g4")
        black = self._sheet_cpu(fax)
        self.figures.number("g4_own_decode", (black - decode) / mean(map(_g4_cpu, files_of(fax))))
        pdfs = monthend.as_pdf(self._sheets, self._scratch / "pdf")
        pdf = self._sheet_cpu(pdfs)
        self.figures.number("pdf_over_jpeg", pdf / page)
        self._obvious(pdfs, pdf)

    def workers(self) -> None:
        """What a second worker and a cluster gain, by the clock."""
        files = files_of(self._slips)[: 40 * WARM]
        one, two = (self._rate(files, workers=workers) for workers in (1, 2))
        plain = _plain_rate(files, 2) / _plain_rate(files, 1)
        self.figures.number("two_workers_gain", two / one / plain)
        if importlib.util.find_spec("distributed") is None:
            print("Dask is not installed: `make bench-setup` brings it.")
            return
        cluster = self._rate(files, workers=2, cluster="local")
        self.figures.number("dask_over_pool", cluster / two)
        self._losing()

    def month(self) -> None:
        """Whether the last forms cost what the first did, and how many are read in an hour."""
        files = files_of(self._slips)
        with office(self._scratch / "month", self._slips) as place:
            moments = place.read(files, workers=2)
        last = moments[-1].pages
        early = min(EARLY_FORMS // len(monthend.SPOTS), last // 4)
        before = cpu_per_page(moments, WARM, WARM + early)
        self.figures.number("growth_cpu", cpu_per_page(moments, last - early, last) / before)
        self.figures.number("growth_memory", _memory_growth(moments, early))
        self.figures.number("growth_forms", moments[-1].forms)
        forms = moments[-1].forms / last
        self.figures.number("forms_per_hour", 3600 * forms * rate(moments, WARM))

    def _sheet_cpu(self, month: Month) -> float:
        """CPU seconds per page with one worker."""
        files = files_of(month)
        with office(self._scratch / "office", month) as place:
            place.read(files[:WARM])
            moments = place.read(files[WARM:])
        return (moments[-1].cpu - moments[0].cpu) / moments[-1].pages

    def _obvious(self, pdfs: Month, ours: float) -> None:
        files = files_of(pdfs)[WARM : WARM + self._sizes.drawn]
        start = cpu_seconds()
        theirs = {path.stem: obvious.read_page(path) for path in files}
        cost = (cpu_seconds() - start) / len(files)
        self.figures.number("obvious_way_ratio", cost / ours)
        self.figures.add("obvious_way_right", *_right(theirs, pdfs.truth))
        with office(self._scratch / "ours", pdfs) as place:
            place.read(files)
            mine = _best(place.results())
        self.figures.add("our_way_right", *_right(mine, pdfs.truth))

    def _rate(self, files: Sequence[Path], *, workers: int, cluster: str | None = None) -> float:
        with office(self._scratch / "rate", self._slips) as place:
            return rate(place.read(files, workers=workers, cluster=cluster), WARM * workers)

    def _losing(self) -> None:
        few = monthend.first(self._slips, self._scratch / "few", 10 * WARM)
        with office(self._scratch / "whole", few) as place:
            place.read(files_of(few))
            whole = place.results()
        with office(self._scratch / "broken", few) as place:
            broken = read_and_lose(place, few.scans, self._scratch / "cluster")
            place.read([few.scans])
            self.figures.number("dask_kill_equal", float(broken and place.results() == whole))


def _per_page(
    spent: Mapping[str, float], page: float, decode: float, pages: int
) -> dict[str, float]:
    """Decodes per page by stage, in the order of the stages, with what is left at the end."""
    order = dict.fromkeys(stage for stage, _, _ in stages.STAGES)
    profile = {stage: spent[stage] / pages / decode for stage in order}
    profile[stages.OTHER] = max(page / decode - sum(profile.values()), 0.0)
    return profile


def _memory_growth(moments: Sequence[Moment], early: int) -> float:
    """Memory when nearly all was read, workers still there, over that after `early` pages."""
    looked = [one.memory for one in moments[:-1] if one.pages >= early]
    return looked[-1] / looked[0]


def _decode_cpu(path: Path) -> float:
    data = np.frombuffer(path.read_bytes(), np.uint8)
    return _cpu(lambda: cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))


def _g4_cpu(path: Path) -> float:
    return _cpu(lambda: np.asarray(Image.open(path).convert("L")))


def _cpu(work: Callable[[], object]) -> float:
    """Seconds, the middle of three."""
    spent = []
    for _ in range(PLAIN_ROUNDS):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return sorted(spent)[PLAIN_ROUNDS // 2]


def _plain_rate(files: Sequence[Path], workers: int) -> float:
    """Pages per second that are read from disk and decoded, nothing else."""
    with ProcessPoolExecutor(workers, initializer=_one_thread) as pool:
        list(pool.map(_decode, files[:workers]))
        start = time.monotonic()
        list(pool.map(_decode, files, chunksize=4))
        return len(files) / (time.monotonic() - start)


def _decode(path: Path) -> bool:
    data = np.frombuffer(path.read_bytes(), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) is not None


def _best(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """The likeliest value of each field by file and field."""
    read: dict[str, dict[str, str]] = {}
    for row in rows:
        best = row["candidates"][0][0] if row["candidates"] else ""
        if row["field"] == "date" and best:
            best = f"{best[8:10]}{best[5:7]}{best[2:4]}"
        read.setdefault(Path(str(row["file"])).stem, {})[str(row["field"])] = best or ""
    return read


def _right(read: dict[str, dict[str, str]], truth: dict[str, dict[str, str]]) -> tuple[int, int]:
    """Handwritten fields read exactly, and how many there are."""
    pairs = [
        (values.get(field), true)
        for name, values in read.items()
        for field, true in truth[name].items()
    ]
    return sum(value == true for value, true in pairs), len(pairs)


def _refresh(page: Path, bench: Bench) -> None:
    """Profile, picture and the machine's name in a page of the documents."""
    text = page.read_text(encoding="utf-8")
    for mark, new in (("profile", stages.table(bench.profile)), ("machine", machine())):
        before, rest = text.split(f"<!-- {mark} -->")
        after = rest.split(f"<!-- /{mark} -->")[1]
        text = f"{before}<!-- {mark} -->\n{new}\n<!-- /{mark} -->{after}"
    page.write_text(text, encoding="utf-8")
    picture = page.parent / "pictures" / "page_profile.svg"
    picture.write_text(stages.picture(bench.profile), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
