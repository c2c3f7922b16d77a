"""Figures day by day: the days that are over as they were kept, and today as it stands."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.enums import Population
from accounts.models import Classroom, Guardian, Schooling
from accounts.permissions import ActiveMandate, Permission
from stats.counts import PRESENT, by_state
from stats.days import starts_at
from stats.models import DailyFigure


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom, and from which day to which, both included."""

    population: Population
    classroom: Classroom | None
    first: date
    last: date


def series(mandate: ActiveMandate, asked: Asked, now: datetime) -> list[DailyFigure]:
    """The days asked for that are known, in their order: 366 at most.

    Today, by `now` in the school's time, is counted as it stands, and kept nowhere.
    """
    rows = DailyFigure.objects.allowing(mandate, Permission.VIEW_STATISTICS).between(asked.first, asked.last)
    found = list(rows.filter(population=asked.population, classroom=asked.classroom))
    if asked.last == now.date():
        found = [row for row in found if row.day < asked.last] + [live(mandate, asked, now)]
    return found


def live(mandate: ActiveMandate, asked: Asked, now: datetime) -> DailyFigure:
    """Today's figures, not saved."""
    rows, prefix = _rows(mandate, asked)
    states = by_state(rows.with_shown_state(now).shown_as(()))
    since = {f"{prefix}notified_at__gte": starts_at(now.date(), now.tzinfo)}  # type: ignore[arg-type]  # a ZoneInfo
    return DailyFigure(
        school_id=mandate.uai,
        day=now.date(),
        population=asked.population,
        classroom=asked.classroom,
        notifications=rows.with_shown_state(now).shown_as(()).filter(**since).count(),
        **{state.value: states.get(state, 0) for state in PRESENT},
    )


def _rows(mandate: ActiveMandate, asked: Asked) -> tuple[Any, str]:
    if asked.population is Population.STUDENTS:
        students = Schooling.objects.allowing(mandate, Permission.VIEW_STATISTICS)
        return (students.filter(classroom=asked.classroom) if asked.classroom else students), "student__"
    guardians = Guardian.objects.allowing(mandate, Permission.VIEW_STATISTICS)
    return (guardians.with_child_in([asked.classroom]) if asked.classroom else guardians), ""
