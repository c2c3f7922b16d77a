"""Files that are broken, hostile, or only look so: refused whole with a reason, or read right."""

import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.feeds.delivery import read_delivery
from accounts.feeds.names import clean
from accounts.feeds.records import StudentRecord
from accounts.feeds.report import Reason, Refusal, Refused, Report

DELTA = "_Delta_20261124_Eleve_0000.xml"

REFUSED = {
    f"mismatched-tag{DELTA}": (Refused.MALFORMED, 41),
    f"billion-laughs{DELTA}": (Refused.ENTITIES, 2),
    f"external-entity{DELTA}": (Refused.ENTITIES, 2),
    f"external-parameter-entity{DELTA}": (Refused.ENTITIES, 2),
    f"wrong-declared-encoding{DELTA}": (Refused.BAD_ENCODING, 40),
    f"control-character-reference{DELTA}": (Refused.MALFORMED, 18),
    "empty_Complet_20261124_Eleve_0000.xml": (Refused.EMPTY, None),
    "path-traversal.zip": (Refused.ARCHIVE_UNSAFE, None),
    "symlink.zip": (Refused.ARCHIVE_UNSAFE, None),
    "bomb.zip": (Refused.TOO_LARGE, None),
    "bomb-lying-size.zip": (Refused.TOO_LARGE, None),
    "truncated.zip": (Refused.ARCHIVE_DAMAGED, None),
    "html-as-csv_onde-eleves.csv": (Refused.NOT_A_DELIVERY, 2),
}
"""What is refused, why, and the line named."""

READ = {
    f"absent-dtd{DELTA}": [("SANS-DTD", "Rose"), ("SANS-DTD", "Adam")],
    f"remote-dtd{DELTA}": [("DTD-DISTANTE", "Tom")],
    f"utf16{DELTA}": [("ÉTÉ-ŁYNA", "Noël")],
    f"html-entity{DELTA}": [("CŒUR-LEFÈVRE", "Hélène"), ("D’AUBE & FILS", "Zoé")],
}


@pytest.fixture
def broken(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder; whatever is read from it, nothing may be written anywhere near the working folder."""
    monkeypatch.chdir(tmp_path)
    yield samples / "broken"
    assert list(tmp_path.rglob("*")) == []


def students(path: Path, report: Report) -> list[StudentRecord]:
    return list(read_delivery(path).students(report))


@pytest.mark.parametrize("name", REFUSED)
def test_refused_whole(broken: Path, expected: dict[str, Any], name: str) -> None:
    with pytest.raises(Refusal) as caught:
        students(broken / name, Report())
    reason, line = REFUSED[name]
    assert expected["broken"][name]["must"] == "refused whole"
    assert (caught.value.reason, caught.value.line) == (reason, line)
    assert name in str(caught.value)


@pytest.mark.parametrize("name", READ)
def test_read_all_the_same(broken: Path, expected: dict[str, Any], name: str) -> None:
    assert expected["broken"][name]["must"] == "accepted"
    assert [(s.name, s.first_name) for s in students(broken / name, Report())] == READ[name]


def test_scripts_are_names_like_others(broken: Path, expected: dict[str, Any]) -> None:
    name = f"html-script{DELTA}"
    found = [[s.name, s.first_name] for s in students(broken / name, Report())]
    assert found == expected["broken"][name]["facts"]["names"]


def test_invisible_characters_are_taken_out_and_told(broken: Path, expected: dict[str, Any]) -> None:
    name, report = f"rtl-zero-width{DELTA}", Report()
    found = [[s.name, s.first_name] for s in students(broken / name, report)]
    assert found == expected["broken"][name]["facts"]["cleaned"]
    told = {reason: report.counts[reason] for reason in (Reason.INVISIBLE_CHARACTER, Reason.OTHER_SCRIPT)}
    assert told == {Reason.INVISIBLE_CHARACTER: 5, Reason.OTHER_SCRIPT: 1}
    assert all(issue.value == clean(issue.value) for issue in report.lines)


@pytest.mark.parametrize("name", ["bomb.zip", "bomb-lying-size.zip", f"billion-laughs{DELTA}"])
def test_bombs_cost_nothing(broken: Path, name: str) -> None:
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(Refusal):
        students(broken / name, Report())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.perf_counter() - began < 5
    assert peak < 20 * 1024**2


@pytest.mark.parametrize("name", ["duplicate-ine_ElevesSansAdresses.xml", "long-name_ElevesSansAdresses.xml"])
def test_files_of_a_school_that_are_odd_but_right(broken: Path, expected: dict[str, Any], name: str) -> None:
    report = Report()
    found = list(read_delivery(broken / name).students(report))
    assert len(found) == expected["broken"][name]["facts"]["pupils"] - len(report.rejected)
    assert all(len(issue.value) <= 120 for issue in report.lines)


ONDE_READ = {
    "comma_onde-eleves.csv": ("VIRGULE, D'AUBE", 2),
    "double-bom_onde-eleves.csv": ("DEUX-BOM", 2),
    "utf16_onde-eleves.csv": ("UTF-SEIZE", 2),
    "formulas_onde-eleves.csv": ("=cmd|'/C calc'!A0", 7),
}
SCHOOL_REFUSED = {
    "nul-bytes_onde-eleves.csv": (Refused.MALFORMED, 3),
    "wrong-slot_onde-eleves.csv": (Refused.WRONG_SLOT, None),
    "wrong-slot_ElevesAvecAdresses.xml": (Refused.WRONG_SLOT, None),
    "wrong-school_ElevesSansAdresses.xml": (Refused.OTHER_SCHOOL, None),
    "two-xml-same-slot.zip": (Refused.TWICE, None),
}


@pytest.mark.parametrize("name", ONDE_READ)
def test_tables_read_all_the_same(broken: Path, name: str) -> None:
    found = [student.name for student in read_delivery(broken / name, "0109918B").students(Report())]
    assert (ONDE_READ[name][0] in found, len(found)) == (True, ONDE_READ[name][1])


@pytest.mark.parametrize("name", SCHOOL_REFUSED)
def test_what_stands_in_the_wrong_place(broken: Path, name: str) -> None:
    with pytest.raises(Refusal) as caught:
        list(read_delivery(broken / name, "0100099D").students(Report()))
    assert (caught.value.reason, caught.value.line) == SCHOOL_REFUSED[name]
    assert name in str(caught.value)


def test_a_lone_carriage_return_ends_a_line_or_refuses_the_table(tmp_path: Path) -> None:
    """script/fuzz found that one in the headings broke the reader."""
    old, odd = tmp_path / "old.csv", tmp_path / "odd.csv"
    old.write_bytes("Nom élève;Prénom élève\rAUBE;Zoé\r".encode())
    assert [(one.name, one.first_name) for one in students_of_table(old)] == [("AUBE", "Zoé")]
    odd.write_bytes("Nom élève;Prénom\rélève\nAUBE;Zoé\n".encode())
    with pytest.raises(Refusal):
        students_of_table(odd)


def students_of_table(path: Path) -> list[StudentRecord]:
    return list(read_delivery(path, "0080001H").students(Report()))
