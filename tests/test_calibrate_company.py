"""A company's own evidence: what it supports, when it is void, and who certifies only once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.calibrate import calibrate_company, threshold_of, to_keep
from intake.decide import Acceptance
from intake.pipeline.acceptance import Acceptances
from intake.recognise.model import Threshold
from intake.records import Correction, FieldThreshold, Kind, LabelledField
from intake.settings import Settings, Tolerance, load_settings
from intake.store import open_store
from results import ACCEPTED, REVIEW, page, scan, slip
from workplaces import command

if TYPE_CHECKING:
    from pathlib import Path

    from intake.calibrate import Calibrated
    from intake.template import Template

ENGINES = {Kind.HANDWRITTEN: "digits 1"}
SETTINGS = Settings(max_error=0.01)
LABORATORY = (Threshold("handwritten", 0.01, 0.95, 0.95, 1000, 1, 0.0047),)


def label(number: int, *, right: bool = True, event: int | None = None) -> LabelledField:
    writer = f"account {number // 2}"
    told = (0.99, right, 0.9, event or number + 1, True)
    return LabelledField(number, "slip", 1, Kind.HANDWRITTEN, "digits 1", writer, *told)


def plain(labels: list[LabelledField], settings: Settings = SETTINGS, **known: object):  # noqa: ANN201
    earlier = known.get("earlier", ())
    engines = known.get("engines", ENGINES)
    found = calibrate_company(labels, settings, earlier, engines, LABORATORY)
    return {group: one for group, one in found.items() if not group.confirmed}


def test_each_template_and_kind_stands_for_itself() -> None:
    other = [replace(label(number), template="list") for number in range(1500)]
    found = plain([*(label(number) for number in range(800)), *other])
    assert [group.template for group in found] == ["list", "slip"]
    assert [one.holds for one in found.values()] == [True, True]
    assert [one.fields for one in found.values()] == [1500, 800]


def test_what_another_reader_read_is_void() -> None:
    labels = [label(number) for number in range(900)]
    assert plain(labels, engines={Kind.HANDWRITTEN: "digits 2"}) == {}
    mixed = [*labels, *(replace(label(n), engine="digits 2, tesseract") for n in range(40))]
    (found,) = plain(mixed, engines={Kind.HANDWRITTEN: "digits 2"}).values()
    assert found.fields == 40


def test_who_has_certified_does_not_certify_again() -> None:
    labels = [label(number) for number in range(1000)]
    ((group, first),) = plain(labels).items()
    kept = threshold_of(group, first, last_event=1000)
    assert first.certificate.seen > 400
    new = [label(number) for number in range(1000, 1800)]
    old_hands = [replace(label(n, event=2000 + n), field=5000 + n) for n in range(100)]
    (later,) = plain([*labels, *new, *old_hands], earlier=[kept]).values()
    (alone,) = plain(new).values()
    assert later.certificate.seen == alone.certificate.seen
    assert (later.fields, later.stands) == (1900, False)


def test_what_was_certified_stands_until_enough_writers_are_new() -> None:
    labels = [label(number) for number in range(1000)]
    ((group, first),) = plain(labels).items()
    kept = threshold_of(group, first, last_event=1000)
    few = [label(number) for number in range(1000, 1100)]
    (again,) = plain([*labels, *few], earlier=[kept]).values()
    assert again.stands
    assert (again.certificate, again.fields) == (first.certificate, 1100)
    wrong = [replace(one, right=False) for one in few]
    (against,) = plain([*labels, *wrong], earlier=[kept]).values()
    assert not against.stands
    assert not against.holds


def fields_of(
    first: int, count: int, confidence: float, fit: float | None, wrong: int
) -> list[LabelledField]:
    """So many fields of as many writers, the wrong ones spread evenly over them."""
    step = count // max(wrong, 1)
    return [
        replace(
            label(first + at, right=at % step != 0 or at // step >= wrong),
            writer=f"account {first + at}",
            confidence=confidence,
            fit=fit,
        )
        for at in range(count)
    ]


SURE_AND_USUAL = fields_of(0, 3600, 0.99, 0.9, 0)
SURE_AND_UNUSUAL = fields_of(4000, 400, 0.99, 0.1, 30)
DOUBTED_AND_USUAL = fields_of(5000, 600, 0.7, 0.9, 16)
DOUBTED_AND_UNUSUAL = fields_of(6000, 400, 0.7, 0.1, 200)


def with_history(labels: list[LabelledField], *earlier: FieldThreshold) -> Calibrated:
    found = calibrate_company(labels, SETTINGS, earlier, ENGINES, LABORATORY)
    (confirmed,) = (one for group, one in found.items() if group.confirmed)
    return confirmed


def test_history_is_certified_with_all_that_is_accepted_then() -> None:
    """What the picture is sure of and history does not confirm is accepted, too."""
    small = with_history([*SURE_AND_USUAL, *DOUBTED_AND_USUAL, *DOUBTED_AND_UNUSUAL])
    assert small.holds
    assert small.certificate.threshold <= 0.7
    whole = [*SURE_AND_USUAL, *SURE_AND_UNUSUAL, *DOUBTED_AND_USUAL, *DOUBTED_AND_UNUSUAL]
    found = with_history(whole)
    assert not found.holds or found.certificate.threshold > 0.7


def test_history_certified_beside_another_threshold_is_certified_anew() -> None:
    labels = [*SURE_AND_USUAL, *DOUBTED_AND_USUAL, *DOUBTED_AND_UNUSUAL]
    found = calibrate_company(labels, SETTINGS, (), ENGINES, LABORATORY)
    kept = [threshold_of(group, one, 9000) for group, one in found.items()]
    assert with_history(labels, *kept).stands
    history = [one for one in kept if one.confirmed]
    assert not with_history(labels, *history).stands


def test_history_that_cannot_be_certified_anew_is_withdrawn() -> None:
    labels = [*SURE_AND_USUAL, *DOUBTED_AND_USUAL, *DOUBTED_AND_UNUSUAL]
    found = calibrate_company(labels, SETTINGS, (), ENGINES, LABORATORY)
    (history,) = (one for one in to_keep(found, (), 9000) if one.confirmed)
    again = calibrate_company(labels, SETTINGS, [history], ENGINES, LABORATORY)
    (withdrawn,) = (one for one in to_keep(again, [history], 9001) if one.confirmed)
    assert withdrawn.bound == 1
    assert withdrawn.last_event == history.last_event
    few = [replace(one, event=9500 + at) for at, one in enumerate(fields_of(9100, 9, 0.9, 0.9, 0))]
    later = calibrate_company([*labels, *few], SETTINGS, [withdrawn], ENGINES, LABORATORY)
    assert not any(one.holds for group, one in later.items() if group.confirmed)


def test_history_is_void_where_something_else_is_tolerated(water_slip: Template) -> None:
    asked = own(water_slip, confirmed=True, threshold=0.6, max_error=0.005)
    assert rule(water_slip, SETTINGS, own(water_slip), asked) == Acceptance(0.8)


def test_the_narrowest_tolerance_holds() -> None:
    settings = Settings(
        max_error=0.001,
        tolerance=(
            Tolerance(max_error=0.01, template="slip"),
            Tolerance(max_error=0.02, template="slip", kind="handwritten"),
            Tolerance(max_error=0.05, organisation="elsewhere"),
        ),
    )
    assert settings.tolerated("slip", "handwritten") == 0.02
    assert settings.tolerated("slip", "mark") == 0.01
    assert settings.tolerated("list", "mark") == 0.001
    found = plain([label(number) for number in range(400)], settings)
    assert [one.max_error for one in found.values()] == [0.02]


def test_settings_name_a_tolerance_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "intake.toml"
    path.write_text('audit = 500\n[[tolerance]]\ntemplate = "slip"\nmax_error = 0.02\n')
    assert load_settings(path).tolerated("slip", "mark") == 0.02
    path.write_text("[[tolerance]]\nmax_error = 2.0\n")
    with pytest.raises(Exception, match="tolerance"):
        load_settings(path)


def own(template: Template, **changes: object) -> FieldThreshold:
    made = FieldThreshold(
        template=template.id,
        version=template.version,
        kind=Kind.HANDWRITTEN,
        engine="digits 1",
        max_error=0.01,
        assurance=0.95,
        threshold=0.8,
        seen=1000,
        fields=900,
        wrong=1,
        bound=0.005,
        confirmed=False,
        last_event=9,
    )
    return replace(made, **changes)


def rule(template: Template, settings: Settings, *mine: FieldThreshold) -> Acceptance | None:
    return Acceptances(settings, LABORATORY, mine).of(template).get(Kind.HANDWRITTEN)


def test_own_evidence_stands_in_for_the_laboratory(water_slip: Template) -> None:
    assert rule(water_slip, SETTINGS) == Acceptance(0.95)
    assert rule(water_slip, SETTINGS, own(water_slip)) == Acceptance(0.8)


def test_own_evidence_that_is_only_thin_leaves_the_laboratory_standing(
    water_slip: Template,
) -> None:
    thin = own(water_slip, fields=60, wrong=0, bound=0.0487)
    assert rule(water_slip, SETTINGS, thin) == Acceptance(0.95)


def test_own_evidence_that_speaks_against_it_ends_the_laboratory(water_slip: Template) -> None:
    against = own(water_slip, fields=200, wrong=20, bound=0.14)
    assert rule(water_slip, SETTINGS, against) is None
    marked = rule(water_slip, replace_settings(thin_data="provisional"), against)
    assert marked == Acceptance(0.8, provisional=True)


def test_another_version_of_a_template_makes_it_void(water_slip: Template) -> None:
    older = own(water_slip, version=water_slip.version + 1)
    assert rule(water_slip, SETTINGS, older) == Acceptance(0.95)


def test_history_counts_only_as_far_as_own_evidence_goes(water_slip: Template) -> None:
    weak = own(water_slip, confirmed=True, threshold=0.6, bound=0.02)
    strong = replace(weak, bound=0.009)
    assert rule(water_slip, SETTINGS, own(water_slip), weak) == Acceptance(0.8)
    assert rule(water_slip, SETTINGS, own(water_slip), strong) == Acceptance(0.8, confirmed=0.6)


def replace_settings(**changes: object) -> Settings:
    return Settings(**{"max_error": 0.01, **changes})


@given(
    bound=st.floats(0.0001, 1),
    wrong=st.integers(0, 50),
    max_error=st.sampled_from([0.05, 0.01, 0.001]),
)
def test_nothing_is_accepted_where_no_evidence_supports_it(
    water_slip: Template, bound: float, wrong: int, max_error: float
) -> None:
    settings = replace_settings(max_error=max_error)
    mine = own(water_slip, bound=bound, wrong=wrong)
    supported = [one for one in (mine, *LABORATORY) if one.bound <= max_error]
    found = Acceptances(settings, LABORATORY, (mine,)).of(water_slip)
    assert Acceptances(settings, (), ()).of(water_slip) == {}
    assert (Kind.HANDWRITTEN in found) <= bool(supported)
    assert set(found) <= {Kind.HANDWRITTEN}


def verified(folder: Path, slips: int) -> None:
    """A workspace where a person decided what was written on so many slips of one engine."""
    command(folder, "init")
    store = open_store(folder / "intake.sqlite")
    file = store.begin_file(store.begin_batch("test"), scan("a.pdf")).id
    forms = []
    for number in range(slips):
        made = slip(number + 1, f"{10000000 + number}", meter=f"{20000000 + number}",
                    decision=REVIEW, digest=f"d{number}")  # fmt: skip
        fields = tuple(
            replace(one, reading=replace(one.reading, engine="digits 9.9")) for one in made.fields
        )
        forms.append(replace(made, fields=fields))
    store.save_pages(file, [page(1, *forms)])
    for item in store.waiting.items(10 * slips):
        store.decide(Correction(item.id, item.version, "anna", ACCEPTED, item.candidates[0].value))
    store.close()


@pytest.mark.slow
def test_two_hundred_fields_refuse_a_tenth_of_a_percent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "workspace"
    verified(folder, 200)
    monkeypatch.setattr("intake.cli.calibrating.engines", lambda: {Kind.HANDWRITTEN: "digits 9.9"})
    counted = command(folder, "calibrate", "--dry-run", "--json")
    assert counted.lines()[0]["labelled"] == 200
    told = command(folder, "calibrate", "--dry-run")
    assert "5,990" in told.out
    assert "nothing is certified" in told.err
    outcome = command(folder, "calibrate", "--json")
    assert outcome.code == 0, outcome.err
    (told,) = outcome.lines()
    assert (told["holds"], told["wrong"], told["max_error"]) == (False, 0, 0.001)
    assert 0.02 < told["bound"] < 0.06
    assert told["more_needed"] > 4000
    shown = command(folder, "calibrate")
    assert f"{told['more_needed']:,} more" in shown.out
    store = open_store(folder / "intake.sqlite")
    (kept,) = store.trust.thresholds("default")
    store.close()
    assert (kept.bound, kept.last_event) == (told["bound"], 200)


def test_without_labels_it_says_how_many_are_needed(tmp_path: Path) -> None:
    command(tmp_path / "workspace", "init")
    outcome = command(tmp_path / "workspace", "calibrate")
    assert outcome.code == 0
    assert "5,990 fields" in outcome.err.replace("\n", " ")
    assert outcome.out == ""
    half = command(tmp_path / "workspace", "calibrate", tmp_path)
    assert half.code == 2
