"""The journal: a head reads the school's, everyone their own actions; by pages of a constant cost, and as a file."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.actions.journal import Event, record
from accounts.enums import Volume
from accounts.forms.journal import IN_THE_ADDRESS, JournalForm, entry_number
from accounts.models import JournalEntry, Mandate, School
from accounts.permissions import ActiveMandate, Permission, can
from accounts.querysets import JournalQuerySet
from accounts.requests import SchoolRequest
from accounts.views.journal_words import Line, lines
from accounts.walls import READING, actor_of, console_view
from educonnect_admin.toolkit.spreadsheet import csv_file

PAGE = 50
EXPORTED_AT_MOST = 10_000
TOO_MANY = f"Plus de {EXPORTED_AT_MOST} entrées répondent à ce choix\u00a0: réduisez la période, puis exportez."
HEADS = ("Date", "Heure", "Personne", "Mandat", "Nature", "Précision", "Référence", "Nombre", "Adresse")


def right_of(mandate: ActiveMandate) -> Permission:
    """All of the school for who may, one's own actions for the others."""
    whole = Permission.READ_SCHOOL_JOURNAL
    return whole if can(mandate, whole) else Permission.READ_OWN_JOURNAL


def read_form(request: SchoolRequest) -> JournalForm:
    mandate = request.mandate
    held = Mandate.objects.colleagues(mandate, Permission.READ_SCHOOL_JOURNAL)
    people = sorted((row.staff for row in held), key=lambda staff: (staff.last_name, staff.first_name))
    zone = School.objects.get(pk=mandate.uai).zone
    named = {staff.pk: f"{staff.last_name} {staff.first_name}" for staff in people}
    return JournalForm(request.GET, people=named, zone=zone)


def chosen(mandate: ActiveMandate, form: JournalForm) -> JournalQuerySet:
    """What the mandate opens and the form asks for; nothing, where the form cannot be understood."""
    rows = JournalEntry.objects.allowing(mandate, right_of(mandate))
    if not form.is_valid():
        return rows.none()
    asked = form.cleaned_data
    wanted = {"staff_id": asked.get("person"), "event": asked["kind"], "target": asked["target"]}
    rows = rows.filter(**{field: value for field, value in wanted.items() if value})
    return rows.between(mandate.uai, form.since, form.until)


def note_reading(request: SchoolRequest) -> None:
    """Who reads what all the others did leaves a trace too."""
    if can(request.mandate, Permission.READ_SCHOOL_JOURNAL):
        record(actor=actor_of(request), event=Event.JOURNAL_VIEWED, uai=request.mandate.uai)


@console_view(Permission.READ_OWN_JOURNAL, reads=note_reading)
def journal(request: SchoolRequest) -> HttpResponse:
    """The latest first; `?avant=` and `?apres=` a number of entry lead to the pages beside."""
    mandate, form = request.mandate, read_form(request)
    rows, older, newer = _page(chosen(mandate, form), request)
    here, export = reverse("journal", args=[mandate.uai]), reverse("journal_export", args=[mandate.uai])
    kept = {name: value for name, value in request.GET.items() if name in IN_THE_ADDRESS.values() and value}
    context = {
        "form": form,
        "lines": lines(mandate, rows),
        "whole": right_of(mandate) is Permission.READ_SCHOOL_JOURNAL,
        "filtered": bool(kept),
        "reset_url": here,
        "older_url": f"{here}?{urlencode(kept | {'avant': older})}" if older else "",
        "newer_url": f"{here}?{urlencode(kept | {'apres': newer})}" if newer else "",
        "export_url": f"{export}?{urlencode(kept)}" if form.is_valid() and rows else "",
    }
    return render(request, "journal/list.html", context)


def _page(found: JournalQuerySet, request: SchoolRequest) -> tuple[Sequence[JournalEntry], int | None, int | None]:
    """A page of entries, the latest first, and the numbers that its two neighbours begin from."""
    before, after = (entry_number(request.GET.get(name, "")) for name in ("avant", "apres"))
    if after is not None:
        rows = list(found.filter(sequence__gt=after).order_by("sequence")[: PAGE + 1])
        is_more, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        return rows, (rows[-1].sequence if rows else after + 1), (rows[0].sequence if is_more else None)
    if before is not None:
        found = found.filter(sequence__lt=before)
    rows = list(found.order_by("-sequence")[: PAGE + 1])
    is_more, rows = len(rows) > PAGE, rows[:PAGE]
    newer = None if before is None else (rows[0].sequence if rows else before - 1)
    return rows, (rows[-1].sequence if is_more else None), newer


def note_export(request: SchoolRequest) -> None:
    """How many entries leave, before they do."""
    number = chosen(request.mandate, read_form(request))[: EXPORTED_AT_MOST + 1].count()
    if 0 < number <= EXPORTED_AT_MOST:
        record(actor=actor_of(request), event=Event.JOURNAL_EXPORTED, uai=request.mandate.uai, count=number)


@console_view(Permission.READ_OWN_JOURNAL, reads=note_export, step_up=READING, counts=Volume.EXPORTS)
def journal_export(request: SchoolRequest) -> HttpResponse:
    """The chosen entries, the oldest first. Accounts and runs are there by their random ids alone."""
    mandate, form = request.mandate, read_form(request)
    rows = list(chosen(mandate, form).order_by("sequence")[: EXPORTED_AT_MOST + 1])
    if not form.is_valid() or not rows:
        return redirect("journal", mandate.uai)
    if len(rows) > EXPORTED_AT_MOST:
        messages.error(request, TOO_MANY)
        return redirect("journal", mandate.uai)
    table = csv_file(HEADS, (_cells(line) for line in lines(mandate, rows, link=False)))
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="journal.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _cells(line: Line) -> tuple[Any, ...]:
    at = timezone.localtime(line.at)
    number = "" if line.count is None else str(line.count)
    what = (line.what, line.detail, line.reference or line.target, number, line.address)
    return (f"{at:%d/%m/%Y}", f"{at:%H:%M:%S}", line.who, line.role, *what)
