"""Ties that guardians dispute: what waits for the school's word, and how it is given."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.actions.disputes import SettledError, people_of, settle_dispute
from accounts.actions.journal import Event, record
from accounts.enums import DisputeOutcome, Volume
from accounts.forms.disputes import SettleForm
from accounts.models import Account, Dispute, Schooling
from accounts.permissions import ActiveMandate, Permission, can
from accounts.requests import SchoolRequest
from accounts.walls import actor_of, console_view, count

OVER_SHOWN = 100
TOO_LATE = "Ce lien a déjà été réglé, ou l’alimentation l’a retiré : voici où il en est."


def disputes_of(mandate: ActiveMandate, **person: UUID) -> list[dict[str, Any]]:
    """The ties of one pupil (`student`) or guardian (`guardian`) that are suspended. One query."""
    rows = Dispute.objects.allowing(mandate, Permission.SETTLE_GUARDIANS).filter(**person)
    suspended = rows.with_tie().filter(is_listed=True).exclude(outcome=DisputeOutcome.RIGHT)
    return _rows(mandate, suspended)


def _rows(mandate: ActiveMandate, rows: QuerySet[Dispute]) -> list[dict[str, Any]]:
    """The last first. 3 queries: whoever is tied to the school no more is no longer seen, nor named."""
    found = list(rows.select_related("settled_by").order_by("-raised_at", "pk"))
    people = people_of(found)
    return [_row(mandate, row, people.get(row.guardian_id), people.get(row.student_id)) for row in found]


@console_view(Permission.SETTLE_GUARDIANS, reads=True)
def disputes(request: SchoolRequest) -> HttpResponse:
    """To settle, still in the source, and over."""
    mandate: ActiveMandate = request.mandate
    rows = Dispute.objects.allowing(mandate, Permission.SETTLE_GUARDIANS)
    context = {
        "to_settle": _rows(mandate, rows.to_settle()),
        "still_listed": _rows(mandate, rows.still_listed()),
        "over": _rows(mandate, rows.over())[:OVER_SHOWN],
        "list_url": reverse("guardians", args=[mandate.uai]),
    }
    return render(request, "disputes/list.html", context)


def note_page(request: SchoolRequest, pk: UUID) -> None:
    """It shows a pupil and a guardian: told and counted as the pupil's own page."""
    count(request, Volume.PERSONS)
    row = Dispute.objects.allowing(request.mandate, Permission.SETTLE_GUARDIANS).filter(pk=pk).first()
    if row is not None:
        target = row.student_id
        record(actor=actor_of(request), event=Event.STUDENT_VIEWED, uai=request.mandate.uai, target=target)


@console_view(Permission.SETTLE_GUARDIANS, reads=note_page, writes=True)
def dispute(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """One tie, and the two ways to settle it."""
    mandate: ActiveMandate = request.mandate
    rows = Dispute.objects.allowing(mandate, Permission.SETTLE_GUARDIANS).with_tie()
    row: Dispute = get_object_or_404(rows, pk=pk)
    form = SettleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _settle(request, row, form)
        except SettledError:
            messages.error(request, TOO_LATE)
        return redirect("dispute", mandate.uai, pk)
    place = Schooling.objects.allowing(mandate, Permission.VIEW_STUDENT).filter(student=row.student_id)
    schooling = place.select_related("classroom").first()
    context = {
        "form": form,
        "row": _rows(mandate, rows.filter(pk=pk))[0],
        "is_open": row.is_listed and row.outcome != DisputeOutcome.RIGHT,
        "classroom": schooling.classroom.code if schooling and schooling.classroom else "",
        "student_url": reverse("student", args=[mandate.uai, row.student_id]) if schooling else "",
        "list_url": reverse("disputes", args=[mandate.uai]),
    }
    return render(request, "disputes/detail.html", context)


def _settle(request: SchoolRequest, row: Dispute, form: SettleForm) -> None:
    outcome = DisputeOutcome(form.cleaned_data["outcome"])
    settle_dispute(
        actor=actor_of(request),
        uai=request.mandate.uai,
        dispute=row.pk,
        outcome=outcome,
        note=form.cleaned_data["note"],
        now=timezone.now(),
    )
    done = {
        DisputeOutcome.RIGHT: "Le lien est rétabli : le compte du responsable donne de nouveau accès à cet élève.",
        DisputeOutcome.CORRECTED: "C’est noté : le lien reste suspendu, et la prochaine alimentation le retire.",
    }
    messages.success(request, done[outcome])


def _row(mandate: ActiveMandate, row: Dispute, guardian: Account | None, student: Account | None) -> dict[str, Any]:
    return {
        "guardian": guardian.name if guardian else "Responsable qui n’est plus rattaché",
        "guardian_username": guardian.username if guardian else "",
        "student": student.name if student else "Élève parti",
        "student_username": student.username if student else "",
        "raised_at": row.raised_at,
        "state": _state(row),
        "settled_at": row.settled_at,
        "settled_by": row.settled_by,
        "note": row.note,
        "url": reverse("dispute", args=[mandate.uai, row.pk]) if can(mandate, Permission.SETTLE_GUARDIANS) else "",
    }


def _state(row: Dispute) -> str:
    """Where it stands, in words."""
    if row.outcome == DisputeOutcome.RIGHT:
        return "Rétabli"
    if not row.is_listed:
        return "Retiré par l’alimentation"
    return "Suspendu, encore dans la base source" if row.outcome else "Suspendu, à régler"
