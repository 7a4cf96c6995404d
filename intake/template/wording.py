"""All that is wrong with the keys of a template, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from intake.template.parts import Field, MeterPlace, Print, Record, Rows, Template
from intake.tomlfile import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PARTS: dict[str, type[Record]] = {
    "field": Field,
    "meter": MeterPlace,
    "print": Print,
    "rows": Rows,
}


def complaints(toml: Mapping[str, Any]) -> Iterator[str]:
    """All keys of a template's TOML that are missing, unknown or of the wrong kind."""
    for table, kind in PARTS.items():
        items = toml.get(table, [])
        for index, item in enumerate(items if isinstance(items, list) else []):
            said = _complaint(item, kind)
            if said is not None:
                yield in_words(said, Template, toml, [table, index])
    whole: dict[str, list[object]] = {
        table: [] for table in PARTS if isinstance(toml.get(table), list)
    }
    said = _complaint({**toml, **whole}, Template)
    if said is not None:
        yield in_words(said, Template, toml)


def _complaint(value: object, kind: type[Record]) -> str | None:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as fault:
        return str(fault)
    return None
