"""Accuracy, straight-through share, bounds, calibration, thresholds; pure."""

from intake.metrics.binomial import at_most, fields_needed, upper_bound, wilson
from intake.metrics.health import Health, HealthWatch, health_of, healths
from intake.metrics.judged import Cuts, Judged, cuts
from intake.metrics.quality import (
    Bin,
    CurvePoint,
    area_under_errors,
    calibration_error,
    error_reject,
    reliability,
)
from intake.metrics.scores import Score, Scored, judged_of, score, scores_by
from intake.metrics.thresholds import Certificate, certify, choose, promising

__all__ = [
    "Bin",
    "Certificate",
    "CurvePoint",
    "Cuts",
    "Health",
    "HealthWatch",
    "Judged",
    "Score",
    "Scored",
    "area_under_errors",
    "at_most",
    "calibration_error",
    "certify",
    "choose",
    "cuts",
    "error_reject",
    "fields_needed",
    "health_of",
    "healths",
    "judged_of",
    "promising",
    "reliability",
    "score",
    "scores_by",
    "upper_bound",
    "wilson",
]
