"""A guardian's page: the account, the children of this school, what to do, what happened."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.actions.families import children_elsewhere, children_here
from accounts.actions.journal import Event, record
from accounts.diagnosis import diagnose
from accounts.enums import AccountState, Language, Origin, ShownState, Volume
from accounts.lifecycle import TRANSITIONS
from accounts.lifecycle import Event as Lived
from accounts.models import Guardian, Source
from accounts.permissions import ActiveMandate, Permission, can
from accounts.requests import SchoolRequest
from accounts.views.account_changes import Opened
from accounts.views.account_history import history_page
from accounts.views.disputes import disputes_of
from accounts.views.doubles import doubles_of
from accounts.views.lists import badge, note_under
from accounts.views.student_facts import Fact, bases_of, day, email_note, entries_on, history, source_rows
from accounts.walls import actor_of, console_view, count
from educonnect_admin.toolkit.masking import masked_phone

ENTRIES_SHOWN = 10


def note_view(request: SchoolRequest, pk: UUID) -> None:
    """Tell the journal that the page is opened; that it is not this mandate's to open, the walls tell."""
    if Guardian.objects.allowing(request.mandate, Permission.VIEW_GUARDIAN).filter(pk=pk).exists():
        record(actor=actor_of(request), event=Event.GUARDIAN_VIEWED, uai=request.mandate.uai, target=pk)


def note_page(request: SchoolRequest, pk: UUID) -> None:
    """A page about a person: counted and told as the guardian's own."""
    count(request, Volume.PERSONS)
    note_view(request, pk)


def opened(request: SchoolRequest, guardian: Guardian) -> Opened:
    return Opened(guardian, "responsable", reverse("guardian", args=[request.mandate.uai, guardian.pk]))


@console_view(Permission.VIEW_GUARDIAN, reads=note_view, counts=Volume.PERSONS)
def guardian(request: SchoolRequest, pk: UUID) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    rows = Guardian.objects.allowing(mandate, Permission.VIEW_GUARDIAN).with_shown_state()
    account = get_object_or_404(rows, pk=pk)
    shown = ShownState(account.shown_state)
    left, right = facts(account)
    context = {
        "guardian": {
            "name": f"{account.first_name} {account.last_name}",
            "state": badge(shown),
            "state_note": note_under(account, shown, mandate.uai),
        },
        "facts_left": left,
        "facts_right": right,
        "sources": source_rows(Source.objects.filter(school=mandate.uai, guardian=pk).order_by("system")),
        "children": _children(mandate, pk),
        "disputes": disputes_of(mandate, guardian=pk),
        "doubles": doubles_of(mandate, account),
        "others": children_elsewhere([pk]).get(pk, 0),
        "diagnosis": diagnose(account, shown),
        "history": history(entries_on(mandate, pk)[:ENTRIES_SHOWN]),
        "form_key": uuid4(),
        "list_url": reverse("guardians", args=[mandate.uai]),
        **_ways(mandate, account),
    }
    return render(request, "guardians/detail.html", context)


@console_view(Permission.VIEW_GUARDIAN, reads=note_page)
def guardian_history(request: SchoolRequest, pk: UUID) -> HttpResponse:
    rows = Guardian.objects.allowing(request.mandate, Permission.VIEW_GUARDIAN)
    return history_page(request, opened(request, get_object_or_404(rows, pk=pk)))


def _children(mandate: ActiveMandate, pk: UUID) -> list[dict[str, Any]]:
    return [
        {
            "first_name": child.first_name,
            "last_name": child.last_name,
            "classroom": child.classroom,
            "username": child.username,
            "url": reverse("student", args=[mandate.uai, child.id]),
        }
        for child in children_here(mandate.uai, [pk])[pk]
    ]


def _ways(mandate: ActiveMandate, account: Guardian) -> dict[str, str | None]:
    """Where to act on the account: the addresses of what may be done to it now."""
    may = can(mandate, Permission.MODIFY_GUARDIAN)
    state = AccountState(account.state)
    wanted = {
        "notify_url": ("guardian_notify", account.origin != Origin.FRANCE_CONNECT),
        "reminder_url": ("guardian_reminder", True),
        "history_url": ("guardian_history", True),
        "edit_url": ("guardian_edit", may),
        "email_link_url": ("guardian_email_link", may and bool(account.email) and not account.email_confirmed_at),
        "block_url": ("guardian_block", may and (state, Lived.BLOCK) in TRANSITIONS),
        "unblock_url": ("guardian_unblock", may and (state, Lived.UNBLOCK) in TRANSITIONS),
    }
    args = [mandate.uai, account.pk]
    return {key: reverse(name, args=args) if possible else None for key, (name, possible) in wanted.items()}


def facts(account: Guardian) -> tuple[list[Fact], list[Fact]]:
    """ "Informations du compte", as on a pupil's page. The mobile is the source's, and masked."""
    email = {"text": account.email, "note": email_note(account)} if account.email else None
    left: list[Fact] = [
        ("Prénom Nom", f"{account.first_name} {account.last_name}", "m", "text"),
        ("Identifiant", account.username, "m", "code"),
        ("Courrier électronique", email, "m", "noted"),
        ("Mobile", masked_phone(account.mobile) or None, "m", "text"),
        ("Adresse postale", account.address.replace("\n", ", ") or None, "f", "text"),
    ]
    right: list[Fact] = [
        ("Origine du compte", Origin(account.origin).label if account.origin else None, "m", "text"),
        ("État du compte", badge(account.shown_state), "m", "state"),
        ("Date de distribution", day(account.distributed_on), "f", "text"),
        ("Date de dernière connexion", day(account.last_login_at), "f", "text"),
        ("Langue des courriers", language_in_words(account.language), "f", "text"),
    ]
    return left, right


def language_in_words(language: str | None) -> str:
    return f"français et {Language(language).label}" if language else "français seul"


def corrected_elsewhere(account: Guardian, sources: Any) -> list[dict[str, Any]]:
    """What the console does not own: what it says, and where it is corrected."""
    where = bases_of(sources)
    owned = (
        ("Prénom Nom", f"{account.first_name} {account.last_name}", False),
        ("Mobile", masked_phone(account.mobile), False),
        ("Adresse postale", account.address.replace("\n", ", "), True),
        ("Élèves rattachés au compte", "sur la page du responsable", False),
    )
    return [
        *({"label": label, "value": value, "where": where, "feminine": feminine} for label, value, feminine in owned),
        {"label": "Identifiant", "value": account.username, "where": "ne change jamais"},
    ]
