"""What head and agent change about a guardian's account: "Modifier le compte", a block and its end."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.actions.account_changes import StaleAccountError
from accounts.forms.accounts import GuardianForm
from accounts.models import Guardian, School, Source
from accounts.permissions import Permission
from accounts.requests import SchoolRequest
from accounts.views.account_changes import (
    STALE,
    Load,
    decide_block,
    decide_unblock,
    form_page,
    renew,
    save_changes,
    send_link_again,
)
from accounts.views.guardian_page import corrected_elsewhere, language_in_words, note_page, opened
from accounts.views.student_facts import day, email_note
from accounts.walls import console_view


def _guardian(request: SchoolRequest, pk: UUID) -> Guardian:
    rows = Guardian.objects.allowing(request.mandate, Permission.MODIFY_GUARDIAN)
    found: Guardian = get_object_or_404(rows, pk=pk)
    return found


def _load(request: SchoolRequest, pk: UUID) -> Load:
    return lambda: opened(request, _guardian(request, pk))


@console_view(Permission.MODIFY_GUARDIAN, reads=note_page, writes=True)
def guardian_edit(request: SchoolRequest, pk: UUID) -> HttpResponse:
    account, school = _guardian(request, pk), School.objects.get(pk=request.mandate.uai)
    known = {name: getattr(account, name) for name in ("version", "email", "language", "distributed_on")}
    form = GuardianForm(request.POST or None, account=account, school=school, initial=known)
    sources = Source.objects.filter(school=school, guardian=pk).order_by("system")
    stale = ""
    if request.method == "POST" and form.is_valid():
        try:
            return save_changes(request, opened(request, account), form)
        except StaleAccountError:
            stale, account = STALE, _guardian(request, pk)
            renew(form, account)
    return form_page(
        request,
        "accounts/edit.html",
        opened(request, account),
        form,
        stale=stale,
        now=[
            ("Courrier électronique", account.email),
            ("Langue des courriers", language_in_words(account.language)),
            ("Date de distribution", day(account.distributed_on)),
        ],
        email_note=email_note(account),
        email_link_url=reverse("guardian_email_link", args=[school.uai, pk]) if account.email else "",
        elsewhere=corrected_elsewhere(account, sources),
        read=sources,
    )


@console_view(Permission.MODIFY_GUARDIAN, writes=True)
def guardian_email_link(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """Send the mail that confirms the address once more; where an activation waits for it, the one that ends it."""
    return send_link_again(request, opened(request, _guardian(request, pk)))


@console_view(Permission.MODIFY_GUARDIAN, reads=note_page, writes=True)
def guardian_block(request: SchoolRequest, pk: UUID) -> HttpResponse:
    return decide_block(request, _load(request, pk))


@console_view(Permission.MODIFY_GUARDIAN, reads=note_page, writes=True)
def guardian_unblock(request: SchoolRequest, pk: UUID) -> HttpResponse:
    return decide_unblock(request, _load(request, pk))
