"""A delivery for one school, as its page brings it: whatever the files name, nothing of another school is touched."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.feeds.records import Removal
from accounts.feeds.report import Place
from accounts.feeds.terms import Kind
from accounts.models import Feed, Guardian, Guardianship, Mef, Schooling, Source, Student
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import COLLEGE, DAY, LEGAL, LYCEE, deliver, person, pupil

pytestmark = pytest.mark.django_db
NEXT = DAY + timedelta(days=1)
INE = "990000001EB"
ELSEWHERE = {"school": "9002", "room": "2NDE 1"}
BORN = date(2010, 5, 6)
"""Two pupils and a parent in the lycée; a pupil and a parent in the collège."""
PEOPLE = (
    pupil(1, "AUBE", ties=[(51, LEGAL)]),
    person(51, "AUBE"),
    pupil(2, "ORNE", ine=INE, birth_date=BORN, ties=[(52, LEGAL)], **ELSEWHERE),
    pupil(3, "SAULE", ties=[(52, LEGAL)], **ELSEWHERE),
    person(52, "ORNE", mobile="+33639980001"),
)


def rows(uai: str) -> dict[str, list[dict[str, Any]]]:
    """All that a delivery may change in a school."""
    models = (Student, Guardian, Schooling, Guardianship, Source, Feed)
    with scope(uai):
        return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


@pytest.fixture
def lycee() -> dict[str, list[dict[str, Any]]]:
    """What the lycée holds once the académie has brought both schools."""
    deliver(*PEOPLE)
    return rows(LYCEE)


OWN_CHANGE = replace(pupil(1, "AUBE", mail="a@example.org"), told=frozenset({"mail"}))
CHANGES = {
    "removal of a pupil": Removal("2", Place("Eleve", 2)),
    "class of a pupil": replace(pupil(2, "ORNE", school="9002", room="2NDE 2"), told=frozenset({"classes"})),
    "mail of a pupil": replace(pupil(3, "SAULE", mail="x@example.org", **ELSEWHERE), told=frozenset({"mail"})),
    "relations of a pupil": replace(pupil(2, "ORNE", ties=[(51, LEGAL)], **ELSEWHERE), told=frozenset({"relations"})),
    "mobile of a guardian": replace(person(52, "ORNE", mobile="+33639980009"), told=frozenset({"mobile"})),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_delta_for_one_school_changes_no_other(lycee: dict[str, Any], change: Any) -> None:
    told = deliver(OWN_CHANGE, change, day=NEXT, kind=Kind.DELTA, uai=COLLEGE)
    assert rows(LYCEE) == lycee
    assert told.doubtful == []
    assert told.refused == []
    assert told.elsewhere == 1


def test_an_identifier_known_elsewhere_brings_no_account_in(lycee: dict[str, Any]) -> None:
    """Numbers of a source can be guessed: whoever brings a file would take other schools' accounts over with them."""
    taken = pupil(2, "CORMIER", "Autre", birth_date=date(2012, 1, 1), ties=[(52, LEGAL)])
    deliver(pupil(1, "AUBE"), taken, person(51, "AUBE"), person(52, "CORMIER"), day=NEXT, uai=COLLEGE)
    assert rows(LYCEE) == lycee
    with scope(COLLEGE):
        own = set(Student.objects.values_list("pk", flat=True)) | set(Guardian.objects.values_list("pk", flat=True))
    assert not own & {row["id"] for row in lycee["Student"] + lycee["Guardian"]}


def test_ine_and_birth_date_bring_a_pupil_from_another_school(lycee: dict[str, Any]) -> None:
    deliver(pupil(1, "AUBE"), pupil(22, "ORNE", ine=INE, birth_date=BORN), day=NEXT, uai=COLLEGE)
    with scope(COLLEGE):
        assert Student.objects.filter(ine=INE).values_list("pk", flat=True)[0] in {
            row["id"] for row in lycee["Student"]
        }


def test_whoever_is_unknown_here_is_told_alike(lycee: dict[str, Any]) -> None:
    """A pupil of another school, and one that no school has: nothing tells them apart."""
    deliver(OWN_CHANGE, day=NEXT, kind=Kind.DELTA, uai=COLLEGE)
    known, nobody = (
        deliver(OWN_CHANGE, Removal(one, Place("Eleve", 2)), day=NEXT, kind=Kind.DELTA, uai=COLLEGE).as_dict()
        for one in ("2", "77")
    )
    assert known == nobody


def test_no_word_that_other_schools_read_is_changed(lycee: dict[str, Any]) -> None:
    """Training codes are the nation's: a school's file adds those that nobody has, and renames none."""
    known = Mef.objects.get(code="10190001110").label
    other = replace(pupil(4, "CORMIER"), mef="10190001199", mef_label="5EME BILANGUE")
    deliver(replace(pupil(1, "AUBE"), mef_label="AUTRE NOM"), other, day=NEXT, uai=COLLEGE)
    assert Mef.objects.get(code="10190001110").label == known
    assert Mef.objects.get(code="10190001199").label == "5EME BILANGUE"
    deliver(replace(pupil(1, "AUBE"), mef_label="CINQUIÈME"), day=NEXT)
    assert Mef.objects.get(code="10190001110").label == "CINQUIÈME"
