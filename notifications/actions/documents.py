"""Opening the documents of a run: only by who ran it, only while its payload lasts, each time told to the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import provisional
from accounts.actions.journal import Actor, Event, record
from accounts.lifecycle import DONE
from accounts.models import School, Schooling, Student
from notifications.models import Run, RunItem


@dataclass(frozen=True, slots=True)
class Handout:
    """One account of a run as documents show it; `secret` is empty in those without passwords."""

    first_name: str
    last_name: str
    classroom: str
    classroom_id: UUID | None
    username: str
    state: str
    secret: str
    valid_until: date
    follow_up: str


@transaction.atomic
def note_opening(*, actor: Actor, run: Run, kind: str, classroom: UUID | None, hands_over: bool) -> None:
    """Tell the journal that a document is opened; what hands passwords over sets the date of distribution to today.

    Set once for a password: opening again after a printer's jam moves no date.
    """
    rooms = {} if classroom is None else {"student__schoolings__classroom": classroom}
    items = run.items.filter(outcome__in=DONE, student__schoolings__school=run.school_id, **rooms)
    record(
        actor=actor,
        event=Event.DOCUMENT_OPENED,
        uai=run.school_id,
        target=run.pk,
        count=items.count(),
        detail=kind,
    )
    if hands_over:
        today = timezone.localdate(timezone=run.school.zone)
        ids = items.filter(secret__isnull=False).values("student_id")
        Student.objects.filter(pk__in=ids, distributed_on__isnull=True).update(distributed_on=today)


def handouts(run: Run, *, classroom: UUID | None = None, with_secrets: bool) -> list[Handout]:
    """The accounts that the run notified, by class in natural order, then by name. Two queries.

    With secrets, only those whose sealed secret is still there: one that was renewed since has no place on paper.
    """
    items = run.items.filter(outcome__in=DONE).select_related("student")
    if with_secrets:
        items = items.filter(secret__isnull=False).select_related("secret")
    places = _places(run, [item.student_id for item in items], classroom)
    shown = [item for item in items if item.student_id in places]
    shown.sort(key=lambda item: _order(places[item.student_id]))
    return [_handout(run, item, places[item.student_id], with_secrets) for item in shown]


def _places(run: Run, students: Iterable[UUID], classroom: UUID | None) -> dict[UUID, Schooling]:
    rows = Schooling.objects.filter(school=run.school_id, student__in=students).select_related("classroom")
    if classroom is not None:
        rows = rows.filter(classroom=classroom)
    return {row.student_id: row for row in rows}


def _order(place: Schooling) -> tuple[bool, str, str]:
    """Pupils without a class come last."""
    return (place.classroom is None, place.classroom.sort_key if place.classroom else "", place.sort_key)


def _handout(run: Run, item: RunItem, place: Schooling, with_secret: bool) -> Handout:
    student, zone = item.student, run.school.zone
    secret = ""
    if with_secret:
        secret = provisional.unsealed(settings.CONSOLE_KEYS, student.pk, run.pk, bytes(item.secret.sealed))
    expires_at = student.provisional_expires_at or timezone.now()
    return Handout(
        first_name=student.first_name,
        last_name=student.last_name,
        classroom=place.classroom.code if place.classroom else "",
        classroom_id=place.classroom_id,
        username=student.username,
        state=student.shown().label,
        secret=secret,
        valid_until=expires_at.astimezone(zone).date(),
        follow_up=item.follow_up,
    )


@transaction.atomic
def reveal(*, actor: Actor, school: School, student: UUID) -> str | None:
    """The provisional password of one pupil, for the person whose own run gave it, while its payload lasts."""
    item = (
        RunItem.objects.filter(
            run__school=school,
            run__requested_by=actor.staff_id,
            run__payload_destroyed_at__isnull=True,
            student=student,
            secret__isnull=False,
            secret__expires_at__gt=timezone.now(),
        )
        .select_related("secret", "run")
        .order_by("-run__created_at")
        .first()
    )
    if item is None:
        return None
    record(actor=actor, event=Event.SECRET_REVEALED, uai=school.uai, target=student)
    today = timezone.localdate(timezone=school.zone)
    Student.objects.filter(pk=student, distributed_on__isnull=True).update(distributed_on=today)
    return provisional.unsealed(settings.CONSOLE_KEYS, student, item.run_id, bytes(item.secret.sealed))
