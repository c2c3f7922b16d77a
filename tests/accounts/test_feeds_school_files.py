"""The samples of one school, applied: AAF 1D, SIECLE of both generations, ONDE of three, and the same child twice."""

import json
from datetime import date
from typing import Any

import pytest

from accounts.actions.feeds import NotApplied, Plan, Stopped, apply_delivery
from accounts.actions.journal import SYSTEM
from accounts.feeds.delivery import read_delivery
from accounts.feeds.report import Refusal
from accounts.models import Classroom, Schooling, Source, Student
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import deliver_sample, sample

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 16)
ONDE = {"a": "0089911E", "b": "0109912V", "c": "0529913T"}
SETS = [
    ("aaf-1d", "", "0080001H"),
    ("siecle", "", "0100099D"),
    ("siecle/ancienne-generation", "", "0519904N"),
    *((f"onde/generation-{name}", uai, uai) for name, uai in ONDE.items()),
]


@pytest.fixture
def truth() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sample("expected.json").read_text(encoding="utf-8"))
    return found


def deliver_set(name: str, uai: str = "") -> Any:
    """The set itself, without the folder of another set inside it."""
    if name != "siecle":
        return deliver_sample(name, DAY, uai)
    files = sorted(sample(name).glob("*.zip"))
    return apply_delivery(actor=SYSTEM, delivery=read_delivery(files), plan=Plan(DAY, uai))


def reasons(told: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in (*told.doubtful, *told.refused):
        words = line.words if hasattr(line, "words") else line.reason
        found[words] = found.get(words, 0) + 1
    return dict(sorted(found.items()))


@pytest.mark.parametrize(("name", "uai", "school"), SETS)
def test_counts_and_doubtful_lines(name: str, uai: str, school: str, truth: dict[str, Any]) -> None:
    wanted, told = truth[name], deliver_set(name, uai)
    assert told.students.created == wanted["pupils"]
    assert told.guardians.created == wanted["guardians_with_account"]
    assert reasons(told) == wanted["report"]["by_reason"]
    with scope(school):
        assert Schooling.objects.filter(left_on=None).count() == wanted["pupils"]


@pytest.mark.parametrize(("name", "uai", "school"), SETS)
def test_again_changes_nothing(name: str, uai: str, school: str, truth: dict[str, Any]) -> None:
    deliver_set(name, uai)
    with scope(school):
        before = sorted(Student.objects.values_list("pk", "username", "version"))
    told = deliver_set(name, uai)
    assert (told.students.unchanged, told.students.created) == (truth[name]["pupils"], 0)
    assert (told.guardians.created, told.guardians.updated, told.guardians.left) == (0, 0, 0)
    with scope(school):
        assert before == sorted(Student.objects.values_list("pk", "username", "version"))


def test_one_file_after_the_other() -> None:
    for name in ("ElevesAvecAdresses", "ResponsablesAvecAdresses"):
        file = sample("siecle") / f"ExportXML_{name}.zip"
        told = apply_delivery(actor=SYSTEM, delivery=read_delivery(file), plan=Plan(DAY))
    assert (told.students.created, told.guardians.created) == (0, 89)


def test_guardians_of_nobody_are_refused() -> None:
    file = sample("siecle") / "ExportXML_ResponsablesAvecAdresses.zip"
    with pytest.raises(NotApplied):
        apply_delivery(actor=SYSTEM, delivery=read_delivery(file), plan=Plan(DAY))


def test_a_class_of_the_primary_school_is_known_by_its_identifier() -> None:
    deliver_set("aaf-1d")
    with scope("0080001H"):
        room = Classroom.objects.get(source_id="770101")
        assert room.code == "CP-CE1 Mme AUBE"
        Classroom.objects.filter(pk=room.pk).update(code="CP Mme AUBE")
    deliver_set("aaf-1d")
    with scope("0080001H"):
        assert list(Classroom.objects.filter(source_id="770101").values_list("code", flat=True)) == ["CP-CE1 Mme AUBE"]


def test_one_child_of_two_bases_is_one_account(truth: dict[str, Any]) -> None:
    deliver_set("aaf-complet")
    told = deliver_set("aaf-1d")
    assert told.students.created == truth["aaf-1d"]["pupils"] - 1
    pair = truth["across"]["pairs"][0]
    with scope("0080001H"):
        primary = Source.objects.get(aaf_id=pair["aaf_1d"]).student_id
    with scope("0510001Z"):
        assert Source.objects.get(aaf_id=pair["aaf_2d"]).student_id == primary
        assert Schooling.objects.get(student=primary).left_on is None


def test_the_year_that_is_meant() -> None:
    file = sample("broken") / "wrong-year_ElevesSansAdresses.xml"
    with pytest.raises(Refusal, match="2024-2025, and 2026-2027"):
        apply_delivery(actor=SYSTEM, delivery=read_delivery(file), plan=Plan(DAY, "0100099D", 2026))
    with pytest.raises(Stopped, match="another school year"):
        apply_delivery(actor=SYSTEM, delivery=read_delivery(file), plan=Plan(DAY, "0100099D"))


def test_a_filtered_extraction_is_stopped() -> None:
    deliver_set("siecle")
    file = sample("broken") / "wrong-year_ElevesSansAdresses.xml"
    with pytest.raises(Stopped) as caught:
        apply_delivery(actor=SYSTEM, delivery=read_delivery(file), plan=Plan(DAY, "0100099D"))
    assert {stop.reason.name for stop in caught.value.result.stops} >= {"MANY_LEAVE", "CLASS_EMPTIED"}
    with scope("0100099D"):
        assert Schooling.objects.filter(left_on=None).count() == 60
