"""Makers of records for tests of keeping and handing over: forms as the pipeline gives them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

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
    ReadingRecord,
    Reason,
    ScanFile,
    Verdict,
)

if TYPE_CHECKING:
    from intake.store import Store

ACCEPTED, REVIEW, BLANK, REFUSED = Decision
RECORD = ReadingRecord(
    id="a",
    version=1,
    organisation="demo",
    account="1",
    meter="2",
    register="main",
    period="2026-11",
    value="1.500",
    unit="m3",
    date="2026-11-27",
    channel="paper",
    verification="person",
    confidence=1.0,
    evidence=None,
)
"""A reading as it arrives at the engine; tests change what they are about."""


def scan(name: str = "a.pdf", content: str | None = None) -> ScanFile:
    data = (content or name).encode()
    return ScanFile(name, f"/scans/{name}", hashlib.sha256(data).hexdigest(), len(data))


def field(
    name: str,
    value: str | None,
    decision: Decision = ACCEPTED,
    *,
    reasons: tuple[Reason, ...] = (),
    kind: Kind = Kind.HANDWRITTEN,
    cells: int = 8,
    share: float = 0.99,
) -> FieldResult:
    shown = value if decision is ACCEPTED else None
    reading = Reading(name, (Candidate(value, share),), engine="test/1")
    is_reading = name.endswith(".reading")
    return FieldResult(
        name=name,
        kind=kind,
        reading=reading,
        verdict=Verdict(decision, shown, reasons),
        box_px=((0.0, 0.0), (1.5, 0.0), (1.5, 1.0), (0.0, 1.0)),
        cells=cells,
        decimals=3 if is_reading else 0,
        unit="m3" if is_reading else None,
        evidence="e" * 64,
        format="date" if name == "date" else None,
    )


def slip(
    number: int = 1,
    account: str | None = "10000001",
    *,
    meter: str = "20000001",
    meter_decision: Decision = ACCEPTED,
    reading: str | None = "00123456",
    decision: Decision = ACCEPTED,
    reasons: tuple[Reason, ...] = (),
    period: str | None = "2026-11",
    digest: str = "d1",
    template: str = "water-slip",
    specimen: bool = False,
    account_decision: Decision = ACCEPTED,
    day: Decision = ACCEPTED,
    code: Decision = ACCEPTED,
    share: float = 0.99,
) -> FormResult:
    return FormResult(
        number=number,
        template=template,
        version=1,
        account=account,
        period=period,
        digest=digest,
        to_page=np.eye(3),
        residual_mm=0.05,
        specimen=specimen,
        fields=(
            field("code", None, code, kind=Kind.BARCODE, cells=0),
            field("account", account, account_decision, kind=Kind.PRINTED, cells=0),
            field("cold.meter", meter, meter_decision, kind=Kind.PRINTED, cells=0),
            field("cold.reading", reading, decision, reasons=reasons, share=share),
            field("cold.replaced", None, BLANK, kind=Kind.MARK, cells=0),
            field("date", "2026-11-27", day),
        ),
    )


def page(number: int = 1, *forms: FormResult, kind: PageKind | None = None) -> PageResult:
    return PageResult(number, kind or (PageKind.FORMS if forms else PageKind.BLANK), forms)


def save(
    store: Store, *forms: FormResult, name: str = "a.pdf", organisation: str = "default"
) -> int:
    """Saves a file of one page with these forms on it; returns the file's id."""
    file = store.begin_file(store.begin_batch("test", organisation), scan(name)).id
    store.save_pages(file, [page(1, *forms)], ends=1)
    return file


def waiting_slips(count: int) -> list[FormResult]:
    """Slips of as many accounts whose readings wait for a person."""
    return [
        slip(n, f"1{n}", meter=f"2{n}", decision=REVIEW, digest=str(n)) for n in range(1, count + 1)
    ]
