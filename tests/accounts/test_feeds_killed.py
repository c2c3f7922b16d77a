"""An import killed at any point: the base is exactly as before, or exactly as after."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.accounts.feed_deliveries import sample
from tests.databases import drop, recreate

COUNTS = """
    SELECT (SELECT count(*) FROM student), (SELECT count(*) FROM guardian), (SELECT count(*) FROM schooling),
           (SELECT count(*) FROM guardianship), (SELECT count(*) FROM source), (SELECT count(*) FROM feed),
           (SELECT count(*) FROM schooling WHERE left_on IS NOT NULL), (SELECT count(*) FROM journal_entry),
           (SELECT max(sequence) FROM journal_head), (SELECT count(*) FROM school), (SELECT count(*) FROM feed_trace)
"""
SEED = 7


def state(base: str) -> tuple[int, ...]:
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=base) as connection:
        row = connection.execute(COUNTS).fetchone()
        assert row is not None
        return row


def begun(base: str, delivery: Path) -> subprocess.Popen[bytes]:
    """The command in a process of its own."""
    url = make_conninfo("", **{**conninfo_to_dict(os.environ["DATABASE_URL"]), "dbname": base})
    command = [sys.executable, "manage.py", "import_feed", str(delivery), "--json", "--confirm"]
    environment = {**os.environ, "DATABASE_URL": url}
    return subprocess.Popen(command, cwd=settings.ROOT, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603


def killed_after(base: str, delivery: Path, seconds: float) -> int:
    """How it ended: killed, or whole if it was quicker. Nothing of it goes on in the server."""
    process = begun(base, delivery)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    ended = process.wait()
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, autocommit=True) as connection:
        for _ in range(100):
            (left,) = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = 'console_app'", [base]
            ).fetchone() or (0,)
            if not left:
                break
            time.sleep(0.1)
    return ended


@pytest.fixture
def base(committed: str) -> Iterator[str]:
    """With the first of two deliveries; the connections of this process are closed."""
    call_command("import_feed", str(sample("aaf-complet")), "--json", "--confirm", stdout=StringIO())
    connections.close_all()
    yield committed


@pytest.mark.parametrize("times", [pytest.param(5, marks=pytest.mark.proof), pytest.param(50, marks=pytest.mark.slow)])
def test_a_killed_import_leaves_all_or_nothing(base: str, times: int) -> None:
    delivery, before = sample("aaf-complet-suivant"), state(base)
    dice = random.Random(SEED)  # noqa: S311  # moments, no secret
    began = time.monotonic()
    killed_after(base, sample("broken") / "empty_Complet_20261124_Eleve_0000.xml", 60)
    start = time.monotonic() - began
    first = f"{base}_first"
    recreate(first, template=base)
    assert killed_after(base, delivery, 120) == 0
    after = state(base)
    for _ in range(times):
        recreate(base, template=first)
        assert killed_after(base, delivery, start * dice.uniform(0.8, 1.8)) in (0, -signal.SIGKILL)
        assert state(base) in (before, after)
    drop(first)
