"""The demo's staff: one of each role, with passwords and keys made anew for each data folder."""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.actions.journal import SYSTEM
from accounts.actions.mandates import give_mandate
from accounts.delegation import LONGEST
from accounts.enums import Role
from accounts.models import Classroom, Mandate, OtpKey, School, Staff
from educonnect_admin.toolkit.scope import school_transaction

COLLEGE, LYCEE = "0510001Z", "0511234P"
PROXIED = "192.0.2.10"
"""An address of the demo's admin network; a request carries it in X-Forwarded-For."""


@dataclass(frozen=True, slots=True)
class Cast:
    """One invented member of staff. `classes` None: the whole school."""

    role: str
    label: str
    first_name: str
    last_name: str
    mandates: tuple[tuple[str, Role], ...]
    has_key: bool = False
    classes: tuple[str, ...] | None = None
    delegated: bool = False
    revoked: bool = False
    note: str = ""

    @property
    def username(self) -> str:
        return f"{self.first_name[0]}.{self.last_name}".lower().translate(str.maketrans("éèï", "eei"))


CAST = (
    Cast("head", "Chef d’établissement", "Aubépine", "Rivière", ((COLLEGE, Role.HEAD),), has_key=True),
    Cast(
        "head_of_two_schools",
        "Chef de deux établissements",
        "Capella",
        "Sorbier",
        ((COLLEGE, Role.HEAD), (LYCEE, Role.HEAD)),
        has_key=True,
    ),
    Cast("agent_otp", "Agent, avec une clé OTP", "Procyon", "Viorne", ((COLLEGE, Role.FULL),), True, delegated=True),
    Cast(
        "agent_network",
        "Agent, sur le réseau administratif",
        "Adhara",
        "Vienne",
        ((COLLEGE, Role.FULL),),
        delegated=True,
        note=f"Envoyez l’en-tête X-Forwarded-For: {PROXIED}",
    ),
    Cast(
        "teacher",
        "Enseignant, tout l’établissement",
        "Alcyone",
        "Merisier",
        ((COLLEGE, Role.SIMPLIFIED),),
        delegated=True,
    ),
    Cast(
        "teacher_of_one_class",
        "Enseignant, classe 5EME A",
        "Mérope",
        "Orne",
        ((COLLEGE, Role.SIMPLIFIED),),
        classes=("5EME A",),
        delegated=True,
    ),
    Cast("head_elsewhere", "Chef d’un autre établissement", "Sirius", "Vesle", ((LYCEE, Role.HEAD),), has_key=True),
    Cast("revoked", "Délégation révoquée", "Orion", "Tremble", ((COLLEGE, Role.FULL),), delegated=True, revoked=True),
    Cast("no_mandate", "Sans délégation", "Lyra", "Tamaris", ()),
)


def invent_people(now: datetime) -> list[dict[str, Any]]:
    """Make the staff and their mandates; what the demo's file tells of them."""
    return [_invent(cast, now) for cast in CAST]


def _invent(cast: Cast, now: datetime) -> dict[str, Any]:
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    staff = Staff(
        username=cast.username,
        first_name=cast.first_name,
        last_name=cast.last_name,
        email=f"{cast.username}@example.org",
    )
    staff.set_password(password)
    staff.save()
    for uai, role in cast.mandates:
        _mandate(cast, staff, uai, role, now)
    return {
        "role": cast.role,
        "label": cast.label,
        "username": staff.username,
        "password": password,
        "totp_secret": _key(staff) if cast.has_key else "",
        "uai": cast.mandates[0][0] if cast.mandates else "",
        "note": cast.note,
    }


def _mandate(cast: Cast, staff: Staff, uai: str, role: Role, now: datetime) -> None:
    head = Staff.objects.filter(username=CAST[0].username).first()
    ends_at = end_of_school_year(now) if cast.delegated else None
    with school_transaction(uai):
        rooms = None if cast.classes is None else list(Classroom.objects.filter(school=uai, code__in=cast.classes))
        mandate = give_mandate(
            actor=SYSTEM,
            staff=staff,
            school=School.objects.get(pk=uai),
            role=role,
            classrooms=rooms,
            given_by=head if cast.delegated else None,
            starts_at=max(now - timedelta(days=60), ends_at - LONGEST) if ends_at else now - timedelta(days=60),
            ends_at=ends_at,
        )
        if cast.revoked:
            Mandate.objects.filter(pk=mandate.pk).update(revoked_at=now - timedelta(days=1))


def end_of_school_year(now: datetime) -> datetime:
    """31 August of the running school year, at its last second."""
    local = timezone.localtime(now)
    year = local.year + (local.month >= 9)
    return local.replace(year=year, month=8, day=31, hour=23, minute=59, second=59, microsecond=0)


def _key(staff: Staff) -> str:
    seed = secrets.token_bytes(20)
    key = OtpKey(user=staff, name="totp", confirmed=True)
    key.set_seed(seed)
    key.save()
    return base64.b32encode(seed).decode()


def write_people(path: Path, people: list[dict[str, Any]]) -> None:
    """Readable by its owner only: the passwords of the demo are those of real sign-ins on this machine."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(people, file, ensure_ascii=False, indent=2)
