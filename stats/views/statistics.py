"""Statistiques: a first page. States and rates of pupils and guardians, and activation by class."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Population, ShownState
from accounts.models import Guardian, Schooling
from accounts.permissions import ActiveMandate, Permission
from accounts.views.lists import badge
from accounts.walls import console_view
from stats.counts import PRESENT, StateCount, activation_by_class, by_state, percent


@console_view(Permission.VIEW_STATISTICS, reads=True)
def statistics(request: HttpRequest) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    now = timezone.now()
    students = Schooling.objects.allowing(mandate, Permission.VIEW_STATISTICS).with_shown_state(now)
    guardians = Guardian.objects.allowing(mandate, Permission.VIEW_STATISTICS).with_shown_state(now)
    students_shown = tuple(state for state in PRESENT if state is not ShownState.ACTIVATING)
    context = {
        "at": now,
        "populations": [
            _population(mandate, Population.STUDENTS, "students", by_state(students, students_shown)),
            _population(mandate, Population.GUARDIANS, "guardians", by_state(guardians)),
        ],
        "classes": [_class_row(mandate, row) for row in activation_by_class(students.shown_as(()))],
    }
    return render(request, "statistics.html", context)


def _population(
    mandate: ActiveMandate, population: Population, route: str, counts: list[StateCount]
) -> dict[str, Any]:
    here = reverse(route, args=[mandate.uai])
    activated = next(count for count in counts if count.state is ShownState.ACTIVATED)
    return {
        "label": population.label,
        "total": activated.total,
        "total_url": here,
        "rate": activated.share,
        "states": [
            {
                "state": badge(count.state),
                "number": count.number,
                "share": count.share,
                "url": f"{here}?{urlencode({'etat': count.state.value})}",
            }
            for count in counts
        ],
    }


def _class_row(mandate: ActiveMandate, row: dict[str, Any]) -> dict[str, Any]:
    here = reverse("students", args=[mandate.uai])
    by_class = {"classe": row["classroom"]} if row["classroom"] else {}
    return {
        "label": row["classroom__code"] or "Sans classe",
        "total": row["total"],
        "url": f"{here}?{urlencode(by_class)}" if by_class else "",
        "distributed": row["distributed"],
        "activated": row["activated"],
        "activated_url": f"{here}?{urlencode({**by_class, 'etat': ShownState.ACTIVATED.value})}"
        if by_class
        else "",
        "rate": percent(row["activated"], row["total"]),
    }
