"""A scanner for strips of cells: ink and box lines on paper in, a grey picture out.

`draw_damage` throws the dice for a scan; `scan` is then the same road for every picture: pen,
paper, copier, scanner, file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from intake.synth import degrade

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from intake.synth.degrade import Layer


@dataclass(frozen=True, slots=True)
class Damage:
    """What happens to one strip between the pen and the file.

    Attributes:
        darkness: of the ink at full pressure, 0..1.
        skips: share of the ink the pen leaves out.
        tooth: how much the paper's grain shows in the ink, 0..1.
        line: darkness of the printed box lines, 0..1; 0 where they drop out.
        paper: grey level of the paper.
        shade: grey levels by which one side is darker.
        mottle: deviation of the paper's own pattern, grey levels.
        blur: deviation, pixels, across and down.
        noise: deviation of the sensor's noise, grey levels.
        copy_contrast: contrast of a photocopy; 1 where it never was one.
        copy_grow: pixels by which a copier fattened all that is dark, 0 or 1.
        specks: number of specks.
        speck_size: radius of the largest, pixels.
        cut: where black and white part, 0 at the ink's grey, 1 at the paper's; None: a grey scan.
        quality: of the JPEG; None where it is stored without loss.
    """

    darkness: float = 0.85
    skips: float = 0.0
    tooth: float = 0.0
    line: float = 0.5
    paper: float = 250.0
    shade: float = 0.0
    mottle: float = 0.0
    blur: tuple[float, float] = (0.5, 0.5)
    noise: float = 0.0
    copy_contrast: float = 1.0
    copy_grow: int = 0
    specks: int = 0
    speck_size: float = 1.0
    cut: float | None = None
    quality: int | None = None


def draw_damage(rng: np.random.Generator, cell_height: float, cells: int = 8) -> Damage:
    """Draws the damage of one scan of `cells` cells that are `cell_height` pixels high.

    A person could still read what comes out: faint ink is spared what would wipe it out.
    """
    fine = cell_height / 60
    faint = rng.random() < 0.12
    darkness = rng.uniform(0.2, 0.4) if faint else rng.uniform(0.4, 1.0)
    paper = rng.uniform(190, 255)
    sharp = rng.uniform(0, 0.9) if rng.random() < 0.8 else rng.uniform(0.9, 1.6)
    smear = float(np.exp(rng.normal(0, 0.25)))
    cut = rng.uniform(0.45, 0.8) if not faint and rng.random() < 0.18 else None
    whole = faint or cut is not None
    noise = 0.0 if rng.random() < 0.2 else float(rng.gamma(1.5, 2.5))
    return Damage(
        darkness=darkness,
        skips=rng.uniform(0.02, 0.2) if not whole and rng.random() < 0.17 else 0.0,
        tooth=rng.uniform(0.1, 0.25 if whole else 0.65) if rng.random() < 0.35 else 0.0,
        line=_line_darkness(rng),
        paper=paper,
        shade=rng.uniform(0, 40) if not whole and rng.random() < 0.3 else 0.0,
        mottle=min(rng.uniform(0, 5), 0.08 * darkness * paper) if rng.random() < 0.5 else 0.0,
        blur=(sharp * fine * smear, sharp * fine / smear),
        noise=min(noise, 0.2 * darkness * paper),
        copy_contrast=rng.uniform(1.2, 3.0) if not faint and rng.random() < 0.2 else 1.0,
        copy_grow=int(cell_height > 45 and rng.random() < 0.1),
        specks=int(rng.integers(1, 2 + cells)) if rng.random() < 0.25 else 0,
        speck_size=max(1.0, rng.uniform(0.01, 0.035) * cell_height),
        cut=cut,
        quality=int(rng.integers(30, 96)) if rng.random() < 0.5 else None,
    )


def _line_darkness(rng: np.random.Generator) -> float:
    kind = rng.random()
    if kind < 0.15:
        return 0.0
    return rng.uniform(0.08, 0.35) if kind < 0.55 else rng.uniform(0.35, 1.0)


def scan(ink: Layer, lines: Layer, damage: Damage, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Returns the picture of `ink` and `lines`, both h×w layers, after `damage`."""
    written = ink > _INKED
    if damage.skips:
        ink = degrade.skip_pen(ink, damage.skips, int(rng.choice([3, 5, 9])), rng)
    if damage.tooth:
        ink = degrade.grain_ink(ink, damage.tooth, rng)
    light = (1 - damage.darkness * ink) * (1 - damage.line * lines)
    picture = np.asarray(damage.paper * light, np.float32)
    if damage.shade:
        picture = degrade.shaded(picture, damage.shade, rng)
    if damage.specks:
        picture = degrade.specked(picture, damage.specks, damage.speck_size, rng)
    picture = degrade.blurred(picture, *damage.blur)
    return _digitised(picture, written, damage, rng)


_INKED = 0.3
"""Cover of a pixel from which the pen's line can be seen to go through it."""

_DROWNED = 0.3
"""Noise, as a share of what is left of the ink after the blur, in which nobody reads any more."""

_KEPT = 0.9
"""Share of the ink that no threshold wipes out: people set their scanners so that it stays."""


def _digitised(
    picture: degrade.Picture, inked: NDArray[np.bool_], damage: Damage, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """The electronic half: noise, copier contrast, threshold, file."""
    seen = float(damage.paper - picture[inked].mean()) if inked.any() else damage.paper
    if damage.mottle:
        mottle = min(damage.mottle, _DROWNED * seen)
        picture = picture + mottle * degrade.noise(picture.shape, rng, 5)
    if damage.noise:
        noise = min(damage.noise, _DROWNED * seen)
        picture = picture + noise * degrade.noise(picture.shape, rng)
    if damage.copy_contrast > 1 or damage.copy_grow:
        turn = damage.paper * (1 - 0.3 * damage.darkness)
        picture = degrade.photocopied(picture, turn, damage.copy_contrast, damage.copy_grow)
    if damage.cut is not None:
        level = damage.paper * (1 - damage.darkness * (1 - damage.cut))
        least = float(np.quantile(picture[inked], _KEPT)) if inked.any() else 0.0
        picture = degrade.two_level(picture, max(level, min(least, 0.96 * damage.paper)))
    bytes_ = degrade.stored(picture)
    return bytes_ if damage.quality is None else degrade.jpeg(bytes_, damage.quality)
