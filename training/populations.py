"""The cells that figures are measured on, drawn from hands that no model has learnt from."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake.records import CELL_MARGIN
from intake.synth.scanner import Damage
from training.combs import Comb, Cut
from training.pens import plain_pen
from training.strips import (
    EMPTY,
    NOT_A_DIGIT,
    STRUCK_OUT,
    Setting,
    Strip,
    any_setting,
    write_strip,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from intake.records import Grey
    from training.hands import Hand


@dataclass(frozen=True, eq=False, slots=True)
class Cells:
    """Pictures of cells and what stands in them."""

    pictures: list[Grey]
    labels: list[int]
    names: list[str]


def swiss_whole(folder: Path, hands: Sequence[Hand]) -> Cells:
    """Real cells of the swiss set as they were scanned, of all writers in `hands`."""
    cells = Cells([], [], [])
    with np.load(folder / "swiss_digits.npz") as data:
        images, sizes = data["images"], data["size_hw"]
    for hand in hands:
        if hand.collection != "swiss":
            continue
        for label, sources in enumerate(hand.sources):
            for index in sources:
                height, width = sizes[index]
                cells.pictures.append(np.ascontiguousarray(images[index, :height, :width]))
                cells.labels.append(label)
                cells.names.append(f"{hand.name}#{index}")
    return cells


def unipen_drawn(hands: Sequence[Hand], seed: int) -> Cells:
    """Every pen-stroke digit of `hands` drawn once with a clean pen, cells without lines."""
    rng = np.random.default_rng((seed, 1))
    comb = Comb(1, 60, 72, line=0)
    clean = Damage(darkness=0.9, line=0.0, blur=(0.6, 0.6), noise=2.0)
    chosen = [hand for hand in hands if hand.collection == "unipen"]
    return _each_digit(chosen, lambda: Setting(comb, plain_pen(rng), clean, Cut(slip=0.02)), rng)


def scan_simulated(hands: Sequence[Hand], seed: int) -> Cells:
    """Every digit of `hands` once, in a comb of its own, through the scan simulator."""
    rng = np.random.default_rng((seed, 2))
    return _each_digit(hands, lambda: any_setting(rng, 1), rng)


def faint(hands: Sequence[Hand], seed: int) -> Cells:
    """Every digit of `hands` once, in pale ink, with the noise and blur of a grey scan."""
    rng = np.random.default_rng((seed, 5))

    def setting() -> Setting:
        usual = any_setting(rng, 1)
        pale = float(rng.uniform(0.2, 0.35))
        noise = min(usual.damage.noise, 0.2 * pale * usual.damage.paper)
        damage = replace(
            usual.damage, darkness=pale, noise=noise, tooth=0.0, skips=0.0, cut=None,
            copy_contrast=1.0,
        )  # fmt: skip
        return replace(usual, damage=damage)

    return _each_digit(hands, setting, rng)


def grid_page(folder: Path) -> Cells:
    """The cells of the real ruled page, found as the white areas between its lines."""
    page = ruled_page(folder)
    labels = json.loads((folder / "real_forms" / "grid_600_cells.labels.json").read_text())
    dark = np.less(page, 170).view(np.uint8)
    down = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((40, 1)))
    across = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, 40)))
    ruled = np.maximum(cv2.dilate(down, np.ones((61, 3))), cv2.dilate(across, np.ones((3, 61))))
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.asarray(1 - ruled, np.uint8))
    boxes = [row for row in stats[1:].tolist() if 85 < row[2] < 125 and 85 < row[3] < 125]
    boxes.sort(key=lambda box: box[1])
    cells = Cells([], [], [])
    for row in range(30):
        for box in sorted(boxes[20 * row : 20 * row + 20]):
            cells.names.append(f"grid#{len(cells.labels)}")
            cells.pictures.append(_with_margin(page, box))
            cells.labels.append(labels[str(len(cells.labels))])
    return cells


def ruled_page(folder: Path) -> Grey:
    """The real ruled page as it came from its scanner."""
    path = folder / "real_forms" / "grid_600_cells.png"
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)


def _with_margin(page: Grey, box: Sequence[int]) -> Grey:
    left, top, width, height, _ = box
    x, y = round(CELL_MARGIN * width), round(CELL_MARGIN * height)
    return np.ascontiguousarray(
        page[max(0, top - y) : top + height + y, max(0, left - x) : left + width + x]
    )


def _each_digit(
    hands: Sequence[Hand], setting: Callable[[], Setting], rng: np.random.Generator
) -> Cells:
    cells = Cells([], [], [])
    for hand in hands:
        for label in range(10):
            for place, source in enumerate(hand.sources[label]):
                strip = write_strip(hand, [label], setting(), rng, chosen=place)
                cells.pictures.append(strip.cells[0])
                cells.labels.append(label)
                cells.names.append(f"{hand.name}#{source}")
    return cells


def able_hands(hands: Sequence[Hand]) -> list[Hand]:
    """Those that have written every digit; they write fields in turn."""
    return [hand for hand in hands if all(hand.digits)]


def fields(
    hands: Sequence[Hand], count: int, seed: int, *, cells: int = 8, spoilt: float = 0.0
) -> list[Strip]:
    """Fields of one hand each, with empty leading cells, through the scan simulator.

    `spoilt` is the share of fields that have one spoilt cell.
    """
    rng = np.random.default_rng((seed, 3))
    able = able_hands(hands)
    strips = []
    for number in range(count):
        contents = [int(digit) for digit in rng.integers(0, 10, cells)]
        leading = int(rng.choice([0, 1, 2, 3], p=[0.55, 0.2, 0.15, 0.1]))
        contents[:leading] = [EMPTY] * leading
        if rng.random() < spoilt:
            contents[int(rng.integers(leading, cells))] = NOT_A_DIGIT
        hand = able[number % len(able)]
        strips.append(write_strip(hand, contents, any_setting(rng, cells), rng))
    return strips


def filled_with(hands: Sequence[Hand], label: int, count: int, seed: int) -> Cells:
    """`count` cells that are all empty, or all spoilt, through the scan simulator."""
    if label not in (EMPTY, NOT_A_DIGIT):
        raise ValueError("only empty and spoilt cells are made by the number")
    rng = np.random.default_rng((seed, 4 + label))
    cells = Cells([], [], [])
    able = able_hands(hands)
    while len(cells.pictures) < count:
        hand = able[int(rng.integers(len(able)))]
        strip = write_strip(hand, [label] * 10, any_setting(rng, 10), rng)
        cells.pictures.extend(strip.cells)
        cells.labels.extend([min(label, STRUCK_OUT)] * 10)
        cells.names.extend([hand.name] * 10)
    return cells
