"""Courriers de l’établissement: what its own letters look like, seen before it is kept."""

from datetime import timedelta
from itertools import chain
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import School
from accounts.permissions import Permission
from accounts.requests import SchoolRequest
from accounts.walls import READING, actor_of, console_view
from notifications.actions.letterhead import change_letterhead, letterhead_of
from notifications.forms import LetterheadForm
from notifications.models import Letterhead
from notifications.rendering import Child, Holder, Kin, LetterContext, letters_pdf
from notifications.views.senders import sender_of

INVENTED: dict[str, Any] = {
    "first_name": "Zoé",
    "last_name": "Exemple",
    "classroom": "6EME A",
    "username": "z.exemple",
    "secret": "ABCDEFGHJKMN",
    "follow_up": "EXEMPLE2",
}
"""Of nobody, and opens nothing."""


@console_view(Permission.CHANGE_SETTINGS, reads=True, writes=True, step_up=(*READING, "POST"))
def letterhead(request: SchoolRequest) -> HttpResponse:
    uai = request.mandate.uai
    kept = letterhead_of(uai)
    if request.method != "POST":
        return _page(request, LetterheadForm(kept=kept))
    form = LetterheadForm(request.POST, request.FILES, kept=kept)
    if not form.is_valid():
        return _page(request, form)
    changed = change_letterhead(actor=actor_of(request), wanted=form.wanted)
    saved = "Courriers enregistrés\u00a0: ce choix vaut pour les documents ouverts dès maintenant."
    messages.success(request, saved if changed else "Ces réglages étaient déjà en place.")
    return redirect("letterhead", uai)


@console_view(Permission.CHANGE_SETTINGS, writes=True, step_up=("POST",))
def letterhead_preview(request: SchoolRequest) -> HttpResponseBase:
    """The letter as it would be, on invented data; nothing is kept."""
    form = LetterheadForm(request.POST, request.FILES, kept=letterhead_of(request.mandate.uai))
    if not form.is_valid():
        return _page(request, form)
    pieces = letters_pdf(_example(request, form.wanted, to_guardian=request.POST.get("a") == "responsable"))
    response = HttpResponse(chain([next(pieces)], pieces), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="apercu-courrier.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _example(request: SchoolRequest, wanted: Letterhead, *, to_guardian: bool) -> LetterContext:
    school = School.objects.get(pk=request.mandate.uai)
    today = timezone.localdate(timezone=school.zone)
    person = {**INVENTED, "valid_until": today + timedelta(days=settings.PROVISIONAL_DAYS)}
    child = Child(first_name="Zoé", last_name="Exemple", classroom="6EME A")
    address = ("1 rue de l’Exemple", "08000 EXEMPLEVILLE")
    kin = Kin(**{**person, "first_name": "Camille", "username": "c.exemple"}, children=(child,), address_lines=address)
    return LetterContext(
        sender=sender_of(school, wanted),
        issued_on=today,
        activation_url=settings.ACTIVATION_URL,
        run_label="aperçu, sans valeur",
        requested_by=request.user.get_full_name(),
        holders=[kin if to_guardian else Holder(**person)],
    )


def _page(request: SchoolRequest, form: LetterheadForm) -> HttpResponse:
    uai = request.mandate.uai
    logo = form.kept.logo_kept
    context = {
        "form": form,
        "action_url": reverse("letterhead", args=[uai]),
        "preview_url": reverse("letterhead_preview", args=[uai]),
        "settings_url": reverse("school_settings", args=[uai]),
        "logo": logo and f"{logo[0].upper()}, {max(1, len(logo[1]) // 1000)}\u00a0ko",
    }
    return render(request, "settings/letterhead.html", context)
