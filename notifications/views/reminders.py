"""Reminders of an identifiant: for one pupil, a selection, or what a search found. No password, nothing changed."""

from itertools import chain
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.actions.journal import Event, record
from accounts.actions.volumes import count_volume
from accounts.enums import Volume
from accounts.models import School, Schooling
from accounts.permissions import Permission
from accounts.querysets import SchoolingQuerySet
from accounts.requests import SchoolRequest
from accounts.views.student_export import NOBODY, SELECTION_GONE, redirect_with_students, wanted
from accounts.walls import READING, actor_of, console_view
from notifications.rendering import Person, ReminderContext, reminders_pdf
from notifications.views.senders import sender_of


def note_printing(request: SchoolRequest, number: int, target: UUID | None = None) -> None:
    """Counted with the accounts put into runs, and told to the journal."""
    mandate, kind = request.mandate, Volume.ACCOUNTS
    count_volume(staff_id=mandate.staff_id, uai=mandate.uai, role=mandate.role, kind=kind, amount=number)
    record(actor=actor_of(request), event=Event.REMINDERS_PRINTED, uai=mandate.uai, target=target, count=number)


def _one(request: SchoolRequest, pk: UUID) -> SchoolingQuerySet:
    return Schooling.objects.allowing(request.mandate, Permission.VIEW_STUDENT).filter(student=pk)


def note_one(request: SchoolRequest, pk: UUID) -> None:
    get_object_or_404(_one(request, pk))
    note_printing(request, 1, pk)


@console_view(Permission.VIEW_STUDENT, reads=note_one)
def student_reminder(request: SchoolRequest, pk: UUID) -> StreamingHttpResponse:
    get_object_or_404(_one(request, pk))
    return _file(request, _one(request, pk))


def note_several(request: SchoolRequest) -> None:
    asked = wanted(request, Permission.VIEW_STUDENT)
    number = asked.rows.count() if asked else 0
    if number:
        note_printing(request, number)


@console_view(Permission.VIEW_STUDENT, reads=note_several, step_up=READING)
def students_reminders(request: SchoolRequest) -> HttpResponse | StreamingHttpResponse:
    """Of whom the address asks for; with a fresh proof, as runs over several."""
    asked = wanted(request, Permission.VIEW_STUDENT)
    if asked is None or not asked.rows.exists():
        messages.error(request, NOBODY if asked else SELECTION_GONE)
        return redirect("students", request.mandate.uai)
    return _file(request, asked.rows)


@console_view(Permission.VIEW_STUDENT, writes=True)
def students_reminders_chosen(request: SchoolRequest) -> HttpResponse:
    """From the list: the rows ticked, or without any the list's own search."""
    return redirect_with_students(request, "students_reminders")


def _file(request: SchoolRequest, rows: SchoolingQuerySet) -> StreamingHttpResponse:
    """By class in natural order, then by name."""
    people = [
        Person(
            first_name=row.student.first_name,
            last_name=row.student.last_name,
            classroom=row.classroom.code if row.classroom else "",
            username=row.student.username,
        )
        for row in rows.select_related("student", "classroom").order_by("classroom__sort_key", "sort_key", "pk")
    ]
    return reminders_file(request, people)


def reminders_file(request: SchoolRequest, people: list[Person]) -> StreamingHttpResponse:
    """Slips of these people, those of a class together. The file's name is nobody's."""
    school = School.objects.get(pk=request.mandate.uai)
    context = ReminderContext(
        sender=sender_of(school),
        issued_on=timezone.localdate(timezone=school.zone),
        requested_by=request.user.get_full_name(),
        activation_url=settings.ACTIVATION_URL,
        people=people,
    )
    pieces = reminders_pdf(context)
    response = StreamingHttpResponse(chain([next(pieces)], pieces), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="rappels-identifiant.pdf"'
    response["Cache-Control"] = "no-store"
    return response
