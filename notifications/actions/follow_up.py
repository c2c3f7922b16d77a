"""What became of the letters of a run: marked by staff, undone when the mark was wrong, told to the journal."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.actions.journal import Actor, Event, record
from accounts.enums import AccountState
from accounts.lifecycle import DONE
from accounts.models import Guardian, Student
from accounts.permissions import ActiveMandate
from notifications.actions.documents import Handout, handouts
from notifications.actions.work import lock_accounts
from notifications.enums import Delivery
from notifications.models import Run, RunItem

NO_MARK = ""
TOLD = {Delivery.HANDED: "remis", Delivery.RETURNED: "revenus", NO_MARK: "marque effacée"}


@dataclass(frozen=True, slots=True)
class Codes:
    """What was typed or scanned, sorted: letters of this run; of other runs that the reader sees; known to nobody."""

    letters: Sequence[Handout]
    of_other_runs: Mapping[str, Run]
    unknown: Sequence[str]


def letters_of(mandate: ActiveMandate, run: Run) -> list[Handout]:
    """The letters of a run that the mandate opens now, by class and name, without any password."""
    return handouts(mandate=mandate, run=run, with_secrets=False)


def is_activated(letter: Handout) -> bool:
    return letter.item.account.state == AccountState.ACTIVATED


def sorted_codes(*, codes: Collection[str], letters: Sequence[Handout], run: Run, visible: Any) -> Codes:
    """`visible`: the runs that the reader may see. Of another school's codes nothing is told: they are unknown here."""
    mine = {letter.follow_up: letter for letter in letters if letter.follow_up}
    others = [code for code in codes if code not in mine]
    items = RunItem.objects.filter(follow_up__in=others, run__in=visible.exclude(pk=run.pk)).select_related("run")
    elsewhere = {item.follow_up: item.run for item in items} if others else {}
    return Codes(
        letters=[mine[code] for code in codes if code in mine],
        of_other_runs=elsewhere,
        unknown=[code for code in others if code not in elsewhere],
    )


@transaction.atomic
def mark_letters(*, actor: Actor, run: Run, accounts: Collection[UUID], mark: str) -> int:
    """Mark the letters of these accounts, or take their mark back; how many changed.

    Handed: the date of distribution becomes today. Returned: it is emptied. Taken back: it is again the day on which
    the letter was printed (decision 0008). An account that a later letter was made for keeps that one's date.
    """
    model = Guardian if run.is_on_guardians else Student
    lock_accounts(model, accounts)
    rows = run.items.filter(outcome__in=DONE, **{f"{run.account_field}__in": accounts}).exclude(delivery=mark)
    changed = list(rows.values_list(run.account_field, flat=True))
    today = timezone.localdate(timezone=run.school.zone)
    rows.update(delivery=mark, delivery_on=today if mark else None)
    _date(run, model, changed, _dates(run, mark, today))
    if changed:
        detail = TOLD[mark]
        record(
            actor=actor, event=Event.LETTERS_MARKED, uai=run.school_id, target=run.pk, count=len(changed), detail=detail
        )
    return len(changed)


def _dates(run: Run, mark: str, today: date) -> date | Subquery | None:
    if mark:
        return today if mark == Delivery.HANDED else None
    printed = run.items.filter(**{run.account_field: OuterRef("pk")}).values("printed_on")
    return Subquery(printed[:1])


def _date(run: Run, model: type[Student] | type[Guardian], accounts: Collection[UUID], day: Any) -> None:
    later = RunItem.objects.filter(
        outcome__in=DONE, run__created_at__gt=run.created_at, **{f"{run.account_field}__in": accounts}
    )
    theirs = model._default_manager.filter(pk__in=accounts, notified_by=run.school_id)
    theirs.exclude(pk__in=later.values(run.account_field)).update(distributed_on=day)
