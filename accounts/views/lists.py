"""What the pages of a list are made of: its form, its columns, its rows' badges, the way through it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.enums import ShownState
from accounts.facets import GUARDIAN_FACETS, STUDENT_FACETS, by_name
from accounts.forms.lists import ListQuery, Paged, chosen_facets, chosen_ids, keep_search
from accounts.models import Account, Classroom, Mef
from accounts.permissions import ActiveMandate
from accounts.requests import SchoolRequest
from educonnect_admin.toolkit.pagination import GAP, SIZES, Page

CSS = {
    ShownState.NOT_NOTIFIED: "none",
    ShownState.NOTIFIED: "sent",
    ShownState.ACTIVATING: "pending",
    ShownState.EXPIRED: "expired",
    ShownState.ACTIVATED: "active",
    ShownState.BLOCKED: "blocked",
    ShownState.LEAVING: "leaving",
    ShownState.CLOSED: "closed",
}


OWN_FIELDS = ("origine", "courriel", "mobile")
"""Facets that have a field of their own in the form of guardians."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A state's word, and the class of its dot."""

    label: str
    css: str


def badge(state: str) -> Badge:
    shown = ShownState(state)
    return Badge(shown.label, CSS[shown])


def note_under(account: Account, shown: str, uai: str) -> str:
    """The remark under a state's word, in the lists of one school."""
    if shown == ShownState.LEAVING:
        return f"Fermeture le {account.closing_on:%d/%m/%Y}"
    if shown == ShownState.NOTIFIED and account.notified_by not in ("", uai):
        return "Renotifié par un autre établissement"
    return ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; `sort` is its key in the address, empty when the list cannot be sorted by it."""

    label: str
    sort: str = ""


def heads(columns: Sequence[Column], query: ListQuery, default_sort: str) -> list[dict[str, Any]]:
    """Heads of the table: a click sorts, a second one the other way round."""
    current = query.sort or default_sort
    shown = []
    for column in columns:
        is_current = bool(column.sort) and current.removeprefix("-") == column.sort
        is_down = is_current and current.startswith("-")
        following = f"-{column.sort}" if is_current and not is_down else column.sort
        shown.append(
            {
                "key": column.sort,
                "label": column.label,
                "url": query.address(tri=following, page="") if column.sort else "",
                "aria_sort": ("descending" if is_down else "ascending") if is_current else "",
            }
        )
    return shown


def pages(page: Page, rows: Sequence[Any], query: Paged) -> dict[str, Any]:
    """The page and its links."""
    at = query.address
    return {
        "rows": rows,
        "total": page.total,
        "first": page.first,
        "last": page.last,
        "number": page.number,
        "links": [
            {"gap": True}
            if number is GAP
            else {"label": number, "url": at(page=number), "current": number == page.number}
            for number in page.window()
        ],
        "previous_url": at(page=page.number - 1) if page.number > 1 else "",
        "next_url": at(page=page.number + 1) if page.number < page.count else "",
        "per_page_links": [
            {"label": size, "url": at(par_page=size, page=""), "current": size == page.size} for size in SIZES
        ],
    }


def search_form(
    query: ListQuery,
    *,
    classrooms: Sequence[Classroom],
    states: Sequence[ShownState],
    sorts: Mapping[str, str],
    action_url: str,
    reset_url: str,
) -> dict[str, Any]:
    """The form above a list, as it was filled in."""
    return {
        "query": query.text,
        "classes": [
            {"value": room.pk, "label": room.code, "checked": room.pk in query.classrooms} for room in classrooms
        ],
        "states": [{"value": state.value, "label": state.label, "checked": state in query.states} for state in states],
        "classes_summary": summary([r.code for r in classrooms if r.pk in query.classrooms], "classes", "Toutes"),
        "states_summary": summary([ShownState(s).label for s in query.states], "états", "Tous les présents"),
        "sort_options": [{"value": key, "label": label, "selected": key == query.sort} for key, label in sorts.items()],
        "action_url": action_url,
        "errors": query.errors,
        "filtered": query.is_filtered,
        "reset_url": reset_url,
        "facets": narrowings(query),
        "narrowed_url": query.address(page="", **dict.fromkeys(by_name(query.facets), "")),
    }


def narrowings(query: ListQuery) -> list[dict[str, str]]:
    """What else the list is narrowed by, in words, as its form carries it on. What has a field of its own is not."""
    words = {**STUDENT_FACETS, **GUARDIAN_FACETS}
    codes = by_name(query.facets).get("niveau")
    levels = dict(Mef.objects.filter(pk__in=codes).values_list("pk", "label")) if codes else {}
    return [
        {
            "name": name,
            "value": value,
            "label": words[name].get(value) or f"niveau (MEF) {levels.get(value, 'non renseigné')}",
        }
        for name, value in query.facets
        if name not in OWN_FIELDS
    ]


def summary(chosen: list[str], noun: str, nothing: str) -> str:
    """What a filter with several choices shows of them."""
    if not chosen:
        return nothing
    return chosen[0] if len(chosen) == 1 else f"{len(chosen)} {noun}"


def selection(query: ListQuery, total: int) -> dict[str, Any]:
    """The bar over the list: the rows ticked, or the whole result; and the key that makes the same form one wish."""
    everything = query.everything and total > 0
    said = {"classe": query.classrooms, "etat": query.states, "recherche": (query.search_id,), "tout": ("1",)}
    if query.ending_soon:
        said["bientot"] = ("1",)
    said |= {name: tuple(values) for name, values in by_name(query.facets).items()}
    return {
        "selection_total": total if everything else 0,
        "selection_fields": [
            {"name": name, "value": value} for name, values in said.items() for value in values if value
        ]
        if everything
        else [],
        "form_key": uuid4(),
        "select_all_url": query.address(tout="1"),
        "select_none_url": query.address(tout=""),
    }


def open_classrooms(mandate: ActiveMandate) -> list[Classroom]:
    """The classes that the mandate opens, in natural order."""
    rooms = Classroom.objects.filter(school=mandate.uai)
    if mandate.classrooms is not None:
        rooms = rooms.filter(pk__in=mandate.classrooms)
    return list(rooms.order_by("sort_key"))


def search_then_list(
    request: SchoolRequest, name: str, facets: Mapping[str, Mapping[str, str]] = STUDENT_FACETS
) -> HttpResponse:
    """A search posted: its text stays on the server, the rest goes into the list's address."""
    mandate: ActiveMandate = request.mandate
    search_id, error = keep_search(request.session, request.POST.get("q", ""))
    query = ListQuery(
        search_id=search_id,
        classrooms=tuple(chosen_ids(request.POST, "classe")[:100]),
        states=tuple(request.POST.getlist("etat")[:10]),
        sort=request.POST.get("tri", "")[:20],
        facets=tuple(chosen_facets(request.POST, facets)),
    )
    return redirect(reverse(name, args=[mandate.uai]) + query.address(erreur="longue" if error else ""))
