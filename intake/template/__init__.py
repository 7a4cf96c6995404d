"""Templates: what stands where on a form, read from `templates/*.toml` and checked."""

from intake.template.cautions import warnings
from intake.template.faults import MIN_CELL_MM, faults
from intake.template.loading import TemplateSet, load_template, load_templates
from intake.template.parts import (
    Field,
    Marks,
    MeterPlace,
    Point,
    Print,
    Record,
    Rows,
    Ruling,
    Template,
    field_named,
)

__all__ = [
    "MIN_CELL_MM",
    "Field",
    "Marks",
    "MeterPlace",
    "Point",
    "Print",
    "Record",
    "Rows",
    "Ruling",
    "Template",
    "TemplateSet",
    "faults",
    "field_named",
    "load_template",
    "load_templates",
    "warnings",
]
