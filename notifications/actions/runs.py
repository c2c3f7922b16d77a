"""The life of a run, up to the moment a worker takes it: drafted, launched, or asked and done at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions.journal import Actor, Event, record
from accounts.actions.volumes import count_volume
from accounts.enums import AccountState, Population, Role, Volume
from accounts.lifecycle import Outcome, notify_outcome
from accounts.models import Guardian, Schooling
from accounts.permissions import ActiveMandate
from notifications.actions.work import lock_all, process_chunk
from notifications.enums import ACTIVE, RunKind, RunState
from notifications.models import Run, RunItem

AT_ONCE = 1
"""Runs of so many accounts are done within the request; the others by a worker, with their progress shown."""


class RunBusyError(Exception):
    """Another run of this kind is under way in the school."""

    def __init__(self, other: Run) -> None:
        super().__init__(str(other.pk))
        self.other = other


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a draft would come to if it were launched now. `other_school`: whose letter of another school will end."""

    new: int = 0
    renotified: int = 0
    active: int = 0
    france_connect: int = 0
    without_class: int = 0
    without_address: int = 0
    blocked: int = 0
    other_school: int = 0


@transaction.atomic
def draft_run(
    *, actor: Actor, mandate: ActiveMandate, kind: RunKind, students: Iterable[UUID], label: str, key: UUID
) -> Run:
    """Choose the pupils of a run; nothing happens to them before it is launched. The same key: the same run."""
    return _drafted(mandate, key, {"kind": kind, "label": label}, ({"student_id": student} for student in students))


@transaction.atomic
def draft_guardians_run(
    *, actor: Actor, mandate: ActiveMandate, guardians: Mapping[UUID, UUID | None], label: str, key: UUID
) -> Run:
    """Choose the guardians of a notification, each with the child whose class its sheet is filed in."""
    told = {"kind": RunKind.NOTIFY, "population": Population.GUARDIANS, "label": label}
    items = ({"guardian_id": guardian, "filed_with": child} for guardian, child in guardians.items())
    return _drafted(mandate, key, told, items)


def _drafted(mandate: ActiveMandate, key: UUID, told: dict[str, str], chosen: Iterable[dict[str, UUID | None]]) -> Run:
    run, is_new = Run.objects.get_or_create(
        requested_by_id=mandate.staff_id,
        key=key,
        defaults={**told, "school_id": mandate.uai, "mandate_id": mandate.mandate_id},
    )
    if is_new:
        items = [RunItem(school_id=mandate.uai, run=run, **account) for account in chosen]
        RunItem.objects.bulk_create(items, batch_size=1000)
        run.total = len(items)
        run.save(update_fields=["total"])
    return run


def forecast(run: Run) -> Forecast:
    """Counts for the page before the run. One query."""
    fields = ("state", "origin", "closing_on", "notified_by")
    if run.is_on_guardians:
        guardians = Guardian.objects.filter(run_items__run=run)
        return _forecast(run, guardians.values_list(*fields, "address"), last="address")
    places = Schooling.objects.filter(school=run.school_id, student__run_items__run=run)
    rows = places.values_list(*(f"student__{field}" for field in fields), "classroom_id")
    return _forecast(run, rows, last="class")


def _forecast(run: Run, rows: Iterable[tuple[Any, ...]], last: str) -> Forecast:
    """`last`: what the last column of the rows is, of which those without any are counted."""
    outcomes: dict[Outcome, int] = dict.fromkeys(Outcome, 0)
    without = other_school = 0
    for state, origin, closing_on, notified_by, place in rows:
        is_leaving = closing_on is not None
        outcome = notify_outcome(AccountState(state), origin=origin, is_leaving=is_leaving, include_activated=False)
        outcomes[outcome] += 1
        without += not place
        has_letter = outcome is Outcome.RENOTIFIED and state == AccountState.NOTIFIED
        other_school += has_letter and notified_by not in ("", run.school_id)
    return Forecast(
        new=outcomes[Outcome.NOTIFIED],
        renotified=outcomes[Outcome.RENOTIFIED],
        active=outcomes[Outcome.ACTIVATED],
        france_connect=outcomes[Outcome.FRANCE_CONNECT],
        without_class=without if last == "class" else 0,
        without_address=without if last == "address" else 0,
        blocked=outcomes[Outcome.BLOCKED] + outcomes[Outcome.LEAVING] + outcomes[Outcome.CLOSED],
        other_school=other_school,
    )


@transaction.atomic
def launch(*, actor: Actor, run: Run, include_activated: bool) -> Run:
    """Start a draft. Launching it again, from another tab or by a double click, changes nothing.

    Raises RunBusyError when the school has such a run under way, CapReachedError when its accounts would pass the
    hour's cap of who asked for it. The caller rings the worker's bell.
    """
    run = Run.objects.select_for_update().get(pk=run.pk)
    if run.state != RunState.DRAFT:
        return run
    now = timezone.now()
    run.state, run.include_activated = RunState.PENDING, include_activated
    run.started_at = now
    run.payload_expires_at = now + settings.PAYLOAD_LIFE
    try:
        with transaction.atomic():
            run.save(update_fields=["state", "include_activated", "started_at", "payload_expires_at"])
    except IntegrityError:
        active = Run.objects.filter(school=run.school_id, kind=run.kind, state__in=ACTIVE)
        other = active.filter(population=run.population).first()
        if other is None:
            raise
        raise RunBusyError(other) from None
    count_volume(
        staff_id=run.requested_by_id,
        uai=run.school_id,
        role=Role(run.mandate.role),
        kind=Volume.ACCOUNTS,
        amount=run.total,
    )
    if run.total <= AT_ONCE:
        lock_all(run)
    record(
        actor=actor,
        event=Event.RUN_REQUESTED,
        uai=run.school_id,
        target=run.pk,
        count=run.total,
        detail=run.told_as,
    )
    if run.total <= AT_ONCE:
        while process_chunk(run_id=run.pk, uai=run.school_id):
            pass
        run.refresh_from_db()
    return run


@transaction.atomic
def reset_one(*, actor: Actor, mandate: ActiveMandate, student: UUID, label: str, key: UUID) -> Run:
    """Give one pupil a fresh provisional password, at once. The same form sent twice is one reset.

    A reset is asked for by someone who sees the account's state: an activated one is included.
    """
    run = draft_run(actor=actor, mandate=mandate, kind=RunKind.RESET, students=[student], label=label, key=key)
    return launch(actor=actor, run=run, include_activated=True)


@transaction.atomic
def cancel(*, actor: Actor, run: Run) -> Run:
    """Stop a run that waits or is under way. A chunk in hand is finished first; what it did stays done.

    A draft or a run that has ended stays as it is.
    """
    run = Run.objects.select_for_update().get(pk=run.pk)
    if not run.is_active:
        return run
    run.state, run.finished_at = RunState.CANCELLED, timezone.now()
    run.save(update_fields=["state", "finished_at"])
    record(
        actor=actor,
        event=Event.RUN_CANCELLED,
        uai=run.school_id,
        target=run.pk,
        count=run.processed,
        detail=run.told_as,
    )
    return run


@transaction.atomic
def destroy_payload(*, actor: Actor, run: Run) -> Run:
    """End the run's documents before their time. What was printed keeps its worth; it cannot be printed again.

    Nothing happens to one that has not ended: its next chunk would seal more.
    """
    run = Run.objects.select_for_update().get(pk=run.pk)
    if not run.has_ended or run.payload_destroyed_at is not None:
        return run
    lock_all(run)
    destroyed, _ = run.secrets().delete()
    run.payload_destroyed_at = timezone.now()
    run.save(update_fields=["payload_destroyed_at"])
    record(actor=actor, event=Event.PAYLOAD_DESTROYED, uai=run.school_id, target=run.pk, count=destroyed)
    return run
