"""Geler les mots de passe provisoires: said beforehand, done once, for a head with a fresh proof."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.actions.credentials import freezable
from accounts.permissions import Permission
from accounts.requests import SchoolRequest
from accounts.walls import READING, actor_of, console_view
from notifications.actions.freeze import freeze
from notifications.enums import ACTIVE
from notifications.models import Run


@console_view(Permission.FREEZE, reads=True, writes=True, step_up=(*READING, "POST"))
def freeze_school(request: SchoolRequest) -> HttpResponse:
    uai = request.mandate.uai
    if request.method == "POST":
        voided = freeze(actor=actor_of(request), uai=uai)
        messages.success(
            request,
            f"Gel fait\u00a0: {voided} mot{'s' if voided > 1 else ''} de passe provisoire{'s' if voided > 1 else ''}"
            " ne val" + ("ent" if voided > 1 else "t") + " plus rien.",
        )
        return redirect("home", uai)
    students, guardians = freezable(uai)
    running = Run.objects.allowing(request.mandate, Permission.LIST_SCHOOL_RUNS)
    context = {
        "students": students.count(),
        "guardians": guardians.count(),
        "runs": running.filter(state__in=ACTIVE).count(),
        "action_url": reverse("freeze", args=[uai]),
        "cancel_url": reverse("home", args=[uai]),
    }
    return render(request, "runs/freeze.html", context)
