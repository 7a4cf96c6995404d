"""What lies on the glass: scans, pages, forms and the pictures cut from them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from intake.records.words import Reason


Grey = NDArray[np.uint8]
Points = NDArray[np.float64]
Matrix = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""


def read_only(image: Grey) -> Grey:
    """Returns `image` as contiguous 8-bit grey that nobody can write to."""
    frozen = np.ascontiguousarray(image, dtype=np.uint8)
    if frozen is image:
        frozen = frozen.view()
    frozen.setflags(write=False)
    return frozen


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file from the scanner, known by its content.

    Attributes:
        name: path below the folder that was handed in, `/` between parts; the bare file name
            where a file was handed in.
        path: where it was found, absolute.
        sha256: hexadecimal digest of its bytes; None where they could not be read.
        size: bytes; None where they could not be read.
        modified: when it was written, seconds since 1970; None where unknown.
    """

    name: str
    path: str
    sha256: str | None
    size: int | None
    modified: float | None = None

    @property
    def scanner(self) -> str:
        """What made it: the folder that a scanner drops its files into."""
        return PurePath(self.path).parent.name

    @property
    def hour(self) -> str:
        """When it was written, `YYYY-MM-DD HH` UTC; empty where unknown."""
        if self.modified is None:
            return ""
        return datetime.fromtimestamp(self.modified, UTC).strftime("%Y-%m-%d %H")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file, page or form was not read, and what to do next.

    Attributes:
        reason: the stable code.
        advice: one sentence for people that names the next action.
        page: the page it concerns, from 1; None where it concerns the whole file.
    """

    reason: Reason
    advice: str
    page: int | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Page:
    """One side of a scan.

    Attributes:
        number: counts from 1 in its file.
        image: H×W grey, as stored in the file; with its edges halved where `whole` can be asked.
        dpi: dots per inch as the file states them; None where missing or absurd.
        whole: decodes the page as stored; None where `image` is that.
    """

    number: int
    image: Grey
    dpi: float | None = None
    whole: Callable[[], Grey] | None = None

    def __post_init__(self) -> None:
        """Checks the shape once, so that no stage has to."""
        if self.image.ndim != 2 or self.image.dtype != np.uint8:
            raise ValueError(f"a page is H×W uint8, not {self.image.shape} {self.image.dtype}")


@dataclass(frozen=True, slots=True)
class FormCode:
    """What the code on a form says.

    Attributes:
        template: template id.
        version: template version.
        account: account number; None on a specimen.
        period: billing month `YYYY-MM`; None on a specimen.
    """

    template: str
    version: int
    account: str | None = None
    period: str | None = None

    @property
    def is_specimen(self) -> bool:
        """Whether the form belongs to nobody: printed without a registry."""
        return self.account is None

    def text(self) -> str:
        """What is printed in the code, such as `water-slip/1/10002345/2026-11`."""
        owner = "specimen" if self.is_specimen else f"{self.account}/{self.period}"
        return f"{self.template}/{self.version}/{owner}"

    @classmethod
    def parse(cls, text: str) -> FormCode | None:
        """The code that `text` was printed from; None for a text that is no form's code."""
        found = _CODE.fullmatch(text)
        if found is None:
            return None
        template, version, account, period = found.groups()
        return cls(template, int(version), account, period)


_CODE = re.compile(
    r"([a-z0-9][a-z0-9-]*)/([1-9][0-9]{0,4})/"
    r"(?:specimen|([0-9A-Za-z-]{1,20})/([0-9]{4}-(?:0[1-9]|1[0-2])))"
)


@dataclass(frozen=True, eq=False, slots=True)
class FieldPlace:
    """Where one field's printed box was found.

    Attributes:
        to_page: 3×3 homography of the form, refined on the field's own printed box.
        moved_mm: how far that box lies from where the form's transform puts it; None where
            its lines were not found and the form's transform stands.
        boxed: whether a box of its own is printed around it; a field without one is moved as
            the boxes near it were.
    """

    to_page: Matrix
    moved_mm: float | None
    boxed: bool = True

    @property
    def was_found(self) -> bool:
        """Whether a box of its own was found."""
        return self.moved_mm is not None


@dataclass(frozen=True, eq=False, slots=True)
class AlignedForm:
    """A form found on a page.

    Attributes:
        template: template id.
        version: template version.
        to_page: 3×3 homography, millimetres on the form → pixels of the page as stored.
        residual_mm: root mean square distance at check points the transform was not fitted
            to; infinite where there were none to check.
        places: by field name, where each was found.
        refusal: why nothing may be read from it; None for a form that fits.
    """

    template: str
    version: int
    to_page: Matrix
    residual_mm: float
    places: Mapping[str, FieldPlace] = field(default_factory=dict)
    refusal: Refusal | None = None

    @property
    def lost(self) -> frozenset[str]:
        """Fields whose printed box was not found although most of the form's others were.

        Where most are missing the scan has dropped the light outlines, and none counts as lost.
        """
        boxed = {name: place for name, place in self.places.items() if place.boxed}
        missing = frozenset(name for name, place in boxed.items() if not place.was_found)
        return missing if 2 * len(missing) <= len(boxed) else frozenset()

    def place(self, name: str) -> FieldPlace:
        """Where the field called `name` lies; by the form's transform if not looked for."""
        return self.places.get(name, FieldPlace(self.to_page, None))


@dataclass(frozen=True, eq=False, slots=True)
class Crop:
    """One field, cut out of its page and turned upright.

    Attributes:
        field: name of the field in its template.
        image: h×w grey, the field's box with a margin around it.
        px_per_mm: scale of `image` and `cells`.
        box_in_image: the printed box inside `image`, pixels: left, top, width, height.
        box_px: 4×2, corners of the printed box in pixels of the page as stored.
        cells: one picture per cell of a comb, left to right: the printed cell with
            `CELL_MARGIN` of its size added on each side. Empty for fields without cells.
    """

    field: str
    image: Grey
    px_per_mm: float
    box_in_image: Box
    box_px: Points
    cells: tuple[Grey, ...] = ()


CELL_MARGIN = 0.15
"""Share of a cell's width and height that its picture shows beyond each printed edge."""
