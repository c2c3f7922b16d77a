"""Runs over guardians: one sheet each, filed with a child; never with FranceConnect; one live secret."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.actions.credentials import NoPasswordHereError, give_provisionals, opens
from accounts.actions.families import children_elsewhere, youngest_meant
from accounts.actions.journal import SYSTEM
from accounts.enums import AccountState, Origin, Role
from accounts.lifecycle import Outcome
from accounts.models import Guardian, Mandate
from accounts.permissions import ROLE_PERMISSIONS
from educonnect_admin.toolkit.scope import scope
from notifications.actions.documents import classes_of, handed_to, handouts, note_opening
from notifications.actions.runs import draft_guardians_run, forecast, launch
from notifications.actions.work import process_chunk
from notifications.models import Run, RunItem, SealedSecret
from tests.actions.scene import Person, as_person, finished, ids, someone
from tests.factories import GuardianFactory, GuardianshipFactory, SchoolingFactory, StudentFactory
from tests.visitors import ELSEWHERE, HERE, World

END = "2027-01-01T00:00Z"


def family(world: World, *births: int, rooms: tuple[Any, ...] = (), **fields: Any) -> Guardian:
    """A guardian with children born in these years, in these classes or all in the first."""
    guardian: Guardian = GuardianFactory(address="1 rue de l’Ornain\n08000 CHARLEVILLE", **fields)
    for place, year in enumerate(births):
        student = StudentFactory(birth_date=date(year, 3, 14), first_name=f"Né{year}")
        room = rooms[place] if rooms else world.room
        SchoolingFactory(school=world.here, classroom=room, student=student)
        GuardianshipFactory(school=world.here, student=student, guardian=guardian)
    return guardian


def run_on(who: Person, *guardians: Guardian, rooms: tuple[UUID, ...] = (), ticked: bool = False) -> Run:
    chosen = youngest_meant(HERE, [guardian.pk for guardian in guardians], rooms)
    run = draft_guardians_run(actor=who.actor, mandate=who.mandate, guardians=chosen, label="essai", key=uuid4())
    run = launch(actor=who.actor, run=run, include_activated=ticked)
    while process_chunk(run_id=run.pk, uai=run.school_id):
        pass
    return Run.objects.select_related("school").get(pk=run.pk)


def became(run: Run) -> dict[UUID, str]:
    return dict(run.items.values_list("guardian_id", "outcome"))


def test_each_gets_a_password_that_opens_and_a_sheet_with_the_children(world: World, head: Person) -> None:
    one, other = family(world, 2010, 2015, 2013, language="uk"), family(world, 2012)
    run = run_on(head, one, other)
    shown = {person.account_id: person for person in handouts(mandate=head.mandate, run=run, with_secrets=True)}
    assert set(shown) == {one.pk, other.pk}
    for guardian in (one, other):
        guardian.refresh_from_db()
        assert opens(guardian, shown[guardian.pk].secret)
    letter = shown[one.pk].family
    assert [child.first_name for child in letter.children] == ["Né2015", "Né2013", "Né2010"]
    assert (letter.elsewhere, letter.language, len(letter.address_lines)) == (0, "uk", 2)
    assert SealedSecret.objects.filter(account_id=one.pk).count() == 1


def test_a_sheet_is_filed_with_the_youngest_of_those_meant(world: World, head: Person) -> None:
    guardian = family(world, 2015, 2010, rooms=(world.room, world.other_room))
    for rooms, wanted in (((), "5EME A"), ((world.other_room.pk,), "5EME B")):
        run = run_on(head, guardian, rooms=rooms)
        (sheet,) = handouts(mandate=head.mandate, run=run, with_secrets=True)
        assert sheet.classroom == wanted
        assert len(sheet.family.children) == 2
        assert [(code, number) for _, code, number in classes_of(mandate=head.mandate, run=run, with_secrets=True)] == [
            (wanted, 1)
        ]
        assert handed_to(mandate=head.mandate, run=run, classroom=uuid4(), with_secrets=True) == []


def test_a_tie_in_dispute_and_a_child_who_left_are_on_no_sheet(world: World, head: Person) -> None:
    guardian = family(world, 2015, 2010, 2012)
    ties = list(guardian.guardianships.order_by("student__birth_date"))
    type(ties[2]).objects.filter(pk=ties[2].pk).update(disputed_at="2026-11-20T10:00Z")
    ties[0].student.schoolings.update(left_on=date(2026, 11, 20))
    (sheet,) = handouts(mandate=head.mandate, run=run_on(head, guardian), with_secrets=True)
    assert [child.first_name for child in sheet.family.children] == ["Né2012"]


def test_children_of_other_schools_are_a_number_only(world: World, head: Person) -> None:
    guardian, stranger = family(world, 2015), GuardianFactory()
    with scope(ELSEWHERE):
        for kin in (guardian, stranger):
            GuardianshipFactory(school=world.elsewhere, student=world.foreign.student, guardian=kin)
        assert children_elsewhere([guardian.pk]) == {guardian.pk: 1}
    assert children_elsewhere([guardian.pk, stranger.pk]) == {guardian.pk: 1}
    (sheet,) = handouts(mandate=head.mandate, run=run_on(head, guardian), with_secrets=True)
    assert (sheet.family.elsewhere, len(sheet.family.children)) == (1, 1)
    assert children_elsewhere([]) == {}


def test_the_page_before_says_what_each_would_become(world: World, head: Person) -> None:
    notified = {
        "state": AccountState.NOTIFIED,
        "provisional_hash": b"\x01h",
        "provisional_expires_at": "2027-01-01T00:00Z",
    }
    chosen = [
        family(world, 2015),
        family(world, 2015, notified_by=ELSEWHERE, **notified),
        family(world, 2015, state=AccountState.ACTIVATED, origin=Origin.NOTIFICATION),
        family(world, 2015, state=AccountState.ACTIVATED, origin=Origin.FRANCE_CONNECT),
        family(world, 2015, state=AccountState.BLOCKED, blocked_reason="essai"),
    ]
    Guardian.objects.filter(pk=chosen[0].pk).update(address="")
    filed = youngest_meant(HERE, [guardian.pk for guardian in chosen])
    run = draft_guardians_run(actor=head.actor, mandate=head.mandate, guardians=filed, label="essai", key=uuid4())
    told = forecast(run)
    assert (told.new, told.renotified, told.active, told.france_connect, told.blocked) == (1, 1, 1, 1, 1)
    assert (told.other_school, told.without_address, told.without_class) == (1, 1, 0)


@pytest.mark.parametrize("ticked", [False, True])
def test_france_connect_never_gets_a_password(world: World, head: Person, ticked: bool) -> None:
    guardian = family(world, 2015, state=AccountState.ACTIVATED, origin=Origin.FRANCE_CONNECT)
    run = run_on(head, guardian, ticked=ticked)
    assert became(run) == {guardian.pk: Outcome.FRANCE_CONNECT}
    with pytest.raises(NoPasswordHereError), transaction.atomic():
        give_provisionals(actor=SYSTEM, school=world.here, accounts=[guardian], now=guardian.created_at)
    with pytest.raises(IntegrityError, match="guardian_france_connect_has_no_provisional"), transaction.atomic():
        Guardian.objects.filter(pk=guardian.pk).update(provisional_hash=b"\x01h", state=AccountState.NOT_NOTIFIED)
    guardian.refresh_from_db()
    assert (guardian.state, guardian.provisional_hash, SealedSecret.objects.count()) == ("activated", None, 0)


def test_a_later_run_ends_the_sealed_copy_of_the_former(world: World, head: Person) -> None:
    guardian = family(world, 2015)
    first = run_on(head, guardian)
    run_on(someone(Role.HEAD, world.here), guardian)
    assert SealedSecret.objects.get().item.run_id != first.pk
    assert handouts(mandate=head.mandate, run=first, with_secrets=True) == []


def test_a_run_of_pupils_and_one_of_guardians_go_side_by_side(world: World, head: Person) -> None:
    guardian = family(world, 2015)
    run = draft_guardians_run(
        actor=head.actor, mandate=head.mandate, guardians={guardian.pk: None}, label="essai", key=uuid4()
    )
    Run.objects.filter(pk=run.pk).update(state="pending")
    assert finished(head, ids(world.pupils)).state == "done"


def test_who_sees_no_guardians_any_more_treats_none(world: World) -> None:
    agent = someone(Role.FULL, world.here)
    guardian = family(world, 2015)
    run = run_on(agent, guardian)
    agent.held().classrooms.add(world.room)
    type(agent.held()).objects.filter(pk=agent.mandate.mandate_id).update(role=Role.SIMPLIFIED)
    assert became(run_on(agent, guardian)) == {guardian.pk: Outcome.GONE}
    assert handouts(mandate=agent.mandate, run=run, with_secrets=True) != []
    held = Mandate.objects.for_current().get(pk=agent.mandate.mandate_id)
    narrowed = replace(as_person(held).mandate, role=Role.SIMPLIFIED, permissions=ROLE_PERMISSIONS[Role.SIMPLIFIED])
    assert handouts(mandate=narrowed, run=run, with_secrets=True) == []
    assert (
        handed_to(mandate=narrowed, run=run, with_secrets=True)
        == classes_of(mandate=narrowed, run=run, with_secrets=True)
        == []
    )


def test_an_item_is_of_one_account(world: World, head: Person) -> None:
    guardian, run = family(world, 2015), finished(head, ids(world.pupils))
    both = {"student": world.pupils[0].student, "guardian": guardian}
    for chosen in ({}, both, {"student": world.pupils[0].student, "filed_with": guardian.pk}):
        with pytest.raises(IntegrityError, match="run_item_is_of_one_account"), transaction.atomic():
            RunItem.objects.create(school=world.here, run=run, **chosen)
    run = run_on(head, guardian)
    with pytest.raises(IntegrityError, match="run_item_guardian_once"), transaction.atomic():
        RunItem.objects.create(school=world.here, run=run, guardian=guardian)


def test_documents_take_three_queries_and_date_what_they_hand_over(
    world: World, head: Person, django_assert_num_queries: Any
) -> None:
    run = run_on(head, *(family(world, 2010, 2015) for _ in range(12)))
    with django_assert_num_queries(3):
        shown = handouts(mandate=head.mandate, run=run, with_secrets=True)
    with django_assert_num_queries(2):
        accounts = handed_to(mandate=head.mandate, run=run, with_secrets=True)
    assert accounts == [person.account_id for person in shown]
    note_opening(actor=head.actor, run=run, kind="courriers", accounts=accounts, hands_over=True)
    assert not Guardian.objects.filter(pk__in=accounts, distributed_on=None).exists()
