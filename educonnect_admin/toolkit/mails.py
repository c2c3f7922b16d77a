"""A mail in plain text. One that is tried again keeps its name: who receives it twice can tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

_carried: ContextVar[UUID | None] = ContextVar("carried", default=None)


@contextmanager
def carried_as(name: UUID) -> Iterator[None]:
    """What is posted inside is this mail: its Message-ID (RFC 5322, 3.6.4) is the same at each try."""
    token = _carried.set(name)
    try:
        yield
    finally:
        _carried.reset(token)


def post(subject: str, body: str, to: str) -> None:
    """Hand a mail to the server now. OSError when it takes none (smtplib's errors are OSErrors)."""
    name = _carried.get()
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    headers = {"Message-ID": f"<{name}@{domain}>"} if name else None
    EmailMessage(subject, body, None, [to], headers=headers).send()
