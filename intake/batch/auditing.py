"""The sample of what was accepted unseen that people key blindly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.metrics import fields_needed

if TYPE_CHECKING:
    from intake.settings import Settings
    from intake.store import Store


def draw_audit(store: Store, settings: Settings) -> None:
    """Draws the sample of what was accepted unseen: enough for the bound, if there is as much."""
    if settings.audit:
        needed = fields_needed(0, settings.max_error, settings.assurance)
        store.trust.draw_audit(settings.organisation, max(settings.audit, needed))
