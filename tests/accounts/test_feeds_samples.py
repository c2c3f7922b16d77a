"""The sample deliveries, applied: every count of expected.json."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from accounts.actions.feeds import NotApplied
from accounts.enums import Relation
from accounts.models import Classroom, Guardianship, JournalEntry, School, Schooling, Student
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import COLLEGE, LYCEE, deliver_sample, sample

pytestmark = pytest.mark.django_db

FIRST, NEXT = date(2026, 11, 16), date(2026, 11, 23)
NOBODY = {"created": 0, "updated": 0, "left": 0, "returned": 0, "refused": 0}


@pytest.fixture
def truth() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sample("expected.json").read_text(encoding="utf-8"))
    return found


def in_school(uai: str, question: Any) -> Any:
    with scope(uai):
        return question()


def test_counts_of_a_first_delivery(truth: dict[str, Any]) -> None:
    wanted, told = truth["aaf-complet"], deliver_sample("aaf-complet", FIRST).as_dict()
    assert told["schools"] == len(wanted["schools"])
    assert told["classes"] == len(wanted["classes_with_pupils"])
    assert told["students"] == {**NOBODY, "seen": wanted["pupils"], "created": wanted["pupils"], "unchanged": 0}
    without = wanted["persons_rel_eleve"] - wanted["guardians_with_account"]
    persons = {**NOBODY, "seen": wanted["persons_rel_eleve"], "unchanged": 0, "without_account": without}
    assert told["guardians"] == {**persons, "created": wanted["guardians_with_account"]}
    assert told["refused"] == []


def test_each_relation_is_counted_once(truth: dict[str, Any]) -> None:
    kept, raw = truth["aaf-complet"]["relations_kept"], truth["aaf-complet"]["relations_raw"]
    found = deliver_sample("aaf-complet", FIRST).relations
    # The truth counts a pupil's relation to himself among the legal ones too.
    assert found["legal"] + found["self"] == kept["legal"]
    assert found["self"] == kept["own_guardian"]
    assert (found["in_charge"], found["contact"]) == (kept["in_charge"], kept["contact"])
    assert found["dangling"] == raw["dangling"]
    assert sum(found.values()) == raw["values"] - raw["malformed"] - raw["same_person_twice"]


@pytest.mark.parametrize("name", ["aaf-complet", "aaf-complet-suivant"])
def test_every_doubtful_line_and_no_other(name: str, truth: dict[str, Any]) -> None:
    def line(told: dict[str, Any]) -> tuple[Any, ...]:
        return (told["file"].rpartition("/")[2], *(told[k] for k in ("line", "id", "field", "value", "reason", "then")))

    told = deliver_sample(name, FIRST).as_dict()["doubtful"]
    assert sorted(map(line, told)) == sorted(map(line, truth[name]["report"]["lines"]))


def test_what_each_school_sees(truth: dict[str, Any]) -> None:
    deliver_sample("aaf-complet", FIRST)
    wanted = truth["aaf-complet"]
    legal = Guardianship.objects.filter(relation=Relation.LEGAL).values("guardian").distinct()
    for uai in (COLLEGE, LYCEE):
        assert in_school(uai, Schooling.objects.count) == wanted["pupils_by_school"][uai]
        assert in_school(uai, Student.objects.count) == wanted["pupils_by_school"][uai]
        assert in_school(uai, legal.count) == wanted["guardians_with_account_by_school"][uai]
    assert in_school(COLLEGE, Classroom.objects.count) + in_school(LYCEE, Classroom.objects.count) == wanted["classes"]


def test_the_school_is_made_readable() -> None:
    deliver_sample("aaf-complet", FIRST)
    college = School.objects.get(pk=COLLEGE)
    assert (college.name, college.academy_code, college.academy_name) == ("Collège des Étoiles", 19, "Reims")
    assert college.address == "2 avenue des Étoiles\n51099 BELLE-ÉTOILE"
    assert college.contact == "Secrétariat, 03\u00a053\u00a001\u00a090\u00a001"
    assert not School.objects.filter(pk="0519903A").exists()


def test_names_are_kept_as_they_are(truth: dict[str, Any]) -> None:
    deliver_sample("aaf-complet", FIRST)
    with scope(COLLEGE):
        here = dict(Student.objects.values_list("sources__aaf_id", "last_name"))
    with scope(LYCEE):
        everyone = here | dict(Student.objects.values_list("sources__aaf_id", "last_name"))
    for ident, (name, _) in truth["aaf-complet"]["names_to_check"].items():
        assert everyone[ident] == " ".join(name.split())


@pytest.mark.parametrize("again", ["aaf-complet", "aaf-archive"])
def test_the_same_delivery_again_changes_nothing(again: str) -> None:
    deliver_sample("aaf-complet", FIRST)
    before = in_school(COLLEGE, lambda: sorted(Student.objects.values_list("pk", "username", "version")))
    told = deliver_sample(again, NEXT).as_dict()
    assert told["students"] == {**NOBODY, "seen": 150, "unchanged": 150}
    assert told["guardians"] == {**NOBODY, "seen": 255, "unchanged": 232, "without_account": 23}
    after = in_school(COLLEGE, lambda: sorted(Student.objects.values_list("pk", "username", "version")))
    assert before == after


def test_the_following_delivery(truth: dict[str, Any]) -> None:
    deliver_sample("aaf-complet", FIRST)
    wanted = truth["aaf-complet-suivant"]["directly_after_aaf_complet"]
    told = deliver_sample("aaf-complet-suivant", NEXT)
    assert (told.students.created, told.students.left) == (len(wanted["arrived"]), len(wanted["disappeared"]))
    assert told.guardians.created == len(wanted["guardian_accounts_new"])
    assert told.guardians.left == len(wanted["guardian_accounts_lost"])
    for uai, count in truth["aaf-complet-suivant"]["pupils_by_school"].items():
        assert in_school(uai, Schooling.objects.filter(left_on=None).count) == count


def test_the_older_delivery_is_refused() -> None:
    deliver_sample("aaf-complet-suivant", NEXT)
    with pytest.raises(NotApplied, match="older than the last"):
        deliver_sample("aaf-complet", NEXT)


def test_one_delivery_gives_the_same_identifiants_anywhere() -> None:
    given = []
    for _ in range(2):
        with transaction.atomic():
            deliver_sample("aaf-complet", FIRST)
            given.append(in_school(COLLEGE, lambda: dict(Student.objects.values_list("sources__aaf_id", "username"))))
            transaction.set_rollback(True)
    assert given[0] == given[1]
    assert [given[0][f"32000{last}"] for last in ("01", "02", "06", "07", "10", "12")] == [
        "c.marne",
        "c.marne2",
        "l.lecoeur-hetre",
        "n.daisne",
        "a.saule-orme",
        "e.vanderaulne",
    ]


def test_the_journal_tells_each_school() -> None:
    deliver_sample("aaf-complet", NEXT)
    with scope(COLLEGE):
        entries = list(JournalEntry.objects.order_by("sequence").values_list("event", "count", "detail"))
    assert entries == [("school_added", None, ""), ("feed_applied", 90, "AAF 16/11/2026")]
