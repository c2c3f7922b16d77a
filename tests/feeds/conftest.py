"""The invented deliveries that the readers are held against, and a way to read one whole."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from accounts.feeds import families
from accounts.feeds.delivery import Delivery, read_delivery
from accounts.feeds.links import Relation
from accounts.feeds.records import GuardianRecord, MefRecord, RelationRecord, SchoolRecord, StudentRecord
from accounts.feeds.report import Report

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


@dataclass
class Whole:
    """A delivery's records by id, and all that is told of them."""

    delivery: Delivery
    report: Report
    schools: dict[str, SchoolRecord]
    mefs: dict[str, MefRecord]
    students: dict[str, StudentRecord]
    guardians: dict[str, GuardianRecord]
    kept: dict[str, tuple[RelationRecord, ...]]

    def related(self, *standings: Relation) -> set[str]:
        """The ids of the persons who are that to one pupil at least."""
        return {r.guardian for relations in self.kept.values() for r in relations if r.relation in standings}

    @property
    def holders(self) -> list[GuardianRecord]:
        """The persons who have an account: somebody's legal guardians."""
        return [self.guardians[i] for i in sorted(self.related(Relation.LEGAL))]

    def uai(self, student_id: str) -> str:
        return self.schools[self.students[student_id].school].uai


def read(path: Path) -> Whole:
    delivery, report = read_delivery(path), Report()
    schools = {school.id: school for school in delivery.schools(report)}
    mefs = {mef.code: mef for mef in delivery.mefs(report)}
    students = {student.id: student for student in delivery.students(report)}
    guardians = {guardian.id: guardian for guardian in delivery.guardians(report)}
    kept = {}
    for student in students.values():
        family = families.settle(student, guardians)
        kept[student.id] = family.relations
        report.extend(family.issues)
    whole = Whole(delivery, report, schools, mefs, students, guardians, kept)
    for guardian in whole.holders:
        report.extend(families.contact_issues(guardian))
    return whole


@pytest.fixture(scope="session")
def read_whole() -> Callable[[Path], Whole]:
    return read


@pytest.fixture(scope="session")
def samples() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("the sample deliveries (../shared/samples) are not beside the project")
    return SAMPLES


@pytest.fixture(scope="session")
def expected(samples: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((samples / "expected.json").read_text(encoding="utf-8"))
    return truth
