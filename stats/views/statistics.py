"""Statistiques: a first page. States and rates of pupils and guardians, and activation by class."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.enums import ShownState
from accounts.models import Guardian, Schooling
from accounts.permissions import ActiveMandate, Permission
from accounts.requests import SchoolRequest
from accounts.views.lists import badge
from accounts.walls import console_view
from stats.counts import PRESENT, StateCount, activation_by_class, by_state, percent


@console_view(Permission.VIEW_STATISTICS, reads=True)
def statistics(request: SchoolRequest) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    now = timezone.now()
    students = Schooling.objects.allowing(mandate, Permission.VIEW_STATISTICS).with_shown_state(now)
    guardians = Guardian.objects.allowing(mandate, Permission.VIEW_STATISTICS).with_shown_state(now)
    students_shown = tuple(state for state in PRESENT if state is not ShownState.ACTIVATING)
    context = {
        "at": now,
        "populations": [
            _population(mandate, "eleves", "Élèves", "students", by_state(students, students_shown))
            | _classes(mandate, activation_by_class(students.shown_as(()))),
            _population(mandate, "responsables", "Responsables", "guardians", by_state(guardians)),
        ],
    }
    return render(request, "statistics.html", context)


def _population(mandate: ActiveMandate, key: str, title: str, route: str, counts: list[StateCount]) -> dict[str, Any]:
    here = reverse(route, args=[mandate.uai])

    def listed(state: ShownState) -> str:
        return f"{here}?{urlencode({'etat': state.value})}"

    activated = next(count for count in counts if count.state is ShownState.ACTIVATED)
    return {
        "key": key,
        "title": title,
        "total": activated.total,
        "url": here,
        "states": [
            {"state": badge(count.state), "figure": count.number, "share": count.share, "url": listed(count.state)}
            for count in counts
        ],
        "rates": [
            {
                "label": "Taux d’activation",
                "share": activated.share,
                "figure": activated.number,
                "of": activated.total,
                "url": listed(ShownState.ACTIVATED),
            }
        ],
        "columns": [],
        "classes": [],
    }


def _classes(mandate: ActiveMandate, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The table by class: every figure opens its list; pupils without class have none to open."""
    here = reverse("students", args=[mandate.uai])
    shown = []
    for row in rows:
        of_class = f"{here}?{urlencode({'classe': row['classroom']})}" if row["classroom"] else ""
        activated = f"{of_class}&etat={ShownState.ACTIVATED}" if of_class else ""
        shown.append(
            {
                "label": row["classroom__code"] or "Sans classe",
                "url": of_class,
                "cells": [
                    {"label": "élèves", "figure": row["total"], "url": of_class},
                    {"label": "activés", "figure": row["activated"], "url": activated},
                ],
                "share": percent(row["activated"], row["total"]),
            }
        )
    return {"columns": ["Élèves", "Activés"], "classes": shown}
