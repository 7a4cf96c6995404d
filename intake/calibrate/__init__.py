"""Thresholds from labelled fields: chosen on some writers, certified once on all others."""

from intake.calibrate.company import Group, calibrate_company, threshold_of, to_keep
from intake.calibrate.writers import Calibrated, Labelled, calibrate

__all__ = [
    "Calibrated",
    "Group",
    "Labelled",
    "calibrate",
    "calibrate_company",
    "threshold_of",
    "to_keep",
]
