"""What watches the console asks: does the process live, and can it serve. Nothing about anybody; no sign-in."""

from functools import cache

from celery import current_app
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.exceptions import OperationalError

from accounts.walls import READING, public_view

BROKER_SECONDS = 1


@public_view(*READING)
def alive(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all; it asks neither base nor broker, whose absence no restart mends."""
    return JsonResponse({"process": "ok"})


@public_view(*READING)
def health(request: HttpRequest) -> HttpResponse:
    """200 when the base answers; the error handler makes it 503 when it does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"base": "ok"})


@public_view(*READING)
def ready(request: HttpRequest) -> HttpResponse:
    """200 when people may be sent here: base there, its schema at least this code's; else 503.

    A silent broker is told and no more: pages serve without it, and the sweeps find what waits.
    """
    applied = set(MigrationRecorder(connection).applied_migrations())
    has_schema = needed() <= applied
    told = {"base": "ok", "schema": "ok" if has_schema else "behind", "broker": "ok" if broker_answers() else "silent"}
    return JsonResponse(told, status=200 if has_schema else 503)


@cache
def needed() -> frozenset[tuple[str, str]]:
    """The migrations of this code. They are read once: the files do not change under a process."""
    return frozenset(MigrationLoader(None).disk_migrations)


def broker_answers() -> bool:
    try:
        with current_app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except (OperationalError, OSError):
        return False
    return True
