"""Geler: every provisional password of a school void in one action, when letters may be in wrong hands."""

from django.db import transaction
from django.utils import timezone

from accounts.actions.credentials import void_provisionals
from accounts.actions.journal import Actor, Event, record
from notifications.enums import ACTIVE, RunState
from notifications.models import Run


@transaction.atomic
def freeze(*, actor: Actor, uai: str, why: str = "") -> int:
    """Stop the school's runs, then void what they and all others gave; how many accounts. In the scope of the school.

    The runs' rows are locked first: a worker ends its chunk, and finds the run cancelled at the next. The sealed
    payloads go with the hashes (trigger `drop_sealed_secret`). Doing it twice does no harm.
    """
    now = timezone.now()
    running = list(Run.objects.filter(school=uai, state__in=ACTIVE).select_for_update().order_by("pk"))
    for run in running:
        run.state, run.finished_at = RunState.CANCELLED, now
        run.save(update_fields=["state", "finished_at"])
    voided = void_provisionals(actor=actor, uai=uai)
    for run in running:
        record(actor=actor, event=Event.RUN_CANCELLED, uai=uai, target=run.pk, count=run.processed, detail=run.told_as)
    record(actor=actor, event=Event.SCHOOL_FROZEN, uai=uai, count=voided, detail=why)
    return voided
