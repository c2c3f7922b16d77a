"""Geler les mots de passe provisoires: said beforehand, done by POST, told in the journal."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AccountState
from accounts.models import Student
from educonnect_admin.toolkit.scope import scope
from tests.pages.reading import journal
from tests.visitors import ELSEWHERE, HERE, World

pytestmark = pytest.mark.django_db
FREEZE = reverse("freeze", args=[HERE])


def states(uai: str) -> set[str]:
    with scope(uai):
        return set(Student.objects.values_list("state", flat=True))


def test_the_page_says_what_would_happen_and_does_nothing(world: World, head: Client) -> None:
    page = head.get(FREEZE)
    assert (page.context["students"], page.context["guardians"], page.context["runs"]) == (1, 0, 0)
    assert AccountState.NOTIFIED in states(HERE)


def test_confirmed_it_is_done_and_told(world: World, head: Client) -> None:
    answer = head.post(FREEZE, follow=True)
    assert "Gel fait" in answer.content.decode()
    assert AccountState.NOTIFIED not in states(HERE)
    assert {"school_frozen", "account_frozen"} <= {event for event, _, _ in journal()}


def test_the_other_school_keeps_its_own(world: World, head: Client) -> None:
    far = timezone.now() + timedelta(days=30)
    with scope(ELSEWHERE):
        Student.objects.update(state=AccountState.NOTIFIED, provisional_hash=b"x" * 33, provisional_expires_at=far)
    head.post(FREEZE)
    assert states(ELSEWHERE) == {AccountState.NOTIFIED}
