"""The complete delivery of the samples, count by count, as files and as an archive."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.feeds import keys
from accounts.feeds.aaf import Degree
from accounts.feeds.envelope import Category
from accounts.feeds.links import Relation, is_old
from accounts.feeds.names import clean
from accounts.feeds.report import Reason
from accounts.feeds.terms import Kind

COMPARING = {Reason.HOMONYM_GUARDIANS, Reason.HOMONYM_STUDENTS, Reason.INE_REPEATED, Reason.SHARED_CONTACT}
"""Told once all lines are compared with each other in the database, and tested there."""


@pytest.fixture(scope="module", params=["aaf-complet", "aaf-archive"])
def whole(request: pytest.FixtureRequest, samples: Path, read_whole: Callable[[Path], Any]) -> Any:
    return read_whole(samples / request.param)


@pytest.fixture(scope="module")
def truth(expected: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = expected["aaf-complet"]
    return found


def test_the_delivery_says_what_it_is(whole: Any) -> None:
    header = whole.delivery.header
    assert (header.academy, header.degree, whole.delivery.kind) == (19, Degree.SECOND, Kind.COMPLETE)
    assert (header.version, header.date.isoformat()) == ("AAF-VE2607", "2026-11-16")


def test_every_line_that_the_reader_tells_and_no_other(whole: Any, truth: dict[str, Any]) -> None:
    def line(told: dict[str, Any]) -> tuple[Any, ...]:
        file = told["file"].replace("!", "/").rpartition("/")[2]
        return (file, *(told[key] for key in ("line", "id", "field", "value", "reason", "then")))

    wanted = [line(told) for told in truth["report"]["lines"] if told["reason"] not in COMPARING]
    assert sorted(line(issue.as_dict()) for issue in whole.report.lines) == sorted(wanted)
    assert whole.report.counts.total() == len(wanted)
    assert not whole.report.rejected


def test_schools(whole: Any, truth: dict[str, Any]) -> None:
    with_pupils = {whole.uai(student) for student in whole.students}
    assert len(whole.schools) == truth["structures"]
    assert sorted(with_pupils) == truth["schools"]
    assert {s.uai for s in whole.schools.values()} - with_pupils == set(truth["structures_without_pupil"])
    assert whole.schools["9001"].name == "CLG DES ÉTOILES"
    assert whole.schools["9003"].name == "Z.REMP-BELLE-ETOILE-REIMS"


def test_pupils(whole: Any, truth: dict[str, Any]) -> None:
    assert len(whole.students) == truth["pupils"]
    assert Counter(map(whole.uai, whole.students)) == truth["pupils_by_school"]
    assert sorted(s.id for s in whole.students.values() if not s.classes) == truth["pupils_without_class"]


def test_classes(whole: Any, truth: dict[str, Any]) -> None:
    used = Counter((c.school, c.code) for student in whole.students.values() for c in student.classes)
    listed = {(c.school, c.code) for school in whole.schools.values() for c in school.classes}
    named = {f"{whole.schools[school].uai} {code}": count for (school, code), count in used.items()}
    empty = {f"{whole.schools[school].uai} {code}" for school, code in listed - used.keys()}
    assert named == truth["classes_with_pupils"]
    assert len(listed | used.keys()) == truth["classes"]
    assert empty == set(truth["classes_without_pupil"])


def test_persons(whole: Any, truth: dict[str, Any]) -> None:
    staff = sum(1 for _ in whole.delivery.entries(Category.STAFF))
    assert len(whole.guardians) == truth["persons_rel_eleve"]
    assert staff == truth["staff"]
    assert len(whole.students) + len(whole.guardians) + staff == truth["all_persons"]


def test_nomenclature(whole: Any, truth: dict[str, Any]) -> None:
    subjects = sum(1 for _ in whole.delivery.entries(Category.SUBJECTS))
    assert {"mef": len(whole.mefs), "matieres": subjects} == truth["nomenclature"]
    assert whole.mefs["1029000E11A"].label == "4EME BILANGUE"


def test_requests(whole: Any, truth: dict[str, Any]) -> None:
    found = Counter(str(e.operation) for category in Category for e in whole.delivery.entries(category))
    assert found == truth["requests"]


def test_ines_as_they_arrive(whole: Any, truth: dict[str, Any]) -> None:
    given = [entry.one("ENTEleveINE") for entry in whole.delivery.entries(Category.STUDENTS)]
    assert Counter(str(keys.ine_kind(ine)) for ine in given) == truth["ine"]
    assert whole.students["3200054"].ine.isupper()
    assert whole.students["3200053"].ine == ""


def test_relations_as_they_arrive(whole: Any, truth: dict[str, Any]) -> None:
    def kind(raw: str) -> str:
        _, code, _, level, *_ = raw.split("$")
        if is_old(code):
            return f"old_legal_{level}" if level in "12" else "old_contact"
        return {"1": "new_legal", "2": "new_in_charge"}.get(level, "new_contact")

    relations = [relation for student in whole.students.values() for relation in student.relations]
    counts = whole.report.counts
    found = Counter(kind(relation.raw) for relation in relations)
    found["own_guardian"] = sum(relation.relation is Relation.SELF for relation in relations)
    found["malformed"] = counts[Reason.RELATION_MALFORMED]
    found["dangling"] = counts[Reason.RELATION_DANGLING]
    found["same_person_twice"] = counts[Reason.RELATION_TWICE]
    found["values"] = len(relations) + found["malformed"]
    assert found == truth["relations_raw"]


def test_relations_kept(whole: Any, truth: dict[str, Any]) -> None:
    found = Counter(str(r.relation) for relations in whole.kept.values() for r in relations)
    wanted = truth["relations_kept"]
    assert found["legal"] + found["self"] == wanted["legal"]
    assert found["self"] == wanted["own_guardian"]
    assert (found["in_charge"], found["contact"]) == (wanted["in_charge"], wanted["contact"])


def test_who_has_an_account(whole: Any, truth: dict[str, Any]) -> None:
    own, in_charge, contact = (whole.related(r) for r in (Relation.SELF, Relation.IN_CHARGE, Relation.CONTACT))
    legal, without = whole.related(Relation.LEGAL), truth["persons_without_account"]
    assert len(legal) == truth["guardians_with_account"]
    assert sorted(own - legal) == without["own_guardian"]
    assert sorted(in_charge - own - legal) == without["in_charge_only"]
    assert sorted(contact - in_charge - own - legal) == without["contact_only"]
    assert len(whole.guardians.keys() - whole.related(*Relation)) == without["outside_perimeter"]


def test_accounts_by_school(whole: Any, truth: dict[str, Any]) -> None:
    schools: dict[str, set[str]] = {}
    for student, relations in whole.kept.items():
        for relation in relations:
            if relation.relation is Relation.LEGAL:
                schools.setdefault(relation.guardian, set()).add(whole.uai(student))
    by_school = Counter(uai for uais in schools.values() for uai in uais)
    assert by_school == truth["guardians_with_account_by_school"]
    assert sum(len(uais) > 1 for uais in schools.values()) == truth["guardians_with_children_in_two_schools"]


def test_legal_guardians_a_pupil(whole: Any, truth: dict[str, Any]) -> None:
    found = Counter(str(sum(r.relation is Relation.LEGAL for r in relations)) for relations in whole.kept.values())
    assert found == truth["pupils_by_number_of_legal_guardians"]


def test_ways_to_reach_the_account_holders(whole: Any, truth: dict[str, Any]) -> None:
    mail = sum(bool(holder.mail) for holder in whole.holders)
    mobile = sum(bool(holder.mobile) for holder in whole.holders)
    wanted = truth["account_contacts"]
    assert (mail, mobile) == (wanted["with_usable_mail"], wanted["with_usable_mobile"])
    assert len(whole.holders) - mail == wanted["without_usable_mail"]
    assert len(whole.holders) - mobile == wanted["without_usable_mobile"]


def test_names_once_decoded(whole: Any, truth: dict[str, Any]) -> None:
    for ident, names in truth["names_to_check"].items():
        student = whole.students[ident]
        assert [student.name, student.first_name] == [clean(name) for name in names]


def test_reading_again_gives_the_same(whole: Any, read_whole: Callable[[Path], Any], samples: Path) -> None:
    again = read_whole(samples / "aaf-complet")
    assert again.students.keys() == whole.students.keys()
    assert again.report.counts == whole.report.counts
