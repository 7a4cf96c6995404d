"""Forms found however the paper lies, to a fraction of a millimetre, or refused."""

from __future__ import annotations

from dataclasses import replace

import cv2
import msgspec
import numpy as np
import pytest

from intake import geometry
from intake.align import align_page
from intake.align.marks import spot_marks
from intake.records import AlignedForm, Grey, Page, PageKind, Reason
from intake.sampling import Levels
from intake.synth.paper import Lie, Paper, Place, Scanned, Scanner, folded, scan, without_corner
from intake.template import Field, Template, TemplateSet
from scripts.blank_pictures import blank_picture

MIDDLE = (105.0, 148.0)
FLAT = Scanner()


def worst_mm(found: AlignedForm, place: Place, template: Template) -> float:
    """Largest distance of a field corner from where it truly is, millimetres."""
    px_per_mm = np.sqrt(abs(np.linalg.det(place.matrix[:2, :2])))
    return max(
        float(
            np.linalg.norm(
                geometry.apply(found.place(field.name).to_page, corners) - place.to_page(corners),
                axis=1,
            ).max()
        )
        / px_per_mm
        for field in template.field
        for corners in [geometry.corners(field.box)]
    )


def scanned(papers: list[tuple[Paper, Lie]], scanner: Scanner = FLAT) -> Scanned:
    return scan(papers, scanner, np.random.default_rng(7))


@pytest.mark.parametrize("angle", [0.0, 90.0, 180.0, -90.0, 12.5, -14.0])
def test_a_slip_is_found_at_any_turn(
    templates: TemplateSet, water_slip: Template, specimen: Paper, angle: float
) -> None:
    page = scanned([(specimen, Lie(MIDDLE, angle))])
    found = align_page(Page(1, page.image), templates)
    assert found.kind is PageKind.FORMS
    assert worst_mm(found.forms[0], page.places[0], water_slip) < 0.25
    assert found.forms[0].residual_mm < 0.2


@pytest.mark.slow
@pytest.mark.parametrize(
    "scanner",
    [
        replace(FLAT, dpi=150),
        replace(FLAT, dpi=600),
        replace(FLAT, dpi=200, level=150),
        replace(FLAT, feed=1.015, uneven=0.4),
        replace(FLAT, inverted=True),
        replace(FLAT, border=9.0),
    ],
    ids=["150 dpi", "600 dpi", "1-bit", "feeder stretch", "inverted", "dark border"],
)
def test_a_slip_is_found_whatever_the_scanner_does(
    templates: TemplateSet, water_slip: Template, specimen: Paper, scanner: Scanner
) -> None:
    page = scanned([(specimen, Lie(MIDDLE, 3.0))], scanner)
    found = align_page(Page(1, page.image), templates)
    assert found.kind is PageKind.FORMS
    assert worst_mm(found.forms[0], page.places[0], water_slip) < 0.3


def test_four_slips_on_a_glass_are_numbered_in_reading_order(
    templates: TemplateSet, water_slip: Template, specimen: Paper
) -> None:
    spots = [(157.0, 225.0), (52.0, 75.0), (158.0, 73.0), (53.0, 224.0)]
    page = scanned(
        [
            (specimen, Lie(spot, angle))
            for spot, angle in zip(spots, (90.0, -90.0, 92.0, 88.0), strict=True)
        ]
    )
    forms = align_page(Page(1, page.image), templates).forms
    in_order = [page.places[index] for index in (1, 2, 3, 0)]
    assert [
        worst_mm(form, place, water_slip) < 0.3 for form, place in zip(forms, in_order, strict=True)
    ] == [True] * 4


@pytest.mark.slow
@pytest.mark.parametrize("corners", [(0,), (2,), (0, 1), (0, 2), (1, 2)])
def test_up_to_two_corner_marks_may_be_missing(
    templates: TemplateSet, water_slip: Template, specimen: Paper, corners: tuple[int, ...]
) -> None:
    torn = specimen
    for corner in corners:
        torn = without_corner(torn, corner, 14.0)
    page = scanned([(torn, Lie(MIDDLE, 4.0))])
    found = align_page(Page(1, page.image), templates)
    assert worst_mm(found.forms[0], page.places[0], water_slip) < 0.3


def test_a_fold_is_followed_field_by_field(
    templates: TemplateSet, water_slip: Template, specimen: Paper
) -> None:
    page = scanned([(folded(specimen, 60.0, 0.6), Lie(MIDDLE, 1.0))])
    found = align_page(Page(1, page.image), templates)
    assert worst_mm(found.forms[0], page.places[0], combs_of(water_slip)) < 0.25


def combs_of(template: Template) -> Template:
    """The template with its combs alone: what is refined on a box of its own."""
    return Template(
        id=template.id,
        version=template.version,
        title=template.title,
        page=template.page,
        field=tuple(field for field in template.field if field.cells),
    )


@pytest.mark.parametrize("corners", [(0, 1), (1, 3), (2,)])
def test_words_stand_in_for_boxes_that_a_fax_has_dropped(
    templates: TemplateSet, water_slip: Template, specimen: Paper, corners: tuple[int, ...]
) -> None:
    torn = specimen
    for corner in corners:
        torn = without_corner(torn, corner, 18.0)
    page = scanned([(torn, Lie(MIDDLE, 2.0))], replace(FLAT, dpi=150, level=110, feed=1.012))
    form = align_page(Page(1, page.image), templates).forms[0]
    assert form.refusal is None
    assert all(place.moved_mm is None for place in form.places.values())
    assert form.residual_mm < 0.3
    assert worst_mm(form, page.places[0], water_slip) < 0.5


@pytest.mark.parametrize("level", [110, 200])
def test_marks_are_read_although_a_scan_in_black_and_white_lets_ink_run(
    specimen: Paper, level: int
) -> None:
    page = scanned([(specimen, Lie(MIDDLE, 1.0))], replace(FLAT, dpi=150, level=level))
    assert sorted(mark.id for mark in spot_marks(Levels(page.image))) == [0, 1, 2, 3]


def test_paper_stored_white_on_black_beside_a_lid_that_became_light(
    templates: TemplateSet, water_slip: Template, specimen: Paper
) -> None:
    page = scanned([(specimen, Lie(MIDDLE, 1.0))], replace(FLAT, lid=20, inverted=True))
    found = align_page(Page(1, page.image), templates)
    assert worst_mm(found.forms[0], page.places[0], water_slip) < 0.25


def without_boxes_where_they_belong(specimen: Paper) -> Paper:
    """The slip with its boxes printed 1.2 mm too low, marks untouched."""
    image = specimen.image.copy()
    top, bottom = (round(mm * specimen.px_per_mm) for mm in (39, 89))
    image[top:bottom] = np.roll(image[top:bottom], round(1.2 * specimen.px_per_mm), axis=0)
    return Paper(image, specimen.px_per_mm)


def test_a_form_whose_boxes_are_elsewhere_is_refused(
    templates: TemplateSet, specimen: Paper
) -> None:
    page = scanned([(without_boxes_where_they_belong(specimen), Lie(MIDDLE))])
    form = align_page(Page(1, page.image), templates).forms[0]
    assert form.refusal is not None
    assert form.refusal.reason is Reason.MISALIGNED


def printed_lower(
    specimen: Paper, across: tuple[float, float], down: tuple[float, float], moved_mm: float
) -> Paper:
    """The slip with a part of it printed too low, all else as it should be."""
    image = specimen.image.copy()
    left, right = (round(mm * specimen.px_per_mm) for mm in across)
    top, bottom = (round(mm * specimen.px_per_mm) for mm in down)
    part = image[top:bottom, left:right]
    image[top:bottom, left:right] = np.roll(part, round(moved_mm * specimen.px_per_mm), axis=0)
    return Paper(image, specimen.px_per_mm)


def test_a_box_where_no_other_box_would_have_it_is_not_believed(
    templates: TemplateSet, specimen: Paper
) -> None:
    hot_bath = printed_lower(specimen, (48.0, 116.0), (78.0, 89.5), 1.1)
    page = scanned([(hot_bath, Lie(MIDDLE, 1.0))])
    form = align_page(Page(1, page.image), templates).forms[0]
    assert form.lost == {"hot_bath.reading"}


@pytest.mark.slow
@pytest.mark.parametrize("angle", [0.0, 90.0, 180.0, -90.0])
def test_printed_numbers_follow_paper_that_was_fed_unevenly(
    templates: TemplateSet, water_slip: Template, specimen: Paper, angle: float
) -> None:
    """The account stands where there are no boxes: only words tell how the paper moved there."""
    scanner = replace(FLAT, glass=(160.0, 160.0), uneven=0.5)
    for seed in range(4):
        lie = Lie((80.0, 80.0), angle)
        page = scan([(specimen, lie)], scanner, np.random.default_rng(seed))
        form = align_page(Page(1, page.image), templates).forms[0]
        assert worst_mm(form, page.places[0], water_slip) < 0.35


@pytest.mark.slow
@pytest.mark.parametrize("angle", [88.0, 92.0])
def test_combs_that_the_feed_has_pulled_out_of_shape_are_not_read_beside_their_cells(
    templates: TemplateSet, water_slip: Template, specimen: Paper, angle: float
) -> None:
    scanner = replace(FLAT, glass=(180.2, 180.2), uneven=0.8)
    lie = Lie((90.1, 90.1), angle, (0.98, 0.98))
    page = scan([(specimen, lie)], scanner, np.random.default_rng(1))
    form = align_page(Page(1, page.image), templates).forms[0]
    read = tuple(field for field in water_slip.field if field.name not in form.lost)
    assert form.refusal or worst_mm(form, page.places[0], with_fields(water_slip, read)) < 0.6


def with_fields(template: Template, fields: tuple[Field, ...]) -> Template:
    return msgspec.structs.replace(template, field=fields)


@pytest.mark.slow
def test_a_word_where_nothing_else_would_have_it_pulls_no_number_away(
    templates: TemplateSet, water_slip: Template, specimen: Paper
) -> None:
    beside_the_account = printed_lower(specimen, (13.0, 33.5), (24.0, 33.0), 1.9)
    scanner = replace(FLAT, glass=(160.0, 160.0), uneven=0.3)
    for seed in range(4):
        lie = Lie((80.0, 80.0), 180.0)
        page = scan([(beside_the_account, lie)], scanner, np.random.default_rng(seed))
        form = align_page(Page(1, page.image), templates).forms[0]
        assert worst_mm(form, page.places[0], water_slip) < 0.35


def test_a_slip_without_any_of_its_marks_is_found_by_its_print(
    templates: TemplateSet, water_slip: Template, specimen: Paper
) -> None:
    bare = specimen
    for corner in range(4):
        bare = without_corner(bare, corner, 14.0)
    page = scanned([(bare, Lie(MIDDLE, 92.0))])
    found = align_page(Page(1, page.image), templates)
    assert [form.template for form in found.forms] == ["water-slip"]
    assert worst_mm(found.forms[0], page.places[0], water_slip) < 0.3


def test_a_mirrored_page_is_refused(templates: TemplateSet, specimen: Paper) -> None:
    page = scanned([(specimen, Lie(MIDDLE, 2.0))])
    found = align_page(Page(4, np.ascontiguousarray(page.image[:, ::-1])), templates)
    assert found.kind is PageKind.REFUSED
    assert found.refusal is not None
    assert (found.refusal.reason, found.refusal.page) == (Reason.MIRRORED, 4)


def test_bare_paper_is_blank(templates: TemplateSet) -> None:
    page = scanned([], replace(FLAT, specks=20, border=8.0))
    assert align_page(Page(1, page.image), templates).kind is PageKind.BLANK


def letter() -> Grey:
    """A page of grey words in lines, no form of ours."""
    image = np.full((2200, 1600), 250, np.uint8)
    rng = np.random.default_rng(3)
    for line in range(200, 2000, 60):
        for word in range(150, 1400, 130):
            image[line : line + 24, word : word + int(rng.integers(40, 110))] = 60
    return image


def test_a_letter_is_an_unknown_form(templates: TemplateSet) -> None:
    found = align_page(Page(1, letter()), templates)
    assert found.kind is PageKind.UNKNOWN
    assert found.refusal is not None
    assert found.refusal.reason is Reason.UNKNOWN_FORM


def test_the_pictures_of_our_blank_forms_show_what_is_printed(templates: TemplateSet) -> None:
    for template in templates:
        assert template.blank is not None
        kept = np.asarray(cv2.imread(template.blank, cv2.IMREAD_GRAYSCALE), np.uint8)
        printed = blank_picture(template)
        assert kept.shape == printed.shape
        assert np.mean(np.abs(kept.astype(int) - printed)) < 1.0, "run scripts/blank_pictures.py"
