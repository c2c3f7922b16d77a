"""Logs as one JSON object a line, tied together by the request's id. Never a name, an address line or a secret."""

import logging
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

from educonnect_admin.toolkit.metrics import note_request

PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]

UNTOLD = {"health", "health_alive", "health_ready"}
"""Routes asked every few seconds by what watches."""

log = structlog.get_logger(__name__)


def configure(options: Mapping[str, Any]) -> None:
    """Send every log record, ours and the libraries', through one JSON renderer to standard error."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=PROCESSORS,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(options["level"])
    # It tells of each page it lays out.
    logging.getLogger("weasyprint").setLevel("WARNING")
    # At its lowest level it tells the tokens that it gives.
    logging.getLogger("authlib").setLevel("WARNING")
    structlog.configure(
        processors=[*PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


class TracedRequest(HttpRequest):
    """A request that `RequestIdMiddleware` has seen."""

    request_id: uuid.UUID


class RequestIdMiddleware:
    """Gives each request an id of its own, in the logs, the journal and the answer's `X-Request-Id`.

    Its line in the log names the route, not the address: a link of a mail is a secret, and an id is a person. The
    walls add mandate and school.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: TracedRequest) -> HttpResponse:
        request.request_id = uuid.uuid4()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=str(request.request_id))
        began = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-Id"] = str(request.request_id)
        seconds = time.perf_counter() - began
        route = request.resolver_match.view_name if request.resolver_match else ""
        note_request(route=route, method=request.method or "", status=response.status_code, seconds=seconds)
        if route not in UNTOLD:
            told = {"method": request.method, "route": route, "status": response.status_code}
            log.info("request", **told, ms=round(seconds * 1000, 1))
        return response
