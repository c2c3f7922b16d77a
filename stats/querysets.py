"""Questions about many days."""

from datetime import date
from typing import Any, Self

from django.db import models

from accounts.permissions import ActiveMandate, Permission, can


class DailyFigureQuerySet(models.QuerySet[Any]):
    def allowing(self, mandate: ActiveMandate | None, permission: Permission) -> Self:
        """The days of the mandate's school; of a mandate on some classes, those of these classes only."""
        if mandate is None or not can(mandate, permission):
            return self.none()
        rows = self.filter(school=mandate.uai)
        return rows if mandate.classrooms is None else rows.filter(classroom__in=mandate.classrooms)

    def between(self, first: date, last: date) -> Self:
        """From the first day to the last, both included, in their order."""
        return self.filter(day__gte=first, day__lte=last).order_by("day")

    def whole_school(self) -> Self:
        return self.filter(classroom__isnull=True)
