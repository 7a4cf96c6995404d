"""A scanner simulated: filled forms laid on its glass, and the page that comes out.

The truth comes with it: where every millimetre of every form went. Pixels are counted as OpenCV
does, the middle of the first one being (0, 0).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from intake import geometry
from intake.records import Grey, Matrix, Points, read_only
from intake.synth import degrade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.synth.degrade import Picture

A4 = (210.0, 297.0)


@dataclass(frozen=True, eq=False, slots=True)
class Paper:
    """A form on paper, as somebody filled it.

    Attributes:
        image: H×W grey, the whole form edge to edge.
        px_per_mm: scale of `image`.
        mask: H×W, 255 where there is paper; None where all of it is there.
        fold: where it was folded, millimetres from the top; None where it is flat.
        lost: millimetres that the fold swallows: what lies below moves up by it.
    """

    image: Grey
    px_per_mm: float
    mask: Grey | None = None
    fold: float | None = None
    lost: float = 0.0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, millimetres."""
        height, width = self.image.shape
        return width / self.px_per_mm, height / self.px_per_mm

    def bent(self, points: Points) -> Points:
        """Where N×2 points of the flat form lie once it is folded, millimetres."""
        moved = np.array(points, dtype=np.float64).reshape(-1, 2)
        if self.fold is not None:
            moved[moved[:, 1] > self.fold, 1] -= self.lost
        return moved


@dataclass(frozen=True, slots=True)
class Lie:
    """How a form lies on the glass.

    Attributes:
        centre: of the form, millimetres from the glass's top left corner.
        angle: degrees counter-clockwise as seen on the page.
        scale: at which it was printed or copied, across and down the form.
    """

    centre: tuple[float, float]
    angle: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Scanner:
    """What the scanner does to a page.

    Attributes:
        glass: width and height of what it scans, millimetres.
        dpi: dots per inch.
        feed: stretch in the direction of the feed, down the page.
        uneven: how far the feed strays from even, millimetres.
        lid: grey around the paper, 0..255.
        white: grey of unprinted paper, 0..255.
        border: dark border at the left and lower edges, millimetres.
        blur: deviation across and down, pixels.
        noise: deviation, grey levels.
        shade: grey levels that uneven light takes away.
        contrast: above 1 for a photocopy.
        specks: dirt, pieces on the page.
        level: grey below which a 1-bit scan is black; None for grey.
        quality: of the JPEG it stores, 1..100; None where it stores every pixel.
        inverted: whether black and white are swapped.
    """

    glass: tuple[float, float] = A4
    dpi: int = 300
    feed: float = 1.0
    uneven: float = 0.0
    lid: int = 240
    white: int = 250
    border: float = 0.0
    blur: tuple[float, float] = (0.6, 0.6)
    noise: float = 2.5
    shade: float = 6.0
    contrast: float = 1.0
    specks: int = 6
    level: int | None = None
    quality: int | None = None
    inverted: bool = False

    @property
    def px_per_mm(self) -> float:
        """Pixels to the millimetre."""
        return self.dpi / geometry.MM_PER_INCH

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the page, pixels."""
        width, height = self.glass
        return round(height * self.px_per_mm), round(width * self.px_per_mm)


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """Where a form ended up on the page.

    Attributes:
        paper: the form.
        matrix: 3×3, millimetres on the folded form → pixels, before the feed strays.
        stray: pixels that each row of the page came out lower than it should have.
    """

    paper: Paper
    matrix: Matrix
    stray: Points

    def to_page(self, points: Points) -> Points:
        """Pixels of the page for N×2 millimetres on the form."""
        even = geometry.apply(self.matrix, self.paper.bent(points))
        even[:, 1] += np.interp(even[:, 1], np.arange(len(self.stray)), self.stray)
        return even


@dataclass(frozen=True, eq=False, slots=True)
class Scanned:
    """A page as the scanner stored it.

    Attributes:
        image: H×W grey.
        places: where each form is, in the order they were laid down.
    """

    image: Grey
    places: tuple[Place, ...]


def scan(laid: Sequence[tuple[Paper, Lie]], scanner: Scanner, rng: np.random.Generator) -> Scanned:
    """Scans the forms that lie on the glass; none at all makes a blank page."""
    stray = _stray(scanner, rng)
    places = tuple(Place(paper, lie_matrix(paper, lie, scanner), stray) for paper, lie in laid)
    glass = _composed(places, scanner)
    fed = _fed(glass, stray) if scanner.uneven else glass
    return Scanned(read_only(_looks(fed, scanner, rng)), places)


def lie_matrix(paper: Paper, lie: Lie, scanner: Scanner) -> Matrix:
    """3×3, millimetres on the form → pixels of a page that is fed evenly."""
    width, height = paper.size
    to_middle = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1.0]])
    printed = np.diag([*lie.scale, 1.0])
    turned = geometry.similarity(1.0, lie.angle, lie.centre)
    pixels = np.diag([scanner.px_per_mm, scanner.px_per_mm * scanner.feed, 1.0])
    pixels[:2, 2] = -0.5
    matrix: Matrix = pixels @ turned @ printed @ to_middle
    return matrix


def folded(paper: Paper, at: float, lost: float) -> Paper:
    """`paper` folded across at `at` millimetres from the top, and flattened again."""
    row, gone = round(at * paper.px_per_mm), round(lost * paper.px_per_mm)
    end = np.full((gone, paper.image.shape[1]), 255, np.uint8)
    image = np.vstack([paper.image[:row], paper.image[row + gone :], end]).astype(np.float32)
    away = (np.arange(len(image)) - row) / paper.px_per_mm
    shadow = 60 * np.exp(-np.abs(away) / 0.25) + 14 * np.exp(-np.abs(away) / 2.5) * (away > 0)
    image -= shadow[:, None]
    return replace(
        paper,
        image=degrade.stored(image),
        fold=row / paper.px_per_mm,
        lost=gone / paper.px_per_mm,
    )


def torn(paper: Paper, edge: str, depth: float, rng: np.random.Generator) -> Paper:
    """`paper` torn along its `left`, `right`, `top` or `bottom` edge, about `depth` mm deep."""
    turns = {"top": 0, "right": 1, "bottom": 2, "left": 3}[edge]
    mask = np.full(paper.image.shape, 255, np.uint8) if paper.mask is None else paper.mask
    turned = np.rot90(mask, turns).copy()
    columns = np.arange(turned.shape[1])
    knots = np.arange(0, len(columns) + 40, 2.5 * paper.px_per_mm)
    depths = np.clip(rng.normal(depth, depth / 4, len(knots)), 0, None) * paper.px_per_mm
    ragged = np.interp(columns, knots, depths)
    turned[np.arange(len(turned))[:, None] < ragged[None, :]] = 0
    return replace(paper, mask=np.ascontiguousarray(np.rot90(turned, -turns)))


def without_corner(paper: Paper, corner: int, size: float) -> Paper:
    """`paper` with a corner cut off: 0 is top left, then clockwise; `size` millimetres."""
    mask = np.full(paper.image.shape, 255, np.uint8) if paper.mask is None else paper.mask.copy()
    height, width = mask.shape
    edge = round(size * paper.px_per_mm)
    x, y = ((0, 0), (width, 0), (width, height), (0, height))[corner]
    inward_x, inward_y = (edge if x == 0 else -edge), (edge if y == 0 else -edge)
    triangle = np.array([[x, y], [x + inward_x, y], [x, y + inward_y]], np.int32)
    cv2.fillPoly(mask, [triangle], 0)
    return replace(paper, mask=mask)


def _stray(scanner: Scanner, rng: np.random.Generator) -> Points:
    """Pixels down the page by which each row comes out late: slow, and nothing at the top."""
    rows = scanner.shape[0]
    knots = np.cumsum(rng.normal(0, 1, 9))
    knots -= np.linspace(knots[0], knots[-1], 9)
    size = max(float(np.abs(knots).max()), 1e-9)
    at = np.linspace(0, 8, rows)
    stray: Points = np.interp(at, np.arange(9), knots) * scanner.uneven * scanner.px_per_mm / size
    return stray


def _composed(places: Sequence[Place], scanner: Scanner) -> Picture:
    """The glass with the lid's grey, the papers and the shadows of their edges."""
    height, width = scanner.shape
    glass = np.full((height, width), scanner.lid, np.float32)
    covered = np.zeros((height, width), np.uint8)
    for place in places:
        _put(glass, covered, place, scanner.white)
    return _edge_shadows(glass, covered)


def _put(glass: Picture, covered: Grey, place: Place, white: int) -> None:
    paper = place.paper
    to_mm = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, paper.px_per_mm]]) / paper.px_per_mm
    matrix = (place.matrix @ to_mm)[:2]
    size = (glass.shape[1], glass.shape[0])
    shrink = paper.px_per_mm / float(np.linalg.norm(place.matrix[:2, 0]))
    soft = cv2.GaussianBlur(paper.image, (0, 0), max(0.3, 0.4 * shrink))
    whole = np.full(paper.image.shape, 255, np.uint8) if paper.mask is None else paper.mask
    mask = cv2.warpAffine(whole, matrix, size, flags=cv2.INTER_LINEAR)
    form = cv2.warpAffine(
        soft, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    share = mask.astype(np.float32) / 255
    glass += (form * np.float32(white / 255) - glass) * share
    np.maximum(covered, mask, out=covered)


def _edge_shadows(glass: Picture, covered: Grey) -> Picture:
    if not covered.any():
        return glass
    moved = np.roll(covered, (2, 2), (0, 1))
    shadow = cv2.GaussianBlur(moved, (0, 0), 2.5).astype(np.float32) / 255
    glass -= 55 * shadow * (1 - covered.astype(np.float32) / 255)
    return glass


def _fed(glass: Picture, stray: Points) -> Picture:
    """Each row drawn from where it lay before the feed strayed."""
    rows = np.arange(len(glass), dtype=np.float64)
    came_out = rows + stray
    source = np.interp(rows, came_out, rows)
    low = np.clip(source.astype(int), 0, len(glass) - 2)
    share = (source - low).astype(np.float32)[:, None]
    return np.asarray(glass[low] * (1 - share) + glass[low + 1] * share, np.float32)


def _looks(picture: Picture, scanner: Scanner, rng: np.random.Generator) -> Grey:
    """Light, dirt, optics and storage, in the order in which they happen."""
    picture = degrade.specked(picture, scanner.specks, 0.18 * scanner.px_per_mm, rng)
    picture = degrade.shaded(picture, scanner.shade, rng)
    picture = 150 + (picture - 150) * np.float32(scanner.contrast)
    picture = np.clip(picture, 0, 255, out=picture)
    picture = degrade.blurred(picture, *scanner.blur)
    _darken_border(picture, scanner)
    height, width = scanner.shape
    picture = picture + scanner.noise * degrade.noise((height, width), rng)
    if scanner.level is not None:
        picture = np.where(picture < scanner.level, np.float32(0), np.float32(255))
    grey = degrade.stored(255 - picture if scanner.inverted else picture)
    return grey if scanner.quality is None else degrade.jpeg(grey, scanner.quality)


def _darken_border(picture: Picture, scanner: Scanner) -> None:
    edge = round(scanner.border * scanner.px_per_mm)
    if edge:
        picture[:, :edge] = 18
        picture[-edge:] = 18
