"""Giving people work in a school: by the command line, or by its head, who delegates."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.actions.journal import Actor, Event, record
from accounts.actions.keys import reset_keys
from accounts.actions.sessions import close_sessions
from accounts.delegation import (
    DelegationRefusedError,
    Recipient,
    Refusal,
    Terms,
    refusal_of_person,
    refusal_of_terms,
)
from accounts.enums import Role
from accounts.models import Classroom, Mandate, School, Staff
from accounts.permissions import ActiveMandate
from accounts.querysets import MandateQuerySet
from educonnect_admin.toolkit.scope import school_transaction, scope


@transaction.atomic
def give_mandate(
    *,
    actor: Actor,
    staff: Staff,
    school: School,
    role: Role,
    classrooms: Sequence[Classroom] | None = None,
    given_by: Staff | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Mandate:
    """A mandate on the whole school, or on the given classes only (an empty list opens nothing)."""
    mandate = Mandate.objects.create(
        staff=staff,
        school=school,
        role=role,
        group=Group.objects.get(name=role.label),
        whole_school=classrooms is None,
        given_by=given_by,
        starts_at=starts_at or timezone.now(),
        ends_at=ends_at,
    )
    with scope(school.uai):
        mandate.classrooms.set(classrooms or [])
        record(actor=actor, event=Event.MANDATE_GIVEN, uai=school.uai, count=staff.pk, detail=role.value)
    return mandate


def give_delegation(*, actor: Actor, giver: ActiveMandate, staff: Staff, terms: Terms) -> Mandate:
    """What a head gives to a member of staff; DelegationRefusedError where a rule stands in the way."""
    with _deciding(giver) as school:
        _check_person(giver, staff)
        if _of_school(giver).unfinished().filter(staff=staff, role=terms.role).exists():
            raise DelegationRefusedError(Refusal.HELD_ALREADY)
        rooms = _check_terms(giver, terms)
        return give_mandate(
            actor=actor,
            staff=staff,
            school=school,
            role=terms.role,
            classrooms=None if terms.classrooms is None else rooms,
            given_by=Staff.objects.get(pk=giver.staff_id),
            starts_at=terms.starts_at,
            ends_at=terms.ends_at,
        )


def change_delegation(
    *, actor: Actor, giver: ActiveMandate, delegation: int, classrooms: frozenset[UUID] | None, ends_at: datetime
) -> Mandate:
    """Other classes, another end. Another module is another delegation: this one is revoked, a new one given."""
    with _deciding(giver):
        mandate = _unfinished(giver, delegation)
        _check_person(giver, mandate.staff)
        terms = Terms(Role(mandate.role), classrooms, mandate.starts_at, ends_at)
        rooms = _check_terms(giver, terms)
        mandate.whole_school, mandate.ends_at = classrooms is None, ends_at
        mandate.save(update_fields=["whole_school", "ends_at"])
        mandate.classrooms.set([] if classrooms is None else rooms)
        _record(actor, Event.MANDATE_CHANGED, mandate)
        return mandate


def revoke_delegation(*, actor: Actor, giver: ActiveMandate, delegation: int) -> Mandate:
    """At once: the delegate's next request finds no live mandate; with the last one, the sessions end.

    Even of someone who has become a head since.
    """
    with _deciding(giver):
        mandate = _unfinished(giver, delegation)
        refusal = refusal_of_person(giver, Recipient(mandate.staff_id))
        if refusal:
            raise DelegationRefusedError(refusal)
        mandate.revoked_at = timezone.now()
        mandate.save(update_fields=["revoked_at"])
        _record(actor, Event.MANDATE_REVOKED, mandate)
        if not Mandate.objects.unfinished().filter(staff=mandate.staff_id).exists():
            close_sessions(staff_id=mandate.staff_id)
        return mandate


def reset_delegate_keys(*, actor: Actor, giver: ActiveMandate, delegation: int) -> Mandate:
    """Whoever lost key and codes records a new key. Never a head's, of whichever school: that is the operator's."""
    with _deciding(giver):
        mandate = _unfinished(giver, delegation)
        headed = Mandate.objects.unfinished().filter(staff=mandate.staff_id, role=Role.HEAD).exists()
        refusal = Refusal.HEADS_KEY if headed else refusal_of_person(giver, Recipient(mandate.staff_id))
        if refusal:
            raise DelegationRefusedError(refusal)
        reset_keys(actor=actor, staff=mandate.staff, uai=giver.uai)
        return mandate


def renew_delegations(
    *, actor: Actor, giver: ActiveMandate, delegations: Collection[int], starts_at: datetime, ends_at: datetime
) -> tuple[list[Mandate], list[tuple[Staff, Refusal]]]:
    """The same module and classes again, for each that has ended: those given, and those refused with their reason."""
    given, refused = [], []
    with _deciding(giver) as school:
        ended = _of_school(giver).renewable(school.zone, timezone.now())
        for former in ended.filter(pk__in=delegations).select_related("staff"):
            classrooms = None if former.whole_school else former.classroom_ids()
            terms = Terms(Role(former.role), classrooms, starts_at, ends_at)
            try:
                given.append(give_delegation(actor=actor, giver=giver, staff=former.staff, terms=terms))
            except DelegationRefusedError as error:
                refused.append((former.staff, error.refusal))
    return given, refused


@contextmanager
def _deciding(giver: ActiveMandate) -> Iterator[School]:
    """One decision at a time in a school, by a head whose mandate is live once it is one's turn."""
    with school_transaction(giver.uai):
        school = School.objects.select_for_update(no_key=True).get(pk=giver.uai)
        held = Mandate.objects.live().filter(
            pk=giver.mandate_id, staff=giver.staff_id, school=giver.uai, role=Role.HEAD
        )
        if held.select_for_update(of=("self",)).first() is None:
            raise DelegationRefusedError(Refusal.NOT_A_HEAD)
        yield school


def _of_school(giver: ActiveMandate) -> MandateQuerySet:
    return Mandate.objects.filter(school=giver.uai).exclude(role=Role.HEAD)


def _unfinished(giver: ActiveMandate, delegation: int) -> Mandate:
    """A delegation of this school, under lock; one that is over is changed no more."""
    rows = _of_school(giver).select_related("staff").select_for_update(of=("self",))
    mandate: Mandate | None = rows.unfinished().filter(pk=delegation).first()
    if mandate is None:
        raise DelegationRefusedError(Refusal.OVER)
    return mandate


def _check_person(giver: ActiveMandate, staff: Staff) -> None:
    headed = Mandate.objects.unfinished().filter(staff=staff, school=giver.uai, role=Role.HEAD)
    refusal = refusal_of_person(giver, Recipient(staff.pk, is_active=staff.is_active, is_head=headed.exists()))
    if refusal:
        raise DelegationRefusedError(refusal)


def _check_terms(giver: ActiveMandate, terms: Terms) -> list[Classroom]:
    """The classes of the terms, if the terms can be given."""
    rooms = Classroom.objects.filter(school=giver.uai, pk__in=terms.classrooms or ())
    refusal = refusal_of_terms(terms, school_classrooms={room.pk for room in rooms}, now=timezone.now())
    if refusal:
        raise DelegationRefusedError(refusal)
    return list(rooms)


def _record(actor: Actor, event: Event, mandate: Mandate) -> None:
    record(actor=actor, event=event, uai=mandate.school_id, count=mandate.staff_id, detail=mandate.role)
