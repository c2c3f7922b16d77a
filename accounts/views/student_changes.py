"""What head and agent change about a pupil's account: "Modifier le compte", a block and its end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.actions.students import (
    ImpossibleError,
    StaleAccountError,
    block,
    may_send_link,
    modify,
    unblock,
)
from accounts.enums import BlockReason, UnblockReason, Volume
from accounts.forms.students import AccountForm, BlockForm, ModifyForm, UnblockForm
from accounts.models import School, Schooling, Source
from accounts.permissions import Permission
from accounts.requests import SchoolRequest
from accounts.tasks import tell_email_link
from accounts.views.student_facts import corrected_elsewhere, day, email_note
from accounts.views.students import note_view
from accounts.walls import actor_of, console_view, count

STALE = (
    "Ce compte a été modifié entre-temps, par vous dans un autre onglet ou par un collègue."
    " Rien n’a été enregistré : voici ce qu’il est maintenant."
)
TOO_MANY_LINKS = (
    "Plusieurs messages sont déjà partis depuis une heure vers cette adresse. Attendez avant d’en envoyer un autre."
)


def note_page(request: SchoolRequest, pk: UUID) -> None:
    """A page about a person: counted and told as the pupil's own."""
    count(request, Volume.PERSONS)
    note_view(request, pk)


def _schooling(request: SchoolRequest, pk: UUID) -> Schooling:
    rows = Schooling.objects.allowing(request.mandate, Permission.MODIFY_STUDENT).with_shown_state()
    schooling: Schooling = get_object_or_404(rows.select_related("student", "classroom"), student=pk)
    return schooling


def _renew(form: AccountForm, schooling: Schooling) -> None:
    """As it was filled in, on the account as it is now."""
    form.data = {**form.data.dict(), "version": str(schooling.student.version)}  # type: ignore[attr-defined]  # a QueryDict


def _page(request: SchoolRequest, template: str, schooling: Schooling, form: AccountForm, **more: Any) -> HttpResponse:
    uai, student = request.mandate.uai, schooling.student
    context = {
        "form": form,
        "student": {"name": f"{student.first_name} {student.last_name}", "username": student.username},
        "classroom": schooling.classroom.code if schooling.classroom else "",
        "student_url": reverse("student", args=[uai, student.pk]),
        **more,
    }
    return render(request, template, context, status=409 if more.get("stale") else 200)


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
            return _modified(request, form, pk)
        except StaleAccountError:
            stale, schooling = STALE, _schooling(request, pk)
            _renew(form, schooling)
    return _page(
        request,
        "students/edit.html",
        schooling,
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


def _modified(request: SchoolRequest, form: ModifyForm, pk: UUID) -> HttpResponse:
    uai, email = request.mandate.uai, form.cleaned_data["email"]
    changed = modify(
        actor=actor_of(request),
        uai=uai,
        student=pk,
        version=form.cleaned_data["version"],
        email=email,
        distributed_on=form.handed_over_on,
    )
    if "email" in changed and email and may_send_link(uai, pk):
        tell_email_link(pk, uai, request.build_absolute_uri("/"))
        messages.success(request, "Le compte est modifié. Un message demande à la personne de confirmer son adresse.")
    elif changed:
        messages.success(request, "Le compte est modifié.")
    else:
        messages.info(request, "Rien n’a changé.")
    return redirect("student", uai, pk)


@console_view(Permission.MODIFY_STUDENT, writes=True)
def student_email_link(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """Send the link that confirms the address once more."""
    uai, student = request.mandate.uai, _schooling(request, pk).student
    if not student.email or student.email_confirmed_at is not None:
        messages.info(request, "Il n’y a pas d’adresse à confirmer.")
    elif not may_send_link(uai, pk):
        messages.error(request, TOO_MANY_LINKS)
    else:
        tell_email_link(pk, uai, request.build_absolute_uri("/"))
        messages.success(request, "Le message de confirmation part de nouveau.")
    return redirect("student", uai, pk)


@console_view(Permission.MODIFY_STUDENT, reads=note_page, writes=True)
def student_block(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """Say why, then shut the account."""

    def act(form: AccountForm, **what: Any) -> str:
        block(reason=BlockReason(form.cleaned_data["reason"]), note=form.cleaned_data["note"], **what)
        return "Le compte est bloqué. Aucun mot de passe ne l’ouvre plus."

    return _decide(request, pk, BlockForm, act, "students/block.html", "Ce compte est déjà bloqué, ou fermé.")


@console_view(Permission.MODIFY_STUDENT, reads=note_page, writes=True)
def student_unblock(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """Say why, then let the account be notified again."""

    def act(form: AccountForm, **what: Any) -> str:
        unblock(reason=UnblockReason(form.cleaned_data["reason"]), **what)
        return "Le blocage est levé. Notifiez le compte pour redonner un mot de passe."

    return _decide(request, pk, UnblockForm, act, "students/unblock.html", "Ce compte n’est pas bloqué.")


def _decide(
    request: SchoolRequest, pk: UUID, kind: type[AccountForm], act: Callable[..., str], template: str, impossible: str
) -> HttpResponse:
    """A form that asks why, then the act; said where the state does not let it, or somebody was quicker."""
    schooling, stale = _schooling(request, pk), ""
    form = kind(request.POST or None, initial={"version": schooling.student.version})
    if request.method == "POST" and form.is_valid():
        what = {"actor": actor_of(request), "uai": request.mandate.uai, "student": pk}
        try:
            messages.success(request, act(form, version=form.cleaned_data["version"], **what))
        except StaleAccountError:
            stale, schooling = STALE, _schooling(request, pk)
            _renew(form, schooling)
        except ImpossibleError:
            messages.error(request, impossible)
    if request.method == "POST" and form.is_valid() and not stale:
        return redirect("student", request.mandate.uai, pk)
    return _page(request, template, schooling, form, stale=stale, since=schooling.student)
