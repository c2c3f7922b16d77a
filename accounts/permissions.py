"""Who may: one table from role to permissions, one from role to the assurance it needs. Pure: no query, no request.

Django groups are synchronised from the first table (`manage.py prepare`); the middleware reads both.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from accounts.enums import Assurance, Role


class Permission(StrEnum):
    """One right. The value is the codename of a Django permission."""

    OPEN_FULL_MODULE = "open_full_module"
    LIST_STUDENTS = "list_students"
    VIEW_STUDENT = "view_student"
    NOTIFY_STUDENTS = "notify_students"
    MODIFY_STUDENT = "modify_student"
    LIST_GUARDIANS = "list_guardians"
    VIEW_GUARDIAN = "view_guardian"
    NOTIFY_GUARDIANS = "notify_guardians"
    MODIFY_GUARDIAN = "modify_guardian"
    SETTLE_GUARDIANS = "settle_guardians"
    VIEW_STATISTICS = "view_statistics"
    OPEN_SIMPLIFIED_MODULE = "open_simplified_module"
    RESET_STUDENTS = "reset_students"
    OPEN_OWN_RUNS = "open_own_runs"
    LIST_SCHOOL_RUNS = "list_school_runs"
    EXPORT_LISTS = "export_lists"
    EXPORT_PASSWORDS = "export_passwords"
    READ_OWN_JOURNAL = "read_own_journal"
    READ_SCHOOL_JOURNAL = "read_school_journal"
    DELEGATE = "delegate"
    CHANGE_SETTINGS = "change_settings"
    FREEZE = "freeze"
    APPLY_FEEDS = "apply_feeds"


SIMPLIFIED = frozenset(
    {
        Permission.OPEN_SIMPLIFIED_MODULE,
        Permission.RESET_STUDENTS,
        Permission.OPEN_OWN_RUNS,
        Permission.READ_OWN_JOURNAL,
    }
)
FULL = SIMPLIFIED | {
    Permission.OPEN_FULL_MODULE,
    Permission.LIST_STUDENTS,
    Permission.VIEW_STUDENT,
    Permission.NOTIFY_STUDENTS,
    Permission.MODIFY_STUDENT,
    Permission.LIST_GUARDIANS,
    Permission.VIEW_GUARDIAN,
    Permission.NOTIFY_GUARDIANS,
    Permission.MODIFY_GUARDIAN,
    Permission.SETTLE_GUARDIANS,
    Permission.VIEW_STATISTICS,
    Permission.LIST_SCHOOL_RUNS,
    Permission.EXPORT_LISTS,
    Permission.EXPORT_PASSWORDS,
    Permission.APPLY_FEEDS,
}
HEAD = FULL | {
    Permission.READ_SCHOOL_JOURNAL,
    Permission.DELEGATE,
    Permission.CHANGE_SETTINGS,
    Permission.FREEZE,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.HEAD: frozenset(HEAD),
    Role.FULL: frozenset(FULL),
    Role.SIMPLIFIED: SIMPLIFIED,
}

ROLE_ASSURANCE: dict[Role, frozenset[Assurance]] = {
    Role.HEAD: frozenset({Assurance.OTP}),
    Role.FULL: frozenset({Assurance.OTP, Assurance.NETWORK}),
    Role.SIMPLIFIED: frozenset({Assurance.PASSWORD, Assurance.NETWORK, Assurance.OTP}),
}


@dataclass(frozen=True, slots=True)
class ActiveMandate:
    """What a request may do: this person, this school, these permissions, this assurance.

    `classrooms` is None for the whole school; otherwise the only classes whose pupils are seen, and an empty set
    sees nobody.
    """

    mandate_id: int
    staff_id: int
    uai: str
    school_name: str
    academy_name: str
    role: Role
    permissions: frozenset[Permission]
    assurance: Assurance
    classrooms: frozenset[UUID] | None

    @property
    def role_label(self) -> str:
        return self.role.label

    @property
    def is_simplified(self) -> bool:
        return self.role is Role.SIMPLIFIED


class InSchool(Protocol):
    """A row of one school: a schooling, say."""

    @property
    def uai(self) -> str: ...

    @property
    def classroom_id(self) -> UUID | None: ...

    @property
    def is_here(self) -> bool: ...


def is_assured(role: Role, assurance: Assurance, *, school_wants_otp: bool) -> bool:
    """Whether this assurance opens what the role may do. A school may ask OTP of its teachers as well."""
    if school_wants_otp and role is Role.SIMPLIFIED:
        return assurance is Assurance.OTP
    return assurance in ROLE_ASSURANCE[role]


def can(mandate: ActiveMandate | None, permission: Permission, row: InSchool | None = None) -> bool:
    """Whether the mandate gives the permission, on this row if one is given."""
    if mandate is None or permission not in mandate.permissions:
        return False
    if row is None:
        return True
    in_class = mandate.classrooms is None or row.classroom_id in mandate.classrooms
    return row.uai == mandate.uai and row.is_here and in_class


def wants_key(role: str, *, school_wants_otp: bool) -> bool:
    """Whether a mandate of this role opens by more than the password, somewhere at least."""
    return not is_assured(Role(role), Assurance.PASSWORD, school_wants_otp=school_wants_otp)
