"""Figures of a benchmark: shares with their intervals, a table, a flat file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_BEGIN, _END = "<!-- figures -->", "<!-- /figures -->"


def wilson(hits: int, count: int) -> tuple[float, float]:
    """95 % interval of a share."""
    if not count:
        return 0.0, 1.0
    z = 1.96
    share, spread = hits / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * ((share * (1 - share) + spread / 4) / count) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(slots=True)
class Figures:
    """What was measured, by key, in the order measured."""

    values: dict[str, float] = field(default_factory=dict)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, key: str, hits: int, count: int) -> None:
        """Adds a share."""
        self.values[key] = hits / max(count, 1)
        self.counts[key] = hits, count

    def number(self, key: str, value: float) -> None:
        """Adds a number that is no share."""
        self.values[key] = value

    def flat(self) -> dict[str, float]:
        """All figures, with `_low` and `_high` beside every share."""
        flat: dict[str, float] = {}
        for key, value in self.values.items():
            flat[key] = round(value, 6)
            if key in self.counts:
                low, high = wilson(*self.counts[key])
                flat[f"{key}_low"], flat[f"{key}_high"] = round(low, 6), round(high, 6)
        return flat

    def missed(self, targets: Mapping[str, tuple[str, float]]) -> list[str]:
        """Targets that are missed, or were not measured."""
        return [key for key, target in targets.items() if not self._met(key, target)]

    def _met(self, key: str, target: tuple[str, float]) -> bool:
        if key not in self.values:
            return False
        sign, bound = target
        return self.values[key] >= bound if sign == ">=" else self.values[key] <= bound

    def table(self, targets: Mapping[str, tuple[str, float]]) -> str:
        """One line per figure: value, interval, counts, target and whether it is met."""
        lines = [f"{'figure':28} {'value':>9}  {'95 % interval':17} {'of':>15}  target"]
        for key, value in self.values.items():
            low_high = hits_of = wanted = ""
            if key in self.counts:
                low, high = wilson(*self.counts[key])
                low_high = f"{low:.4f} - {high:.4f}"
                hits_of = "{} / {}".format(*self.counts[key])
            if key in targets:
                met = "met" if self._met(key, targets[key]) else "MISSED"
                wanted = f"{targets[key][0]} {targets[key][1]:g} {met}"
            lines.append(f"{key:28} {value:9.4f}  {low_high:17} {hits_of:>15}  {wanted}")
        return "\n".join(lines)

    def refresh(self, page: Path, targets: Mapping[str, tuple[str, float]]) -> None:
        """Replaces the table between the marks in `page`, a Markdown file."""
        text = page.read_text(encoding="utf-8")
        before, rest = text.split(_BEGIN)
        after = rest.split(_END)[1]
        table = f"{_BEGIN}\n{self._markdown(targets)}\n{_END}"
        page.write_text(f"{before}{table}{after}", encoding="utf-8")

    def _markdown(self, targets: Mapping[str, tuple[str, float]]) -> str:
        lines = ["| figure | value | 95 % interval | of | target |", "|---|---|---|---|---|"]
        for key, value in self.values.items():
            interval = of = ""
            if key in self.counts:
                low, high = wilson(*self.counts[key])
                interval, of = f"{low:.4f} to {high:.4f}", str(self.counts[key][1])
            target = " ".join(map(str, targets[key])) if key in targets else ""
            missed = " (missed)" if key in targets and not self._met(key, targets[key]) else ""
            lines.append(f"| `{key}` | {value:.4f} | {interval} | {of} | {target}{missed} |")
        return "\n".join(lines)
