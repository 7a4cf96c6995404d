"""What became of a page: readings, verdicts and the results that are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intake.records.paper import Grey, Matrix, Refusal
    from intake.records.trust import PageCondition
    from intake.records.words import Decision, Kind, PageKind, Reason


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
        name: name of the field in its template; what stands before its first point names the
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
        evidence: name of that crop, the sha256 of its file and its place in it; None until kept.
        format: `date` for a day `YYYY-MM-DD`; None for plain digits.
        fit: how well the first choice fits the meter's history, 0..1; None where unknown.
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
    format: str | None = None
    fit: float | None = None

    @property
    def is_reading(self) -> bool:
        """Whether the field holds a meter's value."""
        return self.name.endswith(".reading")

    @property
    def place(self) -> str | None:
        """The meter's place on the form that the field belongs to; None for the form's own."""
        head, dot, _ = self.name.partition(".")
        return head if dot else None


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
        picture: the page, its edges halved, on its way to the evidence; None once kept, and for
            refused pages.
        evidence: sha256 of that picture; None until it is kept.
        condition: how it came out of its scanner; None for pages that could not be decoded.
    """

    number: int
    kind: PageKind
    forms: tuple[FormResult, ...] = ()
    refusal: Refusal | None = None
    picture: Grey | None = None
    evidence: str | None = None
    condition: PageCondition | None = None
