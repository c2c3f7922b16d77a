"""The blocks of a pupil's page, with the seed's labels."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.actions.journal import EVENT_LABELS
from accounts.enums import Origin
from accounts.models import JournalEntry, Schooling, Staff
from accounts.views.lists import badge

Fact = tuple[str, Any, str, str]
"""Label, value or None, gender of the label ("m", "f") for "Non renseigné(e)", kind (text, code, state)."""


def day(moment: date | datetime | None) -> str | None:
    """As the seed writes dates: 23/11/2026."""
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment)
    return f"{moment:%d/%m/%Y}" if moment else None


def facts(schooling: Schooling) -> tuple[list[Fact], list[Fact]]:
    """ "Informations du compte", in the seed's two columns and order."""
    student = schooling.student
    classroom = schooling.classroom.code if schooling.classroom else None
    left: list[Fact] = [
        ("Prénom Nom", f"{student.first_name} {student.last_name}", "m", "text"),
        ("Classe", classroom, "f", "text"),
        ("Identifiant", student.username, "m", "code"),
        ("Date de naissance", day(student.birth_date), "f", "text"),
        ("Courrier électronique", student.email or None, "m", "text"),
    ]
    right: list[Fact] = [
        ("Origine du compte", Origin(student.origin).label if student.origin else None, "m", "text"),
        ("État du compte", badge(schooling.shown_state), "m", "state"),
        ("Date de distribution", day(student.distributed_on), "f", "text"),
        ("Date de dernière connexion", day(student.last_login_at), "f", "text"),
        ("INE", student.ine or None, "m", "code"),
    ]
    return left, right


def history(entries: Iterable[JournalEntry]) -> list[dict[str, Any]]:
    """What the journal tells of an account: what, when, who."""
    told = [entry for entry in entries if entry.event in EVENT_LABELS]
    names = {staff.pk: str(staff) for staff in Staff.objects.filter(pk__in={entry.staff_id for entry in told})}
    return [
        {
            "at": entry.at,
            "text": EVENT_LABELS[entry.event],
            "who": names.get(entry.staff_id or 0, "le système"),
        }
        for entry in told
    ]
