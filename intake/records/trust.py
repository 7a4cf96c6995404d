"""What is known about how right the machine is: blind keyings, labels, thresholds, pages' state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.records.words import Kind


@dataclass(frozen=True, slots=True)
class Keyed:
    """What a blind keying led to; says nothing of what others or the machine read.

    Attributes:
        item: the field.
        settled: whether the truth about it is known now.
        needs_third: whether two people differ, so that a third one is asked.
    """

    item: int
    settled: bool
    needs_third: bool


@dataclass(frozen=True, slots=True)
class AuditTally:
    """How the audit of what was accepted unseen stands, for one billing month.

    Attributes:
        period: billing month; empty where unknown.
        accepted: values that the machine accepted in it.
        drawn: of these, in the sample.
        settled: of the sample, keyed by enough people.
        wrong: of the settled ones, values that are not what is written.
    """

    period: str
    accepted: int
    drawn: int
    settled: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Through:
    """How many readings nobody had to look at.

    Attributes:
        written: readings with something written.
        unseen: of these, accepted without a person.
        by_history: of those, accepted only because they fit their meter's history.
        provisional: of those, accepted on evidence that supports less than is asked for.
    """

    written: int
    unseen: int
    by_history: int
    provisional: int

    @property
    def share(self) -> float:
        """Straight-through share, with the meters' history; 0 without readings."""
        return self.unseen / max(self.written, 1)

    @property
    def by_picture_share(self) -> float:
        """The same by the pictures alone."""
        return (self.unseen - self.by_history) / max(self.written, 1)


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """A batch of scans and how far it has come.

    Attributes:
        id: counts from 1.
        label: what people call it.
        begun: moment, UTC.
        files: files read, refused and in progress, by that word.
        pages: pages by what they turned out to be.
    """

    id: int
    label: str
    begun: str
    files: Mapping[str, int]
    pages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LabelledField:
    """A field that the machine read and whose truth people found out.

    Attributes:
        field: its id.
        template: template id.
        version: of the template.
        kind: how it came onto the paper.
        engine: what read it, name and version.
        writer: account, or the form itself where that is unknown.
        confidence: of the machine's first choice, from the picture alone.
        right: whether that is the truth.
        fit: how well the first choice fits the meter's history, 0..1; None where unknown.
        event: that settled it; later labels have larger ones. 0 for a truth from outside.
        audited: whether it was accepted unseen and keyed blind, not decided in review.
    """

    field: int
    template: str
    version: int
    kind: Kind
    engine: str
    writer: str
    confidence: float
    right: bool
    fit: float | None
    event: int
    audited: bool


@dataclass(frozen=True, slots=True)
class FieldThreshold:
    """From which confidence on a company accepts fields unseen, and what stands behind it.

    Attributes:
        template: template id.
        version: of the template.
        kind: of field.
        engine: of the recogniser; another one makes the threshold void.
        max_error: tolerated share of wrong values that it was looked for.
        assurance: of `bound`.
        threshold: least confidence of an accepted field; above 1: none is accepted.
        seen: labelled fields of the certifying writers.
        fields: of these, accepted ones.
        wrong: of those, wrong ones.
        bound: upper bound of the share of wrong values, exact binomial.
        confirmed: whether it is for fields that their meter's history confirms.
        last_event: newest label that had a part in it.
    """

    template: str
    version: int
    kind: Kind
    engine: str
    max_error: float
    assurance: float
    threshold: float
    seen: int
    fields: int
    wrong: int
    bound: float
    confirmed: bool
    last_event: int


@dataclass(frozen=True, slots=True)
class PageCondition:
    """How a page came out of its scanner.

    Attributes:
        paper: grey of the paper, 0 black to 255 white.
        ink: grey of the darkest hundredth of it.
        streaks: lines that run down the whole page.
        skew: degrees by which its first form is off the nearest quarter turn; None without one.
        scale: size of that form over what its file's dpi say, across and down it; None where the
            file says nothing.
        marks_missed: corner marks that should be there and were not found; None without a form
            that has them.
    """

    paper: int
    ink: int
    streaks: int
    skew: float | None = None
    scale: tuple[float, float] | None = None
    marks_missed: int | None = None


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A page's condition, and which scanner made it when.

    Attributes:
        scanner: the folder that the scanner drops its files into.
        hour: `YYYY-MM-DD HH`, UTC; empty where unknown.
        condition: how it came out.
    """

    scanner: str
    hour: str
    condition: PageCondition
