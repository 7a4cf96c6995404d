"""Pages and figures for people: how right the program is, and how a day's work stands."""

from intake.reports.accuracy import COLUMNS, Evaluation, accuracy_page, as_json, evaluated, row
from intake.reports.evaluation import (
    Judgement,
    Kinds,
    Place,
    Truth,
    judgements,
    load_truth,
    purpose_of,
)

__all__ = [
    "COLUMNS",
    "Evaluation",
    "Judgement",
    "Kinds",
    "Place",
    "Truth",
    "accuracy_page",
    "as_json",
    "evaluated",
    "judgements",
    "load_truth",
    "purpose_of",
    "row",
]
