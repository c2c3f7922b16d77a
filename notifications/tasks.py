"""Work too long for a request. The broker is a bell: losing it loses nothing, the sweep takes runs up again."""

from functools import partial
from uuid import UUID

import structlog
from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.db import OperationalError as DatabaseUnavailable
from prometheus_client import Counter

from educonnect_admin.toolkit.bells import ring_after_commit
from notifications.actions.work import clean_up, note_failure, process_chunk, stuck_runs
from notifications.models import Run

log = structlog.get_logger(__name__)

CHUNKS = Counter("console_chunks", "Chunks of runs treated, the last of each included.")


@shared_task
def process_run(run_id: str, uai: str) -> None:
    """Treat a run to its end, a chunk a transaction. Two workers, or the same message twice: no harm.

    What fails is tried again by the sweep, but not for ever: see `note_failure`. A database that is away is no failure
    of the run.
    """
    try:
        while process_chunk(run_id=UUID(run_id), uai=uai):
            CHUNKS.inc()
        CHUNKS.inc()
    except DatabaseUnavailable:
        raise
    except Exception:
        note_failure(run_id=UUID(run_id), uai=uai)
        raise


@shared_task
def sweep_runs() -> None:
    """Queue again the runs that nobody works on: their worker died, or the bell was lost."""
    for run_id, uai in stuck_runs(settings.RUN_STUCK_SECONDS):
        process_run.delay(str(run_id), uai)


@shared_task
def destroy_expired_payloads() -> None:
    destroyed = clean_up()
    if destroyed:
        log.info("payloads_destroyed", count=destroyed)


@worker_ready.connect
def sweep_at_start(**_: object) -> None:
    sweep_runs.delay()


def ring(run: Run) -> None:
    """Tell a worker of the run once the running transaction is committed; else the sweep comes by."""
    ring_after_commit(partial(process_run.delay, str(run.pk), run.school_id), unheard="bell_is_silent", run=str(run.pk))
