"""What a clerk may look at: the pictures that were kept, and pages that only their scan shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.errors import StoreError
from intake.sampling import Levels
from intake.scan import Refused, open_scan

if TYPE_CHECKING:
    from intake.evidence import Evidence
    from intake.records import Grey
    from intake.settings import Limits


@dataclass(frozen=True, slots=True)
class Archive:
    """The evidence of a workspace, as pictures.

    Attributes:
        evidence: where pictures and scans are kept.
        limits: beyond which no scan is opened.
    """

    evidence: Evidence
    limits: Limits

    def picture(self, name: str) -> Grey:
        """The picture that was kept under `name`.

        Raises:
            StoreError: it is gone or damaged.
        """
        return self.evidence.picture(name)

    def page(self, scan: str, number: int) -> Grey:
        """A page out of its scan, at the size in which pages are kept, `PAGE_SCALE`.

        Args:
            scan: sha256 of its bytes.
            number: of the page, from 1.

        Raises:
            StoreError: the scan is gone or damaged.
        """
        place = self.evidence.original(scan)
        if place is None:
            raise _lost(scan)
        try:
            with open_scan(place, self.limits, sketch=True) as opened:
                page = opened.page(number)
        except Refused as fault:
            raise _lost(scan) from fault
        return Levels(page.image, page.whole).level(1)


def _lost(scan: str) -> StoreError:
    return StoreError(
        "{scan}: the scan of this page is gone or damaged. Restore the evidence folder, or decide "
        "from the paper itself.",
        scan=scan,
    )
