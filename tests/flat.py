"""A flat with two meters in its kitchen as the company knows it, and the slips filled in there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.decide import Acceptance, Knowledge
from intake.records import Candidate, FormCode, Kind, Meter, PastReading, Reading

if TYPE_CHECKING:
    from intake.records import Reason
    from intake.template import Template

CODE = FormCode("water-slip", 1, "10000001", "2026-10")
COLD = Meter("40000001", "10000001", "cold", "cold_kitchen")
HOT = Meter("40000002", "10000001", "hot", "hot_kitchen")
KNOWN = Knowledge(
    code=CODE,
    acceptance={kind: Acceptance(0.9) for kind in Kind},
    has_registry=True,
    account="10000001",
    meters=(COLD, HOT),
    period="2026-10",
)


def past(meter: str, *values: str) -> tuple[PastReading, ...]:
    """Readings of the months up to September, oldest first as given."""
    months = [f"2026-{10 - len(values) + index:02}" for index in range(len(values))]
    known = [PastReading(meter, "main", m, v) for m, v in zip(months, values, strict=True)]
    return tuple(reversed(known))


def seen(name: str, value: str | None, confidence: float = 0.99, *signs: Reason) -> Reading:
    return Reading(name, (Candidate(value, confidence),), signs)


def slip(template: Template, **values: Reading) -> dict[str, Reading]:
    """Readings of a whole slip: blank but for what is named, `__` standing for the point."""
    told = {name.replace("__", "."): reading for name, reading in values.items()}
    usual = {
        "code": seen("code", CODE.text()),
        "account": seen("account", "10000001"),
        "cold_kitchen.meter": seen("cold_kitchen.meter", "40000001"),
        "hot_kitchen.meter": seen("hot_kitchen.meter", "40000002"),
    }
    return {field.name: seen(field.name, None) for field in template.field} | usual | told
