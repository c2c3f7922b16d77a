"""Runs, their items, and the sealed payload; what a school sets for its letters."""

from notifications.models.letterhead import Letterhead
from notifications.models.run import Run, RunItem, SealedSecret

__all__ = ["Letterhead", "Run", "RunItem", "SealedSecret"]
