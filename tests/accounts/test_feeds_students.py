"""What deliveries make of pupils: identifiants once and for all, leaving and coming back, what is never lost."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions.feeds import NotApplied
from accounts.enums import AccountState, ShownState
from accounts.feeds.records import ClassRecord
from accounts.models import Classroom, JournalEntry, Mef, Schooling, Source, Student
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import COLLEGE, DAY, LYCEE, deliver, pupil
from tests.factories import SchoolFactory, SchoolingFactory

pytestmark = pytest.mark.django_db

LATER, MUCH_LATER = DAY + timedelta(days=7), DAY + timedelta(days=14)
OTHER = pupil(2, "ORNE", "Noé")


def student(ident: int = 1, uai: str = COLLEGE) -> Student:
    with scope(uai):
        return Student.objects.get(sources__aaf_id=str(ident), sources__school=uai)


def place(ident: int = 1, uai: str = COLLEGE) -> Schooling:
    with scope(uai):
        return Schooling.objects.select_related("classroom").get(student__sources__aaf_id=str(ident))


def places(uai: str) -> dict[object, object]:
    """When each pupil left the school."""
    with scope(uai):
        return dict(Schooling.objects.values_list("student", "left_on"))


def test_a_pupil_with_all_that_the_feed_says() -> None:
    deliver(pupil(1, "D’ORNAIN", "Zoé", ine="990000001EB", mail="zoe@example.org", family_name="CŒUR"))
    zoe, seat = student(), place()
    assert (zoe.username, zoe.last_name, zoe.first_name, zoe.family_name) == ("z.dornain", "D’ORNAIN", "Zoé", "CŒUR")
    assert (zoe.ine, zoe.birth_date, zoe.email) == ("990000001EB", date(2014, 3, 14), "zoe@example.org")
    assert (zoe.state, zoe.version, zoe.closing_on) == (AccountState.NOT_NOTIFIED, 0, None)
    assert (seat.sort_key, seat.search_key) == ("d ornain zoe", "d ornain zoe coeur z.dornain")
    assert (seat.classroom.code, seat.mef_id, Mef.objects.get(pk=seat.mef_id).label) == (
        "5EME A",
        "10190001110",
        "5EME",
    )
    with scope(COLLEGE):
        source = Source.objects.get()
    assert (source.label, source.aaf_id, source.local_id) == ("Source AAF Académie de Reims", "1", "171")
    assert source.read_on == DAY


def test_homonyms_are_numbered_in_the_order_of_their_identifiers() -> None:
    deliver(pupil(10, "AUBE", "Éva"), pupil(9, "Aube", "Emma"), pupil(11, "AUBÉ", "Élie", school="9002"))
    deliver(pupil(10, "AUBE", "Éva"), pupil(9, "Aube", "Emma"), pupil(8, "AUBE", "Ève"), day=LATER)
    assert [student(i).username for i in (9, 10, 8)] == ["e.aube", "e.aube2", "e.aube4"]
    assert student(11, LYCEE).username == "e.aube3"


def test_an_identifiant_survives_a_new_name() -> None:
    deliver(pupil(1, "AUBE"))
    result = deliver(pupil(1, "SAULE"), day=LATER)
    assert (result.students.updated, student().username, student().last_name) == (1, "e.aube", "SAULE")
    assert (place().sort_key, place().search_key) == ("saule electre", "saule electre e.aube")
    assert student().version == 1


def test_an_identifiant_of_the_greatest_length() -> None:
    deliver(pupil(1, "A" * 100), pupil(2, "A" * 99))
    assert student(1).username == "e." + "a" * 48
    assert student(2).username == "e." + "a" * 48 + "2"


def test_a_pupil_who_leaves_and_returns() -> None:
    deliver(pupil(1), OTHER)
    left = deliver(OTHER, day=LATER)
    gone = student()
    assert (left.students.left, left.students.unchanged, place().left_on) == (1, 1, LATER)
    assert (gone.closing_on, gone.shown()) == (LATER + timedelta(days=90), ShownState.LEAVING)
    assert deliver(OTHER, day=LATER).students.left == 0
    back = deliver(pupil(1), OTHER, day=MUCH_LATER)
    assert (back.students.returned, back.students.created, place().left_on) == (1, 0, None)
    assert (student().pk, student().username, student().closing_on) == (gone.pk, "e.aube", None)


def test_the_state_is_what_it_was_on_return() -> None:
    deliver(pupil(1), OTHER)
    with scope(COLLEGE):
        Student.objects.update(state=AccountState.ACTIVATED, origin="notification", password="!")
    deliver(OTHER, day=LATER)
    deliver(pupil(1), OTHER, day=MUCH_LATER)
    assert (student().state, student().password) == (AccountState.ACTIVATED, "!")


def test_a_move_between_schools_closes_nothing() -> None:
    stay = (OTHER, pupil(3, "ISLE", school="9002"))
    deliver(pupil(1), *stay)
    known = student(1).pk
    moved = deliver(pupil(1, school="9002"), *stay, day=LATER)
    assert (moved.students.updated, moved.students.left, moved.students.unchanged) == (1, 0, 2)
    assert (places(COLLEGE), places(LYCEE)) == ({known: LATER, student(2).pk: None}, places(LYCEE))
    assert (student(1, LYCEE).pk, student(1, LYCEE).closing_on) == (known, None)
    with pytest.raises(Student.DoesNotExist):
        student(1, COLLEGE)
    back = deliver(pupil(1), *stay, day=MUCH_LATER)
    assert (back.students.updated, student(1).pk, places(COLLEGE)[known]) == (1, known, None)


def test_a_pupil_of_two_schools_is_one_account() -> None:
    both = pupil(1)
    object.__setattr__(both, "classes", (*both.classes, ClassRecord("9002", "2NDE 01")))
    result = deliver(both, OTHER)
    assert (result.students.seen, result.schools, result.classes) == (2, 2, 3 - 1)
    assert student(1).pk == student(1, LYCEE).pk
    assert (place(1).classroom.code, place(1, LYCEE).classroom.code) == ("5EME A", "2NDE 01")


def test_leaving_one_of_two_schools_closes_nothing() -> None:
    deliver(pupil(1, ine="990000001EB"), OTHER)
    deliver(pupil(1, ine="990000001EB", school="9002"), uai=LYCEE)
    left = deliver(OTHER, day=LATER, uai=COLLEGE)
    assert (left.students.left, student(1, LYCEE).closing_on) == (0, None)
    ended = deliver(OTHER, pupil(3, "ISLE", school="9002"), day=MUCH_LATER)
    assert (ended.students.left, student(1, LYCEE).closing_on) == (1, MUCH_LATER + timedelta(days=90))


def test_what_the_holder_confirmed_stays_and_nothing_is_emptied() -> None:
    deliver(pupil(1, mail="ancien@example.org", ine="990000001EB"), OTHER)
    with scope(COLLEGE):
        Student.objects.filter(ine="990000001EB").update(email="choisi@example.org", email_confirmed_at=timezone.now())
    deliver(pupil(1, mail="nouveau@example.org", birth_date=None), OTHER, day=LATER)
    kept = student()
    assert (kept.email, kept.ine, kept.birth_date) == ("choisi@example.org", "990000001EB", date(2014, 3, 14))
    deliver(pupil(1), pupil(2, "ORNE", "Noé", mail="noe@example.org"), day=MUCH_LATER)
    assert (student(2).email, student(1).version) == ("noe@example.org", 0)
    deliver(pupil(1), OTHER, day=MUCH_LATER)
    assert student(2).email == "noe@example.org"


def test_classes_change_and_stay() -> None:
    deliver(pupil(1), OTHER)
    result = deliver(pupil(1, room="5EME B"), pupil(2, "ORNE", "Noé", room=""), day=LATER)
    assert (result.students.updated, result.classes) == (2, 1)
    assert (place(1).classroom.code, place(2).classroom) == ("5EME B", None)
    with scope(COLLEGE):
        assert list(Classroom.objects.order_by("sort_key").values_list("code", flat=True)) == ["5EME A", "5EME B"]


def test_pupils_of_other_origins_are_left_alone() -> None:
    with scope(COLLEGE):
        own = SchoolingFactory(school=SchoolFactory(uai=COLLEGE))
    assert deliver(pupil(1)).students.left == 0
    with scope(COLLEGE):
        own.refresh_from_db()
    assert own.left_on is None


def test_whoever_stands_on_a_refused_line_has_not_left() -> None:
    deliver(pupil(1), OTHER)
    result = deliver(pupil(1, school="9099", room=""), OTHER, day=LATER)
    assert (result.students.refused, result.students.left, result.students.seen) == (1, 0, 2)
    assert [(line.file, line.where, line.field) for line in result.refused] == [
        ("Eleve", "line 1, 1", "ENTPersonStructRattach")
    ]
    assert place().left_on is None


def test_the_last_of_repeated_lines_counts() -> None:
    result = deliver(pupil(1, room="5EME B"), pupil(1, "SAULE"), OTHER)
    assert (result.students.seen, student().username, place().classroom.code) == (2, "e.saule", "5EME A")


@pytest.mark.parametrize(
    "refused",
    [
        lambda: deliver(OTHER, day=DAY - timedelta(days=1)),
        lambda: deliver(),
        lambda: deliver(OTHER, uai="0519999Z"),
    ],
    ids=["older", "without pupils", "unknown school"],
)
def test_a_refused_delivery_changes_nothing(refused: Callable[[], object]) -> None:
    deliver(pupil(1), OTHER)
    with pytest.raises(NotApplied):
        refused()
    with scope(COLLEGE):
        assert Schooling.objects.filter(left_on=None).count() == 2
        assert JournalEntry.objects.filter(event="feed_applied").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.feed_student')")
        assert cursor.fetchone() == (None,)
