"""Taking a delivery back: the base is as it was, unless what it made was used."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions.feeds import NotTakenBack, Obstacle, take_back
from accounts.actions.journal import SYSTEM
from accounts.feeds.records import Removal
from accounts.feeds.report import Place
from accounts.feeds.terms import Kind
from accounts.models import Feed, Student
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import COLLEGE, DAY, LEGAL, LYCEE, deliver, person, pupil

pytestmark = pytest.mark.django_db

TABLES = ("student", "guardian", "schooling", "guardianship", "source", "classroom")
FIRST = (pupil(1, ties=[(51, LEGAL)]), pupil(2, "ORNE", "Noé"), pupil(3, "VESLE", school="9002"), person(51))
LATER = DAY + timedelta(days=7)


def base() -> dict[str, list[Any]]:
    """All rows of both schools; an account's `version` only grows."""
    found = {}
    for uai in (COLLEGE, LYCEE):
        with scope(uai), connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"SELECT to_jsonb(t) - 'version' FROM {table} t ORDER BY id")  # noqa: S608
                found[f"{uai} {table}"] = cursor.fetchall()
    return found


def last(uai: str = COLLEGE) -> Feed:
    with scope(uai):
        return Feed.objects.filter(state="applied").latest("applied_at")


def undo(uai: str = COLLEGE) -> None:
    feed = last(uai)
    with scope(uai):
        take_back(actor=SYSTEM, feed=feed)


def test_a_first_delivery_is_gone_whole() -> None:
    before = base()
    deliver(*FIRST)
    undo()
    assert base() == before
    with scope(LYCEE):
        assert Feed.objects.get().state == "taken_back"


def test_a_following_delivery_with_all_kinds_of_changes() -> None:
    deliver(*FIRST)
    before = base()
    newcomers = (pupil(4, "SAULE", ties=[(52, LEGAL)]), person(52, "SAULE"))
    moved = pupil(1, "AUBE-SAULE", room="6EME B", ties=[(52, LEGAL)], mail="a@example.org")
    deliver(moved, pupil(3, "VESLE"), *newcomers, day=LATER)
    assert base() != before
    undo()
    assert base() == before


def test_a_delta() -> None:
    deliver(*FIRST)
    before = base()
    deliver(Removal("1", Place("Eleve", 1)), Removal("51", Place("Pers", 1)), day=LATER, kind=Kind.DELTA)
    assert base() != before
    undo()
    assert base() == before


def test_what_was_used_is_named() -> None:
    deliver(*FIRST)
    with scope(COLLEGE):
        Student.objects.filter(last_name="ORNE").update(state="activated", activated_at=timezone.now())
    before = base()
    with pytest.raises(NotTakenBack) as caught:
        undo()
    assert (caught.value.obstacle, caught.value.names) == (Obstacle.USED, ("ORNE Noé (n.orne)",))
    assert base() == before


def test_only_the_last_and_only_for_seven_days() -> None:
    deliver(*FIRST)
    feed = last()
    deliver(*FIRST, pupil(4, "SAULE"), day=LATER)
    with scope(COLLEGE), pytest.raises(NotTakenBack) as caught:
        take_back(actor=SYSTEM, feed=feed)
    assert caught.value.obstacle is Obstacle.NOT_THE_LAST
    feed = last()
    feed.applied_at -= timedelta(days=7, seconds=1)
    with scope(COLLEGE), pytest.raises(NotTakenBack) as caught:
        take_back(actor=SYSTEM, feed=feed)
    assert caught.value.obstacle is Obstacle.TOO_OLD


def test_after_it_the_same_delivery_can_come_again() -> None:
    deliver(*FIRST)
    undo()
    assert deliver(*FIRST, day=DAY - timedelta(days=1)).students.created == 3
