"""Guardians, full module: "Gestion des comptes responsables"."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.actions.families import Child, children_elsewhere, children_here
from accounts.enums import Origin, ShownState, Volume
from accounts.facets import GUARDIAN_FACETS, by_name
from accounts.forms.lists import ListQuery, read_query, remember_size
from accounts.guardian_querysets import GuardianQuerySet
from accounts.models import Classroom, Guardian
from accounts.permissions import ActiveMandate, Permission
from accounts.requests import SchoolRequest
from accounts.views.lists import (
    Column,
    badge,
    heads,
    note_under,
    open_classrooms,
    pages,
    search_form,
    search_then_list,
    selection,
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
SHOWN = ("first_name", "last_name", "username", "origin", "email", "mobile", "closing_on", "notified_by")
"""What a row of the list reads: neither hash nor password ever leaves the base for it."""
ACTIONS = (
    ("(Re)Notifier les comptes", "guardians_notify"),
    ("Rappels d’identifiant", "guardians_reminders_chosen"),
    ("Exporter la liste", "guardians_export_chosen"),
)
FILTERS = (
    ("origine", "Origine(s)", "Toutes"),
    ("courriel", "Courrier électronique", "Avec ou sans"),
    ("mobile", "Mobile", "Avec ou sans"),
)
"""The filters of the form that only guardians have: field, label, and what it shows when nothing is chosen."""


def guardians_query(request: SchoolRequest, data: QueryDict, rooms: Sequence[Classroom]) -> ListQuery:
    return read_query(data, request.session, classrooms=rooms, sorts=list(ORDERS), facets=GUARDIAN_FACETS)


def chosen_guardians(mandate: ActiveMandate, permission: Permission, query: ListQuery) -> GuardianQuerySet:
    """The guardians that the mandate opens and the query asks for."""
    found = Guardian.objects.allowing(mandate, permission).with_shown_state().shown_as(query.states)
    if query.classrooms:
        found = found.with_child_in(query.classrooms)
    if query.ending_soon:
        found = found.ending_soon(timezone.now())
    return found.narrowed(query.facets, timezone.now()).matching(query.text)


def guardians_in_order(rows: GuardianQuerySet, sort: str) -> GuardianQuerySet:
    """As asked; near hits of a search after exact ones."""
    lead = F(ORDERS[sort.removeprefix("-") or "nom"])
    nearness = ["is_near"] if "is_near" in rows.query.annotations else []
    return rows.order_by(*nearness, lead.desc() if sort.startswith("-") else lead.asc(), "sort_key", "pk")


@console_view(Permission.LIST_GUARDIANS, reads=True)
def guardians(request: SchoolRequest) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    rooms = open_classrooms(mandate)
    query = guardians_query(request, request.GET, rooms)
    remember_size(request.session, query)
    found = guardians_in_order(chosen_guardians(mandate, Permission.LIST_GUARDIANS, query), query.sort)
    page = paginate(found.only(*SHOWN), number=query.page, size=query.size)
    shown = [guardian.pk for guardian in page.rows]
    children, others = children_here(mandate.uai, shown), children_elsewhere(shown)
    narrowed = query.address(page="", tout="")
    rows = [_row(mandate, each, children[each.pk], others.get(each.pk, 0)) for each in page.rows]
    context = {
        "page": pages(page, rows, query),
        "columns": heads(COLUMNS, query, "nom"),
        "form": search_form(
            query,
            classrooms=rooms,
            states=tuple(ShownState),
            sorts=SORTS,
            action_url=reverse("guardians_search", args=[mandate.uai]),
            reset_url=reverse("guardians", args=[mandate.uai]),
        )
        | {"filters": [_filter(query, *told) for told in FILTERS]},
        "actions": [
            {
                "label": label,
                "url": reverse(name, args=[mandate.uai]) + narrowed,
                "primary": not n,
            }
            for n, (label, name) in enumerate(ACTIONS)
        ],
        **selection(query, page.total),
    }
    return render(request, "guardians/_results.html" if request.htmx else "guardians/list.html", context)


@console_view(Permission.LIST_GUARDIANS, writes=True, counts=Volume.SEARCHES)
def guardians_search(request: SchoolRequest) -> HttpResponse:
    return search_then_list(request, "guardians", GUARDIAN_FACETS)


def _filter(query: ListQuery, name: str, label: str, none: str) -> dict[str, Any]:
    chosen, options = by_name(query.facets).get(name, []), GUARDIAN_FACETS[name]
    return {
        "name": name,
        "label": label,
        "options": [{"value": key, "label": text, "checked": key in chosen} for key, text in options.items()],
        "summary": summary([options[key] for key in chosen], "choix", none),
        "none": none,
    }


def children_in_words(mandate: ActiveMandate, children: list[Child]) -> list[dict[str, Any]]:
    """The pupils of this school of one guardian, as lists name them, by name."""
    return [
        {
            "name": child.name,
            "classroom": child.classroom,
            "url": reverse("student", args=[mandate.uai, child.id]),
        }
        for child in sorted(children, key=lambda each: each.sort_key)
    ]


def _row(mandate: ActiveMandate, guardian: Guardian, children: list[Child], others: int) -> dict[str, Any]:
    return {
        "id": guardian.pk,
        "url": reverse("guardian", args=[mandate.uai, guardian.pk]),
        "name": guardian.name,
        "username": guardian.username,
        "children": children_in_words(mandate, children),
        "others": others,
        "is_near": getattr(guardian, "is_near", False),
        "state": badge(guardian.shown_state),
        "state_note": note_under(guardian, guardian.shown_state, mandate.uai),
        "origin": Origin(guardian.origin).label if guardian.origin else None,
        "email": masked_email(guardian.email),
        "mobile": masked_phone(guardian.mobile),
    }
