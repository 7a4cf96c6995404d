"""An open scan: counts its pages and decodes them one at a time, within limits."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from intake.errors import IntakeError
from intake.records import Page, Reason
from intake.scan.files import open_regular
from intake.scan.formats import Source, open_source
from intake.scan.refusals import Refused, refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from intake.settings import Limits


class Scan:
    """An open scan.

    Attributes:
        page_count: pages in the file.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.page_count = source.page_count

    def page(self, number: int) -> Page:
        """Page `number`, from 1.

        Raises:
            Refused: with that page in its refusal.
            MissingProgram: a program that this page needs is not installed.
        """
        try:
            return self._source.page(number)
        except Refused as fault:
            raise Refused(replace(fault.refusal, page=number)) from None
        except MemoryError:
            raise refused(Reason.TOO_LARGE, page=number) from None
        except IntakeError:
            raise
        except Exception:  # noqa: BLE001 - damaged data makes decoders raise anything
            raise refused(Reason.CORRUPT, page=number) from None


@contextmanager
def open_scan(path: Path, limits: Limits) -> Iterator[Scan]:
    """Opens `path` by its content: PDF, TIFF, JPEG, PNG or BMP.

    Raises:
        Refused: not a scan, damaged, or beyond the limits.
    """
    with open_regular(path, limits) as file:
        try:
            scan = Scan(open_source(file, path, limits))
        except Refused:
            raise
        except Exception:  # noqa: BLE001 - damaged data makes decoders raise anything
            raise refused(Reason.CORRUPT) from None
        if scan.page_count > limits.pages:
            raise refused(Reason.TOO_MANY_PAGES)
        if scan.page_count < 1:
            raise refused(Reason.CORRUPT)
        yield scan
