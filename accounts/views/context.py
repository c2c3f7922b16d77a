"""What every page's dress needs: who is there, under which mandate, and the way around."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts import assurance
from accounts.permissions import ActiveMandate, Permission, can
from accounts.requests import ConsoleRequest

FULL_MODULE = "Administration des comptes EduConnect"
SIMPLIFIED_MODULE = "EduConnect - Dépannage des comptes élèves"
PORTAL = "Portail Arena"

FULL_TABS = (
    ("Accueil", "home"),
    ("Élèves", "students"),
    ("Responsables", "guardians"),
    ("Statistiques", "statistics"),
)
SIMPLIFIED_TABS = (("Accueil", "rescue_home"), ("Élèves", "rescue_students"))
SCHOOL_MENU = (
    ("Alimentations", "feeds", Permission.APPLY_FEEDS),
    ("Délégations", "delegations", Permission.DELEGATE),
    ("Journal", "journal", Permission.READ_OWN_JOURNAL),
    ("Opérations", "runs", Permission.OPEN_OWN_RUNS),
    ("Réglages", "school_settings", Permission.CHANGE_SETTINGS),
    ("Geler les mots de passe", "freeze", Permission.FREEZE),
)
"""The school's own, beside its name: label, address, the right that opens it."""


def console(request: HttpRequest) -> dict[str, Any]:
    """Context of every template. Error pages may come before the request knows anything."""
    mandate: ActiveMandate | None = getattr(request, "mandate", None)
    shown: dict[str, Any] = {
        "service_name": PORTAL,
        "version": settings.VERSION,
        "theme": settings.THEME,
        "demo": settings.DEMO,
        "mandate": mandate,
    }
    if getattr(request, "mandates", None):
        shown |= _mandates(cast(ConsoleRequest, request))
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        shown["idle_minutes"] = settings.SESSION_COOKIE_AGE // 60
        shown["session_seconds"] = assurance.seconds_left(cast(ConsoleRequest, request))
    if mandate is not None:
        shown |= _of_school(request, mandate)
    return shown


def _mandates(request: ConsoleRequest) -> dict[str, Any]:
    """The picker's lines, and the mandate in force, on pages of no school too."""
    current = assurance.current_mandate(request)
    return {
        "mandate": request.mandate or current,
        "mandates": [
            (held.pk, held.role_label, held.school.name, held.school_id, held == current) for held in request.mandates
        ],
    }


def _of_school(request: HttpRequest, mandate: ActiveMandate) -> dict[str, Any]:
    is_rescue = mandate.is_simplified or _route(request).startswith("rescue")
    tabs = SIMPLIFIED_TABS if is_rescue else FULL_TABS
    menu = [(label, name) for label, name, right in SCHOOL_MENU if can(mandate, right)]
    return {
        "service_name": SIMPLIFIED_MODULE if is_rescue else FULL_MODULE,
        "school": {"uai": mandate.uai, "name": mandate.school_name, "academy_name": mandate.academy_name},
        "tabs": [
            {"label": label, "url": reverse(name, args=[mandate.uai]), "current": _is_under(request, name)}
            for label, name in tabs
        ],
        "school_menu": [{"label": label, "url": reverse(name, args=[mandate.uai])} for label, name in menu],
    }


def _route(request: HttpRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match else ""


def _is_under(request: HttpRequest, name: str) -> bool:
    """A tab is current on its own page and on the pages below it: student under students."""
    route = _route(request)
    return route == name or (not name.endswith("home") and route.startswith(name.removesuffix("s")))
