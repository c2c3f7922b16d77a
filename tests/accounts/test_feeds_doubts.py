"""What is doubtful only when the lines of a delivery are compared with each other."""

import pytest

from accounts.feeds.records import GuardianRecord, StudentRecord
from accounts.feeds.report import Reason
from tests.accounts.feed_deliveries import CONTACT, LEGAL, deliver, person, pupil

pytestmark = pytest.mark.django_db

PARENTS = [(51, LEGAL), (52, LEGAL)]


def doubts(reason: Reason, *people: StudentRecord | GuardianRecord) -> list[tuple[str, str, str]]:
    return [(told.id, told.field, told.value) for told in deliver(*people).doubtful if told.reason is reason]


def test_pupils_are_homonyms_within_one_school_only() -> None:
    here, same, elsewhere = pupil(1, first_name="Lou"), pupil(2, "Aubé", "LOU"), pupil(3, "AUBE", "Lou", school="9002")
    assert doubts(Reason.HOMONYM_STUDENTS, elsewhere, same, here) == [("1", "sn/givenName", "1 2")]


def test_only_persons_with_an_account_are_homonyms() -> None:
    people = (pupil(1, ties=[(51, LEGAL), (52, LEGAL), (53, CONTACT)]), person(51), person(52), person(53))
    assert doubts(Reason.HOMONYM_GUARDIANS, *people) == [("51", "sn/givenName", "51 52")]


def test_an_ine_carried_twice_is_told_of_each_pupil() -> None:
    twice = {"ine": "990000001EB"}
    people = (pupil(1, "AUBE", **twice), pupil(2, "ORNE", **twice), pupil(3, "SAULE"), pupil(4, "MARNE"))
    told = doubts(Reason.INE_REPEATED, *people)
    assert told == [("1", "ENTEleveINE", "990000001EB"), ("2", "ENTEleveINE", "990000001EB")]


def test_a_shared_mail_is_told_once_a_pair() -> None:
    parents = (person(51, "AUBE", mail="x@example.org"), person(52, "ORNE", mail="X@example.org"))
    children = (pupil(1, "AUBE", ties=PARENTS), pupil(2, "ORNE", ties=PARENTS))
    assert doubts(Reason.SHARED_CONTACT, *children, *parents) == [("1", "mail", "51 52: x@example.org")]
