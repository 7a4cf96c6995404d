"""Originals and pictures, kept as files that are named after their content."""

from __future__ import annotations

import hashlib
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import cv2
import numpy as np

from intake.errors import StoreError
from intake.records import Decision, PageKind, read_only

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from intake.records import FormResult, Grey, PageResult

PAGE_SCALE = 0.5
"""Size of a kept page picture as a share of the page's; the original file has it in full."""

PICTURES, ORIGINALS = "pictures", "originals"
_FAST_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 1)
_CROP_JPEG = (cv2.IMWRITE_JPEG_QUALITY, 95)
"""Nothing an eye could miss, in a ninth of the time of a PNG; the original has every pixel."""

_PAGE_JPEG = (cv2.IMWRITE_JPEG_QUALITY, 70)
_BLOCK = 1 << 20
_AT_ONCE = 16
"""Files put on the disk together: it commits them together, ten times as fast as in turn."""


class ChangedMeanwhile(StoreError):  # noqa: N818 - says what happened, not that it is an error
    """A scan is not any more what it was when it was found."""


class Evidence:
    """The evidence folder of a workspace."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep_picture(self, image: Grey) -> str:
        """Keeps an H×W grey picture as it is; returns the sha256 of its file.

        Raises:
            StoreError: it cannot be written.
        """
        return self._keep_bytes(_png(image))

    def keep_page(self, image: Grey) -> str:
        """Keeps a page at `PAGE_SCALE` of its size; returns the sha256 of its file.

        Raises:
            StoreError: it cannot be written.
        """
        return self._keep_bytes(_page_jpeg(image))

    def keep_small(self, image: Grey) -> str:
        """Keeps a page's picture that has its small size already; returns its file's sha256.

        Raises:
            StoreError: it cannot be written.
        """
        return self._keep_bytes(_encoded(".jpg", image, _PAGE_JPEG))

    def keep_file(self, source: BinaryIO, sha256: str) -> Path:
        """Keeps the bytes of a scan, on the disk before it returns, and returns where.

        Raises:
            ChangedMeanwhile: they are not those of the digest, or cannot be read any more.
            StoreError: they cannot be written.
        """
        place = self._place(ORIGINALS, sha256)
        if not place.exists():
            with _told(place):
                _put([(place, _checked(source, sha256))])
        return place

    def original(self, sha256: str) -> Path | None:
        """Where the bytes of a scan are kept; None where they are not."""
        place = self._place(ORIGINALS, sha256)
        return place if place.is_file() else None

    def digests(self, kind: str) -> Iterator[str]:
        """Digests of everything kept of a kind, `PICTURES` or `ORIGINALS`."""
        return (path.name for path in (self._folder / kind).glob("??/*") if len(path.name) == 64)

    def fault(self, kind: str, sha256: str) -> str | None:
        """What is wrong with something that is kept; None where it is as it was."""
        place = self._place(kind, sha256)
        try:
            with place.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as fault:
            return f"{place}: is gone ({fault.strerror}). Restore the evidence folder."
        if found != sha256:
            return f"{place}: was changed or damaged. Restore the evidence folder."
        return None

    def drop(self, kind: str, sha256: str) -> None:
        """Removes something that is kept; nothing where it is gone already.

        Raises:
            StoreError: it cannot be removed.
        """
        place = self._place(kind, sha256)
        with _told(place):
            place.unlink(missing_ok=True)

    def picture(self, sha256: str) -> Grey:
        """The picture with that digest, H×W grey, read-only.

        Raises:
            StoreError: it is gone or damaged.
        """
        place = self._place(PICTURES, sha256)
        try:
            data = place.read_bytes()
        except OSError as fault:
            raise StoreError(
                "{place}: the picture is gone ({why}). Restore the evidence folder, or decide from "
                "the paper itself.",
                place=place,
                why=fault.strerror,
            ) from fault
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StoreError(
                "{place}: the picture was changed or damaged. Restore the evidence folder, or "
                "decide from the paper itself.",
                place=place,
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
        page = _page_jpeg(result.picture) if _shown(result) else None
        crops = [
            None if field.picture is None else _encoded(".jpg", field.picture, _CROP_JPEG)
            for form in result.forms
            for field in form.fields
        ]
        digests = iter(self._keep_all([page, *crops]))
        evidence = next(digests) or result.evidence
        forms = tuple(_with_digests(form, digests) for form in result.forms)
        return replace(result, forms=forms, picture=None, evidence=evidence)

    def _keep_bytes(self, data: bytes) -> str:
        (digest,) = self._keep_all([data])
        assert digest is not None
        return digest

    def _keep_all(self, pictures: list[bytes | None]) -> list[str | None]:
        """Keeps pictures together; returns their digests, None in the place of None."""
        digests = [None if data is None else hashlib.sha256(data).hexdigest() for data in pictures]
        places = {
            self._place(PICTURES, digest): data
            for digest, data in zip(digests, pictures, strict=True)
            if digest is not None and data is not None
        }
        with _told(self._folder):
            _put([(place, iter([data])) for place, data in places.items() if not place.exists()])
        return digests

    def _place(self, kind: str, sha256: str) -> Path:
        return self._folder / kind / sha256[:2] / sha256


def _shown(result: PageResult) -> bool:
    return result.picture is not None and _needs_person(result)


def _with_digests(form: FormResult, digests: Iterator[str | None]) -> FormResult:
    fields = tuple(
        replace(field, picture=None, evidence=next(digests) or field.evidence)
        for field in form.fields
    )
    return replace(form, fields=fields)


def _needs_person(result: PageResult) -> bool:
    if result.kind is PageKind.UNKNOWN:
        return True
    decisions = {field.verdict.decision for form in result.forms for field in form.fields}
    return Decision.REVIEW in decisions


def _png(image: Grey) -> bytes:
    return _encoded(".png", image, _FAST_PNG)


def _page_jpeg(image: Grey | None) -> bytes:
    assert image is not None
    small = cv2.resize(image, None, fx=PAGE_SCALE, fy=PAGE_SCALE, interpolation=cv2.INTER_AREA)
    return _encoded(".jpg", np.asarray(small, np.uint8), _PAGE_JPEG)


def _encoded(suffix: str, image: Grey, options: tuple[int, int]) -> bytes:
    done, data = cv2.imencode(suffix, image, options)
    assert done
    return data.tobytes()


def _put(files: list[tuple[Path, Iterator[bytes]]]) -> None:
    """Puts files on the disk, each whole or absent: beside their places first, then there."""
    made: dict[Path, Path] = {}
    try:
        for place, blocks in files:
            place.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=place.parent, prefix=".new-")
            made[Path(name)] = place
            with os.fdopen(handle, "wb") as writer:
                writer.writelines(blocks)
        _flush(made)
        for temporary, place in made.items():
            temporary.replace(place)
        _flush({place.parent: place for place in made.values()})
    finally:
        for temporary in made:
            temporary.unlink(missing_ok=True)


def _flush(paths: Mapping[Path, object]) -> None:
    if len(paths) < 2:
        list(map(sync, paths))
        return
    list(_flushers(os.getpid()).map(sync, paths))


@cache
def _flushers(_process: int) -> ThreadPoolExecutor:
    """The threads of this process that wait for the disk: starting some costs more than a flush."""
    return ThreadPoolExecutor(_AT_ONCE)


def sync(path: Path) -> None:
    """Puts a file, or the names in a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise StoreError(
            f"{place}: cannot be written ({fault.strerror}). Check that the disk has room and "
            "that you may write there; then run again."
        ) from fault


def _checked(source: BinaryIO, sha256: str) -> Iterator[bytes]:
    """The blocks of a scan, and an exception at the end where they are not those expected."""
    digest = hashlib.sha256()
    try:
        while block := source.read(_BLOCK):
            digest.update(block)
            yield block
    except OSError as fault:
        raise ChangedMeanwhile(f"The scan went away while it was copied: {fault}") from fault
    if digest.hexdigest() != sha256:
        raise ChangedMeanwhile("The scan changed while it was copied. Run again once it is whole.")
