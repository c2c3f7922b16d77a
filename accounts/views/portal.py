"""The page after sign-in, and the choice of a mandate."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import assurance
from accounts.enums import Role
from accounts.models import Mandate
from accounts.permissions import ROLE_PERMISSIONS, Permission
from accounts.requests import SignedInRequest
from accounts.walls import READING, signed_in_view

FULL = "Administration des comptes Educonnect"
SIMPLIFIED = "Administration des comptes Educonnect Elèves"


@signed_in_view(*READING)
def portal(request: SignedInRequest) -> HttpResponse:
    """The seed's menus, with exactly the applications that the current mandate opens."""
    current = assurance.current_mandate(request)
    sections = []
    if current is not None:
        if settings.BOARDING_DIRECTORY_URL:
            directory = "Annuaire des internats - Accès établissement"
            sections.append(
                {
                    "title": "Répertoires des établissements et des internats",
                    "links": [{"label": directory, "url": settings.BOARDING_DIRECTORY_URL, "external": True}],
                }
            )
        sections.append({"title": "Outils de gestion des identités et habilitations", "links": _applications(current)})
    last = None if current else Mandate.objects.last_of(request.user.pk)
    return render(request, "portal.html", {"sections": sections, "last_mandate": last})


def _applications(mandate: Mandate) -> list[dict[str, Any]]:
    permissions = ROLE_PERMISSIONS[Role(mandate.role)]
    wanted = (
        (FULL, Permission.OPEN_FULL_MODULE, "home"),
        (SIMPLIFIED, Permission.OPEN_SIMPLIFIED_MODULE, "rescue_home"),
    )
    return [
        {"label": label, "url": reverse(name, args=[mandate.school_id]), "external": False}
        for label, permission, name in wanted
        if permission in permissions
    ]


@signed_in_view("POST")
def switch_mandate(request: SignedInRequest) -> HttpResponse:
    """Take another of one's own mandates; its module opens."""
    for mandate in request.mandates:
        if str(mandate.pk) == request.POST.get("mandate"):
            request.session[assurance.CURRENT_MANDATE] = mandate.pk
            name = "rescue_home" if mandate.role == Role.SIMPLIFIED else "home"
            return redirect(name, mandate.school_id)
    raise Http404
