"""What watches the console reads here: Prometheus' text, at an address of its own that the proxy knows nothing of.

Labels are words of the code (routes, states, kinds), never a school, a person or anything typed. Each process writes
what it counts into files of PROMETHEUS_MULTIPROC_DIR, which belongs to the processes of one program on one machine and
is empty when it starts; whichever answers sums them up.
"""

import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.exposition import make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

REQUESTS = Counter("console_requests", "Requests answered.", ["route", "method", "status"])
SECONDS = Histogram(
    "console_request_seconds",
    "Seconds until the answer began.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
TASKS = Counter("console_tasks", "Tasks ended.", ["task", "state"])

METHODS = {"GET", "HEAD", "POST"}


def note_request(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answer. An unknown address and an odd method are words too: whoever asks cannot make new ones."""
    REQUESTS.labels(route or "none", method if method in METHODS else "other", str(status)).inc()
    SECONDS.labels(route or "none").observe(seconds)


def registry(*more: Collector) -> CollectorRegistry:
    """What the processes counted, and what is asked when it is read."""
    gathered = CollectorRegistry()
    MultiProcessCollector(gathered)  # type: ignore[no-untyped-call]  # the library's own
    for collector in more:
        gathered.register(collector)
    return gathered


def beside(application: Wsgi, *more: Collector) -> Wsgi:
    """The application, and the figures to whoever comes in by the port of METRICS_LISTEN, which is bound beside.

    The port is that of the connection itself: what a request says of its host does not count.
    """
    if settings.METRICS_LISTEN is None:
        return application
    _, port = settings.METRICS_LISTEN
    figures = make_wsgi_app(registry(*more), disable_compression=True)

    def choose(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return (figures if came_in_by(environ) == port else application)(environ, start_response)

    return choose


def came_in_by(environ: dict[str, Any]) -> int | None:
    """The port of this machine that gunicorn took the connection at; None of a socket in a file."""
    connection: socket.socket = environ["gunicorn.socket"]
    name = connection.getsockname()
    return name[1] if isinstance(name, tuple) else None


def listen() -> threading.Thread | None:
    """Answer at METRICS_LISTEN from a thread of this process, which serves nobody else; nothing where it is not set."""
    if settings.METRICS_LISTEN is None:
        return None
    host, port = settings.METRICS_LISTEN
    _, thread = start_http_server(port, addr=host, registry=registry())
    return thread
