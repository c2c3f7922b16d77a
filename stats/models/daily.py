"""The figures of one day."""

from django.db import models
from django.db.models import Q

from accounts.enums import Population
from accounts.models import Classroom, School
from stats.querysets import DailyFigureQuerySet


class DailyFigure(models.Model):
    """How many accounts of a kind stood in each state when a day was over, in a school or in one of its classes.

    Without a class it is the whole school: a guardian of children in two classes is counted in both, and once in the
    whole. Accounts that are leaving or closed are not counted. `notifications` is how many were notified that day.
    A day that is kept is never changed.
    """

    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    day = models.DateField()
    population = models.CharField(max_length=10, choices=Population)
    classroom = models.ForeignKey(Classroom, models.CASCADE, null=True, db_index=False)
    not_notified = models.PositiveIntegerField(default=0)
    notified = models.PositiveIntegerField(default=0)
    activating = models.PositiveIntegerField(default=0)
    expired = models.PositiveIntegerField(default=0)
    activated = models.PositiveIntegerField(default=0)
    blocked = models.PositiveIntegerField(default=0)
    notifications = models.PositiveIntegerField(default=0)

    objects = DailyFigureQuerySet.as_manager()

    class Meta:
        db_table = "daily_figure"
        constraints = [
            models.UniqueConstraint(
                fields=["school", "population", "classroom", "day"],
                name="daily_figure_once_a_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="daily_figure_population_is_known", condition=Q(population__in=Population.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.day} {self.population}"

    @property
    def total(self) -> int:
        return self.not_notified + self.notified + self.activating + self.expired + self.activated + self.blocked
