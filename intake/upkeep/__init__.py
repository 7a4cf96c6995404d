"""Keeping a workspace: saved elsewhere, counted again from its evidence, rid of what must go."""

from intake.upkeep.backup import Saved, back_up
from intake.upkeep.erase import Archive, Erased, erase, finish_erasing
from intake.upkeep.verify import Recount, recount

__all__ = [
    "Archive",
    "Erased",
    "Recount",
    "Saved",
    "back_up",
    "erase",
    "finish_erasing",
    "recount",
]
