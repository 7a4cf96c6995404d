"""What people decide and what leaves the house: queue, totals, reading records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.records.words import Decision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.records.knowing import PastReading
    from intake.records.outcome import Candidate
    from intake.records.paper import Refusal
    from intake.records.trust import Through
    from intake.records.words import Kind, PageKind, Reason


@dataclass(frozen=True, slots=True)
class FileEntry:
    """Where the store stands with a scan.

    Attributes:
        id: the scan's id in the store.
        finished: whether all of its pages were read before.
        sealed: numbers of its pages that are done, from 1.
    """

    id: int
    finished: bool
    sealed: frozenset[int]


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field as `results` shows it; the attributes stand in the order of the output.

    Attributes:
        file: name of the scan.
        sha256: digest of the scan's bytes.
        page: from 1.
        form: from 1 on its page.
        template: template id.
        field: name of the field.
        value: the digits as written; None while in review, refused or blank.
        confidence: probability of the likeliest candidate.
        verdict: accepted, review, blank or refused.
        reasons: why it was not simply accepted, or marks that an accepted value carries.
        candidates: what recognition saw, best first.
        box_px: four (x, y) corners on the page as stored.
        fit: how well the likeliest candidate fits the meter's history, 0..1; a score apart from
            `confidence`. None where nothing is known.
        decimals: digits of the value after the decimal mark.
        unit: of the value; None for fields that measure nothing.
    """

    file: str
    sha256: str
    page: int
    form: int
    template: str
    field: str
    value: str | None
    confidence: float
    verdict: Decision
    reasons: tuple[Reason, ...]
    candidates: tuple[Candidate, ...]
    box_px: tuple[tuple[float, float], ...]
    fit: float | None = None
    decimals: int = 0
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's decision on a queue item.

    Attributes:
        item: id of the queue item (the field's id in the store).
        version: version of the field the decision was made on.
        who: name of the person.
        decision: accepted, blank or refused.
        value: the digits as written; None for blank and refused.
        seconds: time the item was on the screen; None from scripts.
        tries: how many different values were entered before this one.
        why: free text; empty where none was given.
    """

    item: int
    version: int
    who: str
    decision: Decision
    value: str | None = None
    seconds: float | None = None
    tries: int = 1
    why: str = ""


@dataclass(frozen=True, slots=True)
class ReadingRecord:
    """One reading on its way to the reading engine.

    Attributes:
        id: uuid5 of organisation, meter, register, period, channel and form digest.
        version: from 1; a correction or recall goes out under the next one.
        organisation: who bills.
        account: account number.
        meter: meter number.
        register: dial or tariff zone.
        period: billing month `YYYY-MM`.
        value: decimal string with a point; None for a recalled reading.
        unit: such as `m3`.
        date: day of reading `YYYY-MM-DD`; None where the form does not give one.
        channel: always `paper` here.
        verification: `straight_through`, `provisional`, or `person`.
        confidence: probability that the value is what was written; 1.0 after a person.
        evidence: name of the crop: the sha256 of its file and its place in it.
        reason: why a later version exists; empty on the first.
    """

    id: str
    version: int
    organisation: str
    account: str
    meter: str
    register: str
    period: str
    value: str | None
    unit: str
    date: str | None
    channel: str
    verification: str
    confidence: float
    evidence: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ControlTotals:
    """The ledger of a workspace: what came in, and where each of it stands."""

    files: int = 0
    files_read: int = 0
    files_refused: int = 0
    pages: int = 0
    pages_blank: int = 0
    pages_unknown: int = 0
    pages_refused: int = 0
    pages_with_forms: int = 0
    forms: int = 0
    forms_waiting: int = 0
    forms_finished: int = 0
    forms_refused: int = 0
    fields: int = 0
    accepted: int = 0
    review: int = 0
    blank: int = 0
    refused: int = 0

    @property
    def balanced(self) -> bool:
        """Whether the three sums of the ledger hold."""
        return (
            self.files == self.files_read + self.files_refused
            and self.pages
            == self.pages_blank + self.pages_unknown + self.pages_refused + self.pages_with_forms
            and self.forms == self.forms_waiting + self.forms_finished + self.forms_refused
        )


@dataclass(frozen=True, slots=True)
class FieldTally:
    """What became of the fields of a batch.

    Attributes:
        decisions: fields by decision.
        readings: those among them that hold a meter's value, by decision.
        reasons: fields in review by their first reason.
        through: how many readings nobody had to look at.
    """

    decisions: Mapping[Decision, int]
    readings: Mapping[Decision, int]
    reasons: Mapping[Reason, int]
    through: Through


@dataclass(frozen=True, slots=True)
class Waiting:
    """Which of the waiting fields are meant; None leaves a side open.

    Attributes:
        field: name of the field, or its last part, such as `reading`.
        reason: one of the reasons why it waits.
        template: template id.
        account: account number.
        period: billing month `YYYY-MM`.
        batch: id of the batch it came with.
        reasons: any of these is among the reasons why it waits; empty: no matter which.
        but: none of these is among them.
    """

    field: str | None = None
    reason: Reason | None = None
    template: str | None = None
    account: str | None = None
    period: str | None = None
    batch: int | None = None
    reasons: tuple[Reason, ...] = ()
    but: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A field that waits for a person.

    Attributes:
        id: the field's id in the store.
        version: to be named in the decision; another decision in between makes it stale.
        file: name of the scan.
        page: from 1.
        form: from 1 on its page.
        template: template id.
        account: account number; None where unknown.
        period: billing month; None where unknown.
        field: name of the field.
        kind: how it came onto the paper.
        cells: cells of the comb; 0 for a free box or a field without cells.
        decimals: digits after the decimal mark.
        candidates: best first.
        doubtful_cells: indices of the cells the reader is least sure of, from 0.
        reasons: why it waits.
        crop: sha256 of the field's picture; None where there is none.
        page_picture: sha256 of the page's picture, at `PAGE_SCALE` of its size; None where there
            is none.
        box_px: four [x, y] corners on the page as stored.
        to_page: 3×3 homography of its form, row by row.
        unit: unit of the value; None for fields that measure nothing.
        format: `date` for a day `YYYY-MM-DD`; None for plain digits.
        meter: meter its group of fields belongs to; None where unknown or none.
        register: dial or tariff zone; None for fields that hold no reading.
        previous: what the registry knows for this meter, newest first; empty where nothing.
        decision: what is decided about it at present.
        value: the digits as decided; None while in review, refused or blank.
        blind: whether it is to be keyed by somebody who sees nothing of what was read.
        specimen: whether its form belongs to nobody.
        scan: sha256 of the file that the page is in; None where unknown.
    """

    id: int
    version: int
    file: str
    page: int
    form: int
    template: str
    account: str | None
    period: str | None
    field: str
    kind: Kind
    cells: int
    decimals: int
    candidates: tuple[Candidate, ...]
    doubtful_cells: tuple[int, ...]
    reasons: tuple[Reason, ...]
    crop: str | None
    page_picture: str | None
    box_px: tuple[tuple[float, float], ...]
    to_page: tuple[float, ...]
    unit: str | None = None
    format: str | None = None
    meter: str | None = None
    register: str | None = None
    previous: tuple[PastReading, ...] = ()
    decision: Decision = Decision.REVIEW
    value: str | None = None
    blind: bool = False
    specimen: bool = False
    scan: str | None = None


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """What one run over a set of paths did.

    Attributes:
        batch: id of the batch in the store.
        files: files seen.
        known: files whose content had been read before.
        refused: files by name, and pages of files that were read otherwise.
        pages: what the pages read in this run turned out to be.
        forms: forms found in this run.
        fields: what became of the fields of the batch.
        seconds: wall-clock time.
    """

    batch: int
    files: int
    known: int
    refused: Mapping[str, Refusal]
    pages: Mapping[PageKind, int]
    forms: int
    fields: FieldTally
    seconds: float
