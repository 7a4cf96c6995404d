"""From what each cell may hold to what the whole field may say. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intake.recognise.model import EMPTY, STRUCK_OUT, Calibration, Probabilities
from intake.records import Candidate, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

CANDIDATES = 5
_BEAM, _CHOICES = 24, 4
_AS_TEXT = bytes(range(ord("0"), ord("9") + 1)).ljust(256, b"?")
_SURE = 0.98
_TINY = 1e-12


def field_candidates(cells: Probabilities, calibration: Calibration) -> tuple[Candidate, ...]:
    """Returns the likeliest values of a field, best first.

    Args:
        cells: N×14 probabilities, cells from left to right.
        calibration: how sure the network's own confidence makes us of a whole field.

    A cell that holds no digit takes its probability from all values, so the candidates of a
    spoilt field sum to little.
    """
    if not len(cells):
        return ()
    values: dict[str | None, float] = {}
    for written, probability in _likeliest(cells):
        value = value_of(written)
        values[value] = values.get(value, 0.0) + probability
    ranked = sorted(values.items(), key=lambda item: -item[1])
    return ranked_candidates(ranked, calibration)


def _likeliest(cells: Probabilities) -> list[tuple[list[int], float]]:
    """The likeliest ways to fill the cells with digits or nothing, and their probability."""
    beam, chances = np.zeros((1, 0), np.int64), np.ones(1)
    every = np.argsort(cells[:, :STRUCK_OUT], axis=1)[:, ::-1][:, :_CHOICES]
    for choices, sure in zip(every, np.take_along_axis(cells, every, axis=1), strict=True):
        longer = (chances[:, None] * sure).ravel()
        best = np.argsort(-longer, kind="stable")[:_BEAM]
        beam = np.concatenate([beam[best // _CHOICES], choices[best % _CHOICES, None]], axis=1)
        chances = longer[best]
    return list(zip(beam.tolist(), chances.tolist(), strict=True))


def value_of(written: Sequence[int]) -> str | None:
    """The digits as written, empty cells dropped; None where all are empty."""
    return bytes(written).translate(_AS_TEXT, bytes([EMPTY])).decode() or None


def ranked_candidates(
    ranked: Sequence[tuple[str | None, float]], calibration: Calibration
) -> tuple[Candidate, ...]:
    """Values and the network's own confidence in them, best first, as candidates."""
    sure = calibrated(ranked[0][1], calibration)
    ranked = ranked[:CANDIDATES]
    rest = sum(probability for _, probability in ranked[1:])
    share = min(1.0, (1 - sure) / rest) if rest > 0 else 0.0
    ceiling = min(sure, 1 - sure)
    return (
        Candidate(ranked[0][0], sure),
        *(Candidate(value, min(ceiling, probability * share)) for value, probability in ranked[1:]),
    )


def calibrated(probability: float, calibration: Calibration) -> float:
    """The probability that a field is right that the network gives `probability`."""
    safe = min(max(probability, _TINY), 1 - _TINY)
    odds = calibration.slope * np.log(safe / (1 - safe)) + calibration.offset
    return float(1 / (1 + np.exp(-odds)))


def field_signs(cells: Probabilities) -> tuple[Reason, ...]:
    """Evidence of trouble: cells without a digit to be read, cells left out."""
    spoilt = _spoilt(cells)
    kinds = cells[:, STRUCK_OUT:].argmax(axis=1)
    signs = [sign for kind, sign in enumerate(_SPOILT) if (spoilt & (kinds == kind)).any()]
    filled = np.flatnonzero(spoilt | (cells[:, :STRUCK_OUT].argmax(axis=1) != EMPTY))
    if len(filled) and len(filled) < len(cells) - filled[0]:
        signs.append(Reason.SKIPPED_CELL)
    return tuple(signs)


_SPOILT = (Reason.STRUCK_OUT, Reason.OVERWRITTEN, Reason.NOT_A_DIGIT)


def _spoilt(cells: Probabilities) -> NDArray[np.bool_]:
    """Which cells are likelier spoilt, in whichever way, than any one digit or empty."""
    return np.asarray(cells[:, STRUCK_OUT:].sum(axis=1) > cells[:, :STRUCK_OUT].max(axis=1))


def doubtful_cells(cells: Probabilities) -> tuple[int, ...]:
    """The cells the network is not sure of, least sure first."""
    sure = np.where(_spoilt(cells), 0.0, cells.max(axis=1))
    return tuple(int(cell) for cell in np.argsort(sure, kind="stable") if sure[cell] < _SURE)
