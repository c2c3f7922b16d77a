"""The documents of a run, made as they are opened and streamed to the one person who may."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from prometheus_client import Counter

from accounts.enums import Language, Volume
from accounts.forms.lists import chosen_ids
from accounts.permissions import ActiveMandate, Permission, can
from accounts.requests import SchoolRequest
from accounts.walls import READING, actor_of, console_view, count
from educonnect_admin.toolkit.spreadsheet import XLSX_MEDIA
from notifications.actions.documents import Handout, classes_of, handed_to, handouts, note_opening
from notifications.exports import passwords_csv, passwords_xlsx
from notifications.models import Run
from notifications.rendering import (
    Child,
    ClassListContext,
    Holder,
    Kin,
    LetterContext,
    Listed,
    class_list_pdf,
    letters_pdf,
    slips_pdf,
)
from notifications.views.run_pages import document_url
from notifications.views.senders import sender_of

SHEETS = Counter("console_sheets", "Accounts on documents that were opened.", ["document"])

FAMILYS_OWN = "famille"
"""In place of a language: of each family the one that its guardian has."""


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of document: its label, its file's name, whether it holds passwords, and how it is made."""

    label: str
    stem: str
    with_secrets: bool
    make: Callable[[Run, list[Handout], str], Iterable[bytes]]
    permission: Permission | None = None
    media: str = "application/pdf"
    suffix: str = "pdf"
    in_languages: bool = False
    """Whether it can be had in a second language."""
    of_guardians: bool = True
    """Whether it is made of guardians too: nobody hands a slip to a parent."""


def _letters(run: Run, people: list[Handout], language: str = "") -> LetterContext:
    school = run.school
    return LetterContext(
        sender=sender_of(school),
        issued_on=timezone.localdate(timezone=school.zone),
        activation_url=settings.ACTIVATION_URL,
        run_label=run.label,
        requested_by=run.requested_by.get_full_name(),
        holders=[_holder(person, language) for person in people],
    )


def _holder(person: Handout, language: str = "") -> Holder:
    told: dict[str, Any] = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "classroom": person.classroom,
        "username": person.username,
        "secret": person.secret,
        "valid_until": person.valid_until,
        "follow_up": person.follow_up,
        "language": language,
    }
    family = person.family
    if family is None:
        return Holder(**told)
    if language == FAMILYS_OWN:
        told["language"] = family.language
    children = [
        Child(first_name=child.first_name, last_name=child.last_name, classroom=child.classroom)
        for child in family.children
    ]
    return Kin(**told, children=children, address_lines=family.address_lines, elsewhere=family.elsewhere)


def _list(run: Run, people: list[Handout]) -> ClassListContext:
    letters = _letters(run, [])
    pupils = [
        Listed(
            first_name=person.first_name,
            last_name=person.last_name,
            classroom=person.classroom,
            username=person.username,
            state=person.state,
            child=person.family.children[0].name if person.family else "",
        )
        for person in people
    ]
    return ClassListContext(
        sender=letters.sender,
        issued_on=letters.issued_on,
        run_label=letters.run_label,
        requested_by=letters.requested_by,
        pupils=pupils,
    )


DOCUMENTS: dict[str, Document] = {
    "courriers": Document(
        "Courriers (PDF)",
        "lettres",
        True,
        lambda run, people, language: letters_pdf(_letters(run, people, language), covers=len(people) > 1),
        in_languages=True,
    ),
    "etiquettes-8": Document(
        "Étiquettes, 8 par page (PDF)",
        "etiquettes",
        True,
        lambda run, people, _: slips_pdf(_letters(run, people), per_page=8),
        of_guardians=False,
    ),
    "etiquettes-24": Document(
        "Étiquettes, 24 par page (PDF)",
        "petites-etiquettes",
        True,
        lambda run, people, _: slips_pdf(_letters(run, people), per_page=24),
        of_guardians=False,
    ),
    "liste": Document(
        "Liste de classe (PDF)",
        "liste",
        False,
        lambda run, people, _: class_list_pdf(_list(run, people)),
    ),
    "publipostage": Document(
        "Publipostage (CSV)",
        "publipostage",
        True,
        lambda run, people, _: [passwords_csv([_holder(person) for person in people])],
        permission=Permission.EXPORT_PASSWORDS,
        media="text/csv; charset=utf-8",
        suffix="csv",
    ),
    "publipostage-xlsx": Document(
        "Publipostage (XLSX)",
        "publipostage",
        True,
        lambda run, people, _: [passwords_xlsx([_holder(person) for person in people])],
        permission=Permission.EXPORT_PASSWORDS,
        media=XLSX_MEDIA,
        suffix="xlsx",
    ),
}


def documents(mandate: ActiveMandate, run: Run) -> dict[str, Any]:
    """What the run's page offers to this person."""
    mine = run.requested_by_id == mandate.staff_id
    offered: list[dict[str, Any]] = []
    if mine and run.has_payload:
        # Whoever has a link by mail is on no sheet with a password: a class may have none of these and be on a list.
        rooms = {kind: classes_of(mandate=mandate, run=run, with_secrets=kind) for kind in (True, False)}
        on_paper = bool(handed_to(mandate=mandate, run=run, with_secrets=True))
        for slug, document in DOCUMENTS.items():
            may = document.permission is None or can(mandate, document.permission)
            if may and _is_offered(document, run) and (on_paper or not document.with_secrets):
                offered.append(
                    {
                        "label": document.label,
                        "url": document_url(run, slug),
                        "primary": not offered,
                        "classes": [
                            {"label": label, "url": document_url(run, slug, room), "count": count}
                            for room, label, count in _several(rooms[document.with_secrets])
                        ],
                        "languages": [
                            {"label": label, "url": document_url(run, slug, language=language)}
                            for language, label in (_languages(run) if document.in_languages else [])
                        ],
                    }
                )
    return {
        "mine": mine,
        "documents": offered,
        "documents_until": run.payload_expires_at,
        "destroyed_at": run.payload_destroyed_at,
        "destroy_url": reverse("run_destroy", args=[run.school_id, run.pk]),
    }


def _several(rooms: list[tuple[UUID, str, int]]) -> list[tuple[UUID, str, int]]:
    """One class alone is the whole run."""
    return rooms if len(rooms) > 1 else []


def _is_offered(document: Document, run: Run) -> bool:
    return document.of_guardians or not run.is_on_guardians


def _languages(run: Run) -> list[tuple[str, str]]:
    """Those that letters can be had in beside French, in words; of guardians also each in the family's own."""
    return [*([(FAMILYS_OWN, "la langue de chaque famille")] if run.is_on_guardians else []), *Language.choices]


def _openable(mandate: ActiveMandate, pk: UUID, slug: str) -> tuple[Run, Document]:
    """The run and the kind of document, if this person may open it now; else 404, or 403 for want of a right."""
    document = DOCUMENTS.get(slug)
    rows = Run.objects.allowing(mandate, Permission.OPEN_OWN_RUNS).select_related("school", "requested_by")
    run = get_object_or_404(rows, pk=pk, requested_by=mandate.staff_id)
    if document is None or not _is_offered(document, run) or not run.has_payload:
        raise Http404
    if document.permission and not can(mandate, document.permission):
        raise PermissionDenied(document.permission)
    return run, document


def _class_asked(request: SchoolRequest) -> UUID | None:
    """The one class that the address names."""
    rooms = chosen_ids(request.GET, "classe")
    return rooms[0] if rooms else None


def _language_asked(request: SchoolRequest, run: Run) -> str:
    """The second language that the address names; 404 for another."""
    asked = request.GET.get("langue", "")
    if asked and asked not in dict(_languages(run)):
        raise Http404
    return asked


def note(request: SchoolRequest, pk: UUID, slug: str) -> None:
    """Before the document is made: the journal, and the date of distribution."""
    run, document = _openable(request.mandate, pk, slug)
    room, with_secrets = _class_asked(request), document.with_secrets
    _language_asked(request, run)
    accounts = handed_to(mandate=request.mandate, run=run, classroom=room, with_secrets=with_secrets)
    if not accounts:
        raise Http404
    if document.permission is Permission.EXPORT_PASSWORDS:
        count(request, Volume.EXPORTS)
    note_opening(actor=actor_of(request), run=run, kind=slug, accounts=accounts, hands_over=document.with_secrets)


@console_view(Permission.OPEN_OWN_RUNS, reads=note, step_up=READING)
def run_document(request: SchoolRequest, pk: UUID, slug: str) -> StreamingHttpResponse:
    """One document, whole or of one class. Its file's name holds no person's name."""
    run, document = _openable(request.mandate, pk, slug)
    room, with_secrets = _class_asked(request), document.with_secrets
    people = handouts(mandate=request.mandate, run=run, classroom=room, with_secrets=with_secrets)
    if not people:
        raise Http404
    SHEETS.labels(slug).inc(len(people))
    rooms = {person.classroom for person in people}
    stem = f"{document.stem}-{slugify(rooms.pop()).upper() or 'sans-classe'}" if len(rooms) == 1 else document.stem
    # The first piece is made before the answer begins: what cannot be made at all is an error page, not half a file.
    pieces = iter(document.make(run, people, _language_asked(request, run)))
    response = StreamingHttpResponse(chain([next(pieces)], pieces), content_type=document.media)
    response["Content-Disposition"] = f'attachment; filename="{stem}.{document.suffix}"'
    response["Cache-Control"] = "no-store"
    return response
