"""The line network's columns are summed up to values; two opinions are joined."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from intake.recognise.freebox import joint_opinion
from intake.recognise.linemodel import NOTHING, likeliest
from intake.recognise.linepicture import HEIGHT, line_picture, stacked

FEW = (3, 7, NOTHING)
"""Classes that the columns of these tests may hold."""


def columns_of(shares: np.ndarray) -> np.ndarray:
    columns = np.zeros((len(shares), NOTHING + 1))
    columns[:, FEW] = shares / shares.sum(axis=1, keepdims=True)
    return columns


def spelt(path: tuple[int, ...]) -> tuple[int, ...]:
    """What a path through the columns spells: repeats count once, nothing separates."""
    kept = [sign for place, sign in enumerate(path) if place == 0 or path[place - 1] != sign]
    return tuple(sign for sign in kept if sign != NOTHING)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(1, 5), st.just(3)), elements=st.floats(0.05, 1)))
def test_all_ways_to_spell_a_value_count_together(shares: np.ndarray) -> None:
    columns = columns_of(shares)
    expected: dict[tuple[int, ...], float] = {}
    for path in product(FEW, repeat=len(columns)):
        weight = float(np.prod([column[sign] for column, sign in zip(columns, path, strict=True)]))
        expected[spelt(path)] = expected.get(spelt(path), 0.0) + weight
    found = dict(likeliest(columns))
    best = max(expected, key=lambda written: expected[written])
    assert found[best] <= expected[best] + 1e-12
    assert found[best] == pytest.approx(expected[best], rel=0.02)


SHARES = st.dictionaries(st.sampled_from(["12", "17", "71", "2"]), st.floats(0, 1), max_size=4)


@given(SHARES, SHARES)
def test_neither_reader_alone_makes_a_value_sure(
    lines: dict[str, float], cuts: dict[str, float]
) -> None:
    for value, probability in joint_opinion(lines, cuts):
        if value is not None:
            assert probability <= max(lines.get(value, 0), cuts.get(value, 0), 1e-3) + 1e-12
            if value not in cuts:
                assert probability < 0.13


def test_a_line_is_as_high_as_its_writing_and_an_empty_one_is_none() -> None:
    paper = np.full((60, 200), 240, np.uint8)
    box = (5.0, 5.0, 190.0, 50.0)
    assert line_picture(paper, box) is None
    paper[20:42, 40:44] = 30
    paper[24:40, 90:96] = 30
    found = line_picture(paper, box)
    assert found is not None
    picture = found.ink
    assert picture.shape[0] == HEIGHT
    rows = np.flatnonzero(picture.max(axis=1) > 128)
    assert rows[0] in {2, 3}
    assert rows[-1] in {HEIGHT - 4, HEIGHT - 3}
    stack = stacked([picture, picture[:, :10]])
    assert stack.shape[:3] == (2, 1, HEIGHT)
    assert not stack[1, 0, :, 10:].any()
