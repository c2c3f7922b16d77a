"""An entry of the journal in plain words: what, by whom, as what, on what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from accounts.actions.journal import EVENT_LABELS, Event
from accounts.enums import Assurance, BlockReason, DisputeOutcome, DoubleVerdict, Language, Role, UnblockReason, Volume
from accounts.models import Guardian, JournalEntry, Mandate, Staff, Student
from accounts.permissions import ActiveMandate, Permission

SYSTEM = "Le système"
ON_A_RUN = frozenset(
    {
        Event.RUN_REQUESTED,
        Event.RUN_FINISHED,
        Event.RUN_CANCELLED,
        Event.RUN_FAILED,
        Event.DOCUMENT_OPENED,
        Event.PAYLOAD_DESTROYED,
        Event.LETTERS_MARKED,
        Event.LINKS_ASKED,
    }
)
"""Whose target is a run. Who reads the entry may open it: it is of the reader, or the reader opens all of them."""
ON_STAFF = frozenset(
    {
        Event.MANDATE_GIVEN,
        Event.MANDATE_CHANGED,
        Event.MANDATE_REVOKED,
        Event.STAFF_INVITED,
        Event.STAFF_DISABLED,
        Event.OTP_RESET,
        Event.RECOVERY_CODES_WRITTEN,
        Event.RECOVERY_CODES_KEPT,
        Event.SECURITY_KEY_ADDED,
        Event.SECURITY_KEY_REMOVED,
        Event.PASSWORD_CHOSEN,
        Event.PASSWORD_LINK_SENT,
    }
)
"""Whose `count` is the number of a member of staff."""
DETAIL_WORDS: dict[str, str] = {
    **{role.value: role.label for role in Role},
    **{known.value: known.label for known in Assurance},
    **{f"cap of {volume}": f"plafond de l’heure, {volume.label}" for volume in Volume},
    **{right.value: "sans le droit nécessaire" for right in Permission},
    **{
        reason.value: reason.label.lower() for reason in (*BlockReason, *UnblockReason, *DisputeOutcome, *DoubleVerdict)
    },
    "kept": "compte gardé",
    "ended": "compte réuni à un autre",
    **{language.value: language.label for language in Language},
    "fr": "français seul",
    "emptied": "adresse effacée",
    "no live mandate": "sans délégation en cours",
    "outside the mandate": "hors du mandat",
    "not found": "adresse qui n’existe pas pour ce mandat",
    "notify": "notification",
    "notify_guardians": "notification de responsables",
    "reset": "réinitialisation",
    "courriers": "courriers",
    "etiquettes-8": "étiquettes, 8 par page",
    "etiquettes-24": "étiquettes, 24 par page",
    "liste": "liste de classe",
    "publipostage": "publipostage",
    "publipostage-xlsx": "publipostage (XLSX)",
    "csv": "CSV",
    "xlsx": "XLSX",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page. `reference` is what the target is in an export: a random id, never a name."""

    at: datetime
    who: str
    role: str
    what: str
    detail: str
    target: str
    target_url: str
    reference: str
    count: int | None
    address: str


def lines(mandate: ActiveMandate, entries: Sequence[JournalEntry], *, link: bool = True) -> list[Line]:
    """The entries in words. With `link`, the targets that the mandate opens are named, and lead to their pages."""
    on_staff = {entry.count for entry in entries if entry.event in ON_STAFF}
    staff = Staff.objects.in_bulk({entry.staff_id for entry in entries if entry.staff_id} | (on_staff - {None}))
    roles = dict(
        Mandate.objects.filter(pk__in={entry.mandate_id for entry in entries}, school=mandate.uai).values_list(
            "pk", "role"
        )
    )
    targets = _targets(mandate, entries) if link else {}
    return [_line(mandate, entry, staff, roles, targets) for entry in entries]


def _targets(mandate: ActiveMandate, entries: Iterable[JournalEntry]) -> dict[object, tuple[str, str]]:
    """Name and address of the accounts among the targets that the mandate opens."""
    asked = {entry.target for entry in entries if entry.target and entry.event not in ON_A_RUN}
    students = Student.objects.allowing(mandate, Permission.VIEW_STUDENT).filter(pk__in=asked)
    guardians = Guardian.objects.allowing(mandate, Permission.VIEW_GUARDIAN).filter(pk__in=asked)
    return {
        person.pk: (person.name, reverse(page, args=[mandate.uai, person.pk]))
        for page, people in (("student", students), ("guardian", guardians))
        for person in people
    }


def _line(
    mandate: ActiveMandate,
    entry: JournalEntry,
    staff: dict[int, Staff],
    roles: dict[int, str],
    targets: dict[object, tuple[str, str]],
) -> Line:
    target, url = "", ""
    is_on_staff = entry.event in ON_STAFF
    if is_on_staff and entry.count in staff:
        target = str(staff[entry.count])
    elif entry.target and entry.event in ON_A_RUN:
        target, url = "Opération", reverse("run", args=[mandate.uai, entry.target])
    elif entry.target:
        target, url = targets.get(entry.target, ("Un compte", ""))
    who = staff.get(entry.staff_id or 0)
    held = roles.get(entry.mandate_id or 0)
    return Line(
        at=entry.at,
        who=str(who) if who else SYSTEM,
        role=Role(held).label if held else "",
        what=EVENT_LABELS.get(entry.event, entry.event),
        detail=DETAIL_WORDS.get(entry.detail, entry.detail),
        target=target,
        target_url=url,
        reference=str(entry.target or ""),
        count=None if is_on_staff else entry.count,
        address=entry.address,
    )
