"""The figures as files to keep."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.actions.journal import Event, record
from accounts.permissions import ActiveMandate, Permission
from accounts.requests import SchoolRequest
from accounts.walls import actor_of, console_view
from educonnect_admin.toolkit.spreadsheet import csv_file, xlsx_file
from stats.exports import DAYS, FIGURES, day_rows, figure_rows
from stats.series import series
from stats.views.evolution import asked_period, is_small
from stats.views.statistics import counted

WRITERS: dict[str, tuple[Callable[..., bytes], str]] = {
    "csv": (csv_file, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def note_file(request: SchoolRequest, slug: str, **_: Any) -> None:
    """Tell the journal which file was taken away."""
    if slug in FILES:
        record(actor=actor_of(request), event=Event.FIGURES_EXPORTED, uai=request.mandate.uai, detail=slug)


@console_view(Permission.VIEW_STATISTICS, reads=note_file)
def statistics_file(request: SchoolRequest, slug: str) -> HttpResponse:
    if slug not in FILES:
        raise Http404
    return FILES[slug](request, slug)


def _figures(request: SchoolRequest, slug: str) -> HttpResponse:
    """Every table of today."""
    mandate: ActiveMandate = request.mandate
    now = timezone.localtime()
    return _file(slug, FIGURES, list(figure_rows(mandate.uai, counted(mandate, now), now)))


def _days(request: SchoolRequest, slug: str) -> HttpResponse:
    """Every day of a period."""
    mandate: ActiveMandate = request.mandate
    period, _, now = asked_period(request)
    asked = period.asked
    rows = series(mandate, asked, now)
    if is_small(rows, asked):
        return redirect(reverse("statistics_evolution", args=[mandate.uai]) + period.address + "&erreur=effectif")
    room = asked.classroom.code if asked.classroom else ""
    return _file(slug, DAYS, list(day_rows(mandate.uai, rows, asked.population, room)))


def _file(slug: str, heads: tuple[str, ...], rows: list[Any]) -> HttpResponse:
    stem, _, kind = slug.rpartition("-")
    writer, media = WRITERS[kind]
    response = HttpResponse(writer(heads, rows), content_type=media)
    response["Content-Disposition"] = f'attachment; filename="statistiques-{stem}.{kind}"'
    return response


FILES: dict[str, Callable[[SchoolRequest, str], HttpResponse]] = {
    "tableaux-csv": _figures,
    "tableaux-xlsx": _figures,
    "evolution-csv": _days,
    "evolution-xlsx": _days,
}
