"""From which confidence on fields are accepted: what the company tolerates, by what is known."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from intake.decide import Acceptance
from intake.metrics import at_most
from intake.recognise.mark import ENGINE as MARK_ENGINE
from intake.recognise.model import shipped_model
from intake.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from intake.recognise.model import Threshold
    from intake.records import FieldThreshold
    from intake.settings import Settings
    from intake.template import Template

WITHOUT_EVIDENCE = 0.98
"""Confidence asked for under `thin_data = "provisional"` where nothing was certified."""


def engines() -> dict[Kind, str]:
    """What reads each kind of field at present; thresholds of another reader are void."""
    ours = shipped_model().card.engine
    return {Kind.HANDWRITTEN: ours, Kind.PRINTED: ours, Kind.MARK: MARK_ENGINE}


@dataclass(frozen=True, slots=True)
class Acceptances:
    """What fields must reach, by template and kind.

    Attributes:
        settings: what the company tolerates, and what to do where the data is too thin.
        laboratory: thresholds that ship with the model.
        own: thresholds from the company's verified fields, for the readers of today.
    """

    settings: Settings
    laboratory: tuple[Threshold, ...]
    own: tuple[FieldThreshold, ...] = ()

    def of(self, template: Template) -> Mapping[Kind, Acceptance]:
        """By kind of field; a kind that is missing is never accepted unseen."""
        chosen = {kind: self._acceptance(template.id, template.version, kind) for kind in Kind}
        return {kind: rule for kind, rule in chosen.items() if rule is not None}

    def sure_from(self, template: str, version: int, kind: Kind) -> float:
        """From which confidence on the picture alone leads to acceptance on evidence that holds.

        Infinity where there is none, for want of evidence.
        """
        own, _ = self._own(template, version, kind)
        rule = self._rule(kind, self.settings.tolerated(template, kind), own)
        return math.inf if rule is None or rule.provisional else rule.threshold

    def _acceptance(self, template: str, version: int, kind: Kind) -> Acceptance | None:
        tolerated = self.settings.tolerated(template, kind)
        own, with_history = self._own(template, version, kind)
        rule = self._rule(kind, tolerated, own)
        if rule is None or with_history is None or not self._holds(with_history, tolerated):
            return rule
        asked_for = (with_history.max_error, with_history.assurance)
        if asked_for != (tolerated, self.settings.assurance):
            return rule
        return replace(rule, confirmed=with_history.threshold)

    def _own(
        self, template: str, version: int, kind: Kind
    ) -> tuple[FieldThreshold | None, FieldThreshold | None]:
        """The company's thresholds for such fields, without and with history.

        That with history was certified beside what the picture alone led to then, which another
        tolerance would change.
        """
        mine = [
            one
            for one in self.own
            if (one.template, one.version, one.kind) == (template, version, kind)
        ]
        plain = next((one for one in mine if not one.confirmed), None)
        return plain, next((one for one in mine if one.confirmed), None)

    def _rule(self, kind: Kind, tolerated: float, own: FieldThreshold | None) -> Acceptance | None:
        if own is not None and self._holds(own, tolerated):
            return Acceptance(own.threshold)
        if own is not None and self._contradicts(own, tolerated):
            return self._provisional([own])
        known = [one for one in self.laboratory if one.kind == kind]
        fitting = [one for one in known if self._holds(one, tolerated)]
        if fitting:
            return Acceptance(min(one.threshold for one in fitting))
        return self._provisional([*known, *([own] if own is not None else [])])

    def _holds(self, one: Threshold | FieldThreshold, tolerated: float) -> bool:
        return one.bound <= tolerated and one.assurance >= self.settings.assurance

    def _contradicts(self, own: FieldThreshold, tolerated: float) -> bool:
        """Whether so many wrong ones are hardly seen where no more than `tolerated` are wrong."""
        as_many = 1 - at_most(own.wrong - 1, own.fields, tolerated)
        return as_many < 1 - self.settings.assurance

    def _provisional(self, known: Iterable[Threshold | FieldThreshold]) -> Acceptance | None:
        """What is marked as not supported by the evidence; None where that is not wanted."""
        if self.settings.thin_data == "review":
            return None
        nearest = min((one for one in known if one.fields), key=lambda one: one.bound, default=None)
        if nearest is None:
            return Acceptance(WITHOUT_EVIDENCE, provisional=True)
        return Acceptance(nearest.threshold, provisional=True)


def in_force(own: Iterable[FieldThreshold]) -> tuple[FieldThreshold, ...]:
    """Those of the company's thresholds that belong to the readers of today."""
    today = engines()
    return tuple(one for one in own if today.get(one.kind) == one.engine)
