"""The invented delivery: read back it says what was planned, and nothing unexpected."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from accounts.feeds import keys, reach
from accounts.feeds.invent import SchoolKind, SchoolPlan, write_delivery
from accounts.feeds.links import Relation
from accounts.feeds.report import Reason
from accounts.feeds.terms import Kind

DAY = date(2026, 11, 16)
PLANS = [
    SchoolPlan("0510001Z", "CLG DES ÉTOILES", SchoolKind.COLLEGE, 600),
    SchoolPlan("0511234P", "LYC DE LA FORÊT-D’ALBIREO", SchoolKind.LYCEE, 450, "FRÊNES-SUR-VESLE", old_links=True),
]
WANTED = {
    Reason.INE_EMPTY,
    Reason.OWN_GUARDIAN,
    Reason.WITHOUT_CLASS,
    Reason.WITHOUT_GUARDIAN,
}
"""What life brings, and the console has to show. Nothing else is wrong with an invented delivery."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("invented")


@pytest.fixture(scope="module")
def whole(folder: Path, read_whole: Callable[[Path], Any]) -> Any:
    write_delivery(folder, PLANS, DAY, seed=1)
    return read_whole(folder)


def test_reading_back_tells_nothing_unexpected(whole: Any) -> None:
    assert set(whole.report.counts) == WANTED
    assert not whole.report.rejected


def test_it_says_what_it_is(whole: Any) -> None:
    assert (whole.delivery.kind, whole.delivery.header.date, whole.delivery.header.academy) == (Kind.COMPLETE, DAY, 19)
    assert {s.uai: s.name for s in whole.schools.values()} == {plan.uai: plan.name for plan in PLANS}


def test_every_seat_is_taken(whole: Any) -> None:
    assert Counter(map(whole.uai, whole.students)) == {plan.uai: plan.pupils for plan in PLANS}
    classes = Counter(c.code for s in whole.students.values() if s.school == "9001" for c in s.classes)
    assert set(classes) == {f"{level} {letter}" for level in ("6EME", "5EME", "4EME", "3EME") for letter in "ABCDEF"}
    assert all(20 <= count <= 25 for count in classes.values())


def test_classes_mef_and_schools_agree(whole: Any) -> None:
    listed = {(c.school, c.code): c.mefs for school in whole.schools.values() for c in school.classes}
    for student in whole.students.values():
        assert whole.mefs[student.mef].label == student.mef_label
        for found in student.classes:
            assert listed[found.school, found.code] == (student.mef,)
            assert len(found.code) <= 8


def test_there_are_as_many_guardians_as_in_life(whole: Any) -> None:
    assert 1.5 < len(whole.guardians) / len(whole.students) < 1.7
    assert whole.guardians.keys() == whole.related(*Relation)
    legal = Counter(sum(r.relation is Relation.LEGAL for r in kept) for kept in whole.kept.values())
    assert legal[2] > legal[1] > legal[0] > 0
    assert set(legal) == {0, 1, 2}


def test_both_generations_of_links_are_there(whole: Any) -> None:
    lengths: dict[str, set[int]] = {}
    for student in whole.students.values():
        for relation in student.relations:
            lengths.setdefault(whole.uai(student.id), set()).add(len(relation.raw.split("$")[1]))
    assert lengths == {"0510001Z": {2}, "0511234P": {1}}
    assert all(whole.related(relation) for relation in Relation)


def test_some_share_a_name_and_none_an_ine(whole: Any) -> None:
    pupils = Counter((s.school, s.name, s.first_name) for s in whole.students.values())
    holders = Counter((holder.name, holder.first_name) for holder in whole.holders)
    ines = Counter(s.ine for s in whole.students.values() if s.ine)
    assert max(pupils.values()) > 1
    assert max(holders.values()) > 1
    assert set(ines.values()) == {1}


def test_families_have_children_in_both_schools_and_of_possible_ages(whole: Any) -> None:
    children: dict[str, list[Any]] = {}
    for ident, kept in whole.kept.items():
        for relation in kept:
            children.setdefault(relation.guardian, []).append(whole.students[ident])
    assert sum(len({c.school for c in family}) == 2 for family in children.values()) > 20
    for family in children.values():
        for one, other in combinations(family, 2):
            assert one.first_name != other.first_name
            assert abs((one.birth_date - other.birth_date).days) not in range(1, 270)


def test_pupils_are_of_an_age_for_their_class(whole: Any) -> None:
    for student in whole.students.values():
        assert 9 <= (DAY - student.birth_date).days / 365.25 <= 19.5


def test_numbers_and_addresses_are_those_of_fiction(whole: Any) -> None:
    for guardian in whole.guardians.values():
        assert re.fullmatch(r"(\+336399800\d\d|\+3363998\d{4})?", guardian.mobile)
        assert re.fullmatch(r"(\+3335301\d{4})?", guardian.phone)
        assert re.fullmatch(r"([a-z0-9.]+@example\.(org|net))?", guardian.mail)
        assert guardian.mail == reach.mail(guardian.mail_given)
    mails = [g.mail for g in whole.guardians.values() if g.mail]
    assert len(set(mails)) == len(mails)


def test_ines_are_of_the_series_990(whole: Any) -> None:
    ines = [student.ine for student in whole.students.values() if student.ine]
    assert len(set(ines)) == len(ines)
    assert all(ine.startswith("990") and keys.ine_kind(ine) is keys.Ine.RNIE for ine in ines)


def test_names_are_of_many_kinds(whole: Any) -> None:
    first_names = {student.first_name for student in whole.students.values()}
    names = {student.name for student in whole.students.values()}
    assert len(first_names) > 120
    for wanted in ("-", "é", "ë"):
        assert any(wanted in name for name in first_names)
    assert any("-" in name for name in names) and any(" " in name for name in names) and any("'" in n for n in names)
    assert any(student.family_name != student.name for student in whole.students.values())


def test_a_seed_writes_the_same_bytes_and_another_other_bytes(folder: Path, whole: Any, tmp_path: Path) -> None:
    for seed, same in ((1, True), (2, False)):
        written = write_delivery(tmp_path / str(seed), PLANS, DAY, seed=seed)
        assert written.students == len(whole.students)
        pupils = next(path for path in written.files if "_Eleve_" in path.name)
        assert (pupils.read_bytes() == (folder / pupils.name).read_bytes()) is same


def test_a_large_delivery_comes_in_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.feeds.invent.pieces.ENTRIES_A_FILE", 40)
    written = write_delivery(tmp_path, [SchoolPlan("0510001Z", "CLG X", SchoolKind.COLLEGE, 100)], DAY, seed=3)
    assert sum("_Eleve_" in path.name for path in written.files) == 3


def test_more_pupils_than_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="INE"):
        write_delivery(tmp_path, [SchoolPlan("0510001Z", "CLG X", SchoolKind.COLLEGE, 400_000)], DAY, seed=1)
