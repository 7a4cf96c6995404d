"""Who learns, who calibrates, who certifies: hands are split by writer, never by digit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.hands import Hand

CALIBRATION_SWISS = "swiss:9"
CERTIFICATION_SWISS = "swiss:14"
_HELD_OUT_UNIPEN = 12
"""UNIPEN writers held out for calibration, and as many again for certification."""

_ENOUGH, _TOO_MANY = 55, 200
"""Digits of a writer who may be held out: enough to fill forms, not so many as to be missed."""


def calibration_hands(hands: Sequence[Hand]) -> list[Hand]:
    """Training writers left out of the shipped model, on whom confidence is fitted."""
    return _held_out(hands, CALIBRATION_SWISS, 0)


def certification_hands(hands: Sequence[Hand]) -> list[Hand]:
    """Other training writers left out, on whom thresholds are certified once."""
    return _held_out(hands, CERTIFICATION_SWISS, 1)


def learning_hands(hands: Sequence[Hand], fold: str | None = None) -> list[Hand]:
    """Who the model learns from.

    Without a fold: the training split, less those held out for calibration and certification.
    With fold `I/N`: everybody, dev writers too, but for the I-th of N groups of writers.
    """
    if fold is None:
        away = {hand.name for hand in (*calibration_hands(hands), *certification_hands(hands))}
        return [hand for hand in hands if hand.split == "train" and hand.name not in away]
    away = {hand.name for hand in fold_hands(hands, fold)}
    return [hand for hand in hands if hand.name not in away]


def fold_hands(hands: Sequence[Hand], fold: str) -> list[Hand]:
    """The I-th of N groups of the writers of swiss and UNIPEN, I from 0."""
    index, count = (int(part) for part in fold.split("/"))
    known = sorted(
        (hand for hand in hands if hand.collection in ("swiss", "unipen")), key=lambda h: h.name
    )
    order = np.random.default_rng(count).permutation(len(known))
    return [known[place] for place in order[index::count]]


def _held_out(hands: Sequence[Hand], swiss: str, part: int) -> list[Hand]:
    unipen = sorted(
        (
            hand
            for hand in hands
            if hand.collection == "unipen"
            and hand.split == "train"
            and _ENOUGH <= len(hand) < _TOO_MANY
        ),
        key=lambda hand: hand.name,
    )
    order = np.random.default_rng(7).permutation(len(unipen))
    chosen = order[part * _HELD_OUT_UNIPEN : (part + 1) * _HELD_OUT_UNIPEN]
    return [hand for hand in hands if hand.name == swiss] + [unipen[place] for place in chosen]
