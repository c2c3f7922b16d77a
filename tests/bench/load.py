"""Fifty secretaries at once, on the loopback: gunicorn as the container runs it, beside a bare Django on the same.

The client is part of this process, a thread a secretary: what it takes of the two cores is taken from both servers.
"""

import http.client
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.bench.measures import Line, figure, p95
from tests.bench.pages import LARGE_SCHOOL
from tests.bench.visitor import Visitor
from tests.conftest import connected_to
from tests.running import free_port, wait_until

SECRETARIES = 50
PHASES, SECONDS = 3, 20
"""Each server is loaded so often, so long, in turns: a minute each."""
MS = 1000

Ask = Callable[[int], str]
"""What a secretary asks for, turn by turn."""


@dataclass
class Heard:
    """What came back: milliseconds of each answer, and how many were no page."""

    times: list[float] = field(default_factory=list)
    errors: int = 0

    @property
    def rate(self) -> float:
        """Answers a second, of all phases."""
        return len(self.times) / (PHASES * SECONDS)


def measured(base: str) -> Iterator[Line]:
    """The list under load, beside the bare page; then a secretary's usual mix."""
    with connected_to(base):
        visitors = [Visitor.at(LARGE_SCHOOL.uai) for _ in range(SECRETARIES)]
        bare = SessionStore()
        bare["name"] = "bare"
        bare.create()
    cookies = [visitor.cookies for visitor in visitors]
    lists, mixed, beside = Heard(), Heard(), Heard()
    list_page = visitors[0].address("students")
    with served(base, "educonnect_admin.settings.demo") as ours, served(base, "tests.bench.bare_page") as theirs:
        for _ in range(PHASES):
            load(ours, cookies, [lambda _: list_page] * SECRETARIES, lists)
            load(theirs, [f"sessionid={bare.session_key}"] * SECRETARIES, [lambda _: "/bare/"] * SECRETARIES, beside)
            load(ours, cookies, [mix_of(visitor) for visitor in visitors], mixed)
    against = f"{figure(beside.rate)} a second, a bare page; {beside.errors} errors"
    yield of("list", lists, ratio=lists.rate / beside.rate, against=against, target="at least 0.5")
    yield of("usual mix", mixed, ratio=mixed.rate / beside.rate, against=against)


def mix_of(visitor: Visitor) -> Ask:
    """Half lists, then a pupil's page, the statistics and the home in turns."""
    home, pupils, figures = (visitor.address(name) for name in ("home", "students", "statistics"))

    def ask(turn: int) -> str:
        others = (
            visitor.address("student", visitor.pupil(turn)),
            figures,
            visitor.address("student", visitor.pupil(3)),
            home,
        )
        return pupils if turn % 2 else others[turn // 2 % len(others)]

    return ask


def of(what: str, heard: Heard, *, ratio: float, against: str, target: str = "") -> Line:
    last = sorted(heard.times)[int(0.99 * len(heard.times))]
    cores = len(os.sched_getaffinity(0))
    each = f"{figure(heard.rate)} a second ({figure(heard.rate / cores)} a core)"
    told = f"{each}, p99 {figure(last)} ms, {heard.errors} errors"
    return Line(
        f"load of {SECRETARIES}, {what}",
        median(heard.times),
        "ms",
        p95=p95(heard.times),
        ratio=ratio,
        than="of its throughput",
        target=target,
        against=f"{told}; {against}",
        told={f"load_{what.replace(' ', '_')}_errors": heard.errors},
    )


@contextmanager
def served(base: str, module: str) -> Iterator[int]:
    """The port of a gunicorn of two processes with four threads; stopped by its id."""
    port = free_port()
    url = make_conninfo("", **{**conninfo_to_dict(os.environ["DATABASE_URL"]), "dbname": base})
    told = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": module, "DATA_DIR": str(settings.DATA_DIR)}
    bind = ["-b", f"127.0.0.1:{port}", "-w", "2", "--threads", "4", "--no-control-socket", "--log-level", "error"]
    command = [sys.executable, "-m", "gunicorn", *bind, "django.core.wsgi:get_wsgi_application()"]
    environment = {**os.environ, **told}
    server = subprocess.Popen(command, cwd=settings.ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_until("the server answers", lambda: answers(port))
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/nowhere/", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def load(port: int, cookies: Sequence[str], asks: Sequence[Ask], heard: Heard) -> None:
    """Everyone asks for the next page as soon as the last has come, until the time is over."""
    end = time.monotonic() + SECONDS
    threads = [
        threading.Thread(target=_ask_on, args=(port, cookie, ask, heard, end))
        for cookie, ask in zip(cookies, asks, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _ask_on(port: int, cookie: str, ask: Ask, heard: Heard, end: float) -> None:
    connection, turn = http.client.HTTPConnection("127.0.0.1", port, timeout=30), 0
    while (began := time.monotonic()) < end:
        try:
            connection.request("GET", ask(turn), headers={"Cookie": cookie})
            response = connection.getresponse()
            response.read()
            is_page = response.status == http.client.OK
        except (OSError, http.client.HTTPException):
            connection.close()
            is_page = False
        turn += 1
        if is_page:
            heard.times.append((time.monotonic() - began) * MS)
        else:
            heard.errors += 1
    connection.close()
