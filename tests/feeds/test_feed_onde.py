"""ONDE's tables, rule by rule (formats.md 4 and 5), on files of a few lines."""

from datetime import date
from pathlib import Path

import pytest

from accounts.feeds.delivery import read_delivery
from accounts.feeds.records import GuardianRecord, StudentRecord
from accounts.feeds.report import Reason, Refusal, Refused, Report

UAI = "0089911E"
OF_A = "Nom Elève;Nom d'usage Elève;Prénom Elève;Date naissance;Sexe; Cycle;Niveau;Classe"
OF_B = (
    "Nom élève;Nom d’usage élève;Prénom élève;Date naissance;Sexe;INE; Cycle;Niveau;Libellé classe;Identifiant classe"
)
PERSON = (
    "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse responsable;CP responsable;"
    "Commune responsable;Pays;Courriel;Téléphone domicile;Téléphone travail;Téléphone portable"
)
CHILD = "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants"
ALTAIR, LYRA = "VEGA;;Altaïr;2017-05-02;M;CYCLE II;CE1;CE1 A", "DENEB;VESLE;Lyra;2016-03-14;F;CYCLE II;CE2;CE2 B"


def read(folder: Path, *rows: str, guardians: str = "", encoding: str = "utf-8") -> tuple[list[StudentRecord], Report]:
    (folder / "CSVExtraction.csv").write_bytes("\r\n".join(rows).encode(encoding))
    if guardians:
        (folder / "CSVExtraction (1).csv").write_bytes(guardians.encode(encoding))
    report = Report()
    return list(read_delivery(folder, UAI).students(report)), report


def people(folder: Path) -> list[GuardianRecord]:
    return list(read_delivery(folder, UAI).guardians(Report()))


def family(*rows: str, children: int = 2) -> str:
    return "\n".join([";".join([PERSON, *[CHILD] * children]), *rows])


def person(first: str, *children: str, address: str = "1 rue de Test", mail: str = "", mobile: str = "") -> str:
    return ";".join(["Mme", "", "AISNE", first, address, "51100", "REIMS", "", mail, "", "", mobile, *children])


def test_generation_a(tmp_path: Path) -> None:
    (altair, lyra), report = read(tmp_path, OF_A, ALTAIR, LYRA)
    assert (altair.name, altair.first_name, altair.birth_date, altair.level) == (
        "VEGA",
        "Altaïr",
        date(2017, 5, 2),
        "CE1",
    )
    assert (lyra.family_name, lyra.name, lyra.classes[0].code) == ("DENEB", "VESLE", "CE2 B")
    assert "ine" not in (altair.told or ())
    assert not report.counts


def test_generation_b(tmp_path: Path) -> None:
    row = '"VEGA";;"Altaïr";"02/05/2017";"M";"990000001EB";"CYCLE II";"CE1";"CE1 Mme Aisne";"770012"'
    (altair,), _ = read(tmp_path, OF_B, row)
    assert (altair.ine, altair.birth_date) == ("990000001EB", date(2017, 5, 2))
    assert (altair.classes[0].id, altair.classes[0].code) == ("770012", "CE1 Mme Aisne")


def test_only_the_names_are_required(tmp_path: Path) -> None:
    """A director chooses the columns of an extraction: what is not there is not told, and so not emptied."""
    (one,), _ = read(tmp_path, "Prénom élève;Nom élève", "Altaïr;VEGA")
    assert one.told is not None
    assert not {"ine", "birth_date", "classes", "mef", "relations"} & one.told


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_encoding(tmp_path: Path, encoding: str) -> None:
    (altair,), _ = read(tmp_path, OF_A, ALTAIR, encoding=encoding)
    assert altair.first_name == "Altaïr"


@pytest.mark.parametrize("rows", [[f"\ufeff\ufeff{OF_A}", ALTAIR], [OF_A, ALTAIR, ";;;;", ""]])
def test_a_double_mark_and_empty_lines(tmp_path: Path, rows: list[str]) -> None:
    (altair,), _ = read(tmp_path, *rows)
    assert altair.name == "VEGA"


def test_commas_in_place_of_semicolons(tmp_path: Path) -> None:
    (altair,), _ = read(tmp_path, OF_A.replace(";", ","), ALTAIR.replace(";", ","))
    assert altair.first_name == "Altaïr"


def test_ragged_rows_and_a_block_a_child(tmp_path: Path) -> None:
    """Cells that are missing at the end are empty, and no child is lost under the repeated headings."""
    told = family(
        person("Rose", "", "VEGA", "Altaïr", "CE1 A", "VESLE", "DENEB", "Lyra", "CE2 B"),
        person("Aube", "", "VEGA", "ALTAIR", address="2 rue de Test"),
    )
    (altair, lyra), _ = read(tmp_path, OF_A, ALTAIR, LYRA, guardians=told)
    by_id = {one.id: one.first_name for one in people(tmp_path)}
    assert [by_id[tie.guardian] for tie in altair.relations] == ["Rose", "Aube"]
    assert [by_id[tie.guardian] for tie in lyra.relations] == ["Rose"]


def test_homonyms_are_never_guessed(tmp_path: Path) -> None:
    """Told apart by the class, and told; without it they are reported and not joined."""
    other = ALTAIR.replace("2017-05-02", "2016-01-01").replace("CE1;CE1 A", "CE2;CE2 B")
    told = family(person("Rose", "", "VEGA", "Altaïr", "CLASSE  CE2"), person("Aube", "", "VEGA", "Altaïr", ""))
    found, report = read(tmp_path, OF_A, ALTAIR, other, guardians=told)
    assert [len(one.relations) for one in found] == [0, 1]
    assert (report.counts[Reason.HOMONYMS_BY_CLASS], report.counts[Reason.AMBIGUOUS_CHILD]) == (1, 1)


def test_a_child_who_is_not_there_is_told(tmp_path: Path) -> None:
    _, report = read(tmp_path, OF_A, ALTAIR, guardians=family(person("Rose", "", "LOIRE", "Zoé", "CP")))
    assert report.counts[Reason.CHILD_ABSENT] == 1


@pytest.mark.parametrize(
    ("one", "two", "number", "reason"),
    [
        ({}, {}, 1, Reason.SAME_PERSON),
        ({"mobile": "06 00 00 00 01"}, {"mobile": "+33600000001", "address": "2 rue"}, 1, Reason.SAME_PERSON),
        ({"mail": "A@e.org"}, {"mail": "a@E.org", "address": "2 rue"}, 1, Reason.SAME_PERSON),
        ({}, {"address": "2 rue de Test"}, 2, Reason.POSSIBLE_DOUBLE),
    ],
)
def test_rows_of_one_name_are_one_person_by_address_mail_or_mobile(
    tmp_path: Path, one: dict[str, str], two: dict[str, str], number: int, reason: Reason
) -> None:
    told = family(person("Rose", "", "VEGA", "Altaïr", **one), person("ROSE", "", "VEGA", "Altaïr", **two))
    _, report = read(tmp_path, OF_A, ALTAIR, guardians=told)
    assert (len(people(tmp_path)), report.counts[reason]) == (number, 1)


@pytest.mark.parametrize(("title", "kept"), [("M.", "M."), ("MME", "Mme"), ("Mlle", "Mme"), ("", "")])
def test_titles(tmp_path: Path, title: str, kept: str) -> None:
    read(tmp_path, OF_A, ALTAIR, guardians=family(person("Rose", "", "VEGA", "Altaïr").replace("Mme", title, 1)))
    assert [one.title for one in people(tmp_path)] == [kept]


def test_the_guardians_alone_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(family(person("Rose", "", "VEGA", "Altaïr")), encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        list(read_delivery(tmp_path, UAI).students(Report()))
    assert caught.value.reason is Refused.WRONG_SLOT


def test_the_school_must_be_told(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(f"{OF_A}\n{ALTAIR}", encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        list(read_delivery(tmp_path).students(Report()))
    assert caught.value.reason is Refused.SCHOOL_NOT_TOLD
