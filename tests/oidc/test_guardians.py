"""Guardians at a service: what it is told of them, and that nothing of it outlives their password or their ties."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone

from accounts.actions.account_changes import block
from accounts.actions.activation import Opened, mark_of
from accounts.actions.credentials import give_provisionals
from accounts.actions.holder_passwords import void_own_password
from accounts.actions.journal import SYSTEM
from accounts.enums import AccountState, BlockReason, Population, Relation
from accounts.models import Guardian, Guardianship, Schooling, Student
from educonnect_admin.toolkit.scope import scope
from tests.activation.conftest import NEW, Holder
from tests.factories import GuardianFactory, GuardianshipFactory, SchoolFactory, SchoolingFactory
from tests.oidc.conftest import Relying, code_in, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def parent(db: None) -> Holder:
    """An activated guardian with a child in each of two schools."""
    guardian = None
    for school in (SchoolFactory(), SchoolFactory()):
        with scope(school.uai):
            own = {"state": AccountState.ACTIVATED, "password": make_password(NEW)}
            guardian = guardian or GuardianFactory(**own)
            child = SchoolingFactory(school=school).student
            GuardianshipFactory(school=school, student=child, guardian=guardian)
    return Holder(school, guardian, NEW, Client())


@pytest.fixture
def given(parent: Holder, service: Relying) -> dict[str, Any]:
    return dict(service.redeem(code_in(sent(parent, service))).json())


def told(service: Relying, given: dict[str, Any]) -> dict[str, Any]:
    answer = service.identity(given["access_token"])
    assert answer.status_code == 200
    return dict(answer.json())


def schools(parent: Holder) -> list[str]:
    return sorted([parent.school.uai, *(uai for uai in _all_schools() if uai != parent.school.uai)])


def _all_schools() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT uai FROM school")
        return [uai for (uai,) in cursor.fetchall()]


def test_a_service_learns_that_a_guardian_is_there_and_nothing_of_the_children(
    parent: Holder, service: Relying, given: dict[str, Any]
) -> None:
    assert told(service, given) == {
        "sub": service.client.subject_of(parent.student.pk),
        "given_name": parent.student.first_name,
        "family_name": parent.student.last_name,
        "affiliation": "resp2d",
        "uai": schools(parent),
    }
    with scope(parent.school.uai):
        assert timezone.now() - Guardian.objects.get().last_login_at < timedelta(minutes=1)


@pytest.mark.parametrize("how", ["disputed", "no legal guardian any more", "the child left", "the child is closed"])
def test_a_tie_that_gives_nothing_names_no_school(
    parent: Holder, service: Relying, given: dict[str, Any], how: str
) -> None:
    uai = parent.school.uai
    with scope(uai):
        ties = Guardianship.objects.filter(school=uai)
        if how == "disputed":
            ties.update(disputed_at=timezone.now())
        elif how == "no legal guardian any more":
            ties.update(relation=Relation.CONTACT)
        elif how == "the child left":
            Schooling.objects.filter(school=uai).update(left_on=timezone.localdate())
        else:
            Student.objects.filter(schoolings__school=uai).update(state=AccountState.CLOSED)
    assert told(service, given)["uai"] == [other for other in schools(parent) if other != uai]


def _blocked(parent: Holder, account: Guardian) -> None:
    block(actor=SYSTEM, account=account, uai=parent.school.uai, reason=BlockReason.STOLEN, version=account.version)


def _reset(parent: Holder, account: Guardian) -> None:
    give_provisionals(actor=SYSTEM, school=parent.school, accounts=[account], now=timezone.now())


def _not_me(parent: Holder, account: Guardian) -> None:
    opened = Opened(account.pk, parent.school.uai, mark_of(account), True, Population.GUARDIANS)
    assert void_own_password(actor=SYSTEM, opened=opened)


@pytest.mark.parametrize("change", [_blocked, _reset, _not_me])
def test_what_was_given_ends_with_the_password(
    parent: Holder, service: Relying, given: dict[str, Any], change: Any
) -> None:
    waiting = code_in(sent(parent, service, nonce="n-2"))
    with scope(parent.school.uai):
        change(parent, Guardian.objects.get(pk=parent.student.pk))
    assert service.identity(given["access_token"]).status_code == 401
    assert service.refresh(given["refresh_token"]).json()["error"] == "invalid_grant"
    assert service.redeem(waiting).json()["error"] == "invalid_grant"


def test_a_refresh_keeps_whose_account_it_is(service: Relying, given: dict[str, Any]) -> None:
    assert told(service, service.refresh(given["refresh_token"]).json())["affiliation"] == "resp2d"


def test_schools_are_asked_by_a_holder_only(parent: Holder) -> None:
    denied = pytest.raises(ProgrammingError, match="permission denied")
    with denied, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('console.account', %s, true)", [str(parent.student.pk)])
        cursor.execute("SELECT * FROM held_schools()")
