"""What paper, pen, copier and scanner do to ink: small steps, each on one picture.

Ink layers are float32, 0 = paper, 1 = full ink. Pictures are float32 grey, 0 = black, 255 =
white, until `stored` makes bytes of them. Lengths are pixels.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Layer = NDArray[np.float32]
Picture = NDArray[np.float32]

_BANK = 1024


@cache
def _noise_bank(cell: int) -> Layer:
    """Fixed noise to cut pieces from; `cell` is the size of its grains."""
    rng = np.random.default_rng(20_231 + cell)
    side = -(-_BANK // cell)
    grains = rng.standard_normal((side, side)).astype(np.float32)
    if cell == 1:
        return grains
    smooth = cv2.resize(grains, (_BANK, _BANK), interpolation=cv2.INTER_CUBIC)
    return np.asarray(smooth / smooth.std(), np.float32)


def noise(shape: tuple[int, int], rng: np.random.Generator, grain: int = 1) -> Layer:
    """Returns noise of mean 0 and deviation 1 with grains of `grain` pixels."""
    bank = _noise_bank(grain)
    height, width = shape
    rows = (np.arange(height) + rng.integers(_BANK)) % _BANK
    columns = (np.arange(width) + rng.integers(_BANK)) % _BANK
    piece = bank[rows[:, None], columns[None, :]]
    return np.asarray(-piece if rng.random() < 0.5 else piece, np.float32)


def skip_pen(ink: Layer, share: float, grain: int, rng: np.random.Generator) -> Layer:
    """A ball pen that runs dry: about `share` of the ink goes missing in patches."""
    gaps = noise(ink.shape, rng, grain)
    level = float(np.quantile(gaps[::3, ::3], share))
    kept = np.clip((gaps - level) * 4 + 0.5, 0, 1)
    return np.asarray(ink * kept, np.float32)


def grain_ink(ink: Layer, depth: float, rng: np.random.Generator) -> Layer:
    """Pencil and paper tooth: ink gets lighter and darker by `depth`, 0..1."""
    tooth = noise(ink.shape, rng, 2)
    return np.asarray(ink * np.clip(1 - depth * (0.5 + 0.5 * tooth), 0, 1), np.float32)


def blurred(picture: Picture, sigma_x: float, sigma_y: float) -> Picture:
    """Out of focus, or smeared by the feed where the two deviations differ."""
    if max(sigma_x, sigma_y) < 0.25:
        return picture
    soft = cv2.GaussianBlur(picture, (0, 0), max(sigma_x, 0.1), sigmaY=max(sigma_y, 0.1))
    return np.asarray(soft, np.float32)


def shaded(picture: Picture, depth: float, rng: np.random.Generator) -> Picture:
    """Paper that is darker on one side, by up to `depth` grey levels."""
    height, width = picture.shape
    across = np.linspace(0, rng.uniform(-1, 1), width, dtype=np.float32)
    down = np.linspace(0, rng.uniform(-1, 1), height, dtype=np.float32)
    return np.asarray(picture - depth * np.abs(across[None, :] + down[:, None]) / 2, np.float32)


def photocopied(picture: Picture, turn: float, contrast: float, grow: int) -> Picture:
    """Contrast pushed around the grey level `turn`; `grow` fattens all that is dark."""
    if grow:
        cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (2 * grow + 1, 2 * grow + 1))
        picture = np.asarray(cv2.erode(picture, cross), np.float32)
    return np.asarray(np.clip((picture - turn) * contrast + turn, 0, 255), np.float32)


def specked(picture: Picture, count: int, size: float, rng: np.random.Generator) -> Picture:
    """Dirt: dark specks, now and then light ones, of at most `size` pixels."""
    height, width = picture.shape
    dirty = picture.copy()
    for _ in range(count):
        at = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (max(1, int(rng.uniform(0.3, 1) * size)), max(1, int(rng.uniform(0.3, 1) * size)))
        level = float(rng.uniform(0, 120)) if rng.random() < 0.8 else 255.0
        cv2.ellipse(dirty, at, axes, 0, 0, 360, level, -1)
    return dirty


def two_level(picture: Picture, level: float) -> Picture:
    """Black below `level`, white from there."""
    return np.where(picture < level, np.float32(0), np.float32(255))


def jpeg(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Stored as JPEG and read again."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def stored(picture: Picture) -> NDArray[np.uint8]:
    """Rounds to bytes."""
    return np.asarray(np.clip(picture, 0, 255), np.uint8)
