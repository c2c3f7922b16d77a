"""The list of pupils taken away as a file: which columns, of whom, and never a password."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.actions.journal import Event, record
from accounts.enums import Origin, ShownState, Volume
from accounts.forms.exports import ExportForm
from accounts.forms.lists import ListQuery, chosen_ids, keep_selection, kept_selection, read_query
from accounts.models import Schooling, Staff
from accounts.permissions import Permission
from accounts.querysets import SchoolingQuerySet
from accounts.requests import SchoolRequest
from accounts.views.lists import open_classrooms
from accounts.views.students import ORDERS, chosen_schoolings, ordered
from accounts.walls import READING, actor_of, console_view, count
from educonnect_admin.toolkit.spreadsheet import XLSX_MEDIA, Cell, csv_pieces, xlsx_file

SELECTION_GONE = "Cette sélection n’est plus gardée\u00a0: cochez de nouveau les élèves, puis recommencez."
NOBODY = "Aucun élève à exporter\u00a0: la sélection ou la recherche est vide."


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its head, and what a pupil has in it."""

    head: str
    cell: Callable[[Schooling], Cell]
    is_usual: bool = False


COLUMNS: dict[str, Column] = {
    "nom": Column("Nom", lambda row: row.student.last_name, is_usual=True),
    "prenom": Column("Prénom", lambda row: row.student.first_name, is_usual=True),
    "classe": Column("Classe", lambda row: row.classroom.code if row.classroom else "", is_usual=True),
    "mef": Column("MEF", lambda row: row.mef.label if row.mef else ""),
    "identifiant": Column("Identifiant", lambda row: row.student.username, is_usual=True),
    "etat": Column("État du compte", lambda row: ShownState(row.shown_state).label, is_usual=True),
    "distribution": Column("Date de distribution", lambda row: row.student.distributed_on),
    "connexion": Column("Date de dernière connexion", lambda row: local_day(row.student.last_login_at)),
    "origine": Column("Origine du compte", lambda row: Origin(row.student.origin).label if row.student.origin else ""),
    "courriel": Column("Courrier électronique", lambda row: row.student.email),
    "naissance": Column("Date de naissance", lambda row: row.student.birth_date),
    "ine": Column("INE", lambda row: row.student.ine),
}


def local_day(moment: Any) -> Cell:
    return timezone.localdate(moment) if moment else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom the address asks for, in order; `words` say it, `kept` is what says so in the next address."""

    rows: SchoolingQuerySet
    words: str
    kept: dict[str, list[str]]
    errors: tuple[str, ...] = ()


def wanted(request: SchoolRequest, permission: Permission) -> Wanted | None:
    """The rows ticked, or the result of a search; None when the choice is no longer kept."""
    mandate = request.mandate
    choice = request.GET.get("choix", "")
    if choice:
        ids = kept_selection(request.session, choice)
        rows = Schooling.objects.allowing(mandate, permission).with_shown_state().filter(student__in=ids)
        return Wanted(_in_order(rows, ""), "de votre sélection", {"choix": [choice]}) if ids else None
    query = _query(request)
    rows = chosen_schoolings(mandate, permission, query)
    names = ("classe", "etat", "recherche", "tri", "bientot")
    kept = {name: request.GET.getlist(name) for name in names if request.GET.get(name)}
    words = "que montre la recherche en cours" if query.is_filtered else "de l’établissement"
    return Wanted(_in_order(rows, query.sort), words, kept, query.errors)


def _query(request: SchoolRequest) -> ListQuery:
    return read_query(request.GET, request.session, classrooms=open_classrooms(request.mandate), sorts=list(ORDERS))


def _in_order(rows: SchoolingQuerySet, sort: str) -> SchoolingQuerySet:
    return ordered(rows, sort).select_related("student", "classroom", "mef")


def asked_form(request: SchoolRequest) -> ExportForm:
    """As it was sent, or with the columns that this person took last."""
    columns = [(key, column.head) for key, column in COLUMNS.items()]
    if "format" in request.GET:
        return ExportForm(request.GET, columns=columns)
    last = [key for key in request.user.export_columns if key in COLUMNS]
    usual = [key for key, column in COLUMNS.items() if column.is_usual]
    return ExportForm(initial={"colonne": last or usual}, columns=columns)


def note_export(request: SchoolRequest) -> None:
    """Before a file leaves: counted, told to the journal with how many pupils, its columns remembered."""
    form, asked = asked_form(request), wanted(request, Permission.EXPORT_LISTS)
    if asked is None or not form.is_valid():
        return
    number = asked.rows.count()
    if number:
        count(request, Volume.EXPORTS)
        event, kind = Event.LIST_EXPORTED, form.cleaned_data["format"]
        record(actor=actor_of(request), event=event, uai=request.mandate.uai, count=number, detail=kind)
        Staff.objects.filter(pk=request.user.pk).update(export_columns=form.cleaned_data["colonne"])


@console_view(Permission.EXPORT_LISTS, reads=note_export, step_up=READING)
def students_export(request: SchoolRequest) -> HttpResponse | StreamingHttpResponse:
    """The page to choose columns on; once they are chosen, the file."""
    asked, form = wanted(request, Permission.EXPORT_LISTS), asked_form(request)
    number = asked.rows.count() if asked else 0
    if asked is None or not number:
        messages.error(request, NOBODY if asked else SELECTION_GONE)
        return redirect("students", request.mandate.uai)
    if form.is_valid():
        return _file(asked.rows, form.cleaned_data["colonne"], form.cleaned_data["format"])
    context = {
        "form": form,
        "noun": "élèves",
        "number": number,
        "words": asked.words,
        "errors": asked.errors,
        "kept_fields": [(name, value) for name, values in asked.kept.items() for value in values],
        "list_url": reverse("students", args=[request.mandate.uai]),
    }
    return render(request, "students/export.html", context)


def _file(rows: SchoolingQuerySet, keys: list[str], kind: str) -> HttpResponse | StreamingHttpResponse:
    columns = [column for key, column in COLUMNS.items() if key in keys]
    table = [[column.cell(row) for column in columns] for row in rows]
    return list_file("eleves", [column.head for column in columns], table, kind)


def list_file(stem: str, heads: list[str], table: list[list[Cell]], kind: str) -> HttpResponse | StreamingHttpResponse:
    """Read while the school's scope holds, sent as it is made. Its name is nobody's."""
    response: HttpResponse | StreamingHttpResponse
    if kind == "xlsx":
        response = HttpResponse(xlsx_file(heads, table), content_type=XLSX_MEDIA)
    else:
        response = StreamingHttpResponse(csv_pieces(heads, table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{stem}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


@console_view(Permission.EXPORT_LISTS, writes=True)
def students_export_chosen(request: SchoolRequest) -> HttpResponse:
    """From the list: the rows ticked, or without any the list's own search."""
    return redirect_with_students(request, "students_export")


def redirect_with_students(request: SchoolRequest, name: str) -> HttpResponse:
    return redirect_with_choice(request, name, box="eleve", query=_query(request))


def redirect_with_choice(request: SchoolRequest, name: str, *, box: str, query: ListQuery) -> HttpResponse:
    """To the page `name` on the rows ticked, which are kept on the server; without any, on the list's own search."""
    there = reverse(name, args=[request.mandate.uai])
    ids = chosen_ids(request.POST, box)
    if ids and request.POST.get("tout") != "1":
        return redirect(f"{there}?choix={keep_selection(request.session, ids)}")
    return redirect(there + query.address(page="", tout=""))
