"""Error pages. Each says what to do next; none says more than that."""

import sys
from contextlib import suppress
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.requests import ConsoleRequest

RETRY_SECONDS = "10"
READ_ON_BYTES = 8_000_000
CHUNK_BYTES = 65_536


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        _read_on(request)
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def _read_on(request: HttpRequest) -> None:
    """A browser that is still sending when it is answered shows a broken connection, not the page that says why."""
    with suppress(OSError):
        for _ in range(READ_ON_BYTES // CHUNK_BYTES):
            if not request.read(CHUNK_BYTES):
                return


def permission_denied(request: ConsoleRequest, exception: Exception) -> HttpResponse:
    """A view found a right missing that no address could tell. The journal knows of it (accounts/walls.py)."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    """500, or 503 when the database is away. Rendered without any context: nothing else may be there either."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = RETRY_SECONDS
        return response
    return HttpResponse(render_to_string("500.html"), status=500)
