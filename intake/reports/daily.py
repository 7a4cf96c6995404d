"""How a batch stands, without any truth: volumes, reasons, scanners, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.metrics import upper_bound
from intake.records import Decision
from intake.reports import html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from intake.metrics import Health
    from intake.records import AuditTally, BatchEntry, FieldTally, Reason, Through


@dataclass(frozen=True, slots=True)
class Day:
    """A batch as the store has it now.

    Attributes:
        batch: its files and pages.
        fields: by decision, and those in review by reason.
        through: readings that nobody had to look at.
        waiting: fields that wait, by template.
        scanners: how pages came out, by scanner and hour.
        audits: how the audit stands, by month.
        assurance: of bounds.
    """

    batch: BatchEntry
    fields: FieldTally
    through: Through
    waiting: Mapping[str, int]
    scanners: tuple[Health, ...]
    audits: tuple[AuditTally, ...]
    assurance: float

    @property
    def alarms(self) -> list[str]:
        """What somebody should do about scanners."""
        return [
            f"{one.scanner or 'scanner'}, {one.hour or 'hour unknown'}: {alarm}"
            for one in self.scanners
            for alarm in one.alarms
        ]

    @property
    def is_running(self) -> bool:
        """Whether files of the batch are not read to their end."""
        return self.batch.files.get("reading", 0) > 0


def daily_page(day: Day) -> str:
    """The page for people."""
    state = "it is still being read" if day.is_running else "all of it is read"
    return html.page(
        f"Batch {day.batch.id}: {day.batch.label}",
        f"Begun {day.batch.begun[:16].replace('T', ' ')} UTC; {state}.",
        *_told(day),
        html.facts(_facts(day)),
        html.beside(
            html.section("What came in", html.table(("", "count"), _volumes(day))),
            html.section("Why fields wait", _reasons(day.fields.reasons)),
            html.section("What waits", _counts("template", day.waiting)),
        ),
        html.section("Scanners", *_scanners(day.scanners)),
        html.section("Audit of what was accepted unseen", *_audits(day)),
    )


def _told(day: Day) -> Iterator[str]:
    for alarm in day.alarms:
        yield html.note(alarm, "alarm")
    if not day.alarms:
        yield html.note("No scanner needs looking after.", "well")


def _facts(day: Day) -> list[tuple[str, str]]:
    through = day.through
    return [
        ("pages", f"{sum(day.batch.pages.values()):,}"),
        ("fields", f"{sum(day.fields.decisions.values()):,}"),
        ("of readings needed nobody", f"{through.share:.1%}"),
        ("without the meters' history", f"{through.by_picture_share:.1%}"),
        ("accepted provisionally", f"{through.provisional:,}"),
        ("fields wait", f"{day.fields.decisions.get(Decision.REVIEW, 0):,}"),
    ]


def _volumes(day: Day) -> Iterator[tuple[str, int]]:
    for state, count in sorted(day.batch.files.items()):
        yield f"files {'in progress' if state == 'reading' else state}", count
    for kind, count in sorted(day.batch.pages.items()):
        yield f"pages: {kind}", count
    for decision in Decision:
        yield f"fields: {decision}", day.fields.decisions.get(decision, 0)


def _reasons(reasons: Mapping[Reason, int]) -> str:
    return _counts("first reason", {str(reason): count for reason, count in reasons.items()})


def _counts(what: str, counts: Mapping[str, int]) -> str:
    if not counts:
        return html.note("Nothing waits.")
    rows = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return html.table((what, "fields"), rows)


def _scanners(scanners: tuple[Health, ...]) -> Iterator[str]:
    if not scanners:
        yield html.note("No page of this batch has been read yet.")
        return
    yield html.note(
        "By folder and hour (UTC). Paper and ink are greys, 0 black to 255 white; scale is the "
        "size across and down over what the files say."
    )
    columns = ("scanner", "hour", "pages", "skew", "scale", "paper", "ink", "streaks", "marks")
    yield html.table((*columns, "look"), (_scanner(one) for one in scanners))


def _scanner(one: Health) -> tuple[object, ...]:
    missed, forms = one.marks_missed
    return (
        one.scanner,
        one.hour,
        one.pages,
        "" if one.skew is None else f"{one.skew:.1f}°",
        "" if one.scale is None else f"{one.scale[0]:.3f} × {one.scale[1]:.3f}",
        one.paper,
        one.ink,
        f"{one.streaked} pages" if one.streaked else "",
        f"{missed} of {forms} forms" if missed else "",
        " ".join(alarm.partition(":")[0] for alarm in one.alarms),
    )


def _audits(day: Day) -> Iterator[str]:
    if not day.audits:
        yield html.note("Nothing was accepted unseen yet.")
        return
    yield html.note(
        "A random sample of the values accepted unseen, keyed blind by two people. At most so many "
        f"of all of them are wrong, at {day.assurance:.0%} assurance."
    )
    columns = ("month", "accepted unseen", "in the sample", "keyed", "wrong", "at most")
    yield html.table(columns, (_audit(one, day.assurance) for one in day.audits))


def _audit(one: AuditTally, assurance: float) -> tuple[object, ...]:
    bound = f"{upper_bound(one.wrong, one.settled, assurance):.3%}" if one.settled else None
    month = one.period or "unknown"
    return month, one.accepted, one.drawn, one.settled, one.wrong, bound
