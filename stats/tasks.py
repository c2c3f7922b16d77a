"""Days that are over, kept. Run often: what is kept already costs one query a school."""

import structlog
from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import School
from educonnect_admin.toolkit.scope import school_transaction
from stats.keeping import keep_missing

log = structlog.get_logger(__name__)


@shared_task
def keep_daily_figures() -> None:
    """One transaction a school, in its own scope: a school that fails keeps no other from its figures."""
    now = timezone.now()
    for school in School.objects.order_by("uai"):
        try:
            with school_transaction(school.uai):
                kept = keep_missing(school, now)
        except DatabaseError:
            log.exception("daily_figures_not_kept", uai=school.uai)
            continue
        if kept:
            log.info("daily_figures_kept", uai=school.uai, days=kept)
