"""Runs, their items, and the sealed payload."""

from notifications.models.run import Run, RunItem, SealedSecret

__all__ = ["Run", "RunItem", "SealedSecret"]
