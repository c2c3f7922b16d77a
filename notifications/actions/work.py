"""What a worker does to a run: one chunk of accounts, one transaction.

Secrets, hashes, states, items, journal and sealed payload are written together. A worker killed anywhere leaves a
finished chunk or an untouched one.
"""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import provisional
from accounts.actions.credentials import give_provisionals
from accounts.actions.journal import Actor, Event, record
from accounts.enums import AccountState, Role
from accounts.lifecycle import DONE, LEFT_OUT, Outcome, notify_outcome
from accounts.models import Account, Guardian, Mandate, Schooling, Student
from accounts.permissions import ROLE_PERMISSIONS, Permission
from accounts.querysets import HERE
from educonnect_admin.toolkit.bulk import update_each
from educonnect_admin.toolkit.scope import school_transaction
from notifications.enums import ACTIVE, RunState
from notifications.models import Run, RunItem, SealedSecret

CHUNK = 200
FOLLOW_UP_SIGNS = 8
FAILURES_ALLOWED = 3


def process_chunk(*, run_id: UUID, uai: str) -> bool:
    """Treat the next accounts of the run; whether some are left.

    The run's row is locked meanwhile. A second worker that comes upon it goes away: the first carries on.
    """
    with school_transaction(uai):
        run = (
            Run.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("school")
            .filter(pk=run_id, state__in=ACTIVE)
            .first()
        )
        if run is None:
            return False
        now = timezone.now()
        mandate = Mandate.objects.live(now).filter(pk=run.mandate_id).first()
        if mandate is None:
            return _end(run, RunState.CANCELLED, Event.RUN_CANCELLED, now)
        items = list(run.items.filter(outcome=Outcome.PENDING).order_by(run.account_field)[:CHUNK])
        if items:
            _treat(run, items, _open_accounts(run, mandate, items), now)
        if len(items) < CHUNK:
            return _end(run, RunState.DONE, Event.RUN_FINISHED, now)
        run.save(update_fields=["state", "processed", "refused", "heartbeat_at"])
        return True


def _open_accounts(run: Run, mandate: Mandate, items: list[RunItem]) -> dict[UUID, Student | Guardian]:
    """The accounts that the mandate still opens now, locked."""
    chosen = [item.account_id for item in items]
    if run.is_on_guardians:
        known = Guardian.objects.known_to(mandate.school_id).filter(pk__in=chosen)
        sees_them = mandate.whole_school and Permission.NOTIFY_GUARDIANS in ROLE_PERMISSIONS[Role(mandate.role)]
        return lock_accounts(Guardian, known.values("pk") if sees_them else [])
    place = Schooling.objects.filter(HERE, school=mandate.school_id, student__in=chosen)
    if not mandate.whole_school:
        place = place.filter(classroom__in=mandate.classroom_ids())
    return lock_accounts(Student, place.values("student_id"))


def lock_accounts(
    model: type[Student] | type[Guardian], chosen: Collection[UUID] | QuerySet[Any]
) -> dict[UUID, Student | Guardian]:
    """These accounts, locked until the transaction ends.

    Whoever locks accounts does it by this, in the order of their ids, and before writing to the journal: two who
    need the same never wait for each other.
    """
    rows = model._default_manager.filter(pk__in=chosen).order_by("pk").select_for_update(no_key=True)
    return {account.pk: account for account in rows}


def lock_all(run: Run) -> None:
    """The accounts of a run."""
    lock_accounts(Guardian if run.is_on_guardians else Student, run.items.values(run.account_field))


def _treat(run: Run, items: list[RunItem], accounts: dict[UUID, Student | Guardian], now: datetime) -> None:
    """Decide, give and seal; count."""
    for item in items:
        account = accounts.get(item.account_id)
        item.outcome = _outcome(account, run.include_activated) if account else Outcome.GONE
        if item.outcome in DONE:
            item.follow_up = "".join(secrets.choice(provisional.ALPHABET) for _ in range(FOLLOW_UP_SIGNS))
    given = [item for item in items if item.outcome in DONE]
    actor = Actor(staff_id=run.requested_by_id, mandate_id=run.mandate_id)
    fresh = give_provisionals(
        actor=actor, school=run.school, accounts=[accounts[item.account_id] for item in given], now=now
    )
    update_each(items, ["outcome", "follow_up"])
    SealedSecret.objects.bulk_create(_sealed(run, item, secret) for item, secret in zip(given, fresh, strict=True))
    run.state, run.heartbeat_at = RunState.RUNNING, now
    run.processed += len(items)
    run.refused += sum(item.outcome not in DONE | LEFT_OUT for item in items)


def _outcome(account: Account, include_activated: bool) -> Outcome:
    return notify_outcome(
        AccountState(account.state),
        origin=account.origin,
        is_leaving=account.is_leaving,
        include_activated=include_activated,
    )


def _sealed(run: Run, item: RunItem, secret: str) -> SealedSecret:
    return SealedSecret(
        item=item,
        school_id=run.school_id,
        account_id=item.account_id,
        sealed=provisional.sealed(settings.CONSOLE_KEYS, item.account_id, run.pk, secret),
        expires_at=cast(datetime, run.payload_expires_at),  # set by the launch
    )


def _end(run: Run, state: RunState, event: Event, now: datetime) -> bool:
    run.state, run.finished_at, run.heartbeat_at = state, now, now
    run.save(update_fields=["state", "processed", "refused", "heartbeat_at", "finished_at"])
    actor = Actor(staff_id=run.requested_by_id, mandate_id=run.mandate_id)
    record(actor=actor, event=event, uai=run.school_id, target=run.pk, count=run.processed, detail=run.told_as)
    return False


def note_failure(*, run_id: UUID, uai: str) -> None:
    """A chunk could not be treated; nothing of it was kept. After the third time the run is stopped, and says so."""
    with school_transaction(uai):
        run = Run.objects.select_for_update().select_related("school").filter(pk=run_id, state__in=ACTIVE).first()
        if run is None:
            return
        now = timezone.now()
        run.failures, run.heartbeat_at = run.failures + 1, now
        run.save(update_fields=["failures", "heartbeat_at"])
        if run.failures >= FAILURES_ALLOWED:
            _end(run, RunState.FAILED, Event.RUN_FAILED, now)


def stuck_runs(seconds: int) -> list[tuple[UUID, str]]:
    """Runs of all schools whose heartbeat stopped so long ago, with their schools."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT run_id, uai FROM list_stuck_runs(%s)", [seconds])
        rows: list[tuple[UUID, str]] = cursor.fetchall()
    return rows


def clean_up() -> int:
    """Destroy the sealed secrets that are past their time, and drafts that nobody launched. Secrets destroyed."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT destroy_expired_payloads(), discard_old_drafts()")
        destroyed: int = cursor.fetchone()[0]
    return destroyed
