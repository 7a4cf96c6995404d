"""What the program did with fields whose truth is known: the figures a company decides by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.metrics.binomial import upper_bound
from intake.metrics.judged import Judged
from intake.metrics.quality import area_under_errors, calibration_error
from intake.records import Decision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Scored:
    """A field whose truth is known, as the program decided it.

    Attributes:
        truth: what stands on the paper; None: nothing.
        best: the first candidate; None: an empty field.
        confidence: of the first candidate; 0 where the field was not found at all.
        decision: what became of it; None where the field was not found at all.
        kind: kind of field.
        template: template id.
        source: where the scan came from, such as a scanner or a folder.
        field: what the field is for: the last part of its name.
        by_history: whether it was accepted only because it fits the meter's history.
    """

    truth: str | None
    best: str | None
    confidence: float
    decision: Decision | None
    kind: str
    template: str
    source: str = ""
    field: str = ""
    by_history: bool = False

    @property
    def right(self) -> bool:
        """Whether the first candidate is the truth."""
        return self.decision is not None and self.best == self.truth

    @property
    def through(self) -> bool:
        """Whether nobody is asked: accepted, or found blank."""
        return self.decision in {Decision.ACCEPTED, Decision.BLANK}


@dataclass(frozen=True, slots=True)
class Score:
    """Figures over a set of fields.

    Attributes:
        fields: all of them, fields that were not found included.
        filled: those with something written.
        exact: first candidates that are right, before any rejection.
        accepted: values accepted without a person.
        through: accepted values among the filled fields.
        by_picture: of these, accepted by the picture alone, without the meter's history.
        wrong: wrong ones among the accepted values.
        bound: upper bound of the share of wrong values among those accepted.
        blank_as_value: empty fields whose value was accepted.
        value_as_blank: filled fields that were taken for blank.
        area: mean error over all shares accepted.
        calibration_error: mean distance between stated confidence and share right.
    """

    fields: int
    filled: int
    exact: int
    accepted: int
    through: int
    by_picture: int
    wrong: int
    bound: float
    blank_as_value: int
    value_as_blank: int
    area: float
    calibration_error: float

    @property
    def exact_share(self) -> float:
        """Share of all fields read right, before any rejection; 0 without fields."""
        return self.exact / max(self.fields, 1)

    @property
    def through_share(self) -> float:
        """Share of the filled fields that no person has to look at; 0 without any."""
        return self.through / max(self.filled, 1)

    @property
    def by_picture_share(self) -> float:
        """The same without the meters' history."""
        return self.by_picture / max(self.filled, 1)


def score(fields: Sequence[Scored], assurance: float) -> Score:
    """The figures over `fields`."""
    accepted = [field for field in fields if field.decision is Decision.ACCEPTED]
    wrong = sum(not field.right for field in accepted)
    filled = [field for field in accepted if field.truth is not None]
    judged = judged_of(fields)
    return Score(
        fields=len(fields),
        filled=sum(field.truth is not None for field in fields),
        exact=sum(field.right for field in fields),
        accepted=len(accepted),
        through=len(filled),
        by_picture=sum(not field.by_history for field in filled),
        wrong=wrong,
        bound=upper_bound(wrong, len(accepted), assurance),
        blank_as_value=sum(field.truth is None for field in accepted),
        value_as_blank=sum(
            field.decision is Decision.BLANK and field.truth is not None for field in fields
        ),
        area=area_under_errors(judged),
        calibration_error=calibration_error(judged),
    )


def scores_by(
    fields: Iterable[Scored], group: Callable[[Scored], str], assurance: float
) -> dict[str, Score]:
    """The figures for each group of fields, in the order of names."""
    groups: dict[str, list[Scored]] = {}
    for field in fields:
        groups.setdefault(group(field), []).append(field)
    return {name: score(groups[name], assurance) for name in sorted(groups)}


def judged_of(fields: Iterable[Scored]) -> Judged:
    """The fields as pairs of confidence and right."""
    return Judged.of((field.confidence, field.right) for field in fields)
