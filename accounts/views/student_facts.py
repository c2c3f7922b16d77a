"""The blocks of a pupil's page, with the seed's labels."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions.journal import EVENT_LABELS, Event
from accounts.enums import BlockReason, DisputeOutcome, DoubleVerdict, Language, Origin, SourceSystem, UnblockReason
from accounts.models import Account, JournalEntry, Schooling, Source, Staff
from accounts.permissions import ActiveMandate
from accounts.views.lists import badge

Fact = tuple[str, Any, str, str]
"""Label, value or None, gender of the label ("m", "f") for "Non renseigné(e)", kind (text, code, state, noted)."""

FEMININE = ("Classe", "Date de naissance")
LANGUAGES = {language.value: f"français et {language.label}" for language in Language}
REASONS = dict(BlockReason.choices + UnblockReason.choices + DisputeOutcome.choices + DoubleVerdict.choices)
BASES = {
    SourceSystem.SIECLE: "SIECLE",
    SourceSystem.ONDE: "ONDE",
    SourceSystem.AAF: "SIECLE ou ONDE",
}
"""In which base staff correct what a source gave. The directory (AAF) is made of what the two others hold."""


def day(moment: date | datetime | None) -> str | None:
    """As the seed writes dates: 23/11/2026."""
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment)
    return f"{moment:%d/%m/%Y}" if moment else None


def facts(schooling: Schooling) -> tuple[list[Fact], list[Fact]]:
    """ "Informations du compte", in the seed's two columns and order."""
    student = schooling.student
    classroom = schooling.classroom.code if schooling.classroom else None
    email = {"text": student.email, "note": email_note(student)} if student.email else None
    left: list[Fact] = [
        ("Prénom Nom", f"{student.first_name} {student.last_name}", "m", "text"),
        ("Classe", classroom, "f", "text"),
        ("Identifiant", student.username, "m", "code"),
        ("Date de naissance", day(student.birth_date), "f", "text"),
        ("Courrier électronique", email, "m", "noted"),
    ]
    right: list[Fact] = [
        ("Origine du compte", Origin(student.origin).label if student.origin else None, "m", "text"),
        ("État du compte", badge(schooling.shown_state), "m", "state"),
        ("Date de distribution", day(student.distributed_on), "f", "text"),
        ("Date de dernière connexion", day(student.last_login_at), "f", "text"),
        ("INE", student.ine or None, "m", "code"),
    ]
    return left, right


def email_note(account: Account) -> str:
    """Whether the holder said that the address is theirs."""
    if not account.email:
        return ""
    confirmed_on = day(account.email_confirmed_at)
    return f"Confirmé le {confirmed_on}" if confirmed_on else "À confirmer par la personne"


def bases_of(sources: Iterable[Source]) -> str:
    """In which bases what these sources gave is corrected."""
    return " et ".join(dict.fromkeys(BASES[SourceSystem(source.system)] for source in sources)) or "aucune base"


def source_rows(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """ "Informations des sources de données", a line a source."""
    return [
        {"label": source.label, "aaf_id": source.aaf_id, "source_id": source.local_id, "read_on": source.read_on}
        for source in sources
    ]


def corrected_elsewhere(schooling: Schooling, sources: Iterable[Source]) -> list[dict[str, Any]]:
    """What the console does not own: what it says, and where it is corrected."""
    student = schooling.student
    bases = bases_of(sources)
    owned = (
        ("Prénom Nom", f"{student.first_name} {student.last_name}"),
        ("Classe", schooling.classroom.code if schooling.classroom else None),
        ("Date de naissance", day(student.birth_date)),
        ("INE", student.ine or None),
        ("Responsables rattachés au compte", "sur la page de l’élève"),
    )
    return [
        *({"label": label, "value": value, "where": bases, "feminine": label in FEMININE} for label, value in owned),
        {"label": "Identifiant", "value": student.username, "where": "ne change jamais"},
    ]


def entries_on(mandate: ActiveMandate, account: UUID) -> QuerySet[JournalEntry]:
    """What the journal of the mandate's school tells of the account, the last first."""
    found = JournalEntry.objects.filter(uai=mandate.uai, target=account, event__in=EVENT_LABELS)
    return found.order_by("-sequence")


def history(entries: Iterable[JournalEntry]) -> list[dict[str, Any]]:
    """What the journal tells of an account: what, when, who."""
    told = [entry for entry in entries if entry.event in EVENT_LABELS]
    names = {staff.pk: str(staff) for staff in Staff.objects.filter(pk__in={entry.staff_id for entry in told})}
    return [
        {
            "at": entry.at,
            "text": _told(entry),
            "who": names.get(entry.staff_id or 0, "le système"),
        }
        for entry in told
    ]


def _told(entry: JournalEntry) -> str:
    """The event in words, with what the journal keeps of it."""
    label = EVENT_LABELS[entry.event]
    if entry.detail in REASONS:
        return f"{label} : {REASONS[entry.detail][0].lower()}{REASONS[entry.detail][1:]}"
    if entry.event == Event.LANGUAGE_CHANGED:
        return f"{label}\u00a0: {LANGUAGES.get(entry.detail, 'français seul')}"
    if entry.event == Event.DISTRIBUTION_CORRECTED:
        before, _, after = entry.detail.partition(" ")
        return f"{label} : {_said(before)} devient {_said(after)}"
    return label


def _said(day: str) -> str:
    return "« Non renseignée »" if day == "-" else f"le {day}"
