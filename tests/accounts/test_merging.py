"""Two accounts of one guardian made one: what they share, what feeds make of it afterwards, and undoing."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts import provisional
from accounts.actions.credentials import give_provisionals, opens
from accounts.actions.doubles import judge_double, pairs_of
from accounts.actions.feeds import NotTakenBack, take_back
from accounts.actions.journal import SYSTEM
from accounts.actions.merging import Hindrance, NotMerged, known_elsewhere, merge_guardians, part_guardians
from accounts.enums import AccountState, Clue, DoubleVerdict
from accounts.feeds.records import Removal
from accounts.feeds.report import Place
from accounts.feeds.terms import Kind
from accounts.models import Dispute, Feed, Guardian, Guardianship, JournalEntry, Merge, School, Source
from accounts.tasks import close_accounts
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import COLLEGE, CONTACT, DAY, LEGAL, LYCEE, deliver, person, pupil

pytestmark = pytest.mark.django_db
LATER, MUCH_LATER = DAY + timedelta(days=7), DAY + timedelta(days=14)
MAIL = {"mail": "o@example.org"}
PUPILS = (pupil(1, ties=[(51, LEGAL)]), pupil(2, "ORNE", "Noé", ties=[(52, LEGAL)]))
"""One is known by one number of their mother, the other by another one."""
TWICE = (person(51, **MAIL), person(52, **MAIL, mobile="+33639980052"))


def known(ident: int, uai: str = COLLEGE) -> Guardian:
    with scope(uai):
        found: Guardian = Guardian.objects.get(sources__aaf_id=str(ident), sources__school=uai)
    return found


def merged(kept: int = 51, ended: int = 52) -> Merge:
    pks = known(kept).pk, known(ended).pk
    with scope(COLLEGE):
        return merge_guardians(actor=SYSTEM, uai=COLLEGE, kept=pks[0], ended=pks[1], now=timezone.now())


def parted(row: Merge) -> None:
    with scope(COLLEGE):
        part_guardians(actor=SYSTEM, uai=COLLEGE, merge=row.pk, now=timezone.now())


def held(guardian: UUID, uai: str = COLLEGE) -> list[str]:
    with scope(uai):
        ties = Guardianship.objects.filter(guardian=guardian, in_force=True)
        return sorted(ties.values_list("student__last_name", flat=True))


def pairs() -> list[tuple[tuple[Clue, ...], int]]:
    with scope(COLLEGE):
        return [(pair.clues, pair.score) for pair in pairs_of(Guardian.objects.known_to(COLLEGE), COLLEGE)]


def base() -> dict[str, list[Any]]:
    found = {}
    for table in ("guardian", "guardianship", "source", "dispute"):
        with scope(COLLEGE), connection.cursor() as cursor:
            cursor.execute(f"SELECT to_jsonb(t) - 'version' FROM {table} t ORDER BY id")  # noqa: S608
            found[table] = cursor.fetchall()
    return found


@pytest.fixture
def twice(db: None) -> None:
    deliver(*PUPILS, *TWICE)


@pytest.mark.parametrize(
    ("second", "ties", "clues", "score"),
    [
        ({}, [], (), 0),
        ({"address": ()}, [51, 52], (Clue.CHILD,), 3),
        ({"title": "M.", "address": ()}, [51, 52], (Clue.CHILD,), 1),
        (MAIL, [], (Clue.EMAIL, Clue.ADDRESS), 3),
        ({"mail": "O@Example.org", "mobile": "+33639980051"}, [51, 52], tuple(Clue), 8),
        ({"first_name": "Ondin", **MAIL}, [51, 52], (), 0),
        ({"first_name": "ondïne", **MAIL}, [], (Clue.EMAIL, Clue.ADDRESS), 3),
    ],
)
def test_a_name_and_something_more(second: Any, ties: list[int], clues: Any, score: int) -> None:
    both = [(ident, LEGAL) for ident in ties]
    people = (person(51, **MAIL, mobile="+33639980051"), person(52, **second))
    deliver(pupil(1, ties=both or [(51, LEGAL)]), pupil(2, ties=[(52, LEGAL)]), *people)
    assert pairs() == ([(clues, score)] if clues else [])


def test_said_to_be_distinct_is_for_good_and_handed_stays(twice: None) -> None:
    pair = known(51).pk, known(52).pk
    with scope(COLLEGE):
        for verdict, left in ((DoubleVerdict.HANDED, 1), (DoubleVerdict.DISTINCT, 0)):
            judge_double(actor=SYSTEM, uai=COLLEGE, pair=pair, verdict=verdict, now=timezone.now())
            assert len(pairs()) == left
    deliver(*PUPILS, *TWICE, day=LATER)
    assert pairs() == []


def test_merging_and_undoing_leave_everything_as_it_was(twice: None) -> None:
    before = base()
    row = merged()
    assert (held(row.kept_id), held(row.ended_id)) == (["AUBE", "ORNE"], [])
    with scope(COLLEGE):
        ended = Guardian.objects.get(pk=row.ended_id)
        assert (ended.state, Guardian.objects.known_to(COLLEGE).count()) == (AccountState.CLOSED, 1)
    assert pairs() == []
    parted(row)
    assert base() == before
    told = [
        (entry, target) for entry in ("guardians_merged", "guardians_parted") for target in (row.kept_id, row.ended_id)
    ]
    with scope(COLLEGE):
        found = JournalEntry.objects.filter(event__startswith="guardians_").order_by("sequence")
        assert list(found.values_list("event", "target")) == told


def test_a_lesser_tie_of_the_kept_account_is_raised_and_lowered_again() -> None:
    deliver(pupil(1, ties=[(51, CONTACT), (52, LEGAL)]), pupil(3, "SAULE", ties=[(51, LEGAL)]), *TWICE)
    before = base()
    row = merged()
    assert held(row.kept_id) == ["AUBE", "SAULE"]
    parted(row)
    assert base() == before


@pytest.mark.parametrize("state", AccountState)
def test_the_ended_account_opens_no_more_and_comes_back_without_its_letter(twice: None, state: AccountState) -> None:
    ended = known(52)
    with scope(COLLEGE):
        school = School.objects.get(pk=COLLEGE)
        (secret,) = give_provisionals(actor=SYSTEM, school=school, accounts=[ended], now=timezone.now())
        if state is not AccountState.NOTIFIED:
            told = {"provisional_hash": None, "provisional_expires_at": None, "password": "!own"}
            Guardian.objects.filter(pk=ended.pk).update(state=state, blocked_reason="motif", **told)
    if state in (AccountState.BLOCKED, AccountState.CLOSED):
        with pytest.raises(NotMerged):
            merged()
        return
    row = merged()
    with scope(COLLEGE):
        ended.refresh_from_db()
        assert not opens(ended, provisional.grouped(secret))
        assert (ended.state, ended.provisional_hash) == (AccountState.CLOSED, None)
    parted(row)
    with scope(COLLEGE):
        ended.refresh_from_db()
    assert ended.state == (AccountState.NOT_NOTIFIED if state is AccountState.NOTIFIED else state)


def test_later_feeds_go_to_the_kept_account(twice: None) -> None:
    row = merged()
    there = [
        deliver(*PUPILS, *TWICE, day=LATER),
        deliver(*PUPILS, person(51, **MAIL), person(52, mobile="+33639980099"), day=LATER),
        deliver(person(52, mobile="+33639980077"), day=LATER, kind=Kind.DELTA),
        deliver(PUPILS[0], pupil(2, "ORNE", "Noé", ties=[(51, LEGAL)]), TWICE[0], day=LATER),
        deliver(pupil(1, ties=[(52, LEGAL)]), PUPILS[1], TWICE[1], day=MUCH_LATER),
        deliver(*PUPILS, *TWICE, day=MUCH_LATER),
    ]
    assert [result.guardians.created for result in there] == [0] * 6
    assert held(row.kept_id) == ["AUBE", "ORNE"]
    with scope(COLLEGE):
        assert Guardian.objects.get(pk=row.kept_id).closing_on is None
        assert Guardian.objects.count() == 2
    parted(row)
    deliver(*PUPILS, *TWICE, day=MUCH_LATER)
    assert (held(row.kept_id), held(row.ended_id)) == (["AUBE"], ["ORNE"])
    assert known(51).pk == row.kept_id


def test_who_leaves_the_source_as_the_other_person_only_has_not_left(twice: None) -> None:
    row = merged()
    deliver(pupil(2, "ORNE", "Noé", ties=[(51, LEGAL)]), Removal("52", Place("Pers", 1)), day=LATER, kind=Kind.DELTA)
    assert held(row.kept_id) == ["AUBE", "ORNE"]
    with scope(COLLEGE):
        assert Source.objects.get(guardian=row.ended_id).gone_on is not None
        assert Guardian.objects.get(pk=row.kept_id).closing_on is None


def test_another_school_that_is_told_of_the_ended_one_gets_the_kept_one(twice: None) -> None:
    row = merged()
    deliver(*PUPILS, *TWICE, pupil(4, "SAULE", school="9002", ties=[(52, LEGAL)]), day=LATER)
    assert held(row.kept_id, LYCEE) == ["SAULE"]


def test_merges_of_merges_lead_to_the_last(twice: None) -> None:
    deliver(*PUPILS, *TWICE, pupil(3, "SAULE", ties=[(53, LEGAL)]), person(53, **MAIL), day=LATER)
    first, last = merged(51, 52), merged(53, 51)
    deliver(*PUPILS, *TWICE, pupil(3, "SAULE", ties=[(53, LEGAL)]), person(53, **MAIL), day=MUCH_LATER)
    assert held(last.kept_id) == ["AUBE", "ORNE", "SAULE"]
    with pytest.raises(NotMerged), scope(COLLEGE):
        part_guardians(actor=SYSTEM, uai=COLLEGE, merge=first.pk, now=timezone.now())


def test_no_merge_across_schools_nor_by_names_alone_nor_over_a_dispute() -> None:
    elsewhere = pupil(4, "SAULE", school="9002", ties=[(52, LEGAL)])
    deliver(*PUPILS, elsewhere, *TWICE, pupil(3, "VESLE", ties=[(53, LEGAL)]), person(53))
    with scope(COLLEGE):
        assert known_elsewhere([known(51).pk, known(52).pk]) == {known(52).pk}
    assert refusal(51, 52) is Hindrance.ELSEWHERE
    assert refusal(51, 53) is Hindrance.NO_CLUE
    with scope(COLLEGE):
        tie = Guardianship.objects.get(guardian=known(51))
        Guardianship.objects.filter(pk=tie.pk).update(disputed_at=timezone.now())
        Dispute.objects.create(
            school_id=COLLEGE, student_id=tie.student_id, guardian=known(51), raised_at=timezone.now()
        )
    assert refusal(52, 51) is Hindrance.DISPUTED


def refusal(kept: int, ended: int) -> Hindrance:
    with pytest.raises(NotMerged) as caught:
        merged(kept, ended)
    return caught.value.hindrance


def test_a_tie_that_the_school_ended_stays_ended_on_the_kept_account(twice: None) -> None:
    with scope(COLLEGE):
        tie, now = Guardianship.objects.get(guardian=known(52)), timezone.now()
        Guardianship.objects.filter(pk=tie.pk).update(disputed_at=now)
        said = {"raised_at": now, "outcome": "corrected", "settled_at": now}
        Dispute.objects.create(school_id=COLLEGE, student_id=tie.student_id, guardian_id=tie.guardian_id, **said)
    before = base()
    row = merged()
    deliver(*PUPILS, *TWICE, day=LATER)
    assert held(row.kept_id) == ["AUBE"]
    with scope(COLLEGE):
        Source.objects.update(read_on=DAY)
    parted(row)
    assert base() == before


def test_thirty_days_then_it_is_final_and_feeds_still_follow(twice: None) -> None:
    row = merged()
    with time_machine.travel(row.undo_ends_at + timedelta(minutes=1)):
        with pytest.raises(NotMerged), scope(COLLEGE):
            part_guardians(actor=SYSTEM, uai=COLLEGE, merge=row.pk, now=timezone.now())
        close_accounts()
        close_accounts()
        with scope(COLLEGE):
            ended = Guardian.objects.get(pk=row.ended_id)
        assert (ended.first_name, ended.email, ended.password) == ("", "", "")
        assert deliver(*PUPILS, *TWICE, day=MUCH_LATER).guardians.created == 0
    assert held(row.kept_id) == ["AUBE", "ORNE"]


def test_a_feed_whose_ties_were_merged_is_not_taken_back(twice: None) -> None:
    merged()
    with scope(COLLEGE):
        feed = Feed.objects.get()
        with pytest.raises(NotTakenBack):
            take_back(actor=SYSTEM, feed=feed)
