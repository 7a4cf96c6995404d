"""Thresholds from labelled fields: chosen on some writers, certified once on all others.

Which side a writer is on follows from the writer alone. Whoever calibrates again with the same
fields gets the same answer, and cannot shuffle until one pleases. A writer who has certified a
threshold of a reader helps to choose the next one and certifies no more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.metrics import Certificate, Judged, certify, choose, fields_needed, promising

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NEVER = float("inf")
"""A threshold that no confidence reaches."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A field that was read, and whose truth is known.

    Attributes:
        kind: thresholds are found for each kind by itself.
        writer: who wrote it, such as an account; all fields of a writer are on one side.
        confidence: of the reader's first choice.
        right: whether that is the truth.
        spent: whether its writer has certified a threshold before.
    """

    kind: str
    writer: str
    confidence: float
    right: bool
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Calibrated:
    """From which confidence on one kind of field may be accepted, and how certain that is.

    Attributes:
        kind: of field.
        max_error: tolerated share of wrong values among those accepted.
        assurance: of the bound.
        fields: labelled fields, those of both sides.
        writers: who wrote them.
        certificate: what the certifying side says.
        stands: whether it was certified at an earlier time: too few writers are new since.
    """

    kind: str
    max_error: float
    assurance: float
    fields: int
    writers: int
    certificate: Certificate
    stands: bool = False

    @property
    def holds(self) -> bool:
        """Whether the evidence supports what the company asks for."""
        return self.certificate.bound <= self.max_error

    @property
    def more_needed(self) -> int:
        """Further fields to verify, on both sides, if none of them turns out wrong."""
        if self.certificate.threshold == NEVER:
            return 2 * fields_needed(0, self.max_error, self.assurance)
        return 2 * self.certificate.more_needed(self.max_error, self.assurance)

    @property
    def sentence(self) -> str:
        """What people are told."""
        seen = self.certificate
        told = (
            f"{self.kind}: {seen.fields} of {seen.seen} accepted from {seen.threshold:.6f} on, "
            f"{seen.wrong} wrong; at most {seen.bound:.3%} at {self.assurance:.0%} assurance."
        )
        if self.holds:
            return told
        return (
            f"{told} That does not support {self.max_error:.3%}: verify at least "
            f"{self.more_needed} more fields, or ask for less."
        )


def calibrate(
    fields: Iterable[Labelled], max_error: float, assurance: float
) -> tuple[Calibrated, ...]:
    """Chooses and certifies a threshold for each kind of field, in the order of kinds.

    Args:
        fields: labelled fields, each an independent piece of evidence.
        max_error: tolerated share of wrong values among those accepted.
        assurance: probability with which the bound on that share is to hold.
    """
    kinds: dict[str, list[Labelled]] = {}
    for field in fields:
        kinds.setdefault(field.kind, []).append(field)
    return tuple(calibrated(kind, kinds[kind], max_error, assurance) for kind in sorted(kinds))


def calibrated(
    kind: str, fields: Sequence[Labelled], max_error: float, assurance: float
) -> Calibrated:
    """Chooses and certifies one threshold, whatever kinds the fields are of."""
    choosing = _judged(field for field in fields if not _certifies(field))
    certifying = certifying_side(fields)
    threshold = choose(choosing, len(certifying), max_error, assurance)
    if threshold is None:
        threshold = promising(choosing, max_error)
    certificate = certify(certifying, NEVER if threshold is None else threshold, assurance)
    writers = len({field.writer for field in fields})
    return Calibrated(kind, max_error, assurance, len(fields), writers, certificate)


def certifying_side(fields: Iterable[Labelled]) -> Judged:
    """Those whose writers certify."""
    return _judged(field for field in fields if _certifies(field))


def _certifies(field: Labelled) -> bool:
    return not field.spent and hashlib.sha256(field.writer.encode()).digest()[0] % 2 == 1


def _judged(fields: Iterable[Labelled]) -> Judged:
    return Judged.of((field.confidence, field.right) for field in fields)
