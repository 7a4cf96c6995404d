"""Printed digits, one hand per typeface: account and meter numbers are read by the same network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import reportlab
from PIL import Image, ImageDraw, ImageFont

from training.hands import Hand, tight

_HEIGHT = 72
_OURS = Path(__file__).parent.parent / "intake" / "forms" / "fonts"
_REPORTLAB = Path(reportlab.__file__).parent / "fonts"
_NO_DIGITS = ("sy", "zd", "zx", "zy", "callig", "DarkGarden", "hb-test")


def print_hands() -> list[Hand]:
    """Returns a hand for every typeface that comes with the program and its dependencies."""
    files = [*_OURS.glob("*.ttf"), *_REPORTLAB.glob("*.ttf"), *_REPORTLAB.glob("*.pfb")]
    chosen = [file for file in sorted(files) if not file.stem.startswith(_NO_DIGITS)]
    return [_typeface(file) for file in chosen]


def _typeface(file: Path) -> Hand:
    font = ImageFont.truetype(str(file), _HEIGHT)
    hand = Hand(f"print:{file.stem}", "train")
    for label in range(10):
        canvas = Image.new("L", (2 * _HEIGHT, 2 * _HEIGHT))
        ImageDraw.Draw(canvas).text((_HEIGHT // 2, _HEIGHT // 4), str(label), 255, font=font)
        hand.add(label, tight(np.asarray(canvas)), label)
    return hand
