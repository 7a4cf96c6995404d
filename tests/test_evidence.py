"""Evidence: files named after their content, whole or absent."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from intake.errors import StoreError
from intake.evidence import ChangedMeanwhile, Evidence, file_of
from intake.evidence.png import png
from intake.evidence.strips import side_by_side
from intake.records import PageKind, PageResult
from results import ACCEPTED, REVIEW, slip

PICTURE = np.arange(600, dtype=np.uint8).reshape(20, 30)


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path / "evidence")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_a_picture_comes_back_as_it_was(evidence: Evidence, image: np.ndarray) -> None:
    kept = evidence.picture(evidence.keep_picture(image))
    assert np.array_equal(kept, image)
    assert not kept.flags.writeable


def test_the_same_picture_is_kept_once(evidence: Evidence, tmp_path: Path) -> None:
    assert evidence.keep_picture(PICTURE) == evidence.keep_picture(PICTURE.copy())
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_an_original_is_kept_byte_by_byte_under_its_digest(
    evidence: Evidence, tmp_path: Path
) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF bytes" * 999)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with path.open("rb") as source:
        place = evidence.keep_file(source, digest)
    assert place.read_bytes() == path.read_bytes()
    assert evidence.original(digest) == place


def test_a_file_that_changed_since_it_was_read_is_not_kept(
    evidence: Evidence, tmp_path: Path
) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"new bytes")
    with path.open("rb") as source, pytest.raises(ChangedMeanwhile, match="changed while"):
        evidence.keep_file(source, hashlib.sha256(b"old bytes").hexdigest())
    assert [found for found in (tmp_path / "evidence").rglob("*") if found.is_file()] == []


def test_a_picture_that_is_gone_ends_in_a_sentence(evidence: Evidence) -> None:
    with pytest.raises(StoreError, match="Restore the evidence folder"):
        evidence.picture("0" * 64)


def test_a_picture_that_was_changed_ends_in_a_sentence(evidence: Evidence, tmp_path: Path) -> None:
    digest = evidence.keep_picture(PICTURE)
    (place,) = (path for path in tmp_path.rglob(digest))
    place.write_bytes(place.read_bytes() + b"x")
    with pytest.raises(StoreError, match="changed or damaged"):
        evidence.picture(digest)


def test_a_full_disk_leaves_nothing_behind(
    evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        evidence.keep_picture(PICTURE)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_every_picture_is_on_the_disk_before_it_has_its_name(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    flushed, renamed = os.fsync, Path.replace

    def flush(handle: int) -> None:
        steps.append("flush")
        flushed(handle)

    def rename(path: Path, place: Path) -> Path:
        steps.append("name")
        return renamed(path, place)

    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(Path, "replace", rename)
    evidence.keep_picture(PICTURE)
    assert steps == ["flush", "name", "flush"]


def test_every_crop_is_kept_and_the_page_where_somebody_will_look(evidence: Evidence) -> None:
    def result(decision: object) -> PageResult:
        form = slip(decision=decision)
        shown = tuple(replace(field, picture=PICTURE, evidence=None) for field in form.fields)
        return PageResult(1, PageKind.FORMS, (replace(form, fields=shown),), picture=PICTURE)

    kept = evidence.keep(result(REVIEW))
    assert kept.picture is None
    assert kept.evidence is not None
    assert evidence.picture(kept.evidence).shape == PICTURE.shape
    for field in kept.forms[0].fields:
        assert field.picture is None
        seen = evidence.picture(str(field.evidence))
        assert np.array_equal(seen, PICTURE)
    assert evidence.keep(result(ACCEPTED)).evidence is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    st.lists(arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 90))), min_size=1)
)
def test_the_crops_of_a_form_share_a_file_and_come_back_as_they_were(
    evidence: Evidence, crops: list[np.ndarray]
) -> None:
    form = slip()
    shown = tuple(replace(form.fields[0], picture=crop, evidence=None) for crop in crops)
    page = PageResult(1, PageKind.FORMS, (replace(form, fields=shown),))
    names = [str(field.evidence) for field in evidence.keep(page).forms[0].fields]
    assert len(set(map(file_of, names))) == 1
    for name, crop in zip(names, crops, strict=True):
        assert np.array_equal(evidence.picture(name), crop)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 90)), min_size=1))
def test_crops_never_lie_on_each_other(shapes: list[tuple[int, int]]) -> None:
    large, windows = side_by_side([np.full(shape, 1, np.uint8) for shape in shapes])
    assert np.count_nonzero(large == 1) == sum(high * wide for high, wide in shapes)
    assert [(high, wide) for _, _, wide, high in windows] == shapes


def test_a_crop_can_be_painted_over_and_the_others_stay(evidence: Evidence) -> None:
    form = slip()
    shown = tuple(replace(field, picture=PICTURE, evidence=None) for field in form.fields)
    kept = evidence.keep(PageResult(1, PageKind.FORMS, (replace(form, fields=shown),)))
    gone, *rest = (str(field.evidence) for field in kept.forms[0].fields)
    left = evidence.keep_without([gone])
    assert np.all(evidence.picture(gone.replace(file_of(gone), left)) == 255)
    for name in rest:
        assert np.array_equal(evidence.picture(name.replace(file_of(name), left)), PICTURE)


def test_an_unknown_page_is_kept_for_a_person(evidence: Evidence) -> None:
    kept = evidence.keep(PageResult(1, PageKind.UNKNOWN, picture=PICTURE))
    assert evidence.picture(str(kept.evidence)).size


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60))))
def test_every_program_reads_the_pictures_that_are_kept(image: np.ndarray) -> None:
    with Image.open(io.BytesIO(png(image)), formats=["PNG"]) as read:
        assert read.mode == "L"
        assert np.array_equal(np.asarray(read), image)
