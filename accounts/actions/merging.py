"""Two accounts of one guardian made one, by the school; and that undone within 30 days.

The ended account keeps ties and sources, set aside: feeds follow them to the kept one, and undoing finds them there.
Its own password stays shut in with it; a provisional one ends.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from accounts.actions.doubles import children_of
from accounts.actions.feeds.apply import NONE_AT_WORK
from accounts.actions.journal import Actor, Event, record
from accounts.enums import AccountState, Relation
from accounts.lifecycle import TRANSITIONS
from accounts.lifecycle import Event as Lived
from accounts.models import Dispute, Guardian, Guardianship, Merge
from accounts.settling import clues_of

STATES_RESTORED = frozenset({AccountState.NOT_NOTIFIED, AccountState.ACTIVATING, AccountState.ACTIVATED})
TIE_FIELDS = ("relation", "link", "rank")


class Hindrance(StrEnum):
    """Why two accounts are not made one, or not parted. Nothing is changed then."""

    NO_CLUE = "no_clue"
    BLOCKED = "blocked"
    LEAVING = "leaving"
    DISPUTED = "disputed"
    ELSEWHERE = "elsewhere"
    FEED = "feed"
    TOO_OLD = "too_old"
    GONE = "gone"


class NotMerged(Exception):  # noqa: N818 - it is an answer, not a mistake of the program
    def __init__(self, hindrance: Hindrance) -> None:
        self.hindrance = hindrance
        super().__init__(str(hindrance))


def known_elsewhere(accounts: list[UUID]) -> set[UUID]:
    """Those of the guardians whom another school than the one in scope knows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id FROM known_elsewhere(%s)", [accounts])
        return {account for (account,) in cursor.fetchall()}


@transaction.atomic
def merge_guardians(*, actor: Actor, uai: str, kept: UUID, ended: UUID, now: datetime) -> Merge:
    """End one account for the other's good, in the school in scope. NotMerged says why not."""
    _without_feeds()
    rows = Guardian.objects.filter(pk__in=[kept, ended]).order_by("pk").select_for_update(no_key=True)
    found = {account.pk: account for account in rows}
    if len(found) != 2:
        raise NotMerged(Hindrance.GONE)
    _refuse_what_hinders(uai, found[kept], found[ended])
    trace = _move_ties(uai, kept, ended, now) | _move_disputes(uai, kept, ended)
    row = Merge.objects.create(
        school_id=uai,
        kept_id=kept,
        ended_id=ended,
        state_before=found[ended].state,
        trace=trace,
        merged_at=now,
        merged_by_id=actor.staff_id,
    )
    _shut(found[ended])
    record(actor=actor, event=Event.GUARDIANS_MERGED, uai=uai, target=kept, detail="kept")
    record(actor=actor, event=Event.GUARDIANS_MERGED, uai=uai, target=ended, detail="ended")
    return row


def _without_feeds() -> None:
    """A feed may take minutes and hold the same accounts: whoever waits for it is told at once."""
    with connection.cursor() as cursor:
        cursor.execute(NONE_AT_WORK)
        if not cursor.fetchone()[0]:
            raise NotMerged(Hindrance.FEED)


def _refuse_what_hinders(uai: str, kept: Guardian, ended: Guardian) -> None:
    both = [kept.pk, ended.pk]
    children = children_of(uai, both)
    hindrances = {
        Hindrance.GONE: AccountState.CLOSED in (kept.state, ended.state),
        Hindrance.LEAVING: kept.is_leaving or ended.is_leaving,
        Hindrance.BLOCKED: AccountState.BLOCKED in (kept.state, ended.state),
        Hindrance.NO_CLUE: not clues_of(kept, ended, (children[kept.pk], children[ended.pk])),
        Hindrance.DISPUTED: Dispute.objects.filter(school=uai, guardian__in=both).to_settle().exists(),
        Hindrance.ELSEWHERE: bool(known_elsewhere([ended.pk])),
    }
    for hindrance, is_there in hindrances.items():
        if is_there:
            raise NotMerged(hindrance)


def _move_ties(uai: str, kept: UUID, ended: UUID, now: datetime) -> dict[str, Any]:
    """The kept account has every tie of the other, suspended ones as they are; a lesser one of its own is raised."""
    ties = list(Guardianship.objects.filter(school=uai, guardian=ended, merged_at__isnull=True))
    own = {tie.student_id: tie for tie in Guardianship.objects.filter(school=uai, guardian=kept)}
    made = [
        Guardianship(
            pk=uuid4(), school_id=uai, student_id=tie.student_id, guardian_id=kept, disputed_at=tie.disputed_at
        )
        for tie in ties
        if tie.student_id not in own
    ]
    before = {tie.student_id: tie for tie in ties}
    for tie in made:
        _as(tie, before[tie.student_id])
    raised = [own[s] for s, tie in before.items() if s in own and _is_lesser(own[s], tie)]
    trace = {
        "made": [str(tie.pk) for tie in made],
        "raised": {str(tie.pk): {name: getattr(tie, name) for name in TIE_FIELDS} for tie in raised},
    }
    for tie in raised:
        _as(tie, before[tie.student_id])
    Guardianship.objects.bulk_create(made)
    Guardianship.objects.bulk_update(raised, TIE_FIELDS)
    Guardianship.objects.filter(pk__in=[tie.pk for tie in ties]).update(merged_at=now)
    return trace | {"set_aside": [str(tie.pk) for tie in ties]}


def _is_lesser(own: Guardianship, other: Guardianship) -> bool:
    return own.relation != Relation.LEGAL and other.relation == Relation.LEGAL


def _as(tie: Guardianship, other: Guardianship) -> None:
    for field in TIE_FIELDS:
        setattr(tie, field, getattr(other, field))


def _move_disputes(uai: str, kept: UUID, ended: UUID) -> dict[str, Any]:
    """What one account said of a pupil, the other has said: no feed brings that tie back."""
    ids = list(Dispute.objects.filter(school=uai, guardian=ended).values_list("pk", flat=True))
    Dispute.objects.filter(pk__in=ids).update(guardian=kept)
    return {"disputes": [str(pk) for pk in ids]}


def _shut(account: Guardian) -> None:
    account.state = TRANSITIONS[AccountState(account.state), Lived.CLOSE]
    account.provisional_hash = account.provisional_expires_at = None
    account.version += 1
    account.save(update_fields=["state", "provisional_hash", "provisional_expires_at", "version"])


@transaction.atomic
def part_guardians(*, actor: Actor, uai: str, merge: UUID, now: datetime) -> Merge:
    """Undo a merge within its 30 days: both accounts are as before, but for a provisional password that ended."""
    _without_feeds()
    row: Merge = Merge.objects.select_for_update(of=("self",), no_key=True).get(pk=merge, school=uai)
    if row.undone_at is not None or row.undo_ends_at <= now:
        raise NotMerged(Hindrance.TOO_OLD)
    ended = Guardian.objects.select_for_update(no_key=True).filter(pk=row.ended_id, state=AccountState.CLOSED).first()
    if ended is None or Merge.objects.in_force().filter(school=uai, ended=row.kept_id).exists():
        raise NotMerged(Hindrance.GONE)
    ties = Guardianship.objects.filter(school=uai)
    ties.filter(pk__in=row.trace["made"]).delete()
    for pk, told in row.trace["raised"].items():
        ties.filter(pk=pk).update(**told)
    ties.filter(pk__in=row.trace["set_aside"]).update(merged_at=None)
    Dispute.objects.filter(pk__in=row.trace["disputes"], school=uai).update(guardian=row.ended_id)
    before = AccountState(row.state_before)
    ended.state = before if before in STATES_RESTORED else AccountState.NOT_NOTIFIED
    ended.version += 1
    ended.save(update_fields=["state", "version"])
    row.undone_at = now
    row.save(update_fields=["undone_at"])
    for target in (row.kept_id, row.ended_id):
        record(actor=actor, event=Event.GUARDIANS_PARTED, uai=uai, target=target)
    return row
