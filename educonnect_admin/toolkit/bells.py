"""Telling the broker, after the commit, of work that waits. The base holds the truth: a bell unheard loses nothing."""

from collections.abc import Callable
from typing import Any

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def ring_after_commit(bell: Callable[[], object], *, unheard: str, **said: Any) -> None:
    """Call `bell`, which queues a task, once the running transaction is committed.

    A broker that is away stops nobody: it is logged as the event `unheard`, with what is `said` of it.
    """

    def call() -> None:
        try:
            bell()
        except OperationalError:
            log.warning(unheard, **said)

    transaction.on_commit(call)
