"""Ties that a guardian disputes: raised on the activation site, suspended at once, settled by the school.

The source base is where a tie is corrected. Until a feed takes it away, or the school says that it is right, the tie
gives nothing (`Guardianship.in_force`), and no feed brings it back.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actions.activation import LetterEndedError, Opened, mark_of
from accounts.actions.guardian_activation import held_children
from accounts.actions.journal import Actor, Event, record_each
from accounts.enums import AccountState, DisputeOutcome
from accounts.models import Account, Dispute, Guardian, Guardianship, Student
from educonnect_admin.toolkit.scope import holder_scope, scope


class SettledError(Exception):
    """It was settled meanwhile, or a feed took the tie away."""


def people_of(disputes: Sequence[Dispute]) -> dict[UUID, Account]:
    """Pupils and guardians of these disputes whom the school in scope still has: their ties may all be suspended."""
    found: dict[UUID, Account] = {}
    if disputes:
        found |= Student.objects.in_bulk({row.student_id for row in disputes})
        found |= Guardian.objects.in_bulk({row.guardian_id for row in disputes})
    return found


@transaction.atomic
def raise_disputes(*, actor: Actor, opened: Opened, children: Collection[UUID], now: datetime) -> int:
    """Suspend the holder's ties to these children, in each school that has one; how many.

    LetterEndedError if another password opens the account meanwhile.
    """
    with holder_scope(opened.account_id):
        guardian = Guardian.objects.select_for_update(no_key=True).get(pk=opened.account_id)
        if guardian.state != AccountState.NOTIFIED or mark_of(guardian) != opened.mark:
            raise LetterEndedError
        told = [(uai, child.id) for child in held_children() if child.id in children for uai in child.uais]
    return sum(_suspend(actor, uai, opened.account_id, child, now) for uai, child in sorted(told))


def _suspend(actor: Actor, uai: str, guardian: UUID, child: UUID, now: datetime) -> int:
    with scope(uai):
        ties = Guardianship.objects.filter(school=uai, student=child, guardian=guardian, in_force=True)
        suspended = ties.update(disputed_at=now)
        if suspended:
            Dispute.objects.create(school_id=uai, student_id=child, guardian_id=guardian, raised_at=now)
            record_each(actor=actor, event=Event.TIE_DISPUTED, uai=uai, targets=[guardian, child])
    return suspended


@transaction.atomic
def settle_dispute(
    *, actor: Actor, uai: str, dispute: UUID, outcome: DisputeOutcome, note: str, now: datetime
) -> Dispute:
    """What the school says: the source was corrected, and the tie stays ended; or the tie is right, and is in force.

    Of two people the second is told: SettledError.
    """
    row: Dispute = Dispute.objects.select_for_update(of=("self",), no_key=True).get(pk=dispute, school=uai)
    ties = Guardianship.objects.filter(school=uai, student=row.student_id, guardian=row.guardian_id)
    if row.outcome == DisputeOutcome.RIGHT or row.outcome == outcome or not ties.exists():
        raise SettledError
    row.outcome, row.note, row.settled_at, row.settled_by_id = outcome, note, now, actor.staff_id
    row.save(update_fields=["outcome", "note", "settled_at", "settled_by"])
    if outcome is DisputeOutcome.RIGHT:
        ties.update(disputed_at=None)
    targets = [row.guardian_id, row.student_id]
    record_each(actor=actor, event=Event.DISPUTE_SETTLED, uai=uai, targets=targets, detail=outcome.value)
    return row
