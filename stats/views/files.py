"""The figures as files to keep."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.actions.journal import Event, record
from accounts.enums import Population
from accounts.permissions import ActiveMandate, Permission
from accounts.requests import SchoolRequest
from accounts.walls import actor_of, console_view
from educonnect_admin.toolkit.spreadsheet import csv_file, xlsx_file
from educonnect_admin.toolkit.templatetags.french import moment, percent, plural, thousands
from notifications.rendering.summary import SummaryContext, SummaryLine, SummaryPart, summary_pdf
from stats.counts import Counted
from stats.exports import DAYS, FIGURES, day_rows, figure_rows
from stats.series import series
from stats.tables import TITLES, Line, rates, tables
from stats.views.evolution import LINES, asked_period, drawn, is_small, told_of
from stats.views.statistics import figures

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
    return _file(slug, FIGURES, list(figure_rows(mandate.uai, figures(mandate, now), now)))


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


def _summary(request: SchoolRequest, slug: str) -> HttpResponse:
    """One page for a staff meeting: today's states, and the curve of the pupils since 1 September."""
    mandate: ActiveMandate = request.mandate
    period, school, now = asked_period(request)
    asked = replace(period.asked, population=Population.STUDENTS, classroom=None)
    rows = series(mandate, asked, now)
    context = SummaryContext(
        school_name=school.name,
        uai=school.uai,
        counted_at=moment(now),
        parts=[_part(kind) for kind in figures(mandate, now)],
        curve=drawn(school, asked, rows, "png"),
        curve_title=f"Évolution : {told_of(asked)}",
        curve_lines=[
            SummaryLine(label=label, number=str(getattr(rows[-1], name) if rows else 0), share="")
            for label, name in LINES
        ],
    )
    response = HttpResponse(summary_pdf(context), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="bilan.pdf"'
    return response


def _part(kind: Counted) -> SummaryPart:
    states = next(table for table in tables(kind) if table.key == "etats")
    return SummaryPart(
        title=TITLES[kind.population],
        total=f"{thousands(kind.total)} compte{plural(kind.total)}",
        rates=[_line(line) for line in rates(kind)],
        lines=[_line(line) for line in states.lines],
    )


def _line(line: Line) -> SummaryLine:
    return SummaryLine(label=line.label, number=thousands(line.figures[0].number), share=percent(line.share))


def _file(slug: str, heads: tuple[str, ...], rows: list[Any]) -> HttpResponse:
    stem, _, kind = slug.rpartition("-")
    writer, media = WRITERS[kind]
    response = HttpResponse(writer(heads, rows), content_type=media)
    response["Content-Disposition"] = f'attachment; filename="statistiques-{stem}.{kind}"'
    return response


FILES: dict[str, Callable[[SchoolRequest, str], HttpResponse]] = {
    "bilan-pdf": _summary,
    "tableaux-csv": _figures,
    "tableaux-xlsx": _figures,
    "evolution-csv": _days,
    "evolution-xlsx": _days,
}
