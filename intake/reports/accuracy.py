"""What `evaluate` found out: every figure by name, and as a page with curves and pictures."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from intake.metrics import error_reject, judged_of, reliability, score, scores_by
from intake.records import Decision
from intake.reports import charts, html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from intake.metrics import Bin, CurvePoint, Score, Scored
    from intake.records import Grey
    from intake.reports.evaluation import Judgement, Place

WORST = 50
"""Pictures on the page."""

COLUMNS = (
    "", "fields", "read right", "accepted", "unseen", "without history", "wrong", "at most",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures over labelled scans.

    Attributes:
        max_error: tolerated share of wrong values among those accepted.
        assurance: of every bound.
        whole: over all fields.
        groups: by what they are grouped by, then by name.
        curve: error over acceptance of the fields whose reader states a confidence.
        bins: how often what was stated is right.
        worst: wrong fields, those read with most confidence first.
    """

    max_error: float
    assurance: float
    whole: Score
    groups: dict[str, dict[str, Score]]
    curve: tuple[CurvePoint, ...]
    bins: tuple[Bin, ...]
    worst: tuple[Judgement, ...]


GROUPS: dict[str, Callable[[Scored], str]] = {
    "by_field": lambda one: one.field,
    "by_kind": lambda one: one.kind,
    "by_template": lambda one: one.template,
    "by_source": lambda one: one.source,
}
"""What fields are grouped by, and how each says where it belongs."""


def evaluated(judged: Sequence[Judgement], max_error: float, assurance: float) -> Evaluation:
    """All figures over fields whose truth is known."""
    scored = [one.scored for one in judged]
    pairs = judged_of(scored)
    return Evaluation(
        max_error,
        assurance,
        score(scored, assurance),
        {name: scores_by(scored, group, assurance) for name, group in GROUPS.items()},
        error_reject(pairs),
        reliability(pairs),
        tuple(sorted(_wrong(judged), key=_by_doubt)[:WORST]),
    )


def as_json(found: Evaluation) -> dict[str, object]:
    """Every figure by its name, plain values."""
    groups = {
        name: {key: figures(one) for key, one in group.items()}
        for name, group in found.groups.items()
    }
    return {
        "max_error": found.max_error,
        "assurance": found.assurance,
        "all": figures(found.whole),
        **groups,
        "curve": [dataclasses.asdict(one) for one in found.curve],
        "reliability": [dataclasses.asdict(one) for one in found.bins],
    }


def figures(one: Score) -> dict[str, float | int]:
    """The figures over one set of fields: counts, and the shares that people ask for."""
    return dataclasses.asdict(one) | {
        "exact_match": one.exact_share,
        "straight_through": one.through_share,
        "straight_through_without_history": one.by_picture_share,
        "wrong_share": one.wrong / max(one.accepted, 1),
    }


def row(name: str, one: Score) -> tuple[object, ...]:
    """The figures over one set of fields, as people read them."""
    return (
        name,
        one.fields,
        f"{one.exact_share:.1%}",
        one.accepted,
        f"{one.through_share:.1%}",
        f"{one.by_picture_share:.1%}",
        one.wrong,
        f"{one.bound:.2%}",
    )


def accuracy_page(found: Evaluation, title: str, picture: Callable[[Place], Grey | None]) -> str:
    """The page for people; `picture` gives a field's crop, None where there is none."""
    curves = (
        charts.error_curve(found.curve, found.max_error),
        charts.reliability_chart(found.bins),
    )
    return html.page(
        title,
        "Every field whose truth is known, held against what the program read and decided.",
        html.facts(_facts(found)),
        html.section(
            "Confidence",
            html.note(
                f"The red line is what is tolerated, {found.max_error:.3%}. Area under the first "
                f"curve: {found.whole.area:.5f}; mean distance in the second: "
                f"{found.whole.calibration_error:.4f}."
            ),
            f'<div class="charts">{"".join(curves)}</div>',
        ),
        *(_group_section(name, group) for name, group in found.groups.items()),
        html.section(
            f"The worst {len(found.worst)}",
            html.note("Fields whose first choice is wrong, the most confident first."),
            f'<div class="pictures">{"".join(_pictures(found, picture))}</div>',
        ),
    )


def _wrong(judged: Sequence[Judgement]) -> Iterator[Judgement]:
    return (one for one in judged if one.scored.decision is not None and not one.scored.right)


def _by_doubt(one: Judgement) -> tuple[bool, float, Place]:
    return one.scored.decision is not Decision.ACCEPTED, -one.scored.confidence, one.place


def _facts(found: Evaluation) -> list[tuple[str, str]]:
    whole = found.whole
    return [
        ("fields", f"{whole.fields:,}"),
        ("read right before any rejection", f"{whole.exact_share:.2%}"),
        ("of what is written needs nobody", f"{whole.through_share:.1%}"),
        ("without the meters' history", f"{whole.by_picture_share:.1%}"),
        ("accepted and wrong", f"{whole.wrong:,} of {whole.accepted:,}"),
        (f"wrong at most, at {found.assurance:.0%} assurance", f"{whole.bound:.2%}"),
        ("blank accepted as a value", f"{whole.blank_as_value:,}"),
        ("value taken for blank", f"{whole.value_as_blank:,}"),
    ]


def _group_section(name: str, group: dict[str, Score]) -> str:
    rows = (row(key or "not found", one) for key, one in group.items())
    return html.section(name.replace("_", " ").capitalize(), html.table(COLUMNS, rows))


def _pictures(found: Evaluation, picture: Callable[[Place], Grey | None]) -> Iterator[str]:
    for one in found.worst:
        crop = picture(one.place)
        if crop is not None:
            yield html.picture(crop, _caption(one))


def _caption(one: Judgement) -> str:
    file, page, form, field = one.place
    said, truth = one.scored.best or "blank", one.scored.truth or "blank"
    return (
        f'read <b class="wrong">{escape(said)}</b> at {one.scored.confidence:.4f}, is '
        f"<b>{escape(truth)}</b>, {escape(str(one.scored.decision))}<br>"
        f"{escape(file)}, page {page}, form {form}, {escape(field)}"
    )
