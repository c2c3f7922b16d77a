"""Asking a server that the operator named, and no other one: its answers are short, soon, and lead nowhere else."""

import time
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

STEP_SECONDS = 5
WHOLE_SECONDS = 10
MOST_BYTES = 200_000
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class OutsideError(Exception):
    """It did not answer, or not as it must. `status` is what it said where it said no, else 0."""

    def __init__(self, why: str, status: int = 0) -> None:
        super().__init__(why)
        self.status = status


class _NoWayOn(HTTPRedirectHandler):
    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str) -> None:
        """None: the answer that leads elsewhere is an error (RFC 9700, 4.12: nothing is told to whom it names)."""


def origin_of(address: str) -> tuple[str, str, int | None]:
    """Scheme, host and port. OutsideError unless https, or plain on this machine itself."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise OutsideError("not an address") from error
    if not host or parts.username or not (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)):
        raise OutsideError("not https")
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80)


def ask(
    address: str, *, of: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> tuple[str, bytes]:
    """Kind of content and body of what `address` answers to a GET, or to a POST of `form`.

    OutsideError where it is not of the same origin as `of`, leads elsewhere, says no, is late or too long.
    """
    if origin_of(address) != origin_of(of):
        raise OutsideError("another origin")
    body = urlencode(form).encode() if form is not None else None
    request = Request(address, body, {"Accept": "application/json, application/jwt", **(headers or {})})  # noqa: S310  # https, or this machine
    end = time.monotonic() + WHOLE_SECONDS
    try:
        with build_opener(_NoWayOn).open(request, timeout=STEP_SECONDS) as answer:
            return answer.headers.get_content_type(), _read(answer, end)
    except HTTPError as error:
        with error:
            raise OutsideError(f"status {error.code}", error.code) from error
    except (OSError, HTTPException) as error:
        raise OutsideError(type(error).__name__) from error


def _read(answer: HTTPResponse, end: float) -> bytes:
    body = b""
    while piece := answer.read1(65_536):
        body += piece
        if len(body) > MOST_BYTES or time.monotonic() > end:
            raise OutsideError("too long")
    return body
