"""Pupils, full module: "Gestion des comptes élèves", and a pupil's page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.actions.journal import Event, record
from accounts.diagnosis import diagnose
from accounts.enums import AccountState, ShownState, Volume
from accounts.forms.lists import ListQuery, read_query, remember_size
from accounts.lifecycle import TRANSITIONS
from accounts.lifecycle import Event as Lived
from accounts.models import Guardian, Schooling, Source
from accounts.permissions import ActiveMandate, Permission, can
from accounts.querysets import SchoolingQuerySet
from accounts.requests import SchoolRequest
from accounts.views.disputes import disputes_of
from accounts.views.lists import (
    Column,
    badge,
    heads,
    note_under,
    open_classrooms,
    pages,
    search_form,
    search_then_list,
    selection,
)
from accounts.views.student_facts import day, entries_on, facts, history, source_rows
from accounts.walls import actor_of, console_view
from educonnect_admin.toolkit.pagination import paginate

COLUMNS = (
    Column("Élève", "nom"),
    Column("Classe", "classe"),
    Column("Identifiant"),
    Column("État du compte", "etat"),
    Column("Date de distribution", "distribution"),
    Column("Dernière connexion", "connexion"),
)
ORDERS = {
    "nom": ("sort_key",),
    "classe": ("classroom__sort_key", "sort_key"),
    "etat": ("shown_state", "sort_key"),
    "distribution": ("student__distributed_on", "sort_key"),
    "connexion": ("student__last_login_at", "sort_key"),
}
SORTS = {
    "nom": "Élève, de A à Z",
    "classe": "Classe",
    "etat": "État du compte",
    "distribution": "Date de distribution",
    "connexion": "Dernière connexion",
}
SHOWN = (
    "school",
    "sort_key",
    "classroom",
    *(
        f"student__{field}"
        for field in (
            *("first_name", "last_name", "username", "birth_date", "closing_on", "notified_by"),
            *("distributed_on", "last_login_at"),
        )
    ),
)
"""What a row of the list reads: neither hash nor password ever leaves the base for it."""
ENTRIES_SHOWN = 10
STATES = tuple(state for state in ShownState if state is not ShownState.ACTIVATING)


def ordered(rows: SchoolingQuerySet, sort: str) -> SchoolingQuerySet:
    """In the asked order, near hits of a search after exact ones; what has no value comes last either way."""
    fields = ORDERS[sort.removeprefix("-") or "nom"]
    first, rest = F(fields[0]), fields[1:]
    lead = first.desc(nulls_last=True) if sort.startswith("-") else first.asc(nulls_last=True)
    nearness = ["is_near"] if "is_near" in rows.query.annotations else []
    return rows.order_by(*nearness, lead, *rest, "pk")


def chosen_schoolings(mandate: ActiveMandate, permission: Permission, query: ListQuery) -> SchoolingQuerySet:
    """The pupils that the mandate opens and the query asks for."""
    rows = Schooling.objects.allowing(mandate, permission).with_shown_state().shown_as(query.states)
    if query.classrooms:
        rows = rows.filter(classroom__in=query.classrooms)
    if query.ending_soon:
        rows = rows.ending_soon(timezone.now())
    if query.facets and can(mandate, Permission.VIEW_STATISTICS):
        rows = rows.narrowed(query.facets, timezone.now())
    return rows.matching(query.text, by_ine=can(mandate, Permission.VIEW_STUDENT))


@console_view(Permission.LIST_STUDENTS, reads=True)
def students(request: SchoolRequest) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    classrooms = open_classrooms(mandate)
    query = read_query(request.GET, request.session, classrooms=classrooms, sorts=list(ORDERS))
    remember_size(request.session, query)
    found = chosen_schoolings(mandate, Permission.LIST_STUDENTS, query)
    shown = ordered(found, query.sort).select_related("student").with_homonyms().only(*SHOWN)
    page = paginate(shown, number=query.page, size=query.size, in_one=bool(query.text))
    here = reverse("students", args=[mandate.uai])
    codes = {room.pk: room.code for room in classrooms}
    context = {
        "page": pages(page, [_row(mandate, schooling, codes) for schooling in page.rows], query),
        "columns": heads(COLUMNS, query, "nom"),
        "form": search_form(
            query,
            classrooms=classrooms,
            states=STATES,
            sorts=SORTS,
            action_url=reverse("students_search", args=[mandate.uai]),
            reset_url=here,
        ),
        "actions": [
            {
                "label": "(Re)Notifier les comptes",
                "url": reverse("notify_selection", args=[mandate.uai]),
                "primary": True,
            },
            {
                "label": "Rappels d’identifiant",
                "url": reverse("students_reminders_chosen", args=[mandate.uai]) + query.address(page=""),
            },
            {
                "label": "Exporter la liste",
                "url": reverse("students_export_chosen", args=[mandate.uai]) + query.address(page=""),
            },
        ],
        **selection(query, page.total),
    }
    return render(request, "students/_results.html" if request.htmx else "students/list.html", context)


@console_view(Permission.LIST_STUDENTS, writes=True, counts=Volume.SEARCHES)
def students_search(request: SchoolRequest) -> HttpResponse:
    return search_then_list(request, "students")


def _row(mandate: ActiveMandate, schooling: Schooling, codes: Mapping[UUID, str]) -> dict[str, Any]:
    """`codes`: of the classes that the mandate opens, which the filter has read already."""
    student = schooling.student
    return {
        "id": student.pk,
        "url": reverse("student", args=[mandate.uai, student.pk]),
        "name": student.name,
        "classroom": codes[schooling.classroom_id] if schooling.classroom_id else "",
        "username": student.username,
        "state": badge(schooling.shown_state),
        "state_note": state_note(mandate, schooling),
        "distributed_on": day(student.distributed_on),
        "last_login_on": day(student.last_login_at),
        "born_on": day(student.birth_date) if schooling.has_homonyms else None,
        "is_near": getattr(schooling, "is_near", False),
    }


def state_note(mandate: ActiveMandate, schooling: Schooling) -> str:
    """The remark under a state's word."""
    return note_under(schooling.student, schooling.shown_state, mandate.uai)


def note_view(request: SchoolRequest, pk: UUID) -> None:
    """Tell the journal that the page is opened; that it is not this mandate's to open, the walls tell."""
    if Schooling.objects.allowing(request.mandate, Permission.VIEW_STUDENT).filter(student=pk).exists():
        record(actor=actor_of(request), event=Event.STUDENT_VIEWED, uai=request.mandate.uai, target=pk)


@console_view(Permission.VIEW_STUDENT, reads=note_view, counts=Volume.PERSONS)
def student(request: SchoolRequest, pk: UUID) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    rows = Schooling.objects.allowing(mandate, Permission.VIEW_STUDENT).with_shown_state().with_homonyms()
    schooling = get_object_or_404(rows.select_related("student", "classroom", "mef"), student=pk)
    homonyms = (
        Schooling.objects.allowing(mandate, Permission.VIEW_STUDENT)
        .filter(sort_key=schooling.sort_key)
        .exclude(pk=schooling.pk)
        .select_related("student", "classroom")[:5]
        if schooling.has_homonyms
        else []
    )
    context = {
        "student": _head(mandate, schooling),
        **dict(zip(("facts_left", "facts_right"), facts(schooling), strict=True)),
        "sources": source_rows(Source.objects.filter(school=mandate.uai, student=pk).order_by("system")),
        "guardians": _guardians(mandate, pk),
        "disputes": disputes_of(mandate, student=pk),
        "homonyms": [_homonym(mandate, other) for other in homonyms],
        "diagnosis": diagnose(schooling.student, ShownState(schooling.shown_state)),
        "history": history(entries_on(mandate, pk)[:ENTRIES_SHOWN]),
        "notify_url": reverse("student_notify", args=[mandate.uai, pk]),
        "form_key": uuid4(),
        "history_url": reverse("student_history", args=[mandate.uai, pk]),
        **_changes(mandate, schooling),
        "list_url": reverse("students", args=[mandate.uai]),
    }
    return render(request, "students/detail.html", context)


def _guardians(mandate: ActiveMandate, pk: UUID) -> list[dict[str, Any]]:
    """Of the pupil, those with an account, in their legal order."""
    ties = {"guardianships__school": mandate.uai, "guardianships__student": pk}
    found = Guardian.objects.filter(**ties, guardianships__in_force=True, username__isnull=False)
    return [
        {
            "first_name": guardian.first_name,
            "last_name": guardian.last_name,
            "username": guardian.username,
            "url": reverse("guardian", args=[mandate.uai, guardian.pk]),
        }
        for guardian in found.order_by("guardianships__rank", "sort_key")
    ]


def _head(mandate: ActiveMandate, schooling: Schooling) -> dict[str, Any]:
    student = schooling.student
    return {
        "name": f"{student.first_name} {student.last_name}",
        "first_name": student.first_name,
        "classroom": schooling.classroom.code if schooling.classroom else None,
        "state": badge(schooling.shown_state),
        "state_note": state_note(mandate, schooling),
    }


def _changes(mandate: ActiveMandate, schooling: Schooling) -> dict[str, str | None]:
    """Where to act on the account: the addresses of what may be done to it now."""
    may = can(mandate, Permission.MODIFY_STUDENT, schooling)
    state = AccountState(schooling.student.state)
    wanted = {
        "reminder_url": ("student_reminder", True),
        "edit_url": ("student_edit", may),
        "block_url": ("student_block", may and (state, Lived.BLOCK) in TRANSITIONS),
        "unblock_url": ("student_unblock", may and (state, Lived.UNBLOCK) in TRANSITIONS),
    }
    args = [mandate.uai, schooling.student_id]
    return {key: reverse(name, args=args) if possible else None for key, (name, possible) in wanted.items()}


def _homonym(mandate: ActiveMandate, schooling: Schooling) -> dict[str, Any]:
    return {
        "name": schooling.student.name,
        "classroom": schooling.classroom.code if schooling.classroom else "",
        "birth_date": schooling.student.birth_date,
        "url": reverse("student", args=[mandate.uai, schooling.student_id]),
    }
