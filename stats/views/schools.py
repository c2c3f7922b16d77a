"""The schools of one person together, from their daily figures: each is read in its own scope, one after the other."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import assurance
from accounts.enums import Population, Role
from accounts.middleware import activate
from accounts.permissions import ActiveMandate, Permission, can, is_assured
from accounts.requests import SchoolRequest
from accounts.views.lists import badge
from accounts.walls import console_view
from educonnect_admin.toolkit.scope import scope
from stats.counts import STATES, percent
from stats.models import DailyFigure
from stats.tables import TITLES
from stats.views.ways import ways

Figures = dict[str, DailyFigure]


@console_view(Permission.VIEW_STATISTICS, reads=True)
def statistics_schools(request: SchoolRequest) -> HttpResponse:
    """All that the person's mandates open now, as this page's own school does, and nothing else."""
    today = timezone.localdate()
    schools = [(mandate, _last_day(mandate, today)) for mandate in opened(request)]
    known = [figures for _, figures in schools if figures]
    context = {
        "days": sorted({row.day for figures in known for row in figures.values()}),
        "populations": [_population(kind, known) for kind in Population],
        "schools": [_school(mandate, figures) for mandate, figures in schools],
        "ways": ways(request.mandate, "statistics_schools"),
    }
    return render(request, "stats/schools.html", context)


def opened(request: SchoolRequest) -> list[ActiveMandate]:
    """The mandates that give this right at this request, one a school: as well known as their role wants."""
    found: dict[str, ActiveMandate] = {}
    for held in request.mandates:
        known_by = assurance.assurance_of(request, held.school)
        if is_assured(Role(held.role), known_by, school_wants_otp=held.school.wants_otp_of_teachers):
            mandate = activate(held, known_by)
            if can(mandate, Permission.VIEW_STATISTICS):
                found.setdefault(mandate.uai, mandate)
    return list(found.values())


def _last_day(mandate: ActiveMandate, today: date) -> Figures:
    """The last day kept of a school, by kind of account, read in that school's scope. One query."""
    with scope(mandate.uai):
        rows = DailyFigure.objects.allowing(mandate, Permission.VIEW_STATISTICS).whole_school()
        last = list(rows.filter(day__lt=today).order_by("-day")[:2])
    return {row.population: row for row in last if row.day == last[0].day}


def _population(kind: Population, known: Iterable[Figures]) -> dict[str, Any]:
    """The states of all schools together."""
    states: Counter[str] = Counter()
    for figures in known:
        if row := figures.get(kind.value):
            states.update({state.value: getattr(row, state.value) for state in STATES[kind]})
    total = sum(states.values())
    return {
        "key": kind.value,
        "title": TITLES[kind],
        "total": total,
        "activated": states["activated"],
        "share": percent(states["activated"], total),
        "states": [
            {"state": badge(state), "number": states[state.value], "share": percent(states[state.value], total)}
            for state in STATES[kind]
        ],
    }


def _school(mandate: ActiveMandate, figures: Figures) -> dict[str, Any]:
    cells = []
    for kind in Population:
        row = figures.get(kind.value)
        total, activated = (row.total, row.activated) if row else (0, 0)
        cells.append({"total": total, "activated": activated, "share": percent(activated, total)})
    return {
        "name": mandate.school_name,
        "uai": mandate.uai,
        "url": reverse("statistics", args=[mandate.uai]),
        "day": next((row.day for row in figures.values()), None),
        "cells": cells,
    }
