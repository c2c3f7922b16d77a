"""The first wall: each address, its view's declaration, and who is there, before any view runs.

The answers, in this order, are the table of product.md, "What a request gets".
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

import structlog
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts import assurance
from accounts.enums import Assurance, Role
from accounts.models import Mandate
from accounts.permissions import ROLE_PERMISSIONS, ActiveMandate, is_assured
from accounts.requests import ConsoleRequest, SignedInRequest
from accounts.walls import READING, Audience, Rule, ask_for_key, came_from, note_refusal, prove_again

USE_NOTED_EVERY = timedelta(hours=1)
RANK = {Role.HEAD: 0, Role.FULL: 1, Role.SIMPLIFIED: 2}


class WallsMiddleware:
    """Holds every view to its declaration; sets `request.mandate` and `request.mandates`."""

    def __init__(self, get_response: Callable[[ConsoleRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ConsoleRequest) -> HttpResponse:
        request.mandate, request.mandates = None, []
        assurance.locate(request)
        if request.user.is_authenticated and assurance.is_too_old(request):
            logout(request)
        if request.user.is_authenticated:
            assurance.note_address(request)
        response = self.get_response(request)
        # Of every page: links of mails and forms of sign-in too are left in no cache, nor taken in by another site.
        add_never_cache_headers(response)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    def process_view(
        self, request: ConsoleRequest, view: Callable[..., HttpResponse], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        rule: Rule | None = getattr(view, "rule", None)
        if rule is None:
            raise Http404
        if rule.audience is not Audience.ANYONE and not request.user.is_authenticated:
            return lead_to_sign_in(request)
        if request.user.is_authenticated:
            request.mandates = live_mandates(request)
        if rule.audience is Audience.MANDATED:
            refusal = enter_school(cast(SignedInRequest, request), rule, kwargs["uai"])
            if refusal is not None:
                return refusal
        if request.method not in rule.methods:
            return not_allowed(request, rule)
        if request.method in rule.step_up and not assurance.is_freshly_proved(request):
            return prove_again(request)
        return None


def lead_to_sign_in(request: ConsoleRequest) -> HttpResponse:
    """Then back. What was posted is nobody's, so it is not kept: whoever signs in next may be someone else."""
    if request.method in READING:
        return redirect_to_login(request.get_full_path())
    return redirect(f"{reverse('sign_in')}?{urlencode({'next': came_from(request), 'perdu': '1'})}")


def live_mandates(request: ConsoleRequest) -> list[Mandate]:
    return list(Mandate.objects.live().filter(staff=request.user.pk).for_current().order_by("school__name", "pk"))


def enter_school(request: SignedInRequest, rule: Rule, uai: str) -> HttpResponse | None:
    """Set `request.mandate`, or say what stands in the way."""
    if not request.mandates:
        note_refusal(request, "no live mandate")
        return no_mandate(request)
    held = [mandate for mandate in request.mandates if mandate.school_id == uai]
    if not held:
        note_refusal(request, "outside the mandate")
        raise Http404
    chosen = request.session.get(assurance.CURRENT_MANDATE)
    held.sort(key=lambda mandate: (mandate.pk != chosen, RANK[Role(mandate.role)]))
    mandate = held[0]
    known_by = assurance.assurance_of(request, mandate.school)
    if not is_assured(Role(mandate.role), known_by, school_wants_otp=mandate.school.wants_otp_of_teachers):
        return ask_for_key(request)
    request.mandate = activate(mandate, known_by)
    structlog.contextvars.bind_contextvars(mandate=mandate.pk, uai=uai)
    if mandate.pk != chosen:
        request.session[assurance.CURRENT_MANDATE] = mandate.pk
    note_use(mandate)
    if rule.permission not in request.mandate.permissions:
        note_refusal(request, str(rule.permission))
        return render(request, "403_permission.html", {"who_can": "votre chef d’établissement"}, status=403)
    return None


def note_use(mandate: Mandate) -> None:
    """When the mandate last opened a page, for the head who looks over the delegations; once an hour is enough."""
    now = timezone.now()
    if mandate.last_used_at is None or mandate.last_used_at < now - USE_NOTED_EVERY:
        Mandate.objects.filter(pk=mandate.pk).update(last_used_at=now)


def activate(mandate: Mandate, known_by: Assurance) -> ActiveMandate:
    """What the request may do: the group's permissions, and never more than the table gives the role."""
    role = Role(mandate.role)
    granted = frozenset(mandate.codenames)
    classrooms = None if mandate.whole_school else mandate.classroom_ids()
    return ActiveMandate(
        mandate_id=mandate.pk,
        staff_id=mandate.staff_id,
        uai=mandate.school_id,
        school_name=mandate.school.name,
        academy_name=mandate.school.academy_name,
        role=role,
        permissions=frozenset(right for right in ROLE_PERMISSIONS[role] if right.value in granted),
        assurance=known_by,
        classrooms=classrooms,
    )


def no_mandate(request: SignedInRequest) -> HttpResponse:
    """The 403 that says who gave the last mandate, and until when."""
    last = Mandate.objects.last_of(request.user.pk)
    return render(request, "403_no_mandate.html", {"last_mandate": last}, status=403)


def not_allowed(request: ConsoleRequest, rule: Rule) -> HttpResponse:
    response = render(request, "405.html", status=405)
    response["Allow"] = ", ".join(rule.methods)
    return response
