"""Opening the documents of a run: only by who ran it, only while its payload lasts, each time told to the journal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts import provisional
from accounts.actions.journal import Actor, Event, record
from accounts.lifecycle import DONE
from accounts.models import School, Schooling, Student
from accounts.permissions import ActiveMandate, Permission
from accounts.querysets import SchoolingQuerySet
from notifications.actions.work import lock_students
from notifications.models import Run, RunItem


@dataclass(frozen=True, slots=True)
class Handout:
    """One account of a run as documents show it; `secret` is empty in those without passwords."""

    student_id: UUID
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
def note_opening(*, actor: Actor, run: Run, kind: str, students: Collection[UUID], hands_over: bool) -> None:
    """Tell the journal that a document on these pupils is opened; the date of distribution becomes today if it hands
    passwords over.

    Set once for a password: opening again after a printer's jam moves no date.
    """
    if hands_over:
        _distribute(run.school, students)
    record(actor=actor, event=Event.DOCUMENT_OPENED, uai=run.school_id, target=run.pk, count=len(students), detail=kind)


def _distribute(school: School, students: Collection[UUID]) -> None:
    lock_students(students)
    today = timezone.localdate(timezone=school.zone)
    Student.objects.filter(pk__in=students, distributed_on__isnull=True).update(distributed_on=today)


def handouts(*, mandate: ActiveMandate, run: Run, classroom: UUID | None = None, with_secrets: bool) -> list[Handout]:
    """The accounts that the run notified and that the mandate opens now, by class in natural order, then by name.

    With secrets, only those whose sealed secret is still there: one that was renewed since has no place on paper.
    Two queries.
    """
    items = _given(run, with_secrets).select_related("student", *(["secret"] if with_secrets else []))
    rows = _places(mandate, [item.student_id for item in items], classroom).select_related("classroom")
    places = {row.student_id: row for row in rows}
    shown = [item for item in items if item.student_id in places]
    shown.sort(key=lambda item: _order(places[item.student_id]))
    return [_handout(run, item, places[item.student_id], with_secrets) for item in shown]


def handed_to(*, mandate: ActiveMandate, run: Run, classroom: UUID | None = None, with_secrets: bool) -> list[UUID]:
    """The pupils of `handouts`, without a secret unsealed. One query."""
    given = _given(run, with_secrets).values("student_id")
    return list(_places(mandate, given, classroom).values_list("student_id", flat=True))


def classes_of(*, mandate: ActiveMandate, run: Run) -> list[tuple[UUID, str, int]]:
    """The classes of the run's accounts, in natural order, with their counts. One query."""
    rows = _places(mandate, _given(run, with_secrets=False).values("student_id"), None).filter(classroom__isnull=False)
    counted = rows.values("classroom", "classroom__code").annotate(n=Count("pk")).order_by("classroom__sort_key")
    return list(counted.values_list("classroom", "classroom__code", "n"))


def _given(run: Run, with_secrets: bool) -> QuerySet[RunItem]:
    items = run.items.filter(outcome__in=DONE)
    return items.filter(secret__isnull=False) if with_secrets else items


def _places(mandate: ActiveMandate, students: Any, classroom: UUID | None) -> SchoolingQuerySet:
    rows = Schooling.objects.allowing(mandate, Permission.OPEN_OWN_RUNS).filter(student__in=students)
    return rows if classroom is None else rows.filter(classroom=classroom)


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
        student_id=student.pk,
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


def revealable(*, staff_id: int, uai: str, student: UUID) -> RunItem | None:
    """The item by which this very person gave the pupil's present provisional password, while it can be read."""
    items = RunItem.objects.readable_by(staff_id=staff_id, uai=uai).filter(student=student)
    return items.select_related("secret", "run", "school").order_by("-run__created_at").first()


def revealable_among(*, staff_id: int, uai: str, students: Collection[UUID]) -> set[UUID]:
    """Of these pupils, those for whom `revealable` has an item. One query."""
    items = RunItem.objects.readable_by(staff_id=staff_id, uai=uai).filter(student__in=students)
    return set(items.values_list("student_id", flat=True))


@transaction.atomic
def reveal(*, actor: Actor, item: RunItem) -> str:
    """The password of `revealable`, handed over by being shown."""
    _distribute(item.school, [item.student_id])
    record(actor=actor, event=Event.SECRET_REVEALED, uai=item.school_id, target=item.student_id)
    return provisional.unsealed(settings.CONSOLE_KEYS, item.student_id, item.run_id, bytes(item.secret.sealed))
