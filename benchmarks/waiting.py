"""Queues of any length: forms whose readings wait, with pictures, and what is written on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake.records import (
    Candidate,
    Decision,
    FieldResult,
    FormResult,
    Kind,
    PageKind,
    PageResult,
    Reading,
    Reason,
    ScanFile,
    Verdict,
)
from intake.store import forms, ledger
from intake.store.opening import open_database

if TYPE_CHECKING:
    from pathlib import Path

    from intake.evidence import Evidence
    from intake.records import Grey
    from intake.store import Target

CELLS, DECIMALS, PX = 8, 3, 12
BOX_MM, AROUND_MM = (64.0, 8.0), 2.0
READINGS = 5
"""Readings on a form."""
PICTURES = 24
"""Different pictures; each stands in many fields."""
CASES = ("right", "second", "typed", "blank", "unreadable")
SHARES = (0.70, 0.12, 0.10, 0.05, 0.03)
"""How often the first candidate, the second, none is right; nothing, nothing legible is written."""
OBJECTED = 0.15
"""Share of the values to which the registry objects."""


def fill(
    path: Path, count: int, evidence: Evidence, rng: np.random.Generator
) -> dict[int, str | None]:
    """Adds forms until `count` fields wait; returns what is written in each.

    Returns:
        By field: the digits, "" for an empty field, None for one that nobody can read.
    """
    values = ["".join(map(str, rng.integers(0, 10, CELLS))) for _ in range(PICTURES)]
    pictures = [_kept(evidence, value) for value in values]
    page = evidence.keep(PageResult(1, PageKind.UNKNOWN, picture=_page_picture())).evidence
    truths: list[str | None] = []
    database = open_database(path)
    with database.writing() as connection:
        batch = ledger.add_batch(connection, "benchmark", "default")
        for number in range(-(-count // READINGS)):
            file = ledger.begin_file(connection, batch, _scan(number), reread=False).id
            drawn = rng.integers(0, PICTURES, READINGS)
            made = [_field(place, values[at], pictures[at], rng) for place, at in enumerate(drawn)]
            truths += [truth for _, truth in made]
            form = _form(number, tuple(field for field, _ in made))
            forms.save_form(connection, file, 1, form)
            result = PageResult(1, PageKind.FORMS, (form,), evidence=page)
            ledger.seal_page(connection, file, result)
    database.close()
    return dict(enumerate(truths, start=1))


def fill_shared(target: Target, count: int) -> list[int]:
    """Adds `count` forms with one waiting reading each; returns those fields."""
    database = open_database(target)
    with database.writing() as connection:
        batch = ledger.add_batch(connection, "benchmark", "default")
        for number in range(count):
            file = ledger.begin_file(connection, batch, _scan(number), reread=False).id
            field = _reading(0, (Candidate("00000001", 0.8),), (Reason.LOW_CONFIDENCE,), None)
            forms.save_form(connection, file, 1, _form(number, (field,)))
    database.close()
    return list(range(1, count + 1))


def _scan(number: int) -> ScanFile:
    return ScanFile(f"{number}.pdf", f"/scans/{number}.pdf", f"{number:064x}", 1)


def _form(number: int, fields: tuple[FieldResult, ...]) -> FormResult:
    return FormResult(
        number=1,
        template="water-slip",
        version=1,
        account=f"{10_000_000 + number}",
        period=f"2026-{number % 3 + 9:02}",
        digest=f"{number:x}",
        to_page=np.diag([PX, PX, 1.0]),
        residual_mm=0.05,
        fields=fields,
    )


def _field(
    place: int, value: str, picture: str | None, rng: np.random.Generator
) -> tuple[FieldResult, str | None]:
    """A reading that waits for one of the `CASES`, and what is written there."""
    case = str(rng.choice(CASES, p=SHARES))
    other = f"{(int(value[1]) + 6) % 10}".join((value[:1], value[2:]))
    wrong = f"{(int(value[2]) + 3) % 10}".join((value[:2], value[3:]))
    best, second = {
        "right": (value, other),
        "second": (other, value),
        "typed": (other, wrong),
        "blank": (None, other),
        "unreadable": (other, wrong),
    }[case]
    candidates = (Candidate(best, 0.8), Candidate(second, 0.15))
    objected = rng.random() < OBJECTED
    reasons = (Reason.LOW_CONFIDENCE, *([Reason.IMPLAUSIBLE] if objected else []))
    truth = {"blank": "", "unreadable": None}.get(case, value)
    return _reading(place, candidates, reasons, picture), truth


def _reading(
    place: int, candidates: tuple[Candidate, ...], reasons: tuple[Reason, ...], picture: str | None
) -> FieldResult:
    name = f"place_{place}.reading"
    left, top = 50.0, 20.0 + 12 * place
    right, bottom = left + BOX_MM[0], top + BOX_MM[1]
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return FieldResult(
        name=name,
        kind=Kind.HANDWRITTEN,
        reading=Reading(name, candidates, doubtful_cells=(1,), engine="benchmark"),
        verdict=Verdict(Decision.REVIEW, None, reasons),
        box_px=tuple((x * PX, y * PX) for x, y in corners),
        cells=CELLS,
        decimals=DECIMALS,
        unit="m3",
        evidence=picture,
    )


def _kept(evidence: Evidence, value: str) -> str | None:
    """Keeps the picture of a comb with `value` in it; returns its digest."""
    form = _form(0, (replace(_reading(0, (), (), None), picture=_comb(value)),))
    kept = evidence.keep(PageResult(1, PageKind.FORMS, (form,)))
    return kept.forms[0].fields[0].evidence


def _comb(value: str) -> Grey:
    width, height = (round((edge + 2 * AROUND_MM) * PX) for edge in BOX_MM)
    picture = np.full((height, width), 235, np.uint8)
    edge, pitch = round(AROUND_MM * PX), BOX_MM[0] * PX / CELLS
    for index, digit in enumerate(value):
        left, right = round(edge + index * pitch), round(edge + (index + 1) * pitch)
        cv2.rectangle(picture, (left, edge), (right, height - edge), (190,), 2)
        at = (left + round(pitch * 0.25), height - edge - 20)
        cv2.putText(picture, digit, at, cv2.FONT_HERSHEY_SIMPLEX, 2.0, (40,), 4, cv2.LINE_AA)
    return picture


def _page_picture() -> Grey:
    """An A6 slip of 300 dpi, grey with a little noise, at the size that is kept of a page."""
    noise = np.random.default_rng(7).integers(225, 250, (620, 874), dtype=np.uint8)
    return cv2.blur(noise, (3, 3)).astype(np.uint8, copy=False)
