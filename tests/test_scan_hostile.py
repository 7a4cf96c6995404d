"""Hostile files: each has its one right outcome, in whatever order they come."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostile import catalogue
from hostile import documents as pdf
from hostile import pictures as pic
from intake.records import Page
from intake.scan import Found, Refused, Scan, find_scans, open_scan
from intake.scan.files import printable
from intake.settings import Limits

LIMITS = Limits(pages=60, seconds=2.0)
WHOLE = [pic.jpeg(), pic.png(), pic.tiff(), pic.tiff(compression="group4"), pdf.scanned(2)]


def outcome(found: Found) -> tuple[str, ...]:
    if found.refusal:
        return (found.refusal.reason,)
    try:
        with open_scan(Path(found.scan.path), LIMITS) as scan:
            return tuple(page_outcome(scan, number) for number in range(1, scan.page_count + 1))
    except Refused as fault:
        return (checked(fault, None),)


def page_outcome(scan: Scan, number: int) -> str:
    try:
        assert isinstance(scan.page(number), Page)
    except Refused as fault:
        return checked(fault, number)
    return "read"


def checked(fault: Refused, page: int | None) -> str:
    """The reason, once what people are told has been found in order."""
    assert fault.refusal.page == page
    assert fault.refusal.advice.isprintable()
    return fault.refusal.reason


def is_right(came: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return len(came) == len(right) and all(
        word in words.split("|") for word, words in zip(came, right, strict=True)
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hostile") / "inbox"
    place.mkdir()
    for item in catalogue():
        item.put(place / item.name)
    return place


@pytest.mark.slow
@pytest.mark.parametrize("order", ["by name", "backwards", "shuffled"])
def test_every_hostile_file_has_its_one_right_outcome_in_any_order(
    folder: Path, order: str
) -> None:
    right = {printable(item.name): item.right for item in catalogue()}
    files = [
        found
        for found in find_scans([folder], LIMITS)
        if order == "by name" or "too_slow" not in right[found.scan.name][0]
    ]
    if order == "backwards":
        files.reverse()
    elif order == "shuffled":
        random.Random(1).shuffle(files)

    came = {found.scan.name: outcome(found) for found in files}

    assert len(came) == len(files) > 150
    assert {name: came[name] for name in came if not is_right(came[name], right[name])} == {}


@given(st.sampled_from(WHOLE), st.floats(0, 1), st.binary(min_size=1, max_size=40), st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_written_over_a_file_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory,
    whole: bytes,
    place: float,
    noise: bytes,
    data: st.DataObject,
) -> None:
    at = int(place * len(whole))
    skipped = data.draw(st.integers(0, len(noise)))
    path = tmp_path_factory.getbasetemp() / "noise"
    path.write_bytes(whole[:at] + noise + whole[at + skipped :])

    (found,) = find_scans([path], LIMITS)

    assert outcome(found)
