"""Statistiques: every figure of the school's accounts, pupils and guardians apart, each a link to what it counts."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Population
from accounts.models import Guardianship, Schooling
from accounts.permissions import ActiveMandate, Permission
from accounts.requests import SchoolRequest
from accounts.views.lists import badge
from accounts.walls import console_view
from stats.counts import Counted, counted
from stats.tables import TITLES, Figure, Line, Table, rates, tables
from stats.views.ways import ways

FILES = {"tableaux-csv": "Tableaux (CSV)", "tableaux-xlsx": "Tableaux (XLSX)", "bilan-pdf": "Bilan d’une page (PDF)"}
KEYS = {Population.STUDENTS: "eleves", Population.GUARDIANS: "responsables"}


def figures(mandate: ActiveMandate, now: datetime) -> list[Counted]:
    """Pupils and guardians, as far as the mandate opens them."""
    students = Schooling.objects.allowing(mandate, Permission.VIEW_STATISTICS)
    ties = Guardianship.objects.allowing(mandate, Permission.VIEW_STATISTICS)
    return counted(students, ties, now)


@console_view(Permission.VIEW_STATISTICS, reads=True)
def statistics(request: SchoolRequest) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    now = timezone.now()
    populations = [_population(mandate, kind) for kind in figures(mandate, now)]
    return render(
        request,
        "statistics.html",
        {
            "at": now,
            "populations": populations,
            "ways": ways(mandate, "statistics"),
            "files": [
                {"label": label, "url": reverse("statistics_file", args=[mandate.uai, slug])}
                for slug, label in FILES.items()
            ],
        },
    )


def _population(mandate: ActiveMandate, kind: Counted) -> dict[str, Any]:
    here = reverse(kind.population.value, args=[mandate.uai])
    return {
        "key": KEYS[kind.population],
        "title": TITLES[kind.population],
        "total": kind.total,
        "url": here,
        "rates": [_line(rate, here) | {"of": kind.total} for rate in rates(kind)],
        "tables": [_table(table, here) for table in tables(kind)] if kind.total else [],
    }


def _table(table: Table, here: str) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "head": table.head,
        "columns": table.columns,
        "share": table.share,
        "lines": [_line(line, here) for line in table.lines],
    }


def _line(line: Line, here: str) -> dict[str, Any]:
    return {
        "label": line.label,
        "state": badge(line.state) if line.state else None,
        "url": _listed(here, line.facets) if line.facets else "",
        "figures": [_figure(figure, here) for figure in line.figures],
        "share": line.share,
    }


def _figure(figure: Figure, here: str) -> dict[str, Any]:
    return {"label": figure.label, "number": figure.number, "url": _listed(here, figure.facets)}


def _listed(here: str, facets: tuple[tuple[str, str], ...]) -> str:
    return f"{here}?{urlencode(facets)}"
