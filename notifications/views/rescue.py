"""The simplified module, "EduConnect - Dépannage des comptes élèves": one table, and resets."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts import assurance, provisional
from accounts.enums import AccountState, ShownState, Volume
from accounts.forms.lists import read_query, remember_size
from accounts.lifecycle import DONE, REFUSED, Outcome, notify_outcome
from accounts.models import Mandate, Schooling
from accounts.permissions import ActiveMandate, Permission
from accounts.requests import SchoolRequest
from accounts.views.lists import (
    Column,
    badge,
    heads,
    open_classrooms,
    pages,
    search_form,
    search_then_list,
    selection,
)
from accounts.views.students import ORDERS, chosen_schoolings, ordered, state_note
from accounts.walls import actor_of, console_view, count, prove_again
from educonnect_admin.toolkit.pagination import paginate
from notifications.actions.documents import reveal, revealable, revealable_among
from notifications.actions.runs import RunBusyError, reset_one
from notifications.enums import RunKind
from notifications.views.form_keys import form_key
from notifications.views.runs import draft

COLUMNS = (
    Column("Élève", "nom"),
    Column("Classe", "classe"),
    Column("MEF"),
    Column("Identifiant"),
    Column("Mot de passe"),
    Column("Statut du compte", "etat"),
    Column("Adresse électronique"),
)
SORTS = {"nom": "Élève, de A à Z", "classe": "Classe", "etat": "Statut du compte"}
STATES = (
    ShownState.NOT_NOTIFIED,
    ShownState.NOTIFIED,
    ShownState.EXPIRED,
    ShownState.ACTIVATED,
    ShownState.BLOCKED,
)
WAITING = [state.value for state in STATES if state is not ShownState.ACTIVATED]
"""States of the pupils who still have to get in."""
REVEALED = "revealed"


def delegation_note(mandate: ActiveMandate) -> str:
    """Which classes the delegation opens, and until when."""
    if not mandate.is_simplified:
        return ""
    rooms = "tout l’établissement"
    if mandate.classrooms is not None:
        rooms = ", ".join(room.code for room in open_classrooms(mandate)) or "aucune classe"
    ends_at = Mandate.objects.get(pk=mandate.mandate_id).ends_at
    until = f", jusqu’au {timezone.localtime(ends_at):%d/%m/%Y}" if ends_at else ""
    return f"Votre délégation : {rooms}{until}."


@console_view(Permission.OPEN_SIMPLIFIED_MODULE, reads=True)
def rescue_home(request: SchoolRequest) -> HttpResponse:
    """The classes that the mandate opens, with how many pupils still have to get in."""
    mandate: ActiveMandate = request.mandate
    rows = Schooling.objects.allowing(mandate, Permission.OPEN_SIMPLIFIED_MODULE)
    rows = rows.with_shown_state().shown_as(()).filter(classroom__isnull=False)
    counted = (
        rows.values("classroom", "classroom__code")
        .annotate(total=Count("pk"), active=Count("pk", filter=Q(student__state=AccountState.ACTIVATED)))
        .order_by("classroom__sort_key")
    )
    here = reverse("rescue_students", args=[mandate.uai])
    classes = [
        {
            "label": row["classroom__code"],
            "total": row["total"],
            "not_active": row["total"] - row["active"],
            "url": f"{here}?classe={row['classroom']}",
            "whole_url": f"{here}?classe={row['classroom']}&tout=1",
            "waiting_url": f"{here}?{urlencode({'classe': row['classroom'], 'etat': WAITING}, doseq=True)}",
        }
        for row in counted
    ]
    return render(request, "rescue/home.html", {"classes": classes, "delegation_note": delegation_note(mandate)})


@console_view(Permission.OPEN_SIMPLIFIED_MODULE, reads=True)
def rescue_students(request: SchoolRequest) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    classrooms = open_classrooms(mandate)
    query = read_query(request.GET, request.session, classrooms=classrooms, sorts=list(ORDERS), facets={})
    remember_size(request.session, query)
    found = chosen_schoolings(mandate, Permission.OPEN_SIMPLIFIED_MODULE, query)
    shown = ordered(found, query.sort).select_related("student", "classroom", "mef")
    page = paginate(shown, number=query.page, size=query.size)
    shown_ids = [row.student_id for row in page.rows]
    own = revealable_among(staff_id=mandate.staff_id, uai=mandate.uai, students=shown_ids)
    here = reverse("rescue_students", args=[mandate.uai])
    context = {
        "page": pages(page, [_row(mandate, row, own) for row in page.rows], query),
        "columns": heads(COLUMNS, query, "nom"),
        "form": search_form(
            query,
            classrooms=classrooms,
            states=STATES,
            sorts=SORTS,
            action_url=reverse("rescue_search", args=[mandate.uai]),
            reset_url=here,
        ),
        "actions": [
            {
                "label": "Réinitialiser les mots de passe",
                "url": reverse("rescue_reset_selection", args=[mandate.uai]),
                "primary": True,
            }
        ],
        "delegation_note": delegation_note(mandate),
        **selection(query, page.total),
    }
    return render(request, "rescue/_results.html" if request.htmx else "rescue/list.html", context)


@console_view(Permission.OPEN_SIMPLIFIED_MODULE, writes=True, counts=Volume.SEARCHES)
def rescue_search(request: SchoolRequest) -> HttpResponse:
    return search_then_list(request, "rescue_students")


def _row(mandate: ActiveMandate, schooling: Schooling, own: set[UUID]) -> dict[str, Any]:
    student = schooling.student
    outcome = notify_outcome(
        AccountState(student.state),
        origin=student.origin,
        is_leaving=student.is_leaving,
        include_activated=True,
    )
    is_personal = student.state == AccountState.ACTIVATED
    kind = "personal" if is_personal else "reveal" if student.pk in own else "none"
    return {
        "id": student.pk,
        "name": student.name,
        "classroom": schooling.classroom.code if schooling.classroom else "",
        "mef": schooling.mef.label if schooling.mef else "",
        "username": student.username,
        "password": {"kind": kind},
        "state": badge(schooling.shown_state),
        "state_note": state_note(mandate, schooling),
        "email": student.email,
        "reset_url": reverse("rescue_reset", args=[mandate.uai, student.pk]) if outcome in DONE else None,
        "refusal": Outcome(outcome).label if outcome not in DONE else "",
        "reveal_url": reverse("rescue_reveal", args=[mandate.uai, student.pk]),
    }


@console_view(Permission.RESET_STUDENTS, writes=True)
def rescue_reset(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """Give one pupil a fresh provisional password, at once; it is then behind `Afficher`."""
    mandate: ActiveMandate = request.mandate
    rows = Schooling.objects.allowing(mandate, Permission.RESET_STUDENTS).select_related("student")
    student = get_object_or_404(rows, student=pk).student
    key = form_key(request, pk)
    try:
        run = reset_one(actor=actor_of(request), mandate=mandate, student=pk, label=student.name, key=key)
    except RunBusyError:
        messages.error(request, "Une réinitialisation est en cours dans l’établissement. Recommencez dans un instant.")
        return redirect("rescue_students", mandate.uai)
    outcome = Outcome(run.items.get().outcome)
    if outcome in REFUSED or outcome not in DONE:
        messages.error(request, f"{student.name} : {outcome.label}")
        return redirect("rescue_students", mandate.uai)
    return redirect("rescue_handout", mandate.uai, pk)


@console_view(Permission.RESET_STUDENTS, writes=True)
def rescue_reset_selection(request: SchoolRequest) -> HttpResponse:
    return draft(request, RunKind.RESET, Permission.RESET_STUDENTS, "rescue_students")


@console_view(Permission.RESET_STUDENTS, reads=True)
def rescue_handout(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """After a reset: what to do next, with `Afficher` and the slip. It shows no password by itself."""
    return _handout(request, pk, secret=None)


@console_view(Permission.RESET_STUDENTS, writes=True)
def rescue_reveal(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """Show the provisional password that this very person gave: just now, or with a fresh proof."""
    mandate: ActiveMandate = request.mandate
    get_object_or_404(Schooling.objects.allowing(mandate, Permission.RESET_STUDENTS), student=pk)
    item = revealable(staff_id=mandate.staff_id, uai=mandate.uai, student=pk)
    if item is None:
        messages.error(
            request,
            "Ce mot de passe ne peut plus être affiché : il a servi, il a été remplacé ou les 24 heures sont passées.",
        )
        return redirect("rescue_students", mandate.uai)
    is_just_given = timezone.now() - item.run.created_at <= settings.PROOF_LIFE
    if not is_just_given and not assurance.is_freshly_proved(request):
        return prove_again(request)
    count(request, Volume.REVEALS)
    return _handout(request, pk, secret=reveal(actor=actor_of(request), item=item))


def _handout(request: SchoolRequest, pk: UUID, *, secret: str | None) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    rows = Schooling.objects.allowing(mandate, Permission.RESET_STUDENTS).select_related("student", "classroom")
    schooling = get_object_or_404(rows, student=pk)
    item = revealable(staff_id=mandate.staff_id, uai=mandate.uai, student=pk)
    context = {
        "student": schooling.student,
        "classroom": schooling.classroom.code if schooling.classroom else "",
        "secret": provisional.grouped(secret) if secret else None,
        "readable_until": item.secret.expires_at if item else None,
        "run_url": reverse("run", args=[mandate.uai, item.run_id]) if item else "",
        "reveal_url": reverse("rescue_reveal", args=[mandate.uai, pk]),
        "list_url": reverse("rescue_students", args=[mandate.uai]),
    }
    response = render(request, "rescue/handout.html", context)
    response["Cache-Control"] = "no-store"
    return response
