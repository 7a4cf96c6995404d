"""Curves as SVG within a page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from intake.metrics import Bin, CurvePoint

WIDTH, HEIGHT, LEFT, BELOW, RIGHT = 450, 270, 72, 42, 24
STEPS = 4


@dataclass(frozen=True, slots=True)
class Frame:
    """The square that a curve is drawn in, and what its sides mean.

    Attributes:
        across: what is counted to the right, and up to where.
        up: the same upwards.
    """

    across: tuple[str, float]
    up: tuple[str, float]

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a pair of figures lies, pixels."""
        right = LEFT + (WIDTH - LEFT - RIGHT) * min(x / self.across[1], 1)
        down = HEIGHT - BELOW - (HEIGHT - BELOW - 12) * min(y / self.up[1], 1)
        return round(right, 1), round(down, 1)


def error_curve(points: Sequence[CurvePoint], asked: float) -> str:
    """Share wrong over share accepted, and the share that is tolerated."""
    most = max([asked * 2, *(one.error for one in points)])
    frame = Frame(("share accepted unseen", 1.0), ("share wrong among them", most))
    thinned = points[:: max(1, len(points) // 400)]
    line = _line(frame, ((one.through, one.error) for one in thinned), "#2456a6")
    limit = _line(frame, ((0, asked), (1, asked)), "#b3261e", dashed=True)
    return _chart(frame, "Error over acceptance", [limit, line])


def reliability_chart(bins: Iterable[Bin]) -> str:
    """Share right over stated confidence, with intervals; on the slope they are the same."""
    frame = Frame(("stated confidence", 1.0), ("share right", 1.0))
    slope = _line(frame, ((0, 0), (1, 1)), "#9aa4b1", dashed=True)
    return _chart(frame, "Does confidence mean what it says?", [slope, *_dots(frame, bins)])


def _dots(frame: Frame, bins: Iterable[Bin]) -> Iterator[str]:
    for one in bins:
        x, y = frame.point(one.stated, one.right)
        yield _line(frame, ((one.stated, one.low), (one.stated, one.high)), "#8fb0de")
        yield f'<circle cx="{x}" cy="{y}" r="3.5" fill="#2456a6"/>'


def _line(
    frame: Frame, points: Iterable[tuple[float, float]], colour: str, *, dashed: bool = False
) -> str:
    placed = " ".join("{},{}".format(*frame.point(x, y)) for x, y in points)
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<polyline points="{placed}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'


def _chart(frame: Frame, title: str, drawn: Iterable[str]) -> str:
    middle, below = (LEFT + WIDTH) // 2, HEIGHT - 6
    across, up = (escape(side[0]) for side in (frame.across, frame.up))
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT + 18}" role="img" '
        f'font-family="sans-serif" font-size="11" fill="#56606e" aria-label="{escape(title)}">'
        f'<g transform="translate(0 18)"><text x="{LEFT}" y="-4">{escape(title)}</text>'
        + "".join(_grid(frame))
        + "".join(drawn)
        + f'<text x="{middle}" y="{below}" text-anchor="middle">{across}</text>'
        f'<text x="12" y="{HEIGHT // 2}" text-anchor="middle" '
        f'transform="rotate(-90 12 {HEIGHT // 2})">{up}</text></g></svg>'
    )


def _grid(frame: Frame) -> Iterator[str]:
    for step in range(STEPS + 1):
        share = step / STEPS
        (x, y), (left, below) = frame.point(share * frame.across[1], 0), frame.point(0, 0)
        across = frame.point(0, share * frame.up[1])[1]
        right, told = WIDTH - RIGHT, f"{share * frame.across[1]:.0%}"
        yield f'<line x1="{x}" y1="12" x2="{x}" y2="{below}" stroke="#eef1f4"/>'
        yield f'<line x1="{left}" y1="{across}" x2="{right}" y2="{across}" stroke="#eef1f4"/>'
        yield f'<text x="{x}" y="{y + 15}" text-anchor="middle">{told}</text>'
        upright = f"{share * frame.up[1]:.2%}" if frame.up[1] < 0.2 else f"{share:.0%}"
        yield f'<text x="{left - 6}" y="{across + 4}" text-anchor="end">{upright}</text>'
