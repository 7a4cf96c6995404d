"""Labels that are wrong in the public sets, found by eye: they are neither learnt nor counted."""

from __future__ import annotations

import json
from pathlib import Path

LIST = Path(__file__).with_name("dropped.json")


def dropped_labels() -> dict[str, frozenset[int]]:
    """Returns, per set, the indices of digits to leave out."""
    entries = json.loads(LIST.read_text(encoding="utf-8"))
    names = {entry["set"] for entry in entries}
    return {
        name: frozenset(entry["index"] for entry in entries if entry["set"] == name)
        for name in names
    }
