"""Whether scanners do well: how pages came out, by scanner and hour, and when to go and look."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from intake.records import PageCondition, ScannedPage

ENOUGH = 10
"""Pages from which on one scanner's hour is judged."""

MOST_SKEW = 3.0
MOST_OFF_SCALE = 0.02
DARKEST_PAPER = 190
PALEST_INK = 150
MOST_SPOILT = 0.2
"""Degrees, share of size, grey levels; share of pages with a streak, or with a mark missed."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the pages of one scanner's hour came out.

    Attributes:
        scanner: the folder that it drops its files into.
        hour: `YYYY-MM-DD HH`, UTC; empty where unknown.
        pages: how many.
        skew: usual turn of a form, degrees, without sign; None without forms.
        scale: usual size across and down over what the files say; None where they say nothing.
        paper: usual grey of the paper, 0..255.
        ink: usual grey of the darkest on it.
        streaked: pages with lines that run down all of them.
        marks_missed: forms some of whose corner marks were not found, and forms with marks.
    """

    scanner: str
    hour: str
    pages: int
    skew: float | None
    scale: tuple[float, float] | None
    paper: int
    ink: int
    streaked: int
    marks_missed: tuple[int, int]

    @property
    def alarms(self) -> tuple[str, ...]:
        """What somebody should do about the scanner; nothing as long as few pages are known."""
        return tuple(_alarms(self)) if self.pages >= ENOUGH else ()


def health_of(scanner: str, hour: str, pages: Iterable[PageCondition]) -> Health:
    """The state of one scanner's hour, by its pages; at least one."""
    listed = list(pages)
    skews = [abs(one.skew) for one in listed if one.skew is not None]
    scales = [one.scale for one in listed if one.scale is not None]
    marks = [one.marks_missed for one in listed if one.marks_missed is not None]
    return Health(
        scanner=scanner,
        hour=hour,
        pages=len(listed),
        skew=median(skews) if skews else None,
        scale=(median(x for x, _ in scales), median(y for _, y in scales)) if scales else None,
        paper=round(median(one.paper for one in listed)),
        ink=round(median(one.ink for one in listed)),
        streaked=sum(one.streaks > 0 for one in listed),
        marks_missed=(sum(missed > 0 for missed in marks), len(marks)),
    )


def healths(pages: Iterable[ScannedPage]) -> tuple[Health, ...]:
    """The state of every scanner in every hour, in that order."""
    groups: dict[tuple[str, str], list[PageCondition]] = {}
    for page in pages:
        groups.setdefault((page.scanner, page.hour), []).append(page.condition)
    return tuple(health_of(*key, groups[key]) for key in sorted(groups))


@dataclass(slots=True)
class HealthWatch:
    """Looks at pages as they come, and says once what is wrong with a scanner in an hour."""

    _pages: dict[tuple[str, str], list[PageCondition]] = field(default_factory=dict)
    _told: set[tuple[str, str, str]] = field(default_factory=set)

    def see(self, page: ScannedPage) -> tuple[str, ...]:
        """Takes a page in; returns what is to be told now."""
        key = (page.scanner, page.hour)
        group = self._pages.setdefault(key, [])
        group.append(page.condition)
        if len(group) % ENOUGH:
            return ()
        found = [(*key, alarm.partition(":")[0], alarm) for alarm in health_of(*key, group).alarms]
        new = [alarm for *what, alarm in found if tuple(what) not in self._told]
        self._told.update((scanner, hour, kind) for scanner, hour, kind, _ in found)
        return tuple(f"{page.scanner or 'scanner'}: {alarm}" for alarm in new)


def _alarms(one: Health) -> Iterable[str]:
    if one.skew is not None and one.skew > MOST_SKEW:
        yield f"pages lie {one.skew:.1f}° askew: set the guides of the feeder."
    off = [abs(side - 1) for side in one.scale or ()]
    if max(off, default=0.0) > MOST_OFF_SCALE:
        yield f"pages are {max(off):.1%} off their size: clean the rollers of the feeder."
    if one.paper < DARKEST_PAPER:
        yield f"paper is grey {one.paper} of 255: scan brighter, or clean the glass."
    if one.ink > PALEST_INK:
        yield f"print is pale, grey {one.ink}: scan darker."
    if one.streaked > MOST_SPOILT * one.pages:
        yield f"streaks down {one.streaked} of {one.pages} pages: wipe the glass of the feeder."
    missed, forms = one.marks_missed
    if missed > MOST_SPOILT * max(forms, 1):
        yield f"corner marks missed on {missed} of {forms} forms: are edges cut off or folded?"
