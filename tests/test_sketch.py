"""Pages decoded at half their size: what they show, and how the rest of them is asked for."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from intake.forms import Slip, form_picture
from intake.pipeline import ReadingDesk, read_page, set_desk
from intake.recognise import Reader
from intake.records import Account, Candidate, Crop, Decision, Kind, Page, Reading, Reason
from intake.registry import EmptyRegistry
from intake.sampling import Levels, halved
from intake.scan import Refused, open_scan
from intake.settings import Limits, Settings
from intake.template import Template, TemplateSet

DPI, PX_PER_MM = 300, 300 / 25.4


@pytest.fixture(scope="module")
def desk(templates: TemplateSet) -> ReadingDesk:
    settings = Settings(max_error=0.01, thin_data="provisional")
    return set_desk(settings, templates, EmptyRegistry())


@pytest.fixture(scope="module")
def printed(water_slip: Template) -> np.ndarray:
    slip = Slip(Account("10003201", "Brīvības iela 1–2, Rīga"), "2026-11", ())
    page = np.full((3508, 2480), 250, np.uint8)
    picture = form_picture(water_slip, slip, PX_PER_MM)
    height, width = picture.shape
    page[300 : 300 + height, 200 : 200 + width] = picture
    return page


def stored(folder: Path, image: np.ndarray, kind: str, dpi: int = DPI) -> Path:
    path = folder / f"scan.{kind}"
    Image.fromarray(image).save(path, dpi=(dpi, dpi), resolution=dpi)
    return path


@pytest.mark.parametrize("kind", ["jpg", "pdf"])
def test_a_sketch_is_half_the_page_and_the_whole_can_be_asked_for(
    tmp_path: Path, printed: np.ndarray, kind: str
) -> None:
    path = stored(tmp_path, printed, kind)
    with open_scan(path, Limits()) as scan:
        whole = scan.page(1)
    with open_scan(path, Limits(), sketch=True) as scan:
        page = scan.page(1)
        assert page.whole is not None
        assert np.array_equal(page.whole(), whole.image)
    assert page.dpi == whole.dpi == pytest.approx(DPI)
    height, width = (edge // 2 for edge in whole.image.shape)
    apart = page.image[:height, :width].astype(int) - halved(whole.image)
    assert np.abs(apart).mean() < 2


@pytest.mark.parametrize(
    ("kind", "dpi", "height"),
    [("jpg", 200, 3508), ("jpg", 900, 3508), ("jpg", DPI, 2600), ("png", DPI, 3508)],
)
def test_what_half_would_not_show_or_not_save_comes_whole(
    tmp_path: Path, printed: np.ndarray, kind: str, dpi: int, height: int
) -> None:
    printed = printed[:height]
    with open_scan(stored(tmp_path, printed, kind, dpi), Limits(), sketch=True) as scan:
        page = scan.page(1)
    assert page.whole is None
    assert page.image.shape == printed.shape


def test_levels_of_a_sketch_ask_for_the_whole_once_and_only_when_needed() -> None:
    image = np.arange(48, dtype=np.uint8).reshape(6, 8)
    asked = []

    def whole() -> np.ndarray:
        asked.append(1)
        return image

    levels = Levels(halved(image), whole)
    assert np.array_equal(levels.level(2), halved(halved(image)))
    assert levels.halvings_to_fit(4) == Levels(image).halvings_to_fit(4)
    inverted = levels.inverted()
    assert np.array_equal(inverted.level(1), 255 - halved(image))
    assert asked == []
    assert np.array_equal(inverted.image, 255 - image)
    assert np.array_equal(levels.image, image)
    assert asked == [1]


def answers(desk: ReadingDesk, page: Page) -> dict[str, tuple[str | None, Decision]]:
    (form,) = read_page(page, "0" * 64, desk).forms
    return {field.name: (field.reading.value, field.verdict.decision) for field in form.fields}


def test_a_sketch_reads_as_the_whole_page_does(desk: ReadingDesk, printed: np.ndarray) -> None:
    sketch = answers(desk, Page(1, halved(printed), DPI, _never_asked))
    assert sketch == answers(desk, Page(1, printed, DPI))
    assert sketch["account"] == ("10003201", Decision.ACCEPTED)


def _never_asked() -> np.ndarray:
    raise AssertionError("the whole page was asked for")


class Blind:
    """Reads nothing."""

    def read(self, crops: list[object]) -> list[Reading]:
        return [Reading(crop.field, ()) for crop in crops]


def test_what_is_unclear_at_a_glance_is_read_from_the_whole_page(
    desk: ReadingDesk, printed: np.ndarray
) -> None:
    page = Page(1, halved(printed), DPI, lambda: printed)
    blinder = replace(desk, glances={**desk.glances, Kind.PRINTED: Blind(), Kind.BARCODE: Blind()})
    assert answers(blinder, page) == answers(desk, page)
    (form,) = read_page(page, "0" * 64, blinder).forms
    pictures = {field.name: field.picture for field in form.fields}
    (seen,) = read_page(page, "0" * 64, desk).forms
    glanced = {field.name: field.picture for field in seen.fields}
    assert pictures["account"].shape[0] == 2 * glanced["account"].shape[0]
    assert np.array_equal(pictures["date"], glanced["date"])


class Unsure:
    """Reads as another reader does, but for the account."""

    def __init__(self, other: Reader, account: str) -> None:
        self.other, self.account = other, Candidate(account, 0.6)

    def read(self, crops: Sequence[Crop]) -> list[Reading]:
        return [
            replace(reading, candidates=(self.account,)) if reading.field == "account" else reading
            for reading in self.other.read(crops)
        ]


@pytest.mark.parametrize(("account", "asked"), [("10003201", 0), ("10003207", 1)])
def test_a_number_is_looked_at_again_unless_it_is_what_the_code_says(
    desk: ReadingDesk, printed: np.ndarray, account: str, asked: int
) -> None:
    wholes = []

    def whole() -> np.ndarray:
        wholes.append(1)
        return printed

    unsure = Unsure(desk.glances[Kind.PRINTED], account)
    glancing = replace(desk, glances={**desk.glances, Kind.PRINTED: unsure})
    seen = answers(glancing, Page(1, halved(printed), DPI, whole))
    assert seen["account"] == ("10003201", Decision.ACCEPTED)
    assert len(wholes) == asked


def test_damage_shows_in_a_sketch_too(tmp_path: Path, printed: np.ndarray) -> None:
    file = io.BytesIO()
    Image.fromarray(printed).save(file, "JPEG", dpi=(DPI, DPI))
    data = bytearray(file.getvalue())
    data[len(data) // 2 : len(data) // 2 + 400] = bytes(400)
    path = tmp_path / "torn.jpg"
    path.write_bytes(data)
    for sketch in (False, True):
        with open_scan(path, Limits(), sketch=sketch) as scan, pytest.raises(Refused) as told:
            scan.page(1)
        assert told.value.refusal.reason is Reason.CORRUPT
