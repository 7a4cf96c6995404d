"""The frozen records that flow from stage to stage.

Lengths are millimetres on the form from its top left corner, pictures are 8-bit grey with
0 = black, probabilities are 0..1 for the whole field unless a name says `cell`. Records that
carry pictures compare by identity; their arrays are read-only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

Grey = NDArray[np.uint8]
Points = NDArray[np.float64]
Matrix = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""


class Kind(StrEnum):
    """How a field came onto the paper."""

    PRINTED = "printed"
    HANDWRITTEN = "handwritten"
    BARCODE = "barcode"
    MARK = "mark"


class Decision(StrEnum):
    """What became of a field."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    BLANK = "blank"
    REFUSED = "refused"


class PageKind(StrEnum):
    """What a page turned out to be: each page of the ledger is exactly one of these."""

    FORMS = "forms"
    BLANK = "blank"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class Reason(StrEnum):
    """Stable codes for why a field, page or file was not simply accepted."""

    LOW_CONFIDENCE = "low_confidence"
    THIN_DATA = "thin_data"
    STRUCK_OUT = "struck_out"
    NOT_A_DIGIT = "not_a_digit"
    OVERWRITTEN = "overwritten"
    SKIPPED_CELL = "skipped_cell"
    OUTSIDE_BOX = "outside_box"
    MISALIGNED = "misaligned"
    CONTRADICTION = "contradiction"
    BAD_FORMAT = "bad_format"
    NOT_IN_REGISTRY = "not_in_registry"
    OTHER_ACCOUNT = "other_account"
    BELOW_PREVIOUS = "below_previous"
    IMPLAUSIBLE = "implausible"
    MISSING_VALUE = "missing_value"
    DUPLICATE_FORM = "duplicate_form"
    CHANNEL_CONFLICT = "channel_conflict"
    UNREADABLE = "unreadable"
    UNKNOWN_FORM = "unknown_form"
    MIRRORED = "mirrored"
    PROVISIONAL = "provisional"
    EMPTY_FILE = "empty_file"
    UNSUPPORTED = "unsupported"
    ENCRYPTED = "encrypted"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_SLOW = "too_slow"
    NO_PERMISSION = "no_permission"
    VANISHED = "vanished"
    NOT_A_FILE = "not_a_file"
    FAULT = "fault"


def read_only(image: Grey) -> Grey:
    """Returns `image` as contiguous 8-bit grey that nobody can write to."""
    frozen = np.ascontiguousarray(image, dtype=np.uint8)
    if frozen is image:
        frozen = frozen.view()
    frozen.setflags(write=False)
    return frozen


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file from the scanner, known by its content.

    Attributes:
        name: path below the folder that was handed in, `/` between parts; the bare file name
            where a file was handed in.
        path: where it was found, absolute.
        sha256: hexadecimal digest of its bytes; None where they could not be read.
        size: bytes; None where they could not be read.
    """

    name: str
    path: str
    sha256: str | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file, page or form was not read, and what to do next.

    Attributes:
        reason: the stable code.
        advice: one sentence for people that names the next action.
        page: the page it concerns, from 1; None where it concerns the whole file.
    """

    reason: Reason
    advice: str
    page: int | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Page:
    """One side of a scan.

    Attributes:
        number: counts from 1 in its file.
        image: H×W grey, as stored in the file.
        dpi: dots per inch as the file states them; None where missing or absurd.
    """

    number: int
    image: Grey
    dpi: float | None = None

    def __post_init__(self) -> None:
        """Checks the shape once, so that no stage has to."""
        if self.image.ndim != 2 or self.image.dtype != np.uint8:
            raise ValueError(f"a page is H×W uint8, not {self.image.shape} {self.image.dtype}")


@dataclass(frozen=True, slots=True)
class FormCode:
    """What the code on a form says.

    Attributes:
        template: template id.
        version: template version.
        account: account number; None on a specimen.
        period: billing month `YYYY-MM`; None on a specimen.
    """

    template: str
    version: int
    account: str | None = None
    period: str | None = None

    @property
    def is_specimen(self) -> bool:
        """Whether the form belongs to nobody: printed without a registry."""
        return self.account is None


@dataclass(frozen=True, eq=False, slots=True)
class AlignedForm:
    """A form found on a page.

    Attributes:
        template: template id.
        version: template version.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
        residual_mm: root mean square distance at check points the transform was not fitted to.
        code: what the form's code says; None where it has none or it could not be read.
    """

    template: str
    version: int
    to_page: Matrix
    residual_mm: float
    code: FormCode | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Crop:
    """One field, cut out of its page and turned upright.

    Attributes:
        field: name of the field in its template.
        image: h×w grey, the field's box with a margin around it.
        px_per_mm: scale of `image` and `cells`.
        box_in_image: the printed box inside `image`, pixels: left, top, width, height.
        box_px: 4×2, corners of the printed box in pixels of the page as stored.
        cells: one picture per cell of a comb, left to right: the printed cell with
            `CELL_MARGIN` of its size added on each side. Empty for fields without cells.
        misplaced_mm: how far the printed box was found from where the form's transform puts
            it; None where it was not looked for.
    """

    field: str
    image: Grey
    px_per_mm: float
    box_in_image: Box
    box_px: Points
    cells: tuple[Grey, ...] = ()
    misplaced_mm: float | None = None


CELL_MARGIN = 0.15
"""Share of a cell's width and height that its picture shows beyond each printed edge."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible value of a field and the probability that it is the right one.

    `value` None stands for an empty field.
    """

    value: str | None
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What recognition saw in a field, from the picture alone.

    Attributes:
        field: name of the field in its template.
        candidates: best first; probabilities sum to at most 1.
        signs: evidence of trouble in the picture, in the order found.
        doubtful_cells: indices of cells, from 0, that the reader is least sure of.
        engine: name and version of what read it.
    """

    field: str
    candidates: tuple[Candidate, ...]
    signs: tuple[Reason, ...] = ()
    doubtful_cells: tuple[int, ...] = ()
    engine: str = ""

    @property
    def value(self) -> str | None:
        """The likeliest value; None for an empty field or one with no candidate."""
        return self.candidates[0].value if self.candidates else None

    @property
    def confidence(self) -> float:
        """Probability that `value` is what was written, for the whole field."""
        return self.candidates[0].probability if self.candidates else 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided about a field.

    Attributes:
        decision: accepted, review, blank or refused.
        value: the digits as written; None while in review, refused or blank.
        reasons: why it was not simply accepted, or marks that an accepted value carries.
    """

    decision: Decision
    value: str | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class FieldResult:
    """One field's whole story, ready to be stored.

    Attributes:
        name: name of the field in its template; what stands before its last point names the
            meter's place that it belongs to.
        kind: how the field came onto the paper.
        reading: what recognition saw, values in their final form.
        verdict: what was decided.
        box_px: four (x, y) corners on the page as stored.
        cells: cells of the comb; 0 for fields without.
        decimals: digits of the value after the decimal mark.
        unit: unit of the value, such as `m3`; None for fields that measure nothing.
        register: dial or tariff zone of the meter a reading belongs to.
        picture: the field's crop on its way to the evidence; None once it is kept there.
        evidence: sha256 of that crop; None until it is kept.
    """

    name: str
    kind: Kind
    reading: Reading
    verdict: Verdict
    box_px: tuple[tuple[float, float], ...] = ()
    cells: int = 0
    decimals: int = 0
    unit: str | None = None
    register: str = "main"
    picture: Grey | None = None
    evidence: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class FormResult:
    """One form on a page with all its fields, or the refusal of that form.

    Attributes:
        number: counts from 1 on its page, top to bottom, then left to right.
        template: template id.
        version: template version.
        account: account number it was resolved to; None where unknown or a specimen.
        period: billing month `YYYY-MM`; None where unknown.
        digest: hexadecimal, the same for the same slip whichever scan it is on: of the
            page's content and the form's place on it.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
        residual_mm: how good that transform is, at independent check points.
        fields: in the template's order; empty for a refused form.
        refusal: why the form was refused; None where it was read.
        specimen: whether its code says that it belongs to nobody.
    """

    number: int
    template: str
    version: int
    account: str | None
    period: str | None
    digest: str
    to_page: Matrix
    residual_mm: float
    fields: tuple[FieldResult, ...] = ()
    refusal: Refusal | None = None
    specimen: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class PageResult:
    """What one page became.

    Attributes:
        number: counts from 1 in its file.
        kind: forms, blank, unknown or refused.
        forms: what was found on it; empty unless `kind` is forms.
        refusal: why it is unknown or refused; None otherwise.
        picture: the page on its way to the evidence; None once kept, and for refused pages.
        evidence: sha256 of that picture; None until it is kept.
    """

    number: int
    kind: PageKind
    forms: tuple[FormResult, ...] = ()
    refusal: Refusal | None = None
    picture: Grey | None = None
    evidence: str | None = None


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
        evidence: sha256 of the crop.
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
        page_picture: sha256 of the page's picture; None where there is none.
        box_px: four [x, y] corners on the page as stored.
        to_page: 3×3 homography of its form, row by row.
        unit: unit of the value; None for fields that measure nothing.
        previous: what the registry knows for this meter, newest first; empty where nothing.
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
    meter: str | None = None
    register: str | None = None
    previous: tuple[PastReading, ...] = ()


@dataclass(frozen=True, slots=True)
class PastReading:
    """A reading that the company already has.

    Attributes:
        meter: meter number.
        register: dial or tariff zone.
        period: billing month `YYYY-MM`.
        value: decimal string with a point.
        channel: where it came from; empty where unknown.
    """

    meter: str
    register: str
    period: str
    value: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's account: number, and the premises it belongs to."""

    number: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter in somebody's premises.

    Attributes:
        number: as printed on the meter and on forms.
        account: account it is billed to.
        kind: cold, hot or electricity.
        place: group of fields on the form that is its own, such as `cold_kitchen`.
        registers: its dials or tariff zones; water meters have the one register `main`.
        dial_digits: digits of the dial, those after the decimal mark included.
        decimals: how many of them stand after the decimal mark.
        unit: such as `m3` or `kWh`.
        verified_until: last day `YYYY-MM-DD` its verification is good for; None: unknown.
        installed: first day; None: unknown.
        removed: last day; None: still there.
    """

    number: str
    account: str
    kind: str
    place: str
    registers: tuple[str, ...] = ("main",)
    dial_digits: int = 8
    decimals: int = 3
    unit: str = "m3"
    verified_until: str | None = None
    installed: str | None = None
    removed: str | None = None


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """What one run over a set of paths did.

    Attributes:
        batch: id of the batch in the store; None where nothing new was found.
        files: files seen.
        known: files whose content had been read before.
        refused: what was refused, by file name.
        pages: pages read in this run.
        forms: forms found in this run.
        decisions: fields by decision.
        reasons: fields in review by their first reason.
        seconds: wall-clock time.
    """

    batch: int | None
    files: int
    known: int
    refused: Mapping[str, Refusal]
    pages: int
    forms: int
    decisions: Mapping[Decision, int]
    reasons: Mapping[Reason, int]
    seconds: float
    page_kinds: Mapping[PageKind, int] = field(default_factory=dict)
