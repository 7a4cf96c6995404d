"""Fields drawn over the picture of their form, for people to look at."""

from intake.overlays.canvas import write_png
from intake.overlays.places import template_overlay
from intake.overlays.verdicts import form_overlay

__all__ = ["form_overlay", "template_overlay", "write_png"]
