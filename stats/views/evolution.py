"""Evolution: how far the accounts were each day since 1 September, as a curve and as its table."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Population
from accounts.models import School
from accounts.permissions import ActiveMandate, Permission
from accounts.requests import SchoolRequest
from accounts.views.lists import open_classrooms
from accounts.walls import console_view
from stats.counts import percent
from stats.days import told_in_table
from stats.models import DailyFigure
from stats.periods import KINDS, Period, read_period
from stats.returns import returns
from stats.series import Asked, series
from stats.tables import SMALLEST_TOLD, TITLES
from stats.views.ways import ways

LINES = (
    ("Activés", "activated"),
    ("Notifiés", "notified"),
    ("Notifications expirées", "expired"),
    ("Non notifiés", "not_notified"),
)
TELLING = 20
"""A day is marked where one account in so many, or more, was notified."""
MEDIA = {"svg": "image/svg+xml", "png": "image/png"}
TOO_FEW = (
    f"Une classe de moins de {SMALLEST_TOLD} comptes ne sort pas seule dans un fichier : ses chiffres diraient presque"
    " des noms."
)


def asked_period(request: SchoolRequest) -> tuple[Period, School, datetime]:
    """The period of the address, the school, and the moment in the school's time."""
    mandate: ActiveMandate = request.mandate
    school = School.objects.get(pk=mandate.uai)
    now = timezone.now().astimezone(school.zone)
    born = school.created_at.astimezone(school.zone).date()
    rooms = open_classrooms(mandate)
    return read_period(request.GET.dict(), classrooms=rooms, born=born, today=now.date()), school, now


def is_small(rows: list[DailyFigure], asked: Asked) -> bool:
    """Whether these days of a class are of so few that each figure nearly names somebody."""
    return asked.classroom is not None and min((row.total for row in rows if row.total), default=0) < SMALLEST_TOLD


def told_of(asked: Asked) -> str:
    """In words: élèves de la 5EME A, du 01/09/2026 au 24/11/2026."""
    of_class = f" de la classe {asked.classroom.code}" if asked.classroom else ""
    return f"{asked.population.label}{of_class}, du {asked.first:%d/%m/%Y} au {asked.last:%d/%m/%Y}"


@console_view(Permission.VIEW_STATISTICS, reads=True)
def statistics_evolution(request: SchoolRequest) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    period, _, now = asked_period(request)
    asked = period.asked
    every = series(mandate, asked, now)
    told = set(told_in_table(asked.first, asked.last))
    rows = [row for row in every if row.day in told]
    context = {
        "at": now,
        "told": told_of(asked),
        "errors": [*period.errors, *([TOO_FEW] if request.GET.get("erreur") == "effectif" else [])],
        "form": _form(mandate, asked),
        "curve_url": reverse("statistics_curve", args=[mandate.uai, "svg"]) + period.address,
        "files": [] if is_small(rows, asked) else _files(mandate, period),
        "rows": [
            _row(row, now.date()) | {"notified": number}
            for row, number in reversed(list(zip(rows, notified_until(every, told), strict=True)))
        ],
        "by_week": len(told) <= (asked.last - asked.first).days,
        "shows_activating": asked.population is Population.GUARDIANS,
        "ways": ways(mandate, "statistics_evolution"),
    }
    return render(request, "stats/evolution.html", context)


def notified_until(rows: list[DailyFigure], told: set[date]) -> list[int]:
    """For each line of the table: notified that day, and on the days since the line before it."""
    found, since = [], 0
    for row in rows:
        since += row.notifications
        if row.day in told:
            found.append(since)
            since = 0
    return found


def _form(mandate: ActiveMandate, asked: Asked) -> dict[str, Any]:
    return {
        "url": reverse("statistics_evolution", args=[mandate.uai]),
        "kinds": [
            {"value": key, "label": TITLES[kind], "selected": kind is asked.population} for key, kind in KINDS.items()
        ],
        "classes": [
            {"value": room.pk, "label": room.code, "selected": room == asked.classroom}
            for room in open_classrooms(mandate)
        ],
        "first": asked.first,
        "last": asked.last,
    }


def _files(mandate: ActiveMandate, period: Period) -> list[dict[str, str]]:
    def at(name: str, slug: str) -> str:
        return reverse(name, args=[mandate.uai, slug]) + period.address

    return [
        {"label": "Tableau, chaque jour (CSV)", "url": at("statistics_file", "evolution-csv")},
        {"label": "Tableau, chaque jour (XLSX)", "url": at("statistics_file", "evolution-xlsx")},
        {"label": "Courbe (SVG)", "url": at("statistics_curve", "svg") + "&fichier=1"},
        {"label": "Courbe (PNG)", "url": at("statistics_curve", "png") + "&fichier=1"},
    ]


def _row(row: DailyFigure, today: date) -> dict[str, Any]:
    return {
        "day": row.day,
        "is_today": row.day == today,
        "figure": row,
        "share": percent(row.activated, row.total),
    }


@console_view(Permission.VIEW_STATISTICS, reads=True)
def statistics_curve(request: SchoolRequest, slug: str) -> HttpResponse:
    """The curve alone, as the page shows it or as a file to keep."""
    if slug not in MEDIA:
        raise Http404
    period, school, now = asked_period(request)
    rows = series(request.mandate, period.asked, now)
    response = HttpResponse(drawn(school, period.asked, rows, slug), content_type=MEDIA[slug])
    if request.GET.get("fichier") == "1":
        response["Content-Disposition"] = f'attachment; filename="evolution.{slug}"'
    return response


def drawn(school: School, asked: Asked, rows: list[DailyFigure], kind: str) -> bytes:
    """The curve of these days."""
    # Imported late: matplotlib costs more than a second and 60 MB, and a process that draws nothing never loads it.
    from stats.curves import Curve, draw

    days = [row.day for row in rows]
    marked = [row for row in rows if row.notifications and row.notifications * TELLING >= row.total]
    curve = Curve(
        title=f"{school.name} : comptes des {told_of(asked)}",
        text=described(rows),
        days=days,
        lines=[(label, [getattr(row, name) for row in rows]) for label, name in LINES],
        returns=[one for one in returns(school.academy_name, asked.first, asked.last) if one[0] in set(days)],
        notifications=[(row.day, row.notifications) for row in marked],
    )
    return draw(curve, kind)


def described(rows: list[DailyFigure]) -> str:
    """What the curve shows, for whoever does not see it."""
    if not rows:
        return "Aucun jour n’est connu dans cette période."
    first, last = rows[0], rows[-1]
    return " ".join(
        f"{label} : {getattr(first, name)} le {first.day:%d/%m/%Y}, {getattr(last, name)} le {last.day:%d/%m/%Y}."
        for label, name in LINES
    )
