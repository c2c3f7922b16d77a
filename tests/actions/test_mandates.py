"""Delegations: each rule, where it is enforced and what it leaves behind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions.delegation_mails import Change, send_delegation
from accounts.actions.mandates import change_delegation, give_delegation, renew_delegations, revoke_delegation
from accounts.actions.staff import known_or_added
from accounts.delegation import LONGEST, DelegationRefusedError, Refusal, Terms
from accounts.enums import Assurance, Role
from accounts.models import Classroom, JournalEntry, Mandate, Staff
from tests.actions.scene import Person, someone
from tests.factories import MandateFactory, StaffFactory
from tests.visitors import HERE, World

SEPTEMBER = datetime(2027, 9, 3, 8, tzinfo=UTC)


@pytest.fixture
def staff(world: World) -> Staff:
    return StaffFactory()


def terms(**others: Any) -> Terms:
    now = timezone.now()
    return replace(Terms(Role.SIMPLIFIED, None, now, now + timedelta(days=30)), **others)


def give(who: Person, staff: Staff, **others: Any) -> Mandate:
    return give_delegation(actor=who.actor, giver=who.mandate, staff=staff, terms=terms(**others))


def refused(who: Person, staff: Staff, **others: Any) -> Refusal:
    """Why it is not given. Nothing is left behind."""
    before = Mandate.objects.count(), JournalEntry.objects.count()
    with pytest.raises(DelegationRefusedError) as raised:
        give(who, staff, **others)
    assert (Mandate.objects.count(), JournalEntry.objects.count()) == before
    return raised.value.refusal


def told() -> list[tuple[str, int, str]]:
    return list(JournalEntry.objects.filter(uai=HERE).order_by("sequence").values_list("event", "count", "detail"))


def test_a_head_delegates(head: Person, staff: Staff, world: World) -> None:
    given = give(head, staff, classrooms=frozenset({world.room.pk}))
    assert (given.given_by_id, given.school_id, given.whole_school) == (head.mandate.staff_id, HERE, False)
    assert given.classroom_ids() == {world.room.pk}
    assert told() == [("mandate_given", staff.pk, "simplified")]


@pytest.mark.parametrize("role", [Role.FULL, Role.SIMPLIFIED])
def test_a_delegate_never_delegates(world: World, staff: Staff, role: Role) -> None:
    assert refused(someone(role, world.here), staff) is Refusal.NOT_A_HEAD


@pytest.mark.parametrize("known_by", [Assurance.PASSWORD, Assurance.NETWORK])
def test_a_head_without_the_key_gives_nothing(head: Person, staff: Staff, known_by: Assurance) -> None:
    assert refused(replace(head, mandate=replace(head.mandate, assurance=known_by)), staff) is Refusal.NOT_A_HEAD


def test_a_head_revoked_meanwhile_gives_nothing(head: Person, staff: Staff) -> None:
    Mandate.objects.filter(pk=head.mandate.mandate_id).update(revoked_at=timezone.now())
    assert refused(head, staff) is Refusal.NOT_A_HEAD


def test_a_head_gives_nothing_in_another_school(head: Person, staff: Staff, world: World) -> None:
    elsewhere = replace(head, mandate=replace(head.mandate, uai=world.elsewhere.uai))
    assert refused(elsewhere, staff) is Refusal.NOT_A_HEAD


def test_nobody_delegates_to_himself_nor_to_a_head(head: Person, world: World) -> None:
    other = someone(Role.HEAD, world.here)
    assert refused(head, Staff.objects.get(pk=head.mandate.staff_id)) is Refusal.ONESELF
    assert refused(head, Staff.objects.get(pk=other.mandate.staff_id)) is Refusal.TO_A_HEAD


def test_what_cannot_be_given(head: Person, staff: Staff, world: World) -> None:
    now, room, foreign = timezone.now(), world.room.pk, world.foreign.classroom_id
    assert refused(head, staff, role=Role.HEAD) is Refusal.HEADS_ROLE
    assert refused(head, staff, classrooms=frozenset()) is Refusal.NO_CLASS
    assert refused(head, staff, role=Role.FULL, classrooms=frozenset({room})) is Refusal.FULL_BY_CLASS
    assert refused(head, staff, classrooms=frozenset({room, foreign})) is Refusal.FOREIGN_CLASS
    assert refused(head, staff, ends_at=now - timedelta(days=1)) is Refusal.ENDS_TOO_SOON
    assert refused(head, staff, ends_at=now + LONGEST + timedelta(days=1)) is Refusal.TOO_LONG
    assert refused(head, StaffFactory(is_active=False)) is Refusal.CLOSED_ACCESS


def test_the_same_module_is_given_once(head: Person, staff: Staff) -> None:
    give(head, staff)
    assert refused(head, staff) is Refusal.HELD_ALREADY
    give(head, staff, role=Role.FULL)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": timezone.now() + timedelta(days=400)},
        {"role": Role.HEAD},
        {"role": Role.FULL, "whole_school": False},
        {"staff": "giver"},
    ],
)
def test_the_database_holds_the_rules_too(head: Person, wrong: dict[str, Any]) -> None:
    giver = Staff.objects.get(pk=head.mandate.staff_id)
    fields = {"role": Role.FULL, "given_by": giver, "ends_at": timezone.now() + timedelta(days=9), **wrong}
    if fields.get("staff") == "giver":
        fields["staff"] = giver
    with pytest.raises(IntegrityError), transaction.atomic():
        MandateFactory(**fields)


def test_a_delegation_is_changed(head: Person, staff: Staff, world: World) -> None:
    given, ends_at = give(head, staff), timezone.now() + timedelta(days=60)
    rooms = frozenset({world.other_room.pk})
    change_delegation(actor=head.actor, giver=head.mandate, delegation=given.pk, classrooms=rooms, ends_at=ends_at)
    given.refresh_from_db()
    assert (given.classroom_ids(), given.whole_school, given.ends_at) == (rooms, False, ends_at)
    assert told()[-1] == ("mandate_changed", staff.pk, "simplified")


def test_nobody_changes_his_own(head: Person, world: World) -> None:
    """A head to whom a colleague once delegated, too."""
    own = MandateFactory(
        staff_id=head.mandate.staff_id,
        staff=Staff.objects.get(pk=head.mandate.staff_id),
        role=Role.SIMPLIFIED,
        given_by=StaffFactory(),
        ends_at=timezone.now() + timedelta(days=9),
    )
    wanted = {"delegation": own.pk, "classrooms": None, "ends_at": timezone.now() + timedelta(days=99)}
    with pytest.raises(DelegationRefusedError, match="oneself"):
        change_delegation(actor=head.actor, giver=head.mandate, **wanted)
    with pytest.raises(DelegationRefusedError, match="oneself"):
        revoke_delegation(actor=head.actor, giver=head.mandate, delegation=own.pk)


def test_revoked_once(head: Person, staff: Staff) -> None:
    given = give(head, staff)
    revoke_delegation(actor=head.actor, giver=head.mandate, delegation=given.pk)
    assert not Mandate.objects.live().filter(staff=staff).exists()
    assert told()[-1] == ("mandate_revoked", staff.pk, "simplified")
    with pytest.raises(DelegationRefusedError, match="over"):
        revoke_delegation(actor=head.actor, giver=head.mandate, delegation=given.pk)


@pytest.fixture
def september(world: World) -> Iterator[Person]:
    """A head, three delegations that ended on 31 August (one revoked before), one in October before."""
    ends = datetime(2027, 8, 31, 21, 59, 59, tzinfo=UTC)
    with time_machine.travel(SEPTEMBER, tick=False):
        given = {"role": Role.SIMPLIFIED, "given_by": StaffFactory(), "starts_at": ends - timedelta(days=300)}
        MandateFactory(ends_at=ends, rooms=[world.room], **given)
        MandateFactory(ends_at=ends, **given)
        MandateFactory(ends_at=ends, revoked_at=ends - timedelta(days=9), **given)
        MandateFactory(ends_at=ends - timedelta(days=270), **given)
        yield someone(Role.HEAD, world.here)


def test_what_ended_on_31_august_is_renewed_at_once(september: Person, world: World) -> None:
    everyone = list(Mandate.objects.values_list("pk", flat=True))
    options = {"starts_at": SEPTEMBER, "ends_at": SEPTEMBER + timedelta(days=300)}
    for expected in (2, 0):
        given, refused = renew_delegations(
            actor=september.actor, giver=september.mandate, delegations=everyone, **options
        )
        assert (len(given), refused) == (expected, [])
        if given:
            rooms = [None if mandate.whole_school else mandate.classroom_ids() for mandate in given]
            assert sorted(rooms, key=str) == sorted([None, frozenset({world.room.pk})], key=str)


def test_who_is_known_by_address_and_name_is_not_made_twice(head: Person) -> None:
    known = StaffFactory(first_name="Zoé", last_name="D’ORNAIN", email="zoe@example.org", username="z.dornain")
    asked = {"actor": head.actor, "first_name": "Zoe", "last_name": "d'Ornain"}
    assert known_or_added(email="ZOE@example.org", **asked) == (known, False)
    other, is_new = known_or_added(email="autre@example.org", **asked)
    assert (other.username, is_new, other.has_usable_password()) == ("z.dornain2", True, False)


def test_both_are_told(head: Person, staff: Staff, world: World) -> None:
    given = give(head, staff, classrooms=frozenset({world.room.pk}))
    for recipient in (staff.pk, head.mandate.staff_id):
        send_delegation(mandate=given, change=Change.GIVEN, recipient=recipient)
    assert [message.to for message in mail.outbox] == [[staff.email], [given.given_by.email]]
    assert all("5EME A" in str(message.body) for message in mail.outbox)
    assert Classroom.objects.count() == 2
