"""A company's thresholds: by template and kind, with its meters' history and without."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from intake.calibrate.writers import Calibrated, Labelled, calibrated, certifying_side
from intake.decide import FITS, FLOOR
from intake.metrics import Certificate, at_most, certify, fields_needed
from intake.pipeline.acceptance import Acceptances
from intake.records import FieldThreshold, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from intake.recognise.model import Threshold
    from intake.records import LabelledField
    from intake.settings import Settings

BEYOND = 2.0
"""A threshold that no confidence reaches, as it is written down: above every probability."""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that share a threshold.

    Attributes:
        template: template id.
        version: of the template.
        kind: of field.
        engine: what read them.
        confirmed: with the meters' history: what it confirms, and what is accepted without it.
    """

    template: str
    version: int
    kind: Kind
    engine: str
    confirmed: bool

    @property
    def name(self) -> str:
        """What people call it."""
        history = " with history" if self.confirmed else ""
        return f"{self.template}/{self.version} {self.kind}{history}"


def calibrate_company(
    labels: Sequence[LabelledField],
    settings: Settings,
    earlier: Iterable[FieldThreshold],
    engines: Mapping[Kind, str],
    laboratory: tuple[Threshold, ...],
) -> dict[Group, Calibrated]:
    """What a company's labelled fields support, by template and kind.

    Without history first: what the picture alone leads to is part of what is accepted with it.

    Args:
        labels: of fields that readers of any time read.
        settings: what the company tolerates, by template and kind.
        earlier: thresholds that were certified before; those who did have had their turn.
        engines: the readers of today; what others read does not count.
        laboratory: thresholds that ship with the model.
    """
    known = {_group_of(one): one for one in earlier if engines.get(one.kind) == one.engine}
    grouped = _by_group(labels, engines)
    found = {
        group: _of_group(group, mine, settings, known.get(group), known.get(group))
        for group, mine in grouped.items()
    }
    before = Acceptances(settings, laboratory, tuple(known.values()))
    now = replace(before, own=tuple(_in_force(found, known)))
    for group, mine in grouped.items():
        sure, history = _sure_from(now, group), replace(group, confirmed=True)
        if accepted := _accepted_with_history(mine, sure):
            certified = known.get(history)
            standing = certified if sure == _sure_from(before, group) else None
            found[history] = _of_group(history, accepted, settings, certified, standing)
    return dict(sorted(found.items(), key=lambda one: one[0].name))


def threshold_of(group: Group, found: Calibrated, last_event: int) -> FieldThreshold:
    """What is kept of a calibration.

    Args:
        group: of fields.
        found: what they support.
        last_event: newest label that had a part in it.
    """
    seen = found.certificate
    threshold = max(seen.threshold, FLOOR) if group.confirmed else seen.threshold
    return FieldThreshold(
        template=group.template,
        version=group.version,
        kind=group.kind,
        engine=group.engine,
        max_error=found.max_error,
        assurance=found.assurance,
        threshold=min(threshold, BEYOND),
        seen=seen.seen,
        fields=seen.fields,
        wrong=seen.wrong,
        bound=seen.bound,
        confirmed=group.confirmed,
        last_event=last_event,
    )


def to_keep(
    found: Mapping[Group, Calibrated], earlier: Iterable[FieldThreshold], last_event: int
) -> list[FieldThreshold]:
    """What is put in force after a calibration: what was certified anew, and what it ended.

    Where nothing was accepted there is nothing to keep, but for history that stands no longer.

    Args:
        found: what the labelled fields support.
        earlier: thresholds that were certified before.
        last_event: newest label that had a part in it.
    """
    new = [threshold_of(*one, last_event) for one in found.items() if not one[1].stands]
    empty = {_group_of(one) for one in new if not one.fields}
    ended = (one for one in earlier if one.confirmed and _group_of(one) in empty)
    return [
        *(one for one in new if one.fields),
        *(replace(one, threshold=BEYOND, seen=0, fields=0, wrong=0, bound=1.0) for one in ended),
    ]


def _by_group(
    labels: Iterable[LabelledField], engines: Mapping[Kind, str]
) -> dict[Group, list[LabelledField]]:
    """What readers of today read, by the groups that the picture alone decides about."""
    grouped: dict[Group, list[LabelledField]] = {}
    for label in labels:
        engine = label.engine.partition(",")[0]
        if engines.get(label.kind) == engine:
            group = Group(label.template, label.version, label.kind, engine, confirmed=False)
            grouped.setdefault(group, []).append(label)
    return grouped


def _in_force(
    found: Mapping[Group, Calibrated], known: Mapping[Group, FieldThreshold]
) -> Iterator[FieldThreshold]:
    """What stands by the picture alone after a calibration: what is new, or what was before."""
    for group, one in found.items():
        if one.certificate.fields:
            yield threshold_of(group, one, 0)
        elif group in known:
            yield known[group]


def _sure_from(acceptances: Acceptances, group: Group) -> float:
    return acceptances.sure_from(group.template, group.version, group.kind)


def _accepted_with_history(
    labels: Sequence[LabelledField], sure_from: float
) -> list[LabelledField]:
    """What could be accepted with history: what it confirms, and what the picture is sure of.

    The bound is for all that is accepted: what history adds may be worse than what it confirms,
    and what it does not confirm may be worse than the rest. Empty where it confirms nothing.
    """
    confirmed = [one for one in labels if _confirms(one)]
    sure = (one for one in labels if one.confidence >= sure_from and not _confirms(one))
    return [*confirmed, *sure] if confirmed else []


def _confirms(label: LabelledField) -> bool:
    return label.fit is not None and label.fit >= FITS and label.confidence >= FLOOR


def _group_of(one: FieldThreshold) -> Group:
    return Group(one.template, one.version, one.kind, one.engine, one.confirmed)


def _of_group(
    group: Group,
    labels: Sequence[LabelledField],
    settings: Settings,
    earlier: FieldThreshold | None,
    standing: FieldThreshold | None,
) -> Calibrated:
    """Calibrates one group.

    Args:
        group: of fields.
        labels: of them.
        settings: what the company tolerates.
        earlier: what was certified before: who did that does not certify again.
        standing: the same where it stands until enough writers are new; None: it does not.
    """
    turn = earlier.last_event if earlier is not None else 0
    spent = {one.writer for one in labels if 0 < one.event <= turn}
    fields = [
        Labelled(group.name, one.writer, one.confidence, one.right, one.writer in spent)
        for one in labels
    ]
    tolerated, assurance = settings.tolerated(group.template, group.kind), settings.assurance
    if standing is not None and not _deserves_a_look(fields, standing, tolerated, assurance):
        counted = len(fields), len({field.writer for field in fields})
        return Calibrated(
            group.name, tolerated, assurance, *counted, _certificate(standing), stands=True
        )
    return calibrated(group.name, fields, tolerated, assurance)


def _deserves_a_look(
    fields: Iterable[Labelled], earlier: FieldThreshold, max_error: float, assurance: float
) -> bool:
    """Whether new writers could certify by themselves, or speak against what stands."""
    seen = certify(certifying_side(fields), earlier.threshold, assurance)
    if seen.fields >= fields_needed(0, max_error, assurance):
        return True
    return 1 - at_most(seen.wrong - 1, seen.fields, max_error) < 1 - assurance


def _certificate(earlier: FieldThreshold) -> Certificate:
    return Certificate(
        earlier.threshold, earlier.seen, earlier.fields, earlier.wrong, earlier.bound
    )
