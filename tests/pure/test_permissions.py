"""Who may: roles, assurances, permissions and rows, all combined (product.md, "Who works in it")."""

from dataclasses import dataclass
from itertools import product
from uuid import UUID

import pytest

from accounts.enums import Assurance, Role
from accounts.permissions import ROLE_ASSURANCE, ROLE_PERMISSIONS, ActiveMandate, Permission, can, is_assured

HERE, ELSEWHERE = "0510001Z", "0511234P"
ROOM, OTHER_ROOM = UUID(int=1), UUID(int=2)
TEACHERS_MAY = {
    Permission.OPEN_SIMPLIFIED_MODULE,
    Permission.RESET_STUDENTS,
    Permission.OPEN_OWN_RUNS,
    Permission.READ_OWN_JOURNAL,
}
HEADS_ALONE_MAY = {
    Permission.READ_SCHOOL_JOURNAL,
    Permission.DELEGATE,
    Permission.CHANGE_SETTINGS,
    Permission.FREEZE,
}
MAY = {
    Role.HEAD: set(Permission),
    Role.FULL: set(Permission) - HEADS_ALONE_MAY,
    Role.SIMPLIFIED: TEACHERS_MAY,
}


@dataclass(frozen=True)
class Row:
    uai: str
    classroom_id: UUID | None
    is_here: bool


ROWS = [Row(*place) for place in product((HERE, ELSEWHERE), (ROOM, OTHER_ROOM, None), (True, False))]


def mandate(role: Role, rooms: frozenset[UUID] | None, permissions: frozenset[Permission]) -> ActiveMandate:
    return ActiveMandate(
        mandate_id=1,
        staff_id=1,
        uai=HERE,
        school_name="Collège des Étoiles",
        academy_name="Reims",
        role=role,
        permissions=permissions,
        assurance=Assurance.OTP,
        classrooms=rooms,
    )


@pytest.mark.parametrize(("role", "known_by", "wants"), list(product(Role, Assurance, (False, True))))
def test_which_assurance_opens_which_role(role: Role, known_by: Assurance, wants: bool) -> None:
    opens = {
        Role.HEAD: known_by is Assurance.OTP,
        Role.FULL: known_by in (Assurance.OTP, Assurance.NETWORK),
        Role.SIMPLIFIED: known_by is Assurance.OTP or not wants,
    }
    assert is_assured(role, known_by, school_wants_otp=wants) is opens[role]


def test_every_role_stands_in_both_tables() -> None:
    assert set(ROLE_PERMISSIONS) == set(ROLE_ASSURANCE) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_each_role_may_what_product_md_says_and_nothing_else(role: Role) -> None:
    assert ROLE_PERMISSIONS[role] == MAY[role]


def test_every_permission_is_somebodys_and_nobody_has_more_than_the_head() -> None:
    assert ROLE_PERMISSIONS[Role.HEAD] == set(Permission)
    assert all(permissions <= ROLE_PERMISSIONS[Role.HEAD] for permissions in ROLE_PERMISSIONS.values())


ROOMS = (None, frozenset(), frozenset({ROOM}), frozenset({ROOM, OTHER_ROOM}))


@pytest.mark.parametrize(("role", "permission", "rooms"), list(product(Role, Permission, ROOMS)))
def test_can_on_every_row(role: Role, permission: Permission, rooms: frozenset[UUID] | None) -> None:
    held = mandate(role, rooms, ROLE_PERMISSIONS[role])
    may = permission in MAY[role]
    assert can(held, permission) is may
    for row in ROWS:
        in_class = rooms is None or row.classroom_id in rooms
        assert can(held, permission, row) is (may and row.uai == HERE and in_class and row.is_here)


@pytest.mark.parametrize("permission", Permission)
def test_without_a_mandate_or_without_its_right_nothing_is_open(permission: Permission) -> None:
    assert not can(None, permission)
    assert not any(can(None, permission, row) for row in ROWS)
    bare = mandate(Role.HEAD, None, frozenset(set(Permission) - {permission}))
    assert not can(bare, permission)
    assert not any(can(bare, permission, row) for row in ROWS)
