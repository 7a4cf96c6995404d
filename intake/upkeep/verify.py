"""The ledger counted again, from the evidence: every original opened, every picture looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from intake.evidence import ORIGINALS, PICTURES
from intake.scan import Refused, open_scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.evidence import Evidence
    from intake.settings import Limits
    from intake.store import Store
    from intake.store.counting import KeptFile

WITH_FORMS = "forms"
READ, READING = "read", "reading"


@dataclass(slots=True)
class Recount:
    """What was counted again.

    Attributes:
        files: read ones, refused ones and such as are being read.
        pages: of those that were read.
        forms: found on them.
        pictures: crops and pages that are named.
        unfinished: names of files that were begun and not finished.
        spare: pictures and originals that nothing names; a killed run leaves some.
        faults: a sentence for each thing that is not as it was counted.
    """

    files: int = 0
    pages: int = 0
    forms: int = 0
    pictures: int = 0
    unfinished: list[str] = field(default_factory=list)
    spare: int = 0
    faults: list[str] = field(default_factory=list)


def recount(store: Store, evidence: Evidence, limits: Limits) -> Recount:
    """Counts a workspace again and holds it against its ledger."""
    counted = Recount()
    originals = set()
    for file in store.custody.files():
        originals.add(file.original)
        _add(counted, file)
        counted.faults += (f"{file.name}: {fault}" for fault in _faults(file, evidence, limits))
    pictures = store.custody.named(PICTURES)
    counted.pictures = len(pictures)
    counted.faults += filter(None, (evidence.fault(PICTURES, one) for one in sorted(pictures)))
    counted.spare = len(set(evidence.digests(PICTURES)) - pictures)
    counted.spare += len(set(evidence.digests(ORIGINALS)) - originals)
    counted.faults += store.custody.disagreements()
    counted.faults += _differences(store, counted)
    return counted


def _add(counted: Recount, file: KeptFile) -> None:
    if file.state == READING:
        counted.unfinished.append(file.name)
    else:
        counted.files += 1
    counted.pages += len(file.pages)
    counted.forms += sum(page.forms for page in file.pages)


def _faults(file: KeptFile, evidence: Evidence, limits: Limits) -> Iterator[str]:
    for page in file.pages:
        if (page.kind == WITH_FORMS) != bool(page.forms):
            yield f"page {page.number} is counted as {page.kind} and has {page.forms} forms."
    if file.state != READ or file.original is None:
        return
    if [page.number for page in file.pages] != list(range(1, (file.count or 0) + 1)):
        yield f"{file.count} pages were read and {len(file.pages)} are counted."
    fault = evidence.fault(ORIGINALS, file.original)
    found = None if fault else _pages_in(file.original, evidence, limits)
    if fault:
        yield fault
    elif found != file.count:
        yield f"{file.count} pages were read and {found} are in the file that was kept."


def _pages_in(original: str, evidence: Evidence, limits: Limits) -> int | None:
    place = evidence.original(original)
    assert place is not None
    try:
        with open_scan(place, limits) as scan:
            return scan.page_count
    except Refused:
        return None


def _differences(store: Store, counted: Recount) -> Iterator[str]:
    totals = store.totals()
    if not totals.balanced:
        yield "The sums of the ledger do not hold."
    for what in ("files", "pages", "forms"):
        said, there = getattr(totals, what), getattr(counted, what)
        if said != there:
            yield f"The ledger says {said} {what}, {there} are there."
