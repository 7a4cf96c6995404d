"""Originals and pictures, kept as files that are named after their content."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

import cv2
import numpy as np

from intake.errors import StoreError
from intake.evidence.disk import put, told
from intake.evidence.png import png
from intake.evidence.strips import cut_out, file_of, painted_over, part_of, side_by_side
from intake.records import Decision, PageKind, read_only

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from intake.records import FormResult, Grey, PageResult

PAGE_SCALE = 0.5
"""Size of a kept page picture as a share of the page's; the original file has it in full."""

PICTURES, ORIGINALS = "pictures", "originals"
_PAGE_JPEG = (cv2.IMWRITE_JPEG_QUALITY, 70)
_BLOCK = 1 << 20

__all__ = ["ORIGINALS", "PAGE_SCALE", "PICTURES", "ChangedMeanwhile", "Evidence", "file_of"]


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
        return self._keep_bytes(png(image))

    def keep_page(self, image: Grey) -> str:
        """Keeps a page that is at `PAGE_SCALE` of its size already; returns its file's sha256.

        Raises:
            StoreError: it cannot be written.
        """
        return self._keep_bytes(_page_jpeg(image))

    def keep_file(self, source: BinaryIO, sha256: str) -> Path:
        """Keeps the bytes of a scan, on the disk before it returns, and returns where.

        Raises:
            ChangedMeanwhile: they are not those of the digest, or cannot be read any more.
            StoreError: they cannot be written.
        """
        place = self._place(ORIGINALS, sha256)
        if not place.exists():
            with told(place):
                put([(place, _checked(source, sha256))])
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
        with told(place):
            place.unlink(missing_ok=True)

    def picture(self, name: str) -> Grey:
        """The picture, or part of one, that was kept under `name`, H×W grey, read-only.

        Raises:
            StoreError: it is gone or damaged.
        """
        return read_only(cut_out(self._whole(file_of(name)), name))

    def keep_without(self, names: Sequence[str]) -> str:
        """Keeps a picture without some of its parts; returns the sha256 of its file.

        Args:
            names: of the parts, all of one picture, at least one.

        Raises:
            StoreError: the picture is gone or damaged, or the new one cannot be written.
        """
        return self.keep_picture(painted_over(self._whole(file_of(names[0])), names))

    def _whole(self, sha256: str) -> Grey:
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
        return np.asarray(image, np.uint8)

    def keep(self, result: PageResult) -> PageResult:
        """Keeps the pictures of a page and puts their names in their place.

        Every crop is kept as it is, those of a form in one file; the page itself, smaller, where
        a person will have to look at it.

        Raises:
            StoreError: they cannot be written.
        """
        page = result.picture if _needs_person(result) else None
        strips = [_Strip(form) for form in result.forms]
        digests = self._keep_all(
            [None if page is None else _page_jpeg(page), *(strip.data for strip in strips)]
        )
        evidence = digests[0] or result.evidence
        forms = tuple(map(_Strip.named, strips, digests[1:]))
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
        with told(self._folder):
            put([(place, iter([data])) for place, data in places.items() if not place.exists()])
        return digests

    def _place(self, kind: str, sha256: str) -> Path:
        return self._folder / kind / sha256[:2] / sha256


class _Strip:
    """The crops of a form as one picture.

    Attributes:
        data: of its file; None for a form without crops.
    """

    def __init__(self, form: FormResult) -> None:
        self._form = form
        crops = [field.picture for field in form.fields if field.picture is not None]
        large, self._windows = side_by_side(crops) if crops else (None, [])
        self.data = None if large is None else png(large)

    def named(self, digest: str | None) -> FormResult:
        """The form, with the name of each crop in its place."""
        windows = iter(self._windows)
        fields = tuple(
            field
            if field.picture is None or digest is None
            else replace(field, picture=None, evidence=part_of(digest, next(windows)))
            for field in self._form.fields
        )
        return replace(self._form, fields=fields)


def _needs_person(result: PageResult) -> bool:
    if result.kind is PageKind.UNKNOWN or any(form.refusal for form in result.forms):
        return True
    decisions = {field.verdict.decision for form in result.forms for field in form.fields}
    return Decision.REVIEW in decisions


def _page_jpeg(image: Grey) -> bytes:
    done, data = cv2.imencode(".jpg", image, _PAGE_JPEG)
    assert done
    return data.tobytes()


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
