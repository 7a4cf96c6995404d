"""Printed forms, measured on the rendered PDF: marks, code, boxes and texts where promised."""

from __future__ import annotations

import string
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from intake import geometry
from intake.errors import UsageError
from intake.forms import Slip, form_picture, print_forms, slips
from intake.records import Account, Box, FormCode, Grey, Kind, Meter
from intake.registry import EmptyRegistry
from intake.template import Template, load_template

TEMPLATES = Path(__file__).parent.parent / "templates"
PX_PER_MM = 12.0
ACCOUNT = Account("10002345", "Brīvības iela 12–34, Rīga")
METERS = (
    Meter("40012345", ACCOUNT.number, "cold", "cold_kitchen"),
    Meter("40012346", ACCOUNT.number, "hot", "hot_kitchen"),
)
SLIP = Slip(ACCOUNT, "2026-11", METERS)


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template(TEMPLATES / "water-slip.toml")


def rendered(pdf: Path, page: int = 0) -> Grey:
    with pypdfium2.PdfDocument(pdf) as document:
        bitmap = document[page].render(scale=PX_PER_MM * 25.4 / 72, grayscale=True)
        return np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)


def text_of(pdf: Path) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].get_textpage().get_text_range()


def part(image: Grey, box: Box) -> Grey:
    left, top, width, height = (round(edge * PX_PER_MM) for edge in box)
    return image[top : top + height, left : left + width]


def marks_on(image: Grey) -> dict[int, np.ndarray]:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    corners, ids, _ = cv2.aruco.ArucoDetector(dictionary).detectMarkers(image)
    found = zip(np.reshape(ids, -1), corners, strict=True)
    return {int(number): np.reshape(corner, (4, 2)) / PX_PER_MM for number, corner in found}


def test_a_slip_has_the_size_of_its_template(template: Template, tmp_path: Path) -> None:
    assert print_forms(template, [SLIP, SLIP], tmp_path / "out.pdf") == 2
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as document:
        size_mm = np.array(document[1].get_size()) * 25.4 / 72
        assert len(document) == 2
    assert size_mm == pytest.approx(template.page, abs=0.01)


def test_marks_stand_in_the_corners(template: Template, tmp_path: Path) -> None:
    print_forms(template, [SLIP], tmp_path / "out.pdf")
    found = marks_on(rendered(tmp_path / "out.pdf"))
    assert template.marks is not None
    assert sorted(found) == sorted(template.marks.ids)
    first = found[template.marks.ids[0]]
    inset, size = template.marks.inset, template.marks.size
    assert first == pytest.approx(geometry.corners((inset, inset, size, size)), abs=0.1)


@pytest.mark.parametrize("px_per_mm", [150 / 25.4, 300 / 25.4])
def test_the_code_reads_at_scanner_resolutions(
    template: Template, tmp_path: Path, px_per_mm: float
) -> None:
    print_forms(template, [SLIP], tmp_path / "out.pdf")
    image = cv2.resize(rendered(tmp_path / "out.pdf"), None, fx=px_per_mm / 12, fy=px_per_mm / 12)
    found = zxingcpp.read_barcodes(image)
    assert [FormCode.parse(code.text) for code in found] == [
        FormCode("water-slip", template.version, "10002345", "2026-11")
    ]


def test_boxes_are_outlined_where_the_template_says(template: Template, tmp_path: Path) -> None:
    print_forms(template, [SLIP], tmp_path / "out.pdf")
    image = rendered(tmp_path / "out.pdf")
    for field in template.field:
        if field.kind not in {Kind.HANDWRITTEN, Kind.MARK}:
            continue
        for left, top, width, height in geometry.cell_boxes(field.box, max(field.cells, 1)):
            edges = (
                part(image, (left - 0.05, top, 0.1, height)),
                part(image, (left + width - 0.05, top, 0.1, height)),
                part(image, (left, top - 0.05, width, 0.1)),
                part(image, (left, top + height - 0.05, width, 0.1)),
            )
            assert max(edge.mean() for edge in edges) < 190
            assert part(image, (left + 0.3, top + 0.3, width - 0.6, height - 0.6)).min() == 255


def test_numbers_stand_in_their_boxes(template: Template, tmp_path: Path) -> None:
    print_forms(template, [SLIP], tmp_path / "out.pdf")
    image, words = rendered(tmp_path / "out.pdf"), text_of(tmp_path / "out.pdf")
    assert "Brīvības iela 12–34, Rīga" in words
    assert "Ūdens skaitītāju rādījumi" in words
    for number in ("10002345", "40012345", "40012346"):
        assert number in words
    for field in template.field:
        if field.kind is Kind.PRINTED:
            rows = np.flatnonzero(part(image, field.box).min(axis=1) < 128)
            assert (rows.min() + rows.max()) / 2 / PX_PER_MM == pytest.approx(
                field.box[3] / 2, abs=0.6
            )


def test_a_specimen_belongs_to_nobody(template: Template, tmp_path: Path) -> None:
    assert print_forms(template, [], tmp_path / "out.pdf", locale="en") == 1
    image = rendered(tmp_path / "out.pdf")
    code = zxingcpp.read_barcodes(image)[0].text
    assert code == "water-slip/1/specimen"
    for field in template.field:
        if field.kind is Kind.PRINTED:
            assert part(image, field.box).min() == 255
    assert "Water meter readings" in text_of(tmp_path / "out.pdf")


def test_four_slips_fill_a_sheet(template: Template, tmp_path: Path) -> None:
    assert print_forms(template, [SLIP] * 6, tmp_path / "out.pdf", sheet="A4") == 6
    codes = [len(zxingcpp.read_barcodes(rendered(tmp_path / "out.pdf", page))) for page in (0, 1)]
    assert codes == [4, 2]


def test_a_picture_shows_what_is_printed(template: Template, tmp_path: Path) -> None:
    print_forms(template, [SLIP], tmp_path / "out.pdf")
    assert np.array_equal(form_picture(template, SLIP, PX_PER_MM), rendered(tmp_path / "out.pdf"))


def test_a_ruled_form_shows_its_grid() -> None:
    ruled = load_template(TEMPLATES.parent / "tests" / "templates" / "grid-600.toml")
    assert ruled.ruling is not None
    left, top, width, height = ruled.ruling.box
    image = form_picture(ruled, None, PX_PER_MM)
    middle = part(image, (left - 1, top + height / 2 / ruled.ruling.rows - 0.5, width + 2, 1.0))
    dark = middle.min(axis=0) < 128
    assert np.count_nonzero(dark[1:] & ~dark[:-1]) == ruled.ruling.columns + 1


def test_the_same_slip_makes_the_same_bytes(template: Template, tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        print_forms(template, [SLIP], tmp_path / name)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


@pytest.mark.parametrize(
    ("options", "advice"),
    [({"locale": "de"}, "en, lv"), ({"sheet": "A9"}, "A4"), ({"sheet": "A6"}, "A4")],
)
def test_what_cannot_be_printed_says_what_can(
    template: Template, tmp_path: Path, options: dict[str, str], advice: str
) -> None:
    with pytest.raises(UsageError, match=advice):
        print_forms(template, [], tmp_path / "out.pdf", **options)


def test_a_form_larger_than_the_sheet_is_refused(template: Template, tmp_path: Path) -> None:
    wide = msgspec.structs.replace(template, page=(500.0, 105.0))
    with pytest.raises(UsageError, match="larger than A4"):
        print_forms(wide, [], tmp_path / "out.pdf", sheet="A4")


def test_a_folder_that_is_not_there_is_named(template: Template, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        print_forms(template, [], tmp_path / "nowhere" / "out.pdf")


def test_meters_removed_or_without_a_place_get_no_slip(template: Template) -> None:
    removed = Meter("40012347", ACCOUNT.number, "cold", "cold_bath", removed="2026-10-01")
    elsewhere = Meter("50012347", ACCOUNT.number, "electricity", "supply")

    class OneAccount(EmptyRegistry):
        def accounts(self):  # noqa: ANN202
            return iter((ACCOUNT,))

        def meters(self, account: str) -> tuple[Meter, ...]:
            return (*METERS, removed, elsewhere)

    assert list(slips(template, OneAccount(), "2026-11")) == [SLIP]
    assert list(slips(template, EmptyRegistry(), "2026-11")) == []


numbers = st.text(string.digits, min_size=1, max_size=12)
codes = st.builds(
    FormCode,
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
    st.integers(1, 99999),
) | st.builds(
    FormCode,
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
    st.integers(1, 99999),
    numbers,
    st.builds("{:04d}-{:02d}".format, st.integers(1990, 2100), st.integers(1, 12)),
)


@given(codes)
def test_a_code_reads_back_as_printed(code: FormCode) -> None:
    assert FormCode.parse(code.text()) == code


@given(st.text(max_size=60))
def test_other_text_is_no_code_or_reads_back(text: str) -> None:
    code = FormCode.parse(text)
    assert code is None or code.text() == text


def test_a_form_of_somebody_else_is_printed_by_them(template: Template, tmp_path: Path) -> None:
    foreign = msgspec.structs.replace(template, print=(), texts={})
    with pytest.raises(UsageError, match="Print it from the file that it was made from"):
        print_forms(foreign, [SLIP], tmp_path / "out.pdf")
    assert not (tmp_path / "out.pdf").exists()
