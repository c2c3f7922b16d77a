"""The list of guardians taken away as a file: which columns, of whom; contact details masked, and never a password."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.actions.families import Child, children_here
from accounts.actions.journal import Event, record
from accounts.enums import Origin, ShownState, Volume
from accounts.facets import GUARDIAN_FACETS
from accounts.forms.exports import ExportForm
from accounts.forms.lists import kept_selection
from accounts.guardian_querysets import GuardianQuerySet
from accounts.models import Guardian
from accounts.permissions import Permission
from accounts.requests import SchoolRequest
from accounts.views.guardian_page import language_in_words
from accounts.views.guardians import chosen_guardians, guardians_in_order, guardians_query
from accounts.views.lists import open_classrooms
from accounts.views.student_export import list_file, local_day, redirect_with_choice
from accounts.walls import READING, actor_of, console_view, count
from educonnect_admin.toolkit.masking import masked_email, masked_phone
from educonnect_admin.toolkit.spreadsheet import Cell

SELECTION_GONE = "Cette sélection n’est plus gardée\u00a0: cochez de nouveau les responsables, puis recommencez."
NOBODY = "Aucun responsable\u00a0: la sélection ou la recherche est vide."


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its head, and what a guardian has in it."""

    head: str
    cell: Callable[[Guardian, list[Child]], Cell]
    is_usual: bool = False


COLUMNS: dict[str, Column] = {
    "nom": Column("Nom", lambda row, _: row.last_name, is_usual=True),
    "prenom": Column("Prénom", lambda row, _: row.first_name, is_usual=True),
    "identifiant": Column("Identifiant", lambda row, _: row.username, is_usual=True),
    "eleves": Column("Élève(s)", lambda _, children: ", ".join(map(_told, children)), is_usual=True),
    "etat": Column("État du compte", lambda row, _: ShownState(row.shown_state).label, is_usual=True),
    "origine": Column("Origine du compte", lambda row, _: Origin(row.origin).label if row.origin else ""),
    "distribution": Column("Date de distribution", lambda row, _: row.distributed_on),
    "connexion": Column("Date de dernière connexion", lambda row, _: local_day(row.last_login_at)),
    "courriel": Column("Courrier électronique (masqué)", lambda row, _: masked_email(row.email)),
    "mobile": Column("Mobile (masqué)", lambda row, _: masked_phone(row.mobile)),
    "langue": Column("Langue des courriers", lambda row, _: language_in_words(row.language)),
}


def _told(child: Child) -> str:
    return f"{child.name} ({child.classroom or 'sans classe'})"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom the address asks for, in order; `words` say it, `kept` is what says so in the next address."""

    rows: GuardianQuerySet
    words: str
    kept: dict[str, list[str]]
    errors: tuple[str, ...] = ()


def wanted_guardians(request: SchoolRequest, permission: Permission) -> Wanted | None:
    """The rows ticked, or the result of a search; None when the choice is no longer kept."""
    mandate = request.mandate
    choice = request.GET.get("choix", "")
    if choice:
        ids = kept_selection(request.session, choice)
        rows = Guardian.objects.allowing(mandate, permission).with_shown_state().filter(pk__in=ids)
        return Wanted(guardians_in_order(rows, ""), "de votre sélection", {"choix": [choice]}) if ids else None
    query = guardians_query(request, request.GET, open_classrooms(mandate))
    names = ("classe", "etat", "recherche", "tri", "bientot", *GUARDIAN_FACETS)
    kept = {name: request.GET.getlist(name) for name in names if request.GET.get(name)}
    words = "que montre la recherche en cours" if query.is_filtered else "de l’établissement"
    rows = guardians_in_order(chosen_guardians(mandate, permission, query), query.sort)
    return Wanted(rows, words, kept, query.errors)


def asked_form(request: SchoolRequest) -> ExportForm:
    columns = [(key, column.head) for key, column in COLUMNS.items()]
    if "format" in request.GET:
        return ExportForm(request.GET, columns=columns)
    usual = [key for key, column in COLUMNS.items() if column.is_usual]
    return ExportForm(initial={"colonne": usual}, columns=columns)


def note_export(request: SchoolRequest) -> None:
    """Before a file leaves: counted, and told to the journal with how many guardians."""
    form, asked = asked_form(request), wanted_guardians(request, Permission.EXPORT_LISTS)
    number = asked.rows.count() if asked and form.is_valid() else 0
    if number:
        count(request, Volume.EXPORTS)
        event, kind = Event.GUARDIANS_EXPORTED, form.cleaned_data["format"]
        record(actor=actor_of(request), event=event, uai=request.mandate.uai, count=number, detail=kind)


@console_view(Permission.EXPORT_LISTS, reads=note_export, step_up=READING)
def guardians_export(request: SchoolRequest) -> HttpResponse | StreamingHttpResponse:
    """The page to choose columns on; once they are chosen, the file."""
    asked, form = wanted_guardians(request, Permission.EXPORT_LISTS), asked_form(request)
    number = asked.rows.count() if asked else 0
    if asked is None or not number:
        messages.error(request, NOBODY if asked else SELECTION_GONE)
        return redirect("guardians", request.mandate.uai)
    if form.is_valid():
        columns = [column for key, column in COLUMNS.items() if key in form.cleaned_data["colonne"]]
        rows = list(asked.rows)
        children = children_here(request.mandate.uai, [row.pk for row in rows])
        table = [[column.cell(row, children[row.pk]) for column in columns] for row in rows]
        return list_file("responsables", [column.head for column in columns], table, form.cleaned_data["format"])
    context = {
        "form": form,
        "noun": "responsables",
        "number": number,
        "words": asked.words,
        "errors": asked.errors,
        "kept_fields": [(name, value) for name, values in asked.kept.items() for value in values],
        "list_url": reverse("guardians", args=[request.mandate.uai]),
    }
    return render(request, "students/export.html", context)


@console_view(Permission.EXPORT_LISTS, writes=True)
def guardians_export_chosen(request: SchoolRequest) -> HttpResponse:
    """From the list: the rows ticked, or without any the list's own search."""
    return redirect_with_guardians(request, "guardians_export")


def redirect_with_guardians(request: SchoolRequest, name: str) -> HttpResponse:
    query = guardians_query(request, request.GET, open_classrooms(request.mandate))
    return redirect_with_choice(request, name, box="responsable", query=query)
