"""The worker's and beat's application. Tasks carry ids only."""

from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_postrun, worker_ready
from django.conf import settings

from educonnect_admin.toolkit import logs, metrics

app = Celery("educonnect_admin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def configure_logs(**_: Any) -> None:
    logs.configure(settings.LOGGING)


@worker_ready.connect
def tell_ready(**_: Any) -> None:
    """Touch the file that a supervisor waits for."""
    if settings.WORKER_READY_FILE:
        Path(settings.WORKER_READY_FILE).touch()


@worker_ready.connect
def tell_figures(**_: Any) -> None:
    """The processes of the pool are there by now: the thread stays in this one."""
    metrics.listen()


@task_postrun.connect
def note_task(task: Any, state: str | None = None, **_: Any) -> None:
    metrics.TASKS.labels(task.name, state or "unknown").inc()
