"""Accounts that are over: closed and made anonymous, at the end of their delay or by the right to erasure.

One list of what goes, for both. What stays: the random id, by which the journal and the ties know the account, and the
counter of its identifiant under a keyed hash, so that it is never given again.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.actions.journal import Actor, Event, record_each
from accounts.enums import AccountState
from accounts.models import (
    Account,
    Dispute,
    FranceConnectTie,
    Guardian,
    Guardianship,
    Merge,
    School,
    Schooling,
    Source,
    Student,
)
from accounts.models.double import UNDO_LIFE
from educonnect_admin.toolkit.scope import school_transaction

KEPT = frozenset({"id", "version", "created_at"})
ERASED = "Compte effacé"


def forget(model: type[Account], ids: Collection[UUID], now: datetime) -> None:
    """Take out of these accounts every field that says who it is, or lets anyone in; and close them."""
    fresh = model()
    gone = {field.attname: getattr(fresh, field.attname) for field in model._meta.concrete_fields}
    gone = {name: value for name, value in gone.items() if name not in KEPT}
    told: dict[str, Any] = {
        "state": AccountState.CLOSED,
        "version": F("version") + 1,
        "username": Concat(Value("efface."), Cast("id", CharField())),
        "last_name": ERASED,
        "closing_on": timezone.localdate(now),
    }
    model._default_manager.filter(pk__in=ids).update(**{**gone, **told})
    FranceConnectTie.objects.filter(account_id__in=ids).delete()


def tidy(uai: str) -> None:
    """Take out of the school's other rows what named accounts that are over; the school is in scope."""
    over = {"state": AccountState.CLOSED, "closing_on__isnull": False}
    gone = Schooling.objects.filter(school=uai, **{f"student__{name}": value for name, value in over.items()})
    gone.exclude(sort_key="", search_key="").update(sort_key="", search_key="")
    for link in ("student", "guardian"):
        closed = {f"{link}__{name}": value for name, value in over.items()}
        Source.objects.filter(school=uai, **closed).delete()
    # What was typed goes with the tie as well: whom the school no longer has, it says nothing of.
    open_ones = [
        Exists(model._default_manager.filter(pk=OuterRef(link)).exclude(state=AccountState.CLOSED))
        for link, model in (("student", Student), ("guardian", Guardian))
    ]
    typed = Dispute.objects.filter(school=uai).exclude(note="")
    typed.exclude(open_ones[0], open_ones[1]).update(note="")
    # What leads to an account that is over leads nowhere: else a feed would bring its person into a closed account.
    merged = Merge.objects.in_force().filter(school=uai, **{f"kept__{name}": value for name, value in over.items()})
    Source.objects.filter(school=uai, guardian__in=merged.values("ended")).delete()


def close_due_accounts(*, actor: Actor, school: School, now: datetime) -> int:
    """Close the accounts of the school whose day has come, in its own time zone; how many. Twice is once."""
    uai, closed = school.uai, 0
    with school_transaction(uai):
        for rows in _known(uai):
            due = rows.filter(closing_on__lte=timezone.localdate(now, school.zone)).exclude(state=AccountState.CLOSED)
            ids = list(due.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
            if ids:
                forget(rows.model, ids, now)
                record_each(actor=actor, event=Event.ACCOUNT_CLOSED, uai=uai, targets=ids)
            closed += len(ids)
        closed += _forget_merged(actor, uai, now)
        tidy(uai)
    return closed


def _forget_merged(actor: Actor, uai: str, now: datetime) -> int:
    """Accounts whose merge can be undone no more. Their sources stay, by which feeds find the kept account."""
    final = Merge.objects.in_force().filter(school=uai, merged_at__lte=now - UNDO_LIFE)
    ids = list(
        Guardian.objects.filter(pk__in=final.values("ended")).exclude(last_name=ERASED).values_list("pk", flat=True)
    )
    if ids:
        forget(Guardian, ids, now)
        Guardian.objects.filter(pk__in=ids).update(closing_on=None)
        record_each(actor=actor, event=Event.ACCOUNT_CLOSED, uai=uai, targets=ids)
    return len(ids)


def _known(uai: str) -> tuple[models.QuerySet[Student], models.QuerySet[Guardian]]:
    """The school's accounts, there or gone: by its links, never every account of the base."""
    pupils = Schooling.objects.filter(school=uai).values("student")
    guardians = Guardianship.objects.filter(school=uai).values("guardian")
    return Student.objects.filter(pk__in=pupils), Guardian.objects.filter(pk__in=guardians)
