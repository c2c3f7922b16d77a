"""Réglages: what a head sets for the school. Each section has its own form and address, on one page."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.actions.schools import change_access, change_passwords
from accounts.forms.settings import AccessForm, PasswordsForm
from accounts.models import School
from accounts.permissions import Permission
from accounts.requests import SchoolRequest
from accounts.tasks import tell_settings
from accounts.views.lists import open_classrooms
from accounts.walls import READING, actor_of, console_view
from educonnect_admin.toolkit.network import within

UNCHANGED = "Ces réglages étaient déjà en place."


@console_view(Permission.CHANGE_SETTINGS, reads=True, step_up=READING)
def school_settings(request: SchoolRequest) -> HttpResponse:
    return _page(request)


@console_view(Permission.CHANGE_SETTINGS, writes=True, step_up=("POST",))
def settings_access(request: SchoolRequest) -> HttpResponse:
    """OTP of teachers and admin network: from the next click of whoever they concern."""
    form = AccessForm(request.POST)
    if not form.is_valid():
        return _page(request, access=form)
    asked, uai = form.cleaned_data, request.mandate.uai
    changed = change_access(actor=actor_of(request), uai=uai, wants_otp=asked["wants_otp"], networks=asked["networks"])
    if changed:
        tell_settings(uai, request.user.pk)
    messages.success(
        request, "Réglages d’accès enregistrés\u00a0: ils valent dès maintenant." if changed else UNCHANGED
    )
    return redirect("school_settings", uai)


@console_view(Permission.CHANGE_SETTINGS, writes=True, step_up=("POST",))
def settings_passwords(request: SchoolRequest) -> HttpResponse:
    """For the next runs; what was handed out stays as it is."""
    form = PasswordsForm(request.POST, rooms=open_classrooms(request.mandate))
    if not form.is_valid():
        return _page(request, passwords=form)
    changed = change_passwords(actor=actor_of(request), uai=request.mandate.uai, readable=form.chosen)
    saved = "Choix des mots de passe enregistré\u00a0: il vaut pour les prochaines opérations."
    messages.success(request, saved if changed else UNCHANGED)
    return redirect("school_settings", request.mandate.uai)


def _page(
    request: SchoolRequest, *, access: AccessForm | None = None, passwords: PasswordsForm | None = None
) -> HttpResponse:
    """All sections, each as it stands in the base but for the one that was refused."""
    uai = request.mandate.uai
    school = School.objects.get(pk=uai)
    set_now = {"wants_otp": school.wants_otp_of_teachers, "networks": "\n".join(school.admin_networks)}
    context: dict[str, Any] = {
        "access": access or AccessForm(initial=set_now),
        "access_url": reverse("settings_access", args=[uai]),
        "passwords": passwords or PasswordsForm(rooms=open_classrooms(request.mandate)),
        "passwords_url": reverse("settings_passwords", args=[uai]),
        "letterhead_url": reverse("letterhead", args=[uai]),
        "address": request.client_address,
        "is_inside_own": within(request.client_address, school.networks),
        "is_inside_all": within(request.client_address, settings.ADMIN_NETWORKS),
    }
    return render(request, "settings/page.html", context)
