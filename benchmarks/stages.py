"""Where a page's time goes: the product's own functions with a stopwatch around each stage."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.usage import cpu_seconds
from intake import pipeline
from intake.batch import work
from intake.evidence import Evidence
from intake.scan import Scan
from intake.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ORIGINAL, EVIDENCE = "keep the original", "keep crops"
STAGES: tuple[tuple[str, object, str], ...] = (
    ("open the file", Scan, "__init__"),
    (ORIGINAL, work, "_kept"),
    ("decode", Scan, "page"),
    ("find the forms", pipeline, "align_page"),
    ("look at the page", pipeline, "page_condition"),
    ("cut out fields", pipeline, "crop_form"),
    ("read fields", pipeline, "read_fields"),
    ("look for trouble", pipeline, "with_signs"),
    ("ask the registry", pipeline, "gather"),
    ("decide", pipeline, "decide_form"),
    (EVIDENCE, Evidence, "keep"),
    ("save", Store, "begin_file"),
    ("save", Store, "save_pages"),
)
OTHER = "all else"
BAR, ROW, LEFT, WIDE = 14, 24, 150, 420


@contextmanager
def stopwatches() -> Iterator[dict[str, float]]:
    """Counts CPU seconds of this process by stage while the block runs."""
    spent: dict[str, float] = defaultdict(float)
    with ExitStack() as stack:
        for stage, home, name in STAGES:
            timed = _timed(getattr(home, name), stage, spent)
            stack.enter_context(patch.object(home, name, timed))
        yield spent


def _timed(
    work_done: Callable[..., Any], stage: str, spent: dict[str, float]
) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the stage takes
        started = _clock(stage)
        try:
            return work_done(*given, **named)
        finally:
            spent[stage] += _clock(stage) - started

    return timed


def _clock(stage: str) -> float:
    """A page is decoded by another process; its ticks are coarse, but there are many pages."""
    return cpu_seconds() if stage == "decode" else time.process_time()


def table(spent: Mapping[str, float]) -> str:
    """A Markdown table of decodes per page by stage, in the order of the stages."""
    total = sum(spent.values())
    rows = [f"| {stage} | {cost:.2f} | {cost / total:.0%} |" for stage, cost in spent.items()]
    head = ["| stage | D per page | share |", "|---|---|---|"]
    return "\n".join([*head, *rows, f"| together | {total:.2f} | |"])


def picture(spent: Mapping[str, float]) -> str:
    """The same as bars, SVG."""
    most = max(spent.values())
    height = ROW * len(spent) + 8
    bars = [
        _bar(number, stage, cost, WIDE * cost / most)
        for number, (stage, cost) in enumerate(spent.items())
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDE + 60}" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="#2d3640">'
        '<rect width="100%" height="100%" fill="#ffffff"/>' + "".join(bars) + "</svg>\n"
    )


def _bar(number: int, stage: str, cost: float, wide: float) -> str:
    top = ROW * number + 8
    return (
        f'<text x="{LEFT - 8}" y="{top + 11}" text-anchor="end">{stage}</text>'
        f'<rect x="{LEFT}" y="{top}" width="{wide:.1f}" height="{BAR}" fill="#2456a6"/>'
        f'<text x="{LEFT + wide + 6:.1f}" y="{top + 11}">{cost:.2f}</text>'
    )
