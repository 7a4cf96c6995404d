"""Doubtful cells are looked at again, clear ones once."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from intake.recognise import looks
from intake.recognise.looks import look
from intake.recognise.model import Memory

CLASSES = 14
CLEAR, DOUBTFUL = 40, 160
"""Grey levels of cells that the model below is sure of, or not."""


class Eye:
    """Stands for the network: sure of dark cells, and of pale ones only from some sides."""

    def __init__(self) -> None:
        self.shown: list[NDArray[np.int64]] = []
        self.remembered: list[NDArray[np.int64]] = []

    def look(
        self, framed: NDArray[np.uint8], hands: NDArray[np.int64], known: Memory | None = None
    ) -> tuple[NDArray[np.float64], Memory]:
        self.shown.append(hands)
        self.remembered.append(known.hands if known else np.zeros(0, np.int64))
        seen = np.full((len(framed), CLASSES), 1e-4)
        sure = framed[:, 0, 0] < 100
        seen[sure, 3] = 1.0
        seen[~sure, 3], seen[~sure, 5] = 0.6, 0.4
        return seen / seen.sum(axis=1, keepdims=True), Memory(np.zeros((0, 1), np.float32), hands)


def cells(level: int, count: int) -> list[NDArray[np.uint8]]:
    return [np.full((40, 30), level, np.uint8) for _ in range(count)]


@pytest.fixture
def eye(monkeypatch: pytest.MonkeyPatch) -> Eye:
    def frame(pictures: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
        return np.array([picture.flat[0] for picture in pictures], np.uint8).reshape(-1, 1, 1)

    monkeypatch.setattr(looks, "frame_cells", frame)
    return Eye()


def test_a_clear_form_is_looked_at_once(eye: Eye) -> None:
    seen = look(eye, [cells(CLEAR, 8), cells(CLEAR, 6)])  # type: ignore[arg-type]
    assert [len(field) for field in seen] == [8, 6]
    assert [len(shown) for shown in eye.shown if len(shown)] == [14]


def test_only_the_doubtful_cell_is_looked_at_from_four_sides_beside_its_form(eye: Eye) -> None:
    fields = [cells(CLEAR, 8), [*cells(CLEAR, 5), *cells(DOUBTFUL, 1)]]
    seen = look(eye, fields)  # type: ignore[arg-type]
    assert [len(shown) for shown in eye.shown] == [14, 4]
    assert [len(known) for known in eye.remembered] == [0, 14]
    assert set(np.concatenate([*eye.shown, *eye.remembered]).tolist()) == {0}
    assert all(field.sum(axis=1) == pytest.approx(1) for field in seen)
    assert seen[1][5, 3] == pytest.approx(0.6, abs=0.01)


def test_a_cell_shown_alone_is_seen_beside_nothing_but_itself(eye: Eye) -> None:
    look(eye, [[*cells(CLEAR, 2), *cells(DOUBTFUL, 1)]], together=False)  # type: ignore[arg-type]
    assert [shown.tolist() for shown in eye.shown] == [[0, 1, 2], [2] * 4]
    assert [known.tolist() for known in eye.remembered] == [[], [0, 1, 2]]


def test_a_form_without_cells_has_nothing_to_look_at(eye: Eye) -> None:
    assert look(eye, []) == []  # type: ignore[arg-type]
    assert [field.shape for field in look(eye, [[], []])] == [(0, CLASSES)] * 2  # type: ignore[arg-type]
