"""What head and agent change about a pupil's account: "Modifier le compte", a block and its end."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.actions.account_changes import StaleAccountError
from accounts.enums import Volume
from accounts.forms.accounts import ModifyForm
from accounts.models import School, Schooling, Source
from accounts.permissions import Permission
from accounts.requests import SchoolRequest
from accounts.views.account_changes import (
    STALE,
    Load,
    Opened,
    decide_block,
    decide_unblock,
    form_page,
    renew,
    save_changes,
    send_link_again,
)
from accounts.views.student_facts import corrected_elsewhere, day, email_note
from accounts.views.students import note_view
from accounts.walls import console_view, count


def note_page(request: SchoolRequest, pk: UUID) -> None:
    """A page about a person: counted and told as the pupil's own."""
    count(request, Volume.PERSONS)
    note_view(request, pk)


def _schooling(request: SchoolRequest, pk: UUID) -> Schooling:
    rows = Schooling.objects.allowing(request.mandate, Permission.MODIFY_STUDENT).with_shown_state()
    schooling: Schooling = get_object_or_404(rows.select_related("student", "classroom"), student=pk)
    return schooling


def opened(request: SchoolRequest, schooling: Schooling) -> Opened:
    place = schooling.classroom.code if schooling.classroom else "sans classe"
    return Opened(schooling.student, place, reverse("student", args=[request.mandate.uai, schooling.student_id]))


def _load(request: SchoolRequest, pk: UUID) -> Load:
    return lambda: opened(request, _schooling(request, pk))


@console_view(Permission.MODIFY_STUDENT, reads=note_page, writes=True)
def student_edit(request: SchoolRequest, pk: UUID) -> HttpResponse:
    schooling, school = _schooling(request, pk), School.objects.get(pk=request.mandate.uai)
    student = schooling.student
    known = {"version": student.version, "email": student.email, "distributed_on": student.distributed_on}
    form = ModifyForm(request.POST or None, account=student, school=school, initial=known)
    sources = Source.objects.filter(school=school, student=pk).order_by("system")
    stale = ""
    if request.method == "POST" and form.is_valid():
        try:
            return save_changes(request, opened(request, schooling), form)
        except StaleAccountError:
            stale, schooling = STALE, _schooling(request, pk)
            renew(form, schooling.student)
    return form_page(
        request,
        "accounts/edit.html",
        opened(request, schooling),
        form,
        stale=stale,
        now=[
            ("Courrier électronique", schooling.student.email),
            ("Date de distribution", day(schooling.student.distributed_on)),
        ],
        email_note=email_note(schooling.student),
        email_link_url=reverse("student_email_link", args=[school.uai, pk]) if schooling.student.email else "",
        elsewhere=corrected_elsewhere(schooling, sources),
        read=sources,
    )


@console_view(Permission.MODIFY_STUDENT, writes=True)
def student_email_link(request: SchoolRequest, pk: UUID) -> HttpResponse:
    return send_link_again(request, opened(request, _schooling(request, pk)))


@console_view(Permission.MODIFY_STUDENT, reads=note_page, writes=True)
def student_block(request: SchoolRequest, pk: UUID) -> HttpResponse:
    return decide_block(request, _load(request, pk))


@console_view(Permission.MODIFY_STUDENT, reads=note_page, writes=True)
def student_unblock(request: SchoolRequest, pk: UUID) -> HttpResponse:
    return decide_unblock(request, _load(request, pk))
