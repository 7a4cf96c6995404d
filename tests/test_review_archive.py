"""Pages that were not kept as pictures are shown from their scan."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from conftest import ROOT
from intake.errors import StoreError
from intake.evidence import PAGE_SCALE, Evidence
from intake.review.archive import Archive
from intake.sampling import halved
from intake.scan import open_scan
from intake.settings import Limits

SCAN = ROOT / "samples" / "scans" / "2026-10-30_electricity.pdf"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(Evidence(tmp_path / "evidence"), Limits())


def kept(archive: Archive, data: bytes, folder: Path) -> str:
    path, digest = folder / "scan", hashlib.sha256(data).hexdigest()
    path.write_bytes(data)
    with path.open("rb") as source:
        archive.evidence.keep_file(source, digest)
    return digest


def test_a_page_comes_out_of_its_scan_as_it_would_have_been_kept(
    archive: Archive, tmp_path: Path
) -> None:
    digest = kept(archive, SCAN.read_bytes(), tmp_path)
    with open_scan(SCAN, Limits()) as scan:
        whole = scan.page(2).image
    page = archive.page(digest, 2)
    assert page.shape == tuple(int(edge * PAGE_SCALE) for edge in whole.shape)
    assert np.abs(page.astype(int) - halved(whole)).mean() < 2


def test_a_scan_that_is_gone_or_damaged_is_told(archive: Archive, tmp_path: Path) -> None:
    damaged = kept(archive, SCAN.read_bytes()[:2000], tmp_path)
    for digest in ("0" * 64, damaged):
        with pytest.raises(StoreError, match="gone or damaged"):
            archive.page(digest, 1)
