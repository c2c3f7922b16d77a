"""A console that really runs: web server and worker as processes of their own, on a database of the tests' own."""

import atexit
import base64
import itertools
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.databases import drop, everything_in, in_database, recreate

READY_SECONDS = 60
CONSOLES = itertools.count(1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_broker_number() -> int:
    """One of the broker's sixteen numbered spaces, for this console alone."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return (process % 2) * 7 + next(CONSOLES) % 7 + 1


def wait_until(what: str, is_so: Callable[[], Any], seconds: float = READY_SECONDS) -> Any:
    """The first true answer of `is_so`; AssertionError after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := is_so():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{what}: still not so after {seconds} s")


@dataclass
class Console:
    """Where it answers, who can try it, and its processes by name."""

    data: Path
    database: str
    broker_number: int = field(default_factory=own_broker_number)
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        def url(variable: str) -> str:
            return make_conninfo("", **{**conninfo_to_dict(os.environ[variable]), "dbname": self.database})

        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "educonnect_admin.settings.demo",
            "DATABASE_URL": url("DATABASE_URL"),
            "OWNER_DATABASE_URL": url("OWNER_DATABASE_URL"),
            "BROKER_URL": f"{os.environ['BROKER_URL']}?virtual_host={self.broker_number}",
            "DATA_DIR": str(self.data),
            "RUN_STUCK_SECONDS": "1",
            "BASE_URL": self.base_url,
            "WORKER_READY_FILE": str(self.data / "worker-ready"),
        }

    def people(self) -> dict[str, dict[str, Any]]:
        return {person["role"]: person for person in json.loads((self.data / "people.json").read_text())}

    def manage(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(  # noqa: S603  # our own command
            command, cwd=settings.ROOT, env=self.environment, input=typed, capture_output=True, text=True, check=False
        )

    def start(self, name: str, *command: str) -> None:
        with (self.data / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(  # noqa: S603  # our own command
                [sys.executable, "-m", *command], cwd=settings.ROOT, env=self.environment, stdout=log, stderr=log
            )

    def start_worker(self) -> None:
        ready = self.data / "worker-ready"
        ready.unlink(missing_ok=True)
        quiet = ("--without-mingle", "--without-gossip", "--without-heartbeat")
        self.start("worker", "celery", "-A", "educonnect_admin", "worker", "-c", "1", "-l", "warning", *quiet)
        wait_until("the worker is ready", ready.exists)

    def start_web(self) -> None:
        bind = ("-b", f"127.0.0.1:{self.port}", "--threads", "4", "--no-control-socket")
        self.start("web", "gunicorn", "educonnect_admin.wsgi:application", *bind)
        wait_until("the web server answers", self.answers)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/sante/", timeout=2) as answer:  # noqa: S310  # loopback
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def dump(self) -> str:
        """Every row of every table, as the superuser sees them; bytes also as text."""
        return everything_in(self.database)

    def broker_dump(self) -> str:
        """Every key of the broker, with its value."""
        broker = redis.Redis.from_url(
            self.environment["BROKER_URL"].replace("redis+socket", "unix").replace("virtual_host", "db")
        )
        values = [key + b"=" + (broker.dump(key) or b"") for key in broker.scan_iter()]
        broker.close()
        return b"\n".join(values).decode(errors="replace")

    def waiting_tasks(self) -> list[str]:
        """What each task that no worker has taken yet was told, as the broker has it."""
        broker = redis.Redis.from_url(
            self.environment["BROKER_URL"].replace("redis+socket", "unix").replace("virtual_host", "db")
        )
        messages = [json.loads(message) for message in broker.lrange("celery", 0, -1)]
        broker.close()
        return [base64.b64decode(told["body"]).decode() + json.dumps(told["headers"]) for told in messages]

    def stop(self, name: str, how: int = signal.SIGTERM) -> None:
        process = self.processes.pop(name)
        process.send_signal(how)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@cache
def prepared_demo() -> tuple[str, str]:
    """The base of a demo that nobody uses, to be copied, and its people; prepared once a process."""
    name = f"test_running_{secrets.token_hex(4)}"
    recreate(name)
    atexit.register(drop, name)
    in_database(name, (settings.ROOT / "script/database.sql").read_text())
    with tempfile.TemporaryDirectory() as folder:
        demo = Console(Path(folder), name)
        prepared = demo.manage("prepare", "--demo", f"{folder}/people.json")
        assert prepared.returncode == 0, prepared.stderr
        return name, (Path(folder) / "people.json").read_text()


@contextmanager
def running_console(data: Path) -> Iterator[Console]:
    """The demo, prepared and served; every process that was started is stopped, by its id."""
    template, people = prepared_demo()
    console = Console(data, f"test_running_{secrets.token_hex(4)}")
    recreate(console.database, template)
    # Rights to the database itself are not copied with it.
    in_database(console.database, (settings.ROOT / "script/database.sql").read_text())
    (data / "people.json").write_text(people)
    try:
        console.start_worker()
        console.start_web()
        yield console
    finally:
        for name in list(console.processes):
            console.stop(name)
        drop(console.database)
