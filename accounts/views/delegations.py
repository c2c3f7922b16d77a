"""The school's delegations: a head gives, changes, revokes and renews them (product.md, "Who works in it")."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.actions.delegation_mails import Change
from accounts.actions.key_mails import KeyChange
from accounts.actions.mandates import (
    change_delegation,
    give_delegation,
    renew_delegations,
    reset_delegate_keys,
    revoke_delegation,
)
from accounts.actions.staff import known_or_added
from accounts.delegation import REFUSAL_LABELS, DelegationRefusedError
from accounts.forms.delegations import GiveForm, InviteForm, ReachForm, RenewForm
from accounts.forms.lists import SEARCHES, keep_search
from accounts.models import Mandate, School, Staff
from accounts.permissions import Permission
from accounts.requests import SchoolRequest
from accounts.tasks import tell_delegation, tell_invited, tell_key_change
from accounts.views.lists import open_classrooms
from accounts.walls import READING, actor_of, console_view
from educonnect_admin.toolkit.text import fold

PROVED = (*READING, "POST")
"""The page asks for the proof before anything is typed: nothing is typed twice."""

FOUND_AT_MOST = 20
ENDED_SHOWN = 100


@console_view(Permission.DELEGATE, reads=True)
def delegations(request: SchoolRequest) -> HttpResponse:
    """Live, coming and ended delegations, in the order of the names; or those that end soon alone."""
    now, is_soon = timezone.now(), request.GET.get("bientot") == "1"
    found = Mandate.objects.allowing(request.mandate, Permission.DELEGATE)
    asked = (found.ending_soon(now) if is_soon else found).select_related("staff", "given_by")
    rows = list(asked.prefetch_related("classrooms").order_by("staff__last_name", "pk"))
    unfinished = [row for row in rows if row.revoked_at is None and (row.ends_at is None or row.ends_at > now)]
    ended = sorted((row for row in rows if row not in unfinished), key=lambda row: str(row.until), reverse=True)
    uai = request.mandate.uai
    context = {
        "groups": [
            {"title": "En cours", "rows": [_row(request, row) for row in unfinished if row.starts_at <= now]},
            {"title": "À venir", "rows": [_row(request, row) for row in unfinished if row.starts_at > now]},
        ],
        "ended": [_row(request, row) for row in ended[:ENDED_SHOWN]],
        "is_soon": is_soon,
        "list_url": reverse("delegations", args=[uai]),
        "give_url": reverse("delegation_give", args=[uai]),
        "renew_url": reverse("delegations_renew", args=[uai]),
        "renewable": found.renewable(_school(request).zone, now).count(),
    }
    return render(request, "delegations/list.html", context)


def _row(request: SchoolRequest, row: Mandate) -> dict[str, Any]:
    codes = [room.code for room in sorted(row.classrooms.all(), key=lambda room: room.sort_key)]
    at = [request.mandate.uai, row.pk]
    is_own = row.staff_id == request.mandate.staff_id
    return {
        "name": str(row.staff),
        "username": row.staff.username,
        "is_open": row.staff.is_active,
        "module": row.role_label,
        "reach": "Tout l’établissement" if row.whole_school else ", ".join(codes) or "Aucune classe",
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "revoked_at": row.revoked_at,
        "given_by": row.given_by,
        "last_used_at": row.last_used_at,
        "change_url": "" if is_own else reverse("delegation_change", args=at),
        "reset_url": "" if is_own else reverse("delegation_reset_key", args=at),
        "revoke_url": "" if is_own else reverse("delegation_revoke", args=at),
    }


@console_view(Permission.DELEGATE, writes=True)
def delegation_search(request: SchoolRequest) -> HttpResponse:
    """Look for a colleague. The text stays on the server, the address has its number."""
    search_id, error = keep_search(request.session, request.POST.get("q", ""))
    if error:
        messages.error(request, error)
    return redirect(
        reverse("delegation_give", args=[request.mandate.uai]) + (f"?recherche={search_id}" * bool(search_id))
    )


@console_view(Permission.DELEGATE, reads=True, writes=True, step_up=PROVED)
def delegation_give(request: SchoolRequest) -> HttpResponse:
    """To a colleague chosen among those of the school (`?personne=`), or to someone invited by mail."""
    known = _colleague(request)
    options = {"rooms": open_classrooms(request.mandate), "zone": _school(request).zone}
    form = (GiveForm if known else InviteForm)(request.POST or None, **options)
    if request.method == "POST" and form.is_valid():
        try:
            return _give(request, form, known)
        except DelegationRefusedError as error:
            form.refuse(error.refusal, error.label)
    text = request.session.get(SEARCHES, {}).get(request.GET.get("recherche", ""), "")
    context = {
        "form": form,
        "known": known,
        "search": {"text": text, "url": reverse("delegation_search", args=[request.mandate.uai])},
        "found": _colleagues(request, text) if text else [],
        "here": reverse("delegation_give", args=[request.mandate.uai]),
        "list_url": reverse("delegations", args=[request.mandate.uai]),
    }
    return render(request, "delegations/give.html", context)


def _give(request: SchoolRequest, form: GiveForm, known: Staff | None) -> HttpResponse:
    """The person invited and the delegation, or neither."""
    staff, is_new = known, False
    with transaction.atomic():
        if staff is None:
            named = {field: form.cleaned_data[field] for field in ("first_name", "last_name", "email")}
            staff, is_new = known_or_added(actor=actor_of(request), **named)
        given = give_delegation(actor=actor_of(request), giver=request.mandate, staff=staff, terms=form.terms)
    if is_new:
        tell_invited(staff, request.build_absolute_uri("/"))
    tell_delegation(given, Change.GIVEN, request.user.pk)
    invited = f" Son identifiant est {staff.username} ; un lien pour choisir son mot de passe lui est envoyé."
    messages.success(request, f"Délégation donnée à {staff}.{invited if is_new else ''}")
    return redirect("delegations", request.mandate.uai)


def _colleague(request: SchoolRequest) -> Staff | None:
    """The one chosen; 404 for whoever has never worked in this school."""
    asked = request.GET.get("personne", "")
    if not asked:
        return None
    people = (held.staff for held in Mandate.objects.colleagues(request.mandate, Permission.DELEGATE))
    chosen: Staff | None = next((staff for staff in people if str(staff.pk) == asked), None)
    if chosen is None:
        raise Http404
    return chosen


def _colleagues(request: SchoolRequest, text: str) -> list[Staff]:
    """Those of the school whose name, identifiant or address holds every word typed."""
    words = fold(text).split()
    people = (held.staff for held in Mandate.objects.colleagues(request.mandate, Permission.DELEGATE))
    found = [staff for staff in people if all(word in _searched(staff) for word in words)]
    return sorted(found, key=lambda staff: fold(f"{staff.last_name} {staff.first_name}"))[:FOUND_AT_MOST]


def _searched(staff: Staff) -> str:
    return fold(f"{staff.first_name} {staff.last_name} {staff.username} {staff.email}")


@console_view(Permission.DELEGATE, reads=True, writes=True, step_up=PROVED)
def delegation_change(request: SchoolRequest, pk: int) -> HttpResponse:
    """Other classes, or another end."""
    mandate = _delegation(request, pk)
    rooms, zone = open_classrooms(request.mandate), _school(request).zone
    form = ReachForm(request.POST or None, rooms=rooms, zone=zone, mandate=mandate)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_delegation(
                actor=actor_of(request),
                giver=request.mandate,
                delegation=pk,
                classrooms=form.opened,
                ends_at=form.ends_at,
            )
        except DelegationRefusedError as error:
            form.refuse(error.refusal, error.label)
        else:
            tell_delegation(changed, Change.CHANGED, request.user.pk)
            messages.success(request, f"Délégation de {changed.staff} modifiée.")
            return redirect("delegations", request.mandate.uai)
    context = {"form": form, "delegation": _row(request, mandate), "by_class": mandate.role == "simplified"}
    context["list_url"] = reverse("delegations", args=[request.mandate.uai])
    return render(request, "delegations/change.html", context)


@console_view(Permission.DELEGATE, writes=True, step_up=("POST",))
def delegation_revoke(request: SchoolRequest, pk: int) -> HttpResponse:
    """At once, for good."""
    _delegation(request, pk)
    try:
        revoked = revoke_delegation(actor=actor_of(request), giver=request.mandate, delegation=pk)
    except DelegationRefusedError as error:
        messages.error(request, error.label)
    else:
        tell_delegation(revoked, Change.REVOKED, request.user.pk)
        messages.success(request, f"Délégation de {revoked.staff} révoquée : elle n’ouvre plus rien.")
    return redirect("delegations", request.mandate.uai)


@console_view(Permission.DELEGATE, writes=True, step_up=("POST",))
def delegation_reset_key(request: SchoolRequest, pk: int) -> HttpResponse:
    """The delegate lost the key: it is forgotten, and another is recorded at the next sign-in."""
    _delegation(request, pk)
    try:
        reset = reset_delegate_keys(actor=actor_of(request), giver=request.mandate, delegation=pk)
    except DelegationRefusedError as error:
        messages.error(request, error.label)
    else:
        tell_key_change(reset.staff, KeyChange.RESET)
        done = f"Clé de {reset.staff} effacée : une nouvelle sera enregistrée à la prochaine connexion."
        messages.success(request, done)
    return redirect("delegations", request.mandate.uai)


@console_view(Permission.DELEGATE, reads=True, writes=True, step_up=PROVED)
def delegations_renew(request: SchoolRequest) -> HttpResponse:
    """In September, all that ended on 31 August, in one page."""
    zone = _school(request).zone
    found = Mandate.objects.allowing(request.mandate, Permission.DELEGATE).renewable(zone, timezone.now())
    ended = list(found.select_related("staff", "given_by").prefetch_related("classrooms").order_by("staff__last_name"))
    form = RenewForm(request.POST or None, ended=ended, zone=zone)
    if request.method == "POST" and form.is_valid():
        return _renew(request, form)
    ticked = form["chosen"].value() or []
    context = {
        "form": form,
        "ended": [(_row(request, row), str(row.pk), str(row.pk) in ticked) for row in ended],
        "list_url": reverse("delegations", args=[request.mandate.uai]),
    }
    return render(request, "delegations/renew.html", context)


def _renew(request: SchoolRequest, form: RenewForm) -> HttpResponse:
    try:
        given, refused = renew_delegations(
            actor=actor_of(request),
            giver=request.mandate,
            delegations=[int(pk) for pk in form.cleaned_data["chosen"]],
            starts_at=timezone.now(),
            ends_at=form.ends_at,
        )
    except DelegationRefusedError as error:
        messages.error(request, error.label)
        return redirect("delegations", request.mandate.uai)
    for mandate in given:
        tell_delegation(mandate, Change.GIVEN, request.user.pk)
    if given:
        plural = "s" if len(given) > 1 else ""
        messages.success(request, f"{len(given)} délégation{plural} renouvelée{plural}.")
    for staff, refusal in refused:
        messages.error(request, f"{staff} : {REFUSAL_LABELS[refusal]}")
    return redirect("delegations", request.mandate.uai)


def _delegation(request: SchoolRequest, pk: int) -> Mandate:
    """One of the school's, other than one's own; 404 for any other."""
    found = Mandate.objects.allowing(request.mandate, Permission.DELEGATE).exclude(staff=request.mandate.staff_id)
    rows = found.select_related("staff", "given_by").prefetch_related("classrooms")
    mandate: Mandate = get_object_or_404(rows, pk=pk)
    return mandate


def _school(request: SchoolRequest) -> School:
    return School.objects.get(pk=request.mandate.uai)
