"""The ways of working through what waits, and the list they are chosen from."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from intake.queue import CONFLICTS
from intake.records import Role, Waiting
from intake.review import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from intake.review.station import Station


class Mode(StrEnum):
    """A way of working, in the order of the list."""

    FORMS = "forms"
    KINDS = "kinds"
    ALIKE = "alike"
    BLIND = "blind"
    CONFLICTS = "conflicts"
    LOOSE = "loose"
    OVERSIGHT = "oversight"


NEEDS = {
    Mode.CONFLICTS: Role.VERIFIER,
    Mode.LOOSE: Role.VERIFIER,
    Mode.OVERSIGHT: Role.SUPERVISOR,
}
"""Roles that modes are for; the others are for everybody."""


def open_to(role: Role) -> list[Mode]:
    """The modes that somebody of `role` may work in."""
    return [mode for mode in Mode if role.covers(NEEDS.get(mode, Role.KEYER))]


def first_kind(station: Station) -> Waiting:
    """The first kind of field that something waits of; all where nothing does."""
    choices = (Waiting(field=kind) for kind in words.KINDS)
    return next(filter(station.desk.count, choices), Waiting())


def title(mode: Mode, station: Station) -> str:
    """What the list says about a mode: its name, and how much waits in it where that is known."""
    name = station.say(words.MODES[mode.value])
    count = _COUNTS.get(mode)
    return f"{name} ({count(station)})" if count else name


_COUNTS: dict[Mode, Callable[[Station], int]] = {
    Mode.FORMS: lambda station: station.desk.count(),
    Mode.BLIND: lambda station: station.desk.count_blind(),
    Mode.CONFLICTS: lambda station: station.desk.count(Waiting(reasons=CONFLICTS)),
    Mode.LOOSE: lambda station: sum(station.papers.counts()),
}
