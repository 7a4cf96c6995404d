"""Thresholds that a company's own fields support: appended, never changed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, select

from intake.records import FieldThreshold, Kind
from intake.store.connection import now
from intake.store.trust_tables import thresholds

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMES = tuple(one.name for one in dataclasses.fields(FieldThreshold))


def add(connection: Connection, organisation: str, new: Iterable[FieldThreshold]) -> None:
    """Appends thresholds; from now on they stand for their template, kind and reader."""
    about = {"organisation": organisation, "at": now()}
    rows = [{**about, **dataclasses.asdict(one)} for one in new]
    if rows:
        connection.execute(thresholds.insert(), rows)


def newest(connection: Connection, organisation: str) -> list[FieldThreshold]:
    """The newest threshold for each template, version, kind and reader."""
    query = select(thresholds).where(thresholds.c.organisation == organisation)
    found: dict[tuple[object, ...], FieldThreshold] = {}
    for row in connection.execute(query.order_by(thresholds.c.id)):
        one = _threshold(row)
        found[one.template, one.version, one.kind, one.engine, one.confirmed] = one
    return list(found.values())


def _threshold(row: Row[Any]) -> FieldThreshold:
    stored = {name: getattr(row, name) for name in _NAMES}
    return FieldThreshold(**{**stored, "kind": Kind(row.kind)})
