"""Originals and pictures, kept as files that are named after their content."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake.errors import StoreError
from intake.records import Decision, PageKind, read_only

if TYPE_CHECKING:
    from collections.abc import Callable

    from intake.records import FieldResult, FormResult, Grey, PageResult

PAGE_SCALE = 0.5
"""Size of a kept page picture as a share of the page's; the original file has it in full."""

_PICTURES, _ORIGINALS = "pictures", "originals"
_FAST_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 1)
_PAGE_JPEG = (cv2.IMWRITE_JPEG_QUALITY, 70)


class Evidence:
    """The evidence folder of a workspace."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep_picture(self, image: Grey) -> str:
        """Keeps an H×W grey picture as it is; returns the sha256 of its file.

        Raises:
            StoreError: it cannot be written.
        """
        return self._keep_bytes(_encoded(".png", image, _FAST_PNG))

    def keep_page(self, image: Grey) -> str:
        """Keeps a page at `PAGE_SCALE` of its size; returns the sha256 of its file.

        Raises:
            StoreError: it cannot be written.
        """
        small = cv2.resize(image, None, fx=PAGE_SCALE, fy=PAGE_SCALE, interpolation=cv2.INTER_AREA)
        return self._keep_bytes(_encoded(".jpg", np.asarray(small, np.uint8), _PAGE_JPEG))

    def keep_file(self, path: Path, sha256: str) -> Path:
        """Keeps the bytes of a scan, on the disk before it returns, and returns where.

        Raises:
            StoreError: the file changed since its digest was taken, or it cannot be copied.
        """
        place = self._place(_ORIGINALS, sha256)
        if not place.exists():
            _write(place, lambda temporary: _copy(path, temporary, sha256))
        return place

    def picture(self, sha256: str) -> Grey:
        """The picture with that digest, H×W grey, read-only.

        Raises:
            StoreError: it is gone or damaged.
        """
        place = self._place(_PICTURES, sha256)
        try:
            data = place.read_bytes()
        except OSError as fault:
            raise StoreError(
                f"{place}: the picture is gone ({fault.strerror}). Restore the evidence folder, "
                "or decide from the paper itself."
            ) from fault
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StoreError(
                f"{place}: the picture was changed or damaged. Restore the evidence folder, or "
                "decide from the paper itself."
            )
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert image is not None
        return read_only(np.asarray(image, np.uint8))

    def keep(self, result: PageResult) -> PageResult:
        """Keeps the pictures of a page and puts their digests in their place.

        Every crop is kept; the page itself where a person will have to look at it.

        Raises:
            StoreError: they cannot be written.
        """
        shown = result.picture is not None and _needs_person(result)
        digest = self.keep_page(result.picture) if shown and result.picture is not None else None
        return replace(
            result,
            forms=tuple(self._keep_form(form) for form in result.forms),
            picture=None,
            evidence=digest or result.evidence,
        )

    def _keep_form(self, form: FormResult) -> FormResult:
        return replace(form, fields=tuple(self._keep_field(field) for field in form.fields))

    def _keep_field(self, field: FieldResult) -> FieldResult:
        if field.picture is None:
            return field
        return replace(field, picture=None, evidence=self.keep_picture(field.picture))

    def _keep_bytes(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        place = self._place(_PICTURES, digest)
        if not place.exists():
            _write(place, lambda temporary: temporary.write_bytes(data))
        return digest

    def _place(self, kind: str, sha256: str) -> Path:
        return self._folder / kind / sha256[:2] / sha256


def _needs_person(result: PageResult) -> bool:
    if result.kind is PageKind.UNKNOWN:
        return True
    decisions = {field.verdict.decision for form in result.forms for field in form.fields}
    return Decision.REVIEW in decisions


def _encoded(suffix: str, image: Grey, options: tuple[int, int]) -> bytes:
    done, data = cv2.imencode(suffix, image, options)
    assert done
    return data.tobytes()


def _write(place: Path, fill: Callable[[Path], object]) -> None:
    """Fills a new file beside `place` and moves it there, so that it is whole or absent."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".new-")
        os.close(handle)
        temporary = Path(name)
        try:
            fill(temporary)
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as fault:
        raise StoreError(
            f"{place}: cannot be written ({fault.strerror}). Check that the disk has room and "
            "that you may write there; then run again."
        ) from fault


def _copy(source: Path, target: Path, sha256: str) -> None:
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while block := reader.read(1 << 20):
            digest.update(block)
            writer.write(block)
        writer.flush()
        os.fsync(writer.fileno())
    if digest.hexdigest() != sha256:
        raise StoreError(f"{source}: changed while it was read. Run again once it is whole.")
