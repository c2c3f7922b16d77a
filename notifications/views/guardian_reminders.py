"""Reminders of a guardian's identifiant, as of a pupil's: filed with the youngest child, who is named."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.actions.families import Child, children_here
from accounts.guardian_querysets import GuardianQuerySet
from accounts.models import Guardian
from accounts.permissions import Permission
from accounts.requests import SchoolRequest
from accounts.views.guardian_export import NOBODY, SELECTION_GONE, redirect_with_guardians, wanted_guardians
from accounts.walls import READING, console_view
from notifications.rendering import Person
from notifications.views.reminders import note_printing, reminders_file


def _one(request: SchoolRequest, pk: UUID) -> GuardianQuerySet:
    return Guardian.objects.allowing(request.mandate, Permission.VIEW_GUARDIAN).filter(pk=pk)


def note_one(request: SchoolRequest, pk: UUID) -> None:
    get_object_or_404(_one(request, pk))
    note_printing(request, 1, pk)


@console_view(Permission.VIEW_GUARDIAN, reads=note_one)
def guardian_reminder(request: SchoolRequest, pk: UUID) -> StreamingHttpResponse:
    get_object_or_404(_one(request, pk))
    return _file(request, _one(request, pk))


def note_several(request: SchoolRequest) -> None:
    asked = wanted_guardians(request, Permission.VIEW_GUARDIAN)
    number = asked.rows.count() if asked else 0
    if number:
        note_printing(request, number)


@console_view(Permission.VIEW_GUARDIAN, reads=note_several, step_up=READING)
def guardians_reminders(request: SchoolRequest) -> HttpResponse | StreamingHttpResponse:
    """Of whom the address asks for; with a fresh proof, as runs over several."""
    asked = wanted_guardians(request, Permission.VIEW_GUARDIAN)
    if asked is None or not asked.rows.exists():
        messages.error(request, NOBODY if asked else SELECTION_GONE)
        return redirect("guardians", request.mandate.uai)
    return _file(request, asked.rows)


@console_view(Permission.VIEW_GUARDIAN, writes=True)
def guardians_reminders_chosen(request: SchoolRequest) -> HttpResponse:
    """From the list: the rows ticked, or without any the list's own search."""
    return redirect_with_guardians(request, "guardians_reminders")


def _file(request: SchoolRequest, rows: GuardianQuerySet) -> StreamingHttpResponse:
    """By the class of the youngest child in natural order, then by that child's name; without a child here, last."""
    found = list(rows)
    children = children_here(request.mandate.uai, [guardian.pk for guardian in found])
    filed = [(guardian, next(iter(children[guardian.pk]), None)) for guardian in found]
    filed.sort(key=lambda each: (each[1].place if each[1] else (True, "", ""), each[0].sort_key))
    return reminders_file(request, [_person(guardian, child) for guardian, child in filed])


def _person(guardian: Guardian, child: Child | None) -> Person:
    return Person(
        first_name=guardian.first_name,
        last_name=guardian.last_name,
        classroom=child.classroom if child else "",
        username=str(guardian.username),
        child=child.name if child else "",
    )
