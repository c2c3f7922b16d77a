"""A person's sessions: which are open, and closing them. One that is closed opens nothing at its next request."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions.journal import Actor, Event, record
from accounts.models import StaffSession

BEGAN_AT = "began_at"
ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One line of the list. `name` stands for the session in a form: its key never leaves the server."""

    name: str
    address: str
    began_at: datetime | None
    last_used_at: datetime
    is_this: bool


def name_of(session_key: str) -> str:
    """A key has more than 128 random bits: its hash tells nothing of it."""
    return sha256(session_key.encode()).hexdigest()


def open_sessions(*, staff_id: int, current: str, address: str) -> list[OpenSession]:
    """Those of one person, the present one (used now, from `address`) first. Only these are decoded."""
    idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    found = []
    for row in StaffSession.objects.filter(staff=staff_id, expire_date__gt=timezone.now()):
        kept = row.get_decoded()
        began, is_this = kept.get(BEGAN_AT), row.session_key == current
        found.append(
            OpenSession(
                name=name_of(row.session_key),
                address=address if is_this else kept.get(ADDRESS, ""),
                began_at=datetime.fromisoformat(began) if began else None,
                last_used_at=row.expire_date - idle,
                is_this=is_this,
            )
        )
    return sorted(found, key=lambda one: (not one.is_this, -one.last_used_at.timestamp()))


@transaction.atomic
def close_own(*, actor: Actor, staff_id: int, current: str, name: str | None) -> int:
    """Close one of the person's own sessions by its name, or, without a name, all but the present one; how many."""
    rows = (
        StaffSession.objects.filter(staff=staff_id).exclude(session_key=current).values_list("session_key", flat=True)
    )
    closed = [key for key in rows if name is None or name_of(key) == name]
    _delete(closed)
    if closed:
        record(actor=actor, event=Event.SESSIONS_CLOSED, count=len(closed))
    return len(closed)


def close_sessions(*, staff_id: int) -> None:
    """All of a person's: the password, the access or the keys are no longer what they were."""
    StaffSession.objects.filter(staff=staff_id).delete()


def _delete(keys: Iterable[str]) -> None:
    StaffSession.objects.filter(session_key__in=list(keys)).delete()
