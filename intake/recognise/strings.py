"""From what each cell may hold to what the whole field may say. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intake.recognise.model import EMPTY, STRUCK_OUT, Calibration, Probabilities
from intake.records import Candidate, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CANDIDATES = 5
_BEAM, _CHOICES = 24, 4
_AS_TEXT = bytes(range(ord("0"), ord("9") + 1)).ljust(256, b"?")
_SURE = 0.98
_TINY = 1e-12


def field_candidates(cells: Probabilities, calibration: Calibration) -> tuple[Candidate, ...]:
    """Returns the likeliest values of one field, best first; see `candidates_of_fields`."""
    (found,) = candidates_of_fields([cells], calibration)
    return found


def candidates_of_fields(
    fields: Sequence[Probabilities], calibration: Calibration
) -> list[tuple[Candidate, ...]]:
    """Returns the likeliest values of each field, best first; none of a field without cells.

    Args:
        fields: N×14 probabilities of each, cells from left to right.
        calibration: how sure the network's own confidence makes us of a whole field.

    A cell that holds no digit takes its probability from all values, so the candidates of a
    spoilt field sum to little.
    """
    found = _likeliest([cells for cells in fields if len(cells)])
    return [_ranked(next(found), calibration) if len(cells) else () for cells in fields]


def _ranked(
    written: Sequence[tuple[list[int], float]], calibration: Calibration
) -> tuple[Candidate, ...]:
    """Ways to fill the cells of a field as its values: several may say the same."""
    values: dict[str | None, float] = {}
    for digits, probability in written:
        value = value_of(digits)
        values[value] = values.get(value, 0.0) + probability
    ranked = sorted(values.items(), key=lambda item: -item[1])
    return ranked_candidates(ranked, calibration)


def _likeliest(fields: Sequence[Probabilities]) -> Iterator[list[tuple[list[int], float]]]:
    """The likeliest ways to fill the cells of each field with digits or nothing, with their chance.

    All fields are worked out side by side, short ones made longer by cells that are surely empty.
    """
    if not fields:
        return
    cells = _of_one_length(fields)
    every = np.argsort(cells, axis=2)[:, :, ::-1][:, :, :_CHOICES]
    sure = np.take_along_axis(cells, every, axis=2)
    beam, chances = np.zeros((len(cells), 1, 0), np.int64), np.ones((len(cells), 1))
    for cell in range(cells.shape[1]):
        longer = (chances[:, :, None] * sure[:, None, cell]).reshape(len(cells), -1)
        best = np.argsort(-longer, axis=1, kind="stable")[:, :_BEAM]
        so_far = np.take_along_axis(beam, best[:, :, None] // _CHOICES, axis=1)
        added = np.take_along_axis(every[:, cell], best % _CHOICES, axis=1)
        beam = np.concatenate([so_far, added[:, :, None]], axis=2)
        chances = np.take_along_axis(longer, best, axis=1)
    for ways, of_ways in zip(beam.tolist(), chances.tolist(), strict=True):
        yield [way for way in zip(ways, of_ways, strict=True) if way[1] > 0]


def _of_one_length(fields: Sequence[Probabilities]) -> Probabilities:
    """F×N×11 probabilities of digits and nothing."""
    most = max(len(cells) for cells in fields)
    alike = np.zeros((len(fields), most, STRUCK_OUT))
    alike[:, :, EMPTY] = 1.0
    for own, cells in zip(alike, fields, strict=True):
        own[: len(cells)] = cells[:, :STRUCK_OUT]
    return alike


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
