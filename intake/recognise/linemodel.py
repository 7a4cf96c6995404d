"""The shipped line network, and what its columns say of the whole line."""

from __future__ import annotations

import heapq
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from intake.recognise.linepicture import stacked
from intake.recognise.model import MODELS, Card, Probabilities, session, softmax, vouched_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from intake.recognise.pieces import Ink

SPOILT, NOTHING = 10, 11
"""Classes beyond the digits 0 to 9: one that was taken back, and no digit in this column."""

_COLUMN = 4
"""Pixels a column is wide."""

_BEAM = 16
_LIKELY = 1e-4
"""Probability in a column below which a class is not followed up."""

_BATCH = 32

Written = tuple[int, ...]


class LineModel:
    """A network that says what stands in each narrow column of a line."""

    def __init__(self, card: Card, content: bytes) -> None:
        """Starts the network in `content` on one thread."""
        self.card = card
        self._session = session(content)

    def columns(self, pictures: Sequence[Ink]) -> list[Probabilities]:
        """Returns, per 32×w picture, w/4 × 12 probabilities."""
        order = sorted(range(len(pictures)), key=lambda place: pictures[place].shape[1])
        seen: list[Probabilities] = [np.zeros((0, NOTHING + 1))] * len(pictures)
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            for place, line in zip(chosen, self._run([pictures[i] for i in chosen]), strict=True):
                seen[place] = line[: -(-pictures[place].shape[1] // _COLUMN)]
        return seen

    def _run(self, pictures: Sequence[Ink]) -> NDArray[np.float64]:
        (logits,) = self._session.run(None, {"lines": stacked(pictures)})
        lines = np.asarray(logits, np.float64)
        return softmax(lines.reshape(-1, NOTHING + 1)).reshape(lines.shape)


class _Ends(NamedTuple):
    """Probability of a prefix whose last column held nothing, or its last digit."""

    nothing: float
    digit: float

    @property
    def total(self) -> float:
        return self.nothing + self.digit


def likeliest(columns: Probabilities) -> list[tuple[Written, float]]:
    """Returns what the line may say, best first, each with its probability.

    A search over prefixes (Hannun et al. 2014, without a language model): all ways in which the
    columns can spell the same digits count together.
    """
    beam: dict[Written, _Ends] = {(): _Ends(1.0, 0.0)}
    for column in columns:
        longer: dict[Written, list[float]] = {}
        classes = [int(c) for c in np.flatnonzero(column[:NOTHING] > _LIKELY)]
        for written, ends in beam.items():
            _stay(longer, written, ends, column)
            for sign in classes:
                repeated = bool(written) and written[-1] == sign
                before = ends.nothing if repeated else ends.total
                longer.setdefault((*written, sign), [0.0, 0.0])[1] += before * float(column[sign])
        best = heapq.nlargest(_BEAM, longer.items(), key=lambda item: sum(item[1]))
        beam = {written: _Ends(*ends) for written, ends in best}
    return sorted(((w, ends.total) for w, ends in beam.items()), key=lambda item: -item[1])


def _stay(
    longer: dict[Written, list[float]], written: Written, ends: _Ends, column: Probabilities
) -> None:
    """The column adds nothing new to what is written."""
    kept = longer.setdefault(written, [0.0, 0.0])
    kept[0] += ends.total * float(column[NOTHING])
    if written:
        kept[1] += ends.digit * float(column[written[-1]])


def digits_after(columns: Probabilities, written: str, mark: float) -> int | None:
    """How many of the digits `written` stand behind a mark; None where the columns disagree.

    Args:
        columns: as `LineModel.columns` returns them.
        written: digits that the whole line says.
        mark: where it stands, pixels of the picture.
    """
    place = round(mark / _COLUMN)
    before, after = (_spelt(columns[:place]), _spelt(columns[place:]))
    return len(after) if before + after == written else None


def _spelt(columns: Probabilities) -> str:
    best, _ = likeliest(columns)[0]
    return "".join("?" if sign == SPOILT else str(sign) for sign in best)


def load_line_model(path: Path) -> LineModel:
    """Loads the line model at `path`, whose card stands beside it as `.json`.

    Raises:
        InputError: model or card is missing, or the model is not the one on its card.
    """
    return LineModel(*vouched_for(path))


@cache
def shipped_line_model() -> LineModel:
    """The line model that comes with the program, loaded once per process."""
    return load_line_model(MODELS / "lines.onnx")
