"""Opening the documents of a run: only by who ran it, only while its payload lasts, each time told to the journal."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts import provisional
from accounts.actions.families import Child, children_elsewhere
from accounts.actions.journal import Actor, Event, record
from accounts.actions.mailed_links import on_their_way
from accounts.lifecycle import DONE
from accounts.models import Guardian, School, Schooling, Student
from accounts.permissions import ActiveMandate, Permission
from accounts.querysets import SchoolingQuerySet
from notifications.actions.families import filings, opened
from notifications.actions.work import lock_accounts
from notifications.models import Run, RunItem


@dataclass(frozen=True, slots=True)
class Family:
    """What a guardian's letter says beside: the children of this school, how many others have, where it goes."""

    children: Sequence[Child]
    elsewhere: int
    address_lines: Sequence[str]
    language: str


@dataclass(frozen=True, slots=True)
class Handout:
    """One account of a run as documents show it; `secret` is empty in those without passwords."""

    account_id: UUID
    first_name: str
    last_name: str
    classroom: str
    classroom_id: UUID | None
    username: str
    state: str
    secret: str
    valid_until: date
    follow_up: str
    item: RunItem
    family: Family | None = None


@transaction.atomic
def note_opening(*, actor: Actor, run: Run, kind: str, accounts: Collection[UUID], hands_over: bool) -> None:
    """Tell the journal that a document on these accounts is opened; if it hands passwords over, they are printed today.

    The date of distribution becomes today with it.

    Set once for a password: opening again after a printer's jam moves no date.
    """
    if hands_over:
        _distribute(run.school, Guardian if run.is_on_guardians else Student, accounts)
        fresh = run.items.filter(printed_on__isnull=True, **{f"{run.account_field}__in": accounts})
        fresh.update(printed_on=timezone.localdate(timezone=run.school.zone))
    record(actor=actor, event=Event.DOCUMENT_OPENED, uai=run.school_id, target=run.pk, count=len(accounts), detail=kind)


def _distribute(school: School, model: type[Student] | type[Guardian], accounts: Collection[UUID]) -> None:
    lock_accounts(model, accounts)
    today = timezone.localdate(timezone=school.zone)
    model._default_manager.filter(pk__in=accounts, distributed_on__isnull=True).update(distributed_on=today)


def handouts(*, mandate: ActiveMandate, run: Run, classroom: UUID | None = None, with_secrets: bool) -> list[Handout]:
    """The accounts that the run notified and that the mandate opens now, by class in natural order, then by name.

    With secrets, only those whose sealed secret is still there: one that was renewed since has no place on paper.
    Two queries; three for guardians, who stand in the class and at the name of a child.
    """
    if run.is_on_guardians:
        return _to_families(mandate, run, classroom, with_secrets)
    items = _given(run, with_secrets).select_related("student", *(["secret"] if with_secrets else []))
    rows = _places(mandate, [item.account_id for item in items], classroom).select_related("classroom")
    places = {row.student_id: row for row in rows}
    shown = [item for item in items if item.account_id in places]
    shown.sort(key=lambda item: _order(places[item.account_id]))
    return [_handout(run, item, _room(places[item.account_id]), with_secrets) for item in shown]


def _to_families(mandate: ActiveMandate, run: Run, classroom: UUID | None, with_secrets: bool) -> list[Handout]:
    items = _given(run, with_secrets).filter(**opened(mandate, run))
    shown = filings(run, list(items.select_related("guardian", *(["secret"] if with_secrets else []))), classroom)
    elsewhere = children_elsewhere([filing.item.account_id for filing in shown])
    told = []
    for filing in shown:
        guardian, first = cast(Guardian, filing.item.guardian), filing.children[0]
        family = Family(
            children=filing.children,
            elsewhere=elsewhere.get(guardian.pk, 0),
            address_lines=[line for line in guardian.address.split("\n") if line],
            language=guardian.language or "",
        )
        told.append(_handout(run, filing.item, (first.classroom, first.classroom_id), with_secrets, family))
    return told


def handed_to(*, mandate: ActiveMandate, run: Run, classroom: UUID | None = None, with_secrets: bool) -> list[UUID]:
    """The accounts of `handouts`, without a secret unsealed. One query; two for guardians."""
    if run.is_on_guardians:
        items = list(_given(run, with_secrets).filter(**opened(mandate, run)))
        return [filing.item.account_id for filing in filings(run, items, classroom)]
    given = _given(run, with_secrets).values("student_id")
    return list(_places(mandate, given, classroom).values_list("student_id", flat=True))


def classes_of(*, mandate: ActiveMandate, run: Run, with_secrets: bool) -> list[tuple[UUID, str, int]]:
    """The classes of `handouts`, in natural order, with their counts. One query; two for guardians."""
    if run.is_on_guardians:
        return _classes_of_families(mandate, run, with_secrets)
    rows = _places(mandate, _given(run, with_secrets).values("student_id"), None).filter(classroom__isnull=False)
    counted = rows.values("classroom", "classroom__code").annotate(n=Count("pk")).order_by("classroom__sort_key")
    return list(counted.values_list("classroom", "classroom__code", "n"))


def _classes_of_families(mandate: ActiveMandate, run: Run, with_secrets: bool) -> list[tuple[UUID, str, int]]:
    items = list(_given(run, with_secrets).filter(**opened(mandate, run)))
    first = [filing.children[0] for filing in filings(run, items)]
    counted = Counter((child.classroom_id, child.classroom) for child in first if child.classroom_id)
    return [(room, code, number) for (room, code), number in counted.items()]


def _given(run: Run, with_secrets: bool) -> QuerySet[RunItem]:
    items = run.items.filter(outcome__in=DONE)
    if not with_secrets:
        return items
    by_mail = on_their_way(run.school_id, run.pk).filter(**{f"{run.account_field}__isnull": False})
    on_paper = items.exclude(**{f"{run.account_field}__in": by_mail.values(run.account_field)})
    return on_paper.filter(secret__isnull=False)


def _places(mandate: ActiveMandate, students: Any, classroom: UUID | None) -> SchoolingQuerySet:
    rows = Schooling.objects.allowing(mandate, Permission.OPEN_OWN_RUNS).filter(student__in=students)
    return rows if classroom is None else rows.filter(classroom=classroom)


def _room(place: Schooling) -> tuple[str, UUID | None]:
    return (place.classroom.code if place.classroom else "", place.classroom_id)


def _order(place: Schooling) -> tuple[bool, str, str]:
    """Pupils without a class come last."""
    return (place.classroom is None, place.classroom.sort_key if place.classroom else "", place.sort_key)


def _handout(
    run: Run, item: RunItem, room: tuple[str, UUID | None], with_secret: bool, family: Family | None = None
) -> Handout:
    account, zone = item.account, run.school.zone
    secret = ""
    if with_secret:
        secret = provisional.unsealed(settings.CONSOLE_KEYS, account.pk, run.pk, bytes(item.secret.sealed))
    expires_at = account.provisional_expires_at or timezone.now()
    return Handout(
        account_id=account.pk,
        first_name=account.first_name,
        last_name=account.last_name,
        classroom=room[0],
        classroom_id=room[1],
        username=cast(str, account.username),
        state=account.shown().label,
        secret=secret,
        valid_until=expires_at.astimezone(zone).date(),
        follow_up=item.follow_up,
        item=item,
        family=family,
    )


def revealable(*, staff_id: int, uai: str, student: UUID) -> RunItem | None:
    """The item by which this very person gave the pupil's present provisional password, while it can be read."""
    items = RunItem.objects.readable_by(staff_id=staff_id, uai=uai).filter(student=student)
    return items.select_related("secret", "run", "school").order_by("-run__created_at").first()


def revealable_among(*, staff_id: int, uai: str, students: Collection[UUID]) -> set[UUID]:
    """Of these pupils, those for whom `revealable` has an item. One query."""
    items = RunItem.objects.readable_by(staff_id=staff_id, uai=uai).filter(student__in=students)
    return {item.account_id for item in items}


@transaction.atomic
def reveal(*, actor: Actor, item: RunItem) -> str:
    """The password of `revealable`, handed over by being shown."""
    _distribute(item.school, Student, [item.account_id])
    record(actor=actor, event=Event.SECRET_REVEALED, uai=item.school_id, target=item.account_id)
    return provisional.unsealed(settings.CONSOLE_KEYS, item.account_id, item.run_id, bytes(item.secret.sealed))
