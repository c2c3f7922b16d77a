"""Guardians, full module: a first list."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Origin, ShownState, Volume
from accounts.facets import GUARDIAN_FACETS, by_name
from accounts.forms.lists import ListQuery, read_query, remember_size
from accounts.models import Guardian, Guardianship
from accounts.permissions import ActiveMandate, Permission
from accounts.requests import SchoolRequest
from accounts.views.lists import (
    Column,
    badge,
    heads,
    open_classrooms,
    pages,
    search_form,
    search_then_list,
    summary,
)
from accounts.walls import console_view
from educonnect_admin.toolkit.masking import masked_email, masked_phone
from educonnect_admin.toolkit.pagination import paginate

COLUMNS = (
    Column("Responsable", "nom"),
    Column("Identifiant"),
    Column("Élève(s)"),
    Column("État du compte", "etat"),
    Column("Origine"),
    Column("Courrier électronique"),
    Column("Mobile"),
)
ORDERS = {"nom": "sort_key", "etat": "shown_state"}
SORTS = {"nom": "Responsable, de A à Z", "etat": "État du compte"}


@console_view(Permission.LIST_GUARDIANS, reads=True)
def guardians(request: SchoolRequest) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    classrooms = open_classrooms(mandate)
    sorts = list(ORDERS)
    query = read_query(request.GET, request.session, classrooms=classrooms, sorts=sorts, facets=GUARDIAN_FACETS)
    remember_size(request.session, query)
    found = Guardian.objects.allowing(mandate, Permission.LIST_GUARDIANS).with_shown_state().shown_as(query.states)
    if query.classrooms:
        found = found.with_child_in(query.classrooms)
    found = found.narrowed(query.facets, timezone.now())
    lead = F(ORDERS[query.sort.removeprefix("-") or "nom"])
    found = found.matching(query.text).order_by(
        lead.desc() if query.sort.startswith("-") else lead.asc(), "sort_key", "pk"
    )
    page = paginate(found, number=query.page, size=query.size)
    children = _children(mandate, [guardian.pk for guardian in page.rows])
    here = reverse("guardians", args=[mandate.uai])
    context = {
        "page": pages(page, [_row(guardian, children[guardian.pk]) for guardian in page.rows], query),
        "columns": heads(COLUMNS, query, "nom"),
        "form": search_form(
            query,
            classrooms=classrooms,
            states=tuple(ShownState),
            sorts=SORTS,
            action_url=reverse("guardians_search", args=[mandate.uai]),
            reset_url=here,
        )
        | _origins(query),
    }
    return render(request, "guardians/_results.html" if request.htmx else "guardians/list.html", context)


@console_view(Permission.LIST_GUARDIANS, writes=True, counts=Volume.SEARCHES)
def guardians_search(request: SchoolRequest) -> HttpResponse:
    return search_then_list(request, "guardians", GUARDIAN_FACETS)


def _origins(query: ListQuery) -> dict[str, Any]:
    """The filter of the form that only guardians have."""
    chosen = by_name(query.facets).get("origine", [])
    options = GUARDIAN_FACETS["origine"]
    return {
        "origins": [{"value": key, "label": label, "checked": key in chosen} for key, label in options.items()],
        "origins_summary": summary([options[key] for key in chosen], "origines", "Toutes"),
    }


def _children(mandate: ActiveMandate, guardians: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The pupils of this school of each guardian. One query."""
    ties = (
        Guardianship.objects.filter(school=mandate.uai, guardian__in=guardians, in_force=True)
        .select_related("student")
        .order_by("student__last_name", "student__first_name")
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for tie in ties:
        url = reverse("student", args=[mandate.uai, tie.student_id])
        found[tie.guardian_id].append({"name": tie.student.name, "url": url})
    return found


def _row(guardian: Guardian, children: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": guardian.pk,
        "name": guardian.name,
        "username": guardian.username,
        "children": children,
        "state": badge(guardian.shown_state),
        "origin": Origin(guardian.origin).label if guardian.origin else None,
        "email": masked_email(guardian.email),
        "mobile": masked_phone(guardian.mobile),
    }
