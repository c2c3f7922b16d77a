"""A guardian says on the activation site that a child is another's: the tie gives nothing from then on."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions.guardian_activation import children_of
from accounts.enums import AccountState, Role
from accounts.models import Dispute, Guardian, Guardianship, Schooling, Student
from accounts.permissions import Permission
from educonnect_admin.toolkit.scope import scope
from stats.counts import counted
from tests.actions.scene import someone
from tests.activation.conftest import PASSWORD_STEP
from tests.activation.test_guardians import CHILDREN, EMAIL, WAITING, Parent, parent
from tests.factories import GuardianshipFactory, SchoolFactory, SchoolingFactory
from tests.pages.reading import journal, words

pytestmark = pytest.mark.django_db
__all__ = ["parent"]
NOT_MINE = {"not_mine_1": "on"}
"""Maia, who stands second."""


def at_children(parent: Parent) -> Parent:
    parent.sign_in()
    parent.choose()
    return parent


def answer(parent: Parent, **form: str) -> Any:
    return parent.client.post(CHILDREN, {"birth_date_0": "14/03/2014", "email": EMAIL, **form})


def ties(uai: str) -> dict[str, bool]:
    with scope(uai):
        return dict(Guardianship.objects.values_list("student__first_name", "in_force"))


def test_a_child_of_somebody_else(parent: Parent) -> None:
    page = words(at_children(parent).client.get(CHILDREN))
    assert page.count("Je ne suis pas le représentant légal de cet élève") == 2
    assert answer(parent, **NOT_MINE)["Location"] == WAITING
    assert ties(parent.school.uai) == {"Electre": True, "Maia": False}
    assert parent.now().state == AccountState.ACTIVATING
    with scope(parent.school.uai):
        maia = Dispute.objects.get().student_id
    told = [(event, target) for event, target, _ in journal() if event == "tie_disputed"]
    assert told == [("tie_disputed", parent.student.pk), ("tie_disputed", maia)]
    assert [child.first_name for child in children_of(parent.student.pk)] == ["Electre"]


def test_it_stands_though_the_other_date_is_wrong(parent: Parent) -> None:
    with scope(parent.school.uai):
        Student.objects.filter(first_name="Maia").update(birth_date=date(2016, 5, 2))
    at_children(parent)
    form = {"birth_date_0": "14/03/2014", "not_mine_0": "on", "birth_date_1": "3/5/2016", "email": EMAIL}
    page = parent.client.post(CHILDREN, form).content.decode()
    assert ties(parent.school.uai) == {"Electre": False, "Maia": True}
    assert ("Date de naissance de Maia" in page, "Date de naissance de Electre" in page) == (True, False)
    assert 'value="3/5/2016"' in page
    assert parent.client.post(CHILDREN, {"birth_date_0": "02/05/2016", "email": EMAIL})["Location"] == WAITING


def test_without_any_child_left_the_school_helps(parent: Parent) -> None:
    page = words(parent.client.post(CHILDREN, {}))
    at_children(parent)
    page = words(answer(parent, not_mine_0="on", not_mine_1="on", email="", birth_date_0=""))
    assert "C'est signalé à l'établissement" in page
    assert "Plus aucun élève n'est rattaché à ce compte" in page
    assert parent.now().state == AccountState.NOTIFIED
    assert parent.client.post(CHILDREN, {"not_mine_0": "on"}).status_code == 200
    with scope(parent.school.uai):
        assert Dispute.objects.count() == 2


@pytest.mark.parametrize("form", [{"birth_date_0": "", "email": EMAIL}, {"birth_date_0": "14/03/2014", "email": ""}])
def test_nothing_is_suspended_by_a_form_that_lacks_something(parent: Parent, form: dict[str, str]) -> None:
    at_children(parent)
    assert "Votre compte n'est pas encore activé" in words(parent.client.post(CHILDREN, {**form, **NOT_MINE}))
    assert ties(parent.school.uai) == {"Electre": True, "Maia": True}


def test_only_who_holds_the_letter_and_chose_a_password_raises_one(parent: Parent) -> None:
    assert "Location" in answer(parent, **NOT_MINE)
    parent.sign_in()
    assert answer(parent, **NOT_MINE)["Location"] == PASSWORD_STEP
    assert ties(parent.school.uai) == {"Electre": True, "Maia": True}


def test_a_child_of_two_schools_is_disputed_in_both(parent: Parent) -> None:
    lycee = SchoolFactory(uai="0511234P", name="Lycée des Rivières")
    with scope(parent.school.uai):
        maia = Student.objects.get(first_name="Maia")
    with scope(lycee.uai):
        SchoolingFactory(school=lycee, student=maia)
        GuardianshipFactory(school=lycee, student=maia, guardian=parent.student)
    answer(at_children(parent), **NOT_MINE)
    assert ties(lycee.uai) == {"Maia": False}
    for uai in (lycee.uai, parent.school.uai):
        assert [event for event, *_ in journal(uai) if event == "tie_disputed"] == ["tie_disputed"] * 2


def test_a_suspended_tie_gives_nothing(parent: Parent) -> None:
    head = someone(Role.HEAD, parent.school).mandate
    answer(at_children(parent), not_mine_0="on", not_mine_1="on")
    with scope(parent.school.uai):
        known = Guardian.objects.allowing(head, Permission.LIST_GUARDIANS)
        assert (known.count(), known.matching("electre").count()) == (0, 0)
        assert Guardian.objects.with_child_in([Schooling.objects.first().classroom_id]).count() == 0
        ties_in_force = Guardianship.objects.allowing(head, Permission.VIEW_STATISTICS)
        assert counted(Schooling.objects.all(), ties_in_force, timezone.now())[1].total == 0
        Guardian.objects.update(state=AccountState.ACTIVATED, provisional_hash=None)
        rows = Schooling.objects.with_activated_guardians()
        assert set(rows.values_list("activated_guardians", flat=True)) == {0}
        Guardianship.objects.update(disputed_at=None)
        assert set(rows.values_list("activated_guardians", flat=True)) == {1}
        assert known.matching("electre").count() == 1
