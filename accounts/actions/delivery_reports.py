"""What mail servers report of mails that did not arrive (RFC 3464), from a folder of messages or by IMAP.

A report is believed of a mail that we sent, by its Message-ID; its words are not shown, for they may hold an address
or anything else: the class of its status code is told in ours (RFC 3463).
"""

import imaplib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

from accounts.actions.mailed_links import fail_link
from accounts.enums import LinkState
from accounts.models import MailedLink, School
from educonnect_admin.toolkit.scope import school_transaction

LARGEST = 1_000_000
"""Bytes of a report: it need not repeat the mail. What is larger is put aside unread."""

AT_ONCE = 500
SECONDS = 20
REASONS = {
    "5.1": "adresse inconnue du serveur de messagerie",
    "5.2": "boîte aux lettres pleine ou fermée",
    "5.4": "serveur de messagerie introuvable",
    "5.7": "message refusé par le serveur de messagerie",
    "4": "serveur de messagerie resté sans réponse",
}
OTHERWISE = "message non distribué"


def failure_of(content: bytes) -> tuple[UUID, str] | None:
    """Which mail a report says failed for good, and why; None for whatever else it is."""
    message = message_from_bytes(content)
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    status, name = "", None
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            status = status or _failed_status(part)
        elif kind == "message/rfc822" and part.is_multipart():
            name = name or _mail_of(part.get_payload(0))  # type: ignore[arg-type]  # a message, where it is multipart
        elif kind == "text/rfc822-headers":
            head = part.get_payload(decode=True)
            name = name or _mail_of(message_from_bytes(head if isinstance(head, bytes) else b""))
    return (name, _reason(status)) if status and name else None


def _failed_status(part: Message) -> str:
    """The status of the first recipient for whom the mail failed; groups of fields are messages (RFC 3464, 2.1)."""
    groups = part.get_payload() if part.is_multipart() else []
    for group in groups:
        if isinstance(group, Message) and str(group.get("Action", "")).strip().lower() == "failed":
            return str(group.get("Status", "")).strip()[:10] or OTHERWISE
    return ""


def _mail_of(original: Message) -> UUID | None:
    name = str(original.get("Message-ID", "")).strip().lstrip("<").partition("@")[0]
    try:
        return UUID(name)
    except ValueError:
        return None


def _reason(status: str) -> str:
    return next((words for beginning, words in REASONS.items() if status.startswith(beginning)), OTHERWISE)


def note_failures(found: Mapping[UUID, str]) -> int:
    """Mark the links whose mails failed, each in its school; how many. A report says no school."""
    noted = 0
    for uai in School.objects.order_by("uai").values_list("uai", flat=True) if found else ():
        with school_transaction(uai):
            sent = MailedLink.objects.filter(mail__in=found, state=LinkState.SENT).order_by("pk")
            for link in sent.select_for_update(of=("self",)):
                fail_link(link, found[link.mail])
                noted += 1
    return noted


def read_reports(place: str) -> int:
    """Note what a folder or a mailbox (`imaps://user:password@host/INBOX`) reports; how many links failed.

    A message is put away once it is noted, whatever it was: in `done` beside, or marked as seen.
    """
    with (_mailbox if place.startswith(("imap://", "imaps://")) else _folder)(place) as messages:
        found, done = dict[UUID, str](), []
        for content, put_away in messages:
            if failure := failure_of(content):
                found[failure[0]] = failure[1]
            done.append(put_away)
        noted = note_failures(found)
        for put_away in done:
            put_away()
    return noted


Messages = Iterator[tuple[bytes, Callable[[], object]]]


@contextmanager
def _folder(place: str) -> Iterator[Messages]:
    folder = Path(place)
    (folder / "done").mkdir(exist_ok=True)
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.is_symlink())[:AT_ONCE]

    def messages() -> Messages:
        for path in files:
            content = path.read_bytes() if path.stat().st_size <= LARGEST else b""
            yield content, lambda path=path: path.rename(folder / "done" / path.name)  # type: ignore[misc]

    yield messages()


@contextmanager
def _mailbox(place: str) -> Iterator[Messages]:
    parts = urlsplit(place)
    host, user, password = parts.hostname or "", unquote(parts.username or ""), unquote(parts.password or "")
    box: imaplib.IMAP4
    if parts.scheme == "imaps":
        box = imaplib.IMAP4_SSL(host, parts.port or 993, timeout=SECONDS)
    else:
        box = imaplib.IMAP4(host, parts.port or 143, timeout=SECONDS)
    with box:
        box.login(user, password)
        box.select(parts.path.strip("/") or "INBOX")
        numbers = box.search(None, "UNSEEN", "SMALLER", str(LARGEST))[1][0].split()[:AT_ONCE]

        def messages() -> Messages:
            for number in numbers:
                told = box.fetch(number.decode(), "(BODY.PEEK[])")[1]
                content = next((part[1] for part in told if isinstance(part, tuple)), b"")
                yield content, lambda number=number: box.store(number.decode(), "+FLAGS", "\\Seen")  # type: ignore[misc]

        yield messages()
