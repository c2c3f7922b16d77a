"""The worker's and beat's application. Tasks carry ids only."""

from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_ready
from django.conf import settings

from educonnect_admin.toolkit import logs

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
