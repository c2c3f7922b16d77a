"""What is done to the console while people work."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psycopg
import redis
from django.conf import settings

from educonnect_admin.celery import app
from notifications.actions.work import stuck_runs
from tests.faults.stage import DATABASE, Stage

Strike = Callable[[Stage, random.Random], None]
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'console_app'"
QUEUE = "celery"
RUN_SECONDS, FORM_SECONDS = 1.5, 0.5
"""About what a run of three chunks takes, and the forms that ask for it."""


@dataclass(frozen=True)
class Injection:
    """`strike` comes within so many seconds of the work's begin; None: before it."""

    name: str
    strike: Strike
    within: float | None = RUN_SECONDS


def kill_worker(stage: Stage, dice: random.Random) -> None:
    stage.kill("worker")


def kill_web(stage: Stage, dice: random.Random) -> None:
    stage.kill("web")


def kill_beat(stage: Stage, dice: random.Random) -> None:
    """And the worker, whose bell is then heard by nobody but itself at its start."""
    stage.kill("beat")
    stage.kill("worker")


def flush_broker(stage: Stage, dice: random.Random) -> None:
    stage.broker_client().flushall()


def restart_broker(stage: Stage, dice: random.Random) -> None:
    with suppress(redis.ConnectionError):
        stage.broker_client().shutdown(nosave=True)
    stage.valkey.process.finish(5)
    time.sleep(dice.uniform(0, 1))
    stage.start_valkey()


def restart_base(stage: Stage, dice: random.Random) -> None:
    """Fast or immediate: the server forgets who was there, never what was committed."""
    process = stage.postgres.process
    assert process.child is not None
    os.kill(process.child.pid, dice.choice([signal.SIGINT, signal.SIGQUIT]))
    process.finish(10)
    stage.start_postgres()


def cut_base(stage: Stage, dice: random.Random) -> None:
    """Every connection of the console's processes, by the administrator's own means."""
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, autocommit=True) as connection:
        connection.execute(CUT, [DATABASE])


def cut_network(stage: Stage, dice: random.Random) -> None:
    stage.base.cut()
    stage.broker.cut()


def lose_answer(stage: Stage, dice: random.Random) -> None:
    stage.base.cut_at = "sent"


def lose_commit(stage: Stage, dice: random.Random) -> None:
    stage.base.cut_at = "unsent"


def slow_network(stage: Stage, dice: random.Random) -> None:
    stage.base.delay = dice.uniform(0.002, 0.02)
    stage.broker.delay = dice.uniform(0.01, 0.2)


def kill_slow_worker(stage: Stage, dice: random.Random) -> None:
    """A slow network makes the chunk long, and the kill come anywhere in it."""
    slow_network(stage, dice)
    time.sleep(dice.uniform(0, 1))
    stage.kill("worker")


def second_worker(stage: Stage, dice: random.Random) -> None:
    stage.start("worker2")


def repeat_messages(stage: Stage, dice: random.Random) -> None:
    """Runs under way are rung for again and again; what waits comes twice, in another order."""
    for run, uai in stuck_runs(0) * 3:
        app.send_task("notifications.tasks.process_run", [str(run), uai])
    broker = stage.broker_client()
    messages = broker.lrange(QUEUE, 0, -1) * 2
    dice.shuffle(messages)
    with broker.pipeline() as both:
        both.delete(QUEUE)
        for message in messages:
            both.rpush(QUEUE, message)
        both.execute()


def step_clock(stage: Stage, dice: random.Random) -> None:
    stage.clock_file.write_text(str(dice.choice([-90, 90])))


def fill_disk(stage: Stage, dice: random.Random) -> None:
    stage.limit_web_files(0)


INJECTIONS = (
    Injection("worker killed in a chunk", kill_worker),
    Injection("worker killed on a slow network", kill_slow_worker),
    Injection("worker and beat killed", kill_beat),
    Injection("web killed in a request", kill_web, FORM_SECONDS),
    Injection("broker restarted", restart_broker),
    Injection("broker flushed", flush_broker),
    Injection("database restarted", restart_base, FORM_SECONDS),
    Injection("database connections ended", cut_base, FORM_SECONDS),
    Injection("network cut", cut_network, FORM_SECONDS),
    Injection("commit done, its answer lost", lose_answer, FORM_SECONDS),
    Injection("commit lost", lose_commit, FORM_SECONDS),
    Injection("two workers", second_worker, None),
    Injection("messages repeated, out of order", repeat_messages),
    Injection("network slow", slow_network, None),
    Injection("clock stepped by 90 s", step_clock),
    Injection("disk full for the web", fill_disk, None),
)
