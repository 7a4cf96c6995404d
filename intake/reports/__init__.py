"""Figures for people: what was read, held against what is known to be true."""

from intake.reports.evaluation import Place, Truth, kind_of_field, load_truth, scored

__all__ = ["Place", "Truth", "kind_of_field", "load_truth", "scored"]
