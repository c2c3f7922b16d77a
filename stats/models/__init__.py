"""What is kept of each day."""

from stats.models.daily import DailyFigure

__all__ = ["DailyFigure"]
