"""The first two walls: what a view declares, and what holds it to its word.

A view without a declaration answers nobody. Reading runs in a transaction in which PostgreSQL itself refuses to
write; what the journal must tell of it is committed just before: no entry, no answer.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.actions.journal import Actor, Event, record
from accounts.actions.volumes import CapReachedError, count_volume, refuse_volume
from accounts.enums import Volume
from accounts.kept import keep_form, page_behind
from accounts.permissions import Permission
from accounts.requests import ConsoleRequest, SchoolRequest
from educonnect_admin.toolkit.scope import reading, school_transaction

View = Callable[..., HttpResponseBase]
READING = ("GET", "HEAD")
NOT_FOUND = "not found"
"""What the journal has of an address that leads nowhere for this mandate."""


class Audience(StrEnum):
    """Whom a view is for."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    MANDATED = "mandated"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a view declared. The middleware reads it before the view runs."""

    audience: Audience
    methods: tuple[str, ...]
    permission: Permission | None = None
    step_up: tuple[str, ...] = ()


def console_view(
    permission: Permission,
    *,
    reads: Callable[..., None] | bool = False,
    writes: bool = False,
    step_up: tuple[str, ...] = (),
    counts: Volume | None = None,
) -> Callable[[View], View]:
    """A page of a school: `permission` opens it, in the scope of the mandate's school.

    `reads`: it answers GET, read-only; a function is called before, with the view's own arguments, to write what the
    reading must leave behind.
    `writes`: it answers POST, in one transaction with all that it does. `step_up`: the methods that want a fresh
    proof. `counts`: what each request adds one to; past the hour's cap, counted here or by the view, the answer is 429.
    """
    methods = (READING if reads else ()) + (("POST",) if writes else ())
    rule = Rule(Audience.MANDATED, methods, permission, step_up)

    def declare(view: View) -> View:
        def answer(request: SchoolRequest, **kwargs: Any) -> HttpResponseBase:
            uai = school_of(request)
            if request.method not in READING:
                with school_transaction(uai):
                    if counts:
                        count(request, counts)
                    return view(request, **kwargs)
            if counts or reads is not True:
                with school_transaction(uai):
                    if counts:
                        count(request, counts)
                    if callable(reads):
                        reads(request, **kwargs)
            with reading(uai):
                return view(request, **kwargs)

        @wraps(view)
        def guarded(request: SchoolRequest, uai: str, **kwargs: Any) -> HttpResponseBase:
            with refusals_told(request, kwargs.get("pk")):
                try:
                    return answer(request, **kwargs)
                except CapReachedError as reached:
                    return capped(request, reached)

        guarded.rule = rule  # type: ignore[attr-defined]  # how the middleware and the matrix read it
        return guarded

    return declare


def school_of(request: SchoolRequest) -> str:
    """The school whose rows the request may see: the mandate's, whatever the address names, and only its holder's.

    The middleware has seen to both. Should it ever not, a mandate still opens its own school, to nobody else.
    """
    if request.mandate.staff_id != request.user.pk:
        raise Http404
    return request.mandate.uai


def signed_in_view(*methods: str, step_up: tuple[str, ...] = ()) -> Callable[[View], View]:
    """A page for whoever is signed in, about themselves: it opens no school's data."""
    return _declare(Rule(Audience.SIGNED_IN, methods, step_up=step_up))


def public_view(*methods: str) -> Callable[[View], View]:
    """A page for anyone: it shows nobody's data."""
    return _declare(Rule(Audience.ANYONE, methods))


def _declare(rule: Rule) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.rule = rule  # type: ignore[attr-defined]  # as above
        return view

    return declare


def count(request: SchoolRequest, kind: Volume) -> None:
    """Count one of what is capped, in the running transaction."""
    mandate = request.mandate
    count_volume(staff_id=mandate.staff_id, uai=mandate.uai, role=mandate.role, kind=kind)


def capped(request: SchoolRequest, reached: CapReachedError) -> HttpResponse:
    """The 429 that says how many, of what, and when it opens again. What was asked is undone by now."""
    with school_transaction(reached.uai):
        refuse_volume(actor=actor_of(request), reached=reached)
    context = {"cap": reached.cap, "cap_label": reached.kind.label, "opens_at": reached.opens_at}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(max(1, math.ceil((reached.opens_at - timezone.now()).total_seconds())))
    return response


@contextmanager
def refusals_told(request: SchoolRequest, target: object) -> Iterator[None]:
    """What a view itself refuses is told to the journal, after all that the view did is undone."""
    try:
        yield
    except (Http404, PermissionDenied) as refusal:
        note_refusal(request, NOT_FOUND if isinstance(refusal, Http404) else str(refusal), target=target)
        raise


def note_refusal(request: ConsoleRequest, detail: str, *, target: object = None) -> None:
    """Tell the journal of the school whose pages were opened; that of no school, before any was."""
    mandate, asked = request.mandate, target if isinstance(target, UUID) else None
    if mandate is None:
        record(actor=actor_of(request), event=Event.ACCESS_REFUSED, detail=detail)
        return
    with school_transaction(mandate.uai):
        record(actor=actor_of(request), event=Event.ACCESS_REFUSED, uai=mandate.uai, target=asked, detail=detail)


def actor_of(request: ConsoleRequest) -> Actor:
    """Who acts in this request, for the journal."""
    mandate = getattr(request, "mandate", None)
    return Actor(
        staff_id=request.user.pk,
        mandate_id=mandate.mandate_id if mandate else None,
        address=str(request.client_address or ""),
        request_id=request.request_id,
    )


def actor_for(request: ConsoleRequest, staff_id: int) -> Actor:
    """The person whose sign-in is under way, for the journal: the request itself knows nobody yet."""
    return Actor(staff_id=staff_id, address=str(request.client_address or ""), request_id=request.request_id)


def came_from(request: ConsoleRequest) -> str:
    """The page that a request comes from, on this site: itself, or that of the form for what was posted."""
    if request.method in READING:
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    here = f"{request.scheme}://{request.get_host()}/"
    return "/" + referer.removeprefix(here).lstrip("/\\") if referer.startswith(here) else reverse("portal")


def come_back(request: ConsoleRequest) -> str:
    """Where a proof leads to: the page asked for; for what was posted, the page that offers to confirm it."""
    page = page_behind(request, came_from(request))
    kept = None if request.method in READING else keep_form(request, page=page)
    return reverse("resume", args=[kept]) if kept else page


def ask_for_key(request: ConsoleRequest) -> HttpResponse:
    """What is known is not enough here: lead to the key, then come back, with the work kept."""
    return redirect(f"{reverse('sign_in_otp')}?{urlencode({'next': come_back(request)})}")


def prove_again(request: ConsoleRequest) -> HttpResponse:
    """Ask for a fresh proof of who is there, then come back, with the work kept."""
    return redirect(f"{reverse('proof')}?{urlencode({'next': come_back(request)})}")
