"""Runs: asked for from a list, confirmed on a page of their own, followed to their end."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts import assurance
from accounts.forms.lists import chosen_ids, read_query, remember_size
from accounts.models import Schooling
from accounts.permissions import ActiveMandate, Permission, can
from accounts.requests import SchoolRequest
from accounts.views.lists import open_classrooms, pages
from accounts.views.students import ORDERS, chosen_schoolings
from accounts.walls import actor_of, console_view, prove_again
from educonnect_admin.toolkit.pagination import paginate
from notifications.actions.runs import RunBusyError, cancel, destroy_payload, draft_run, launch
from notifications.enums import RunKind, RunState
from notifications.models import Run
from notifications.tasks import ring
from notifications.views.form_keys import form_key
from notifications.views.run_documents import documents
from notifications.views.run_pages import confirm_context, list_row, run_view
from notifications.views.run_results import read_result_query, results

DAYS_LISTED = 30


def choose(request: SchoolRequest, permission: Permission) -> tuple[list[UUID], str]:
    """The pupils ticked in a list, or its whole result, and words for them. Foreign ones are not even counted."""
    mandate: ActiveMandate = request.mandate
    rooms = open_classrooms(mandate)
    query = read_query(request.POST, request.session, classrooms=rooms, sorts=list(ORDERS))
    if query.everything:
        rows = chosen_schoolings(mandate, permission, query)
    else:
        rows = Schooling.objects.allowing(mandate, permission).filter(student__in=chosen_ids(request.POST, "eleve"))
    found = list(
        rows.order_by("sort_key").values_list(
            "student_id", "classroom__code", "student__last_name", "student__first_name"
        )
    )
    return [row[0] for row in found], label_of(found)


def label_of(found: Sequence[tuple[UUID, str | None, str, str]]) -> str:
    """What a run is on: one pupil, one class, some classes, or so many pupils."""
    rooms = sorted({room for _, room, _, _ in found if room})
    if len(found) == 1:
        return f"{found[0][2]} {found[0][3]}"
    if len(rooms) == 1:
        return f"classe {rooms[0]}"
    return ", ".join(rooms) if 0 < len(rooms) <= 3 else f"{len(rooms)} classes"


def draft(request: SchoolRequest, kind: RunKind, permission: Permission, back: str) -> HttpResponse:
    """Make a draft of what was chosen, and go to the page that says what it would do."""
    mandate: ActiveMandate = request.mandate
    students, label = choose(request, permission)
    if not students:
        messages.error(request, "Aucun élève n’est sélectionné : cochez au moins une case, puis recommencez.")
        return redirect(back, mandate.uai)
    key = form_key(request, kind, *sorted(students))
    run = draft_run(actor=actor_of(request), mandate=mandate, kind=kind, students=students, label=label, key=key)
    return redirect("run", mandate.uai, run.pk)


@console_view(Permission.NOTIFY_STUDENTS, writes=True)
def notify_selection(request: SchoolRequest) -> HttpResponse:
    return draft(request, RunKind.NOTIFY, Permission.NOTIFY_STUDENTS, "students")


@console_view(Permission.NOTIFY_STUDENTS, writes=True)
def student_notify(request: SchoolRequest, pk: UUID) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    rows = Schooling.objects.allowing(mandate, Permission.NOTIFY_STUDENTS).select_related("student")
    student = get_object_or_404(rows, student=pk).student
    run = draft_run(
        actor=actor_of(request),
        mandate=mandate,
        kind=RunKind.NOTIFY,
        students=[pk],
        label=student.name,
        key=form_key(request, RunKind.NOTIFY, pk),
    )
    return redirect("run", mandate.uai, run.pk)


def visible_runs(mandate: ActiveMandate) -> Any:
    """One's own runs, or the school's for who may list them."""
    wide = Permission.LIST_SCHOOL_RUNS
    return Run.objects.allowing(mandate, wide if can(mandate, wide) else Permission.OPEN_OWN_RUNS)


@console_view(Permission.OPEN_OWN_RUNS, reads=True)
def runs(request: SchoolRequest) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    since = timezone.now() - timedelta(days=DAYS_LISTED)
    rows = visible_runs(mandate).exclude(state=RunState.DRAFT).filter(created_at__gte=since)
    query = read_result_query(request.GET, request.session)
    remember_size(request.session, query)
    rows = rows.select_related("requested_by").order_by("-created_at", "pk")
    page = paginate(rows, number=query.page, size=query.size)
    context = {"page": pages(page, [list_row(mandate, run) for run in page.rows], query), "days": DAYS_LISTED}
    return render(request, "runs/list.html", context)


@console_view(Permission.OPEN_OWN_RUNS, reads=True)
def run(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """A draft: the page before the run. Later: its progress, then what came of it."""
    mandate: ActiveMandate = request.mandate
    found = get_object_or_404(visible_runs(mandate).select_related("requested_by", "school"), pk=pk)
    if found.state == RunState.DRAFT:
        if found.requested_by_id != mandate.staff_id:
            raise Http404
        return render(request, "runs/confirm.html", confirm_context(mandate, found))
    query = read_result_query(request.GET, request.session)
    remember_size(request.session, query)
    context = {**run_view(found), **results(mandate, found, query), **documents(mandate, found)}
    return render(request, "runs/_progress.html" if request.htmx else "runs/detail.html", context)


def own_run(request: SchoolRequest, pk: UUID) -> Run:
    found: Run = get_object_or_404(Run.objects.allowing(request.mandate, Permission.OPEN_OWN_RUNS), pk=pk)
    return found


@console_view(Permission.OPEN_OWN_RUNS, writes=True)
def run_launch(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """Start one's own draft; over several accounts with a fresh proof. Sent twice, it starts once."""
    mandate, found = request.mandate, own_run(request, pk)
    if found.total > 1 and not assurance.is_freshly_proved(request):
        return prove_again(request)
    try:
        launched = launch(
            actor=actor_of(request), run=found, include_activated=bool(request.POST.get("include_active"))
        )
    except RunBusyError:
        messages.error(
            request,
            "Une opération du même genre est en cours dans l’établissement."
            " Attendez qu’elle se termine, puis recommencez\u00a0: rien n’a été fait.",
        )
        return redirect("run", mandate.uai, pk)
    if launched.is_active:
        ring(launched)
    return redirect("run", mandate.uai, pk)


@console_view(Permission.OPEN_OWN_RUNS, writes=True)
def run_cancel(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """Stop one's own run. What it did before stays done."""
    stopped = cancel(actor=actor_of(request), run=own_run(request, pk))
    if stopped.state == RunState.CANCELLED:
        messages.success(
            request, "L’opération est arrêtée\u00a0: les comptes qu’elle n’avait pas traités ne changent pas."
        )
    else:
        messages.info(request, "Cette opération ne peut plus être arrêtée\u00a0: elle n’est pas en cours.")
    return redirect("run", request.mandate.uai, pk)


@console_view(Permission.OPEN_OWN_RUNS, writes=True)
def run_destroy(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """End the documents of one's own run."""
    run = destroy_payload(actor=actor_of(request), run=own_run(request, pk))
    if run.payload_destroyed_at is not None:
        messages.success(
            request, "Les documents de cette opération sont détruits. Les mots de passe remis restent valables."
        )
    else:
        messages.info(request, "Cette opération n’est pas finie\u00a0: elle n’a pas encore de documents à détruire.")
    return redirect("run", request.mandate.uai, pk)
