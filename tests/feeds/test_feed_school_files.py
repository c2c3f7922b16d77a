"""The samples of one school, read: every doubtful line that one record shows by itself, and no other."""

import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from accounts.feeds import families
from accounts.feeds.delivery import read_delivery
from accounts.feeds.links import Relation
from accounts.feeds.report import Report

BY_COMPARISON = ("homonym", "shared by", "INE carried")
SETS = {
    "aaf-1d": "",
    "siecle": "",
    "siecle/ancienne-generation": "",
    "onde/generation-a": "0089911E",
    "onde/generation-b": "0109912V",
    "onde/generation-c": "0529913T",
}


def line_of(told: dict[str, Any]) -> tuple[Any, ...]:
    keys = ("line", "id", "field", "value", "reason", "then")
    return (told["file"].rpartition("/")[2], *(told[key] for key in keys))


@pytest.mark.parametrize("name", SETS)
def test_every_line_that_is_told(name: str, samples: Path, expected: dict[str, Any]) -> None:
    paths = sorted((samples / name).glob("*.zip")) if name == "siecle" else [samples / name]
    delivery, report = read_delivery(paths, SETS[name]), Report()
    students, guardians = list(delivery.students(report)), {g.id: g for g in delivery.guardians(report)}
    legal = set()
    for student in students:
        family = families.settle(student, guardians, delivery.terms)
        report.extend(family.issues)
        legal |= {tie.guardian for tie in family.relations if tie.relation is Relation.LEGAL}
    for ident in legal:
        report.extend(families.contact_issues(guardians[ident], delivery.terms))
    found = Counter(
        (i.file.rpartition("/")[2], i.line, i.id, i.field, i.value, i.words, str(i.then)) for i in report.lines
    )
    keys = ("line", "id", "field", "value", "reason", "then")
    wanted = Counter(
        (line["file"].rpartition("/")[2], *(line[key] for key in keys))
        for line in expected[name]["report"]["lines"]
        if not line["reason"].startswith(BY_COMPARISON) or "told apart" in line["reason"]
    )
    assert found == wanted
    assert len(students) == expected[name]["pupils"]


def test_an_archive_of_tar(samples: Path, tmp_path: Path, expected: dict[str, Any]) -> None:
    with tarfile.open(tmp_path / "ENT2DVA.tgz", "w:gz") as tar:
        tar.add(samples / "aaf-complet", "livraison")
    delivery = read_delivery(tmp_path / "ENT2DVA.tgz")
    assert len(list(delivery.students(Report()))) == expected["aaf-complet"]["pupils"]
