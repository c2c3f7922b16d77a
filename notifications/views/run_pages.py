"""What the pages of a run show of it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import provisional
from accounts.diagnosis import BY_FRANCE_CONNECT
from accounts.permissions import ActiveMandate, Permission, can
from accounts.views.lists import Badge
from notifications.actions.runs import forecast
from notifications.enums import RunKind, RunState
from notifications.models import Run

CSS = {
    RunState.PENDING: "none",
    RunState.RUNNING: "pending",
    RunState.DONE: "active",
    RunState.CANCELLED: "blocked",
    RunState.FAILED: "blocked",
}
VERBS = {RunKind.NOTIFY: "(Re)Notifier", RunKind.RESET: "Réinitialiser"}


class ConfirmForm(forms.Form):
    """The page before a run."""

    include_active = forms.BooleanField(required=False)


def accounts_in_words(number: int) -> str:
    return f"{number} compte{'s' if number > 1 else ''}"


def confirm_context(mandate: ActiveMandate, run: Run) -> dict[str, Any]:
    """The draft, counted."""
    now = timezone.now()
    back = "students" if can(mandate, Permission.LIST_STUDENTS) and run.kind == RunKind.NOTIFY else "rescue_students"
    back = "guardians" if run.is_on_guardians else back
    verb = VERBS[RunKind(run.kind)]
    return {
        "title": f"{verb} {accounts_in_words(run.total)}",
        "scope_label": run.label[:1].upper() + run.label[1:],
        "counts": forecast(run),
        "on_guardians": run.is_on_guardians,
        "say": BY_FRANCE_CONNECT,
        "form": ConfirmForm(),
        "action_url": reverse("run_launch", args=[mandate.uai, run.pk]),
        "cancel_url": reverse(back, args=[mandate.uai]),
        "submit_label": f"{verb} {'le compte' if run.total == 1 else 'les comptes'}",
        "valid_until": provisional.expiry(now, run.school.zone, settings.PROVISIONAL_DAYS),
        "readable_hours": settings.PAYLOAD_LIFE // timedelta(hours=1),
    }


def run_view(run: Run) -> dict[str, Any]:
    """Where it stands."""
    return {
        "run": {
            "state": run.state,
            "state_label": RunState(run.state).label,
            "kind_label": RunKind(run.kind).label,
            "scope_label": run.label,
            "who": run.requested_by.get_full_name(),
            "started_at": run.started_at,
            "ended_at": run.finished_at,
            "total": run.total,
            "processed": run.processed,
            "refused": run.refused,
        },
        "run_url": reverse("run", args=[run.school_id, run.pk]),
        "cancel_url": reverse("run_cancel", args=[run.school_id, run.pk]),
        "mails_url": reverse("run_mails", args=[run.school_id, run.pk]),
        "follow_up_url": reverse("run_follow_up", args=[run.school_id, run.pk]),
        "runs_url": reverse("runs", args=[run.school_id]),
    }


def list_row(mandate: ActiveMandate, run: Run) -> dict[str, Any]:
    refused = f", {run.refused} refusé{'s' if run.refused > 1 else ''}" if run.refused else ""
    return {
        "url": reverse("run", args=[run.school_id, run.pk]),
        "kind_label": RunKind(run.kind).label,
        "scope_label": run.label,
        "who": run.requested_by.get_full_name(),
        "at": run.started_at or run.created_at,
        "summary": accounts_in_words(run.total) + refused,
        "state": Badge(RunState(run.state).label, CSS[RunState(run.state)]),
        "documents_until": run.payload_expires_at if run.has_payload else None,
        "documents_open": run.has_payload and run.requested_by_id == mandate.staff_id,
    }


def document_url(run: Run, slug: str, classroom: UUID | None = None, language: str = "") -> str:
    asked = {"classe": classroom, "langue": language}
    query = urlencode({name: value for name, value in asked.items() if value})
    address = reverse("run_document", args=[run.school_id, run.pk, slug])
    return f"{address}?{query}" if query else address
