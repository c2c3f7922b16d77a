"""SIECLE's exports, rule by rule (formats.md 3 and 5), on files of a few lines."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from accounts.feeds.delivery import Delivery, read_delivery
from accounts.feeds.links import Link, Relation
from accounts.feeds.records import GuardianRecord, StudentRecord
from accounts.feeds.report import Reason, Refusal, Refused, Report

HEAD = "<PARAMETRES><UAJ>0519901K</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE><DATE_EXPORT>16/11/2026</DATE_EXPORT>"
PUPIL = (
    "<NOM_DE_FAMILLE>DENEB</NOM_DE_FAMILLE><PRENOM>Lyra</PRENOM><DATE_NAISS>14/03/2014</DATE_NAISS>"
    "<CODE_SEXE>2</CODE_SEXE><CODE_MEF>10010012110</CODE_MEF>"
)
PERSON = '<PERSONNE PERSONNE_ID="8"><NOM_DE_FAMILLE>VESLE</NOM_DE_FAMILLE><PRENOM>Aube</PRENOM>{}</PERSONNE>'
TIE = "<RESPONSABLE_ELEVE><ELEVE_ID>1</ELEVE_ID><PERSONNE_ID>8</PERSONNE_ID>{}</RESPONSABLE_ELEVE>"
Write = Callable[[str, str], None]


@pytest.fixture
def export(tmp_path: Path) -> Write:
    """Write one file of the school: its root, and what stands under DONNEES."""

    def write(root: str, inside: str) -> None:
        body = f"<{root}>{HEAD}</PARAMETRES><DONNEES>{inside}</DONNEES></{root}>"
        text = f'<?xml version="1.0" encoding="ISO-8859-15"?>\n{body}'
        (tmp_path / f"{root}.xml").write_bytes(text.encode("iso-8859-15"))

    return write


def pupils(write: Write, folder: Path, *inside: str, structures: str = "") -> tuple[list[StudentRecord], Report]:
    eleves = "".join(f'<ELEVE ELEVE_ID="{n}">{one}</ELEVE>' for n, one in enumerate(inside, start=1))
    write("BEE_ELEVES", f"<ELEVES>{eleves}</ELEVES><STRUCTURES>{structures}</STRUCTURES>")
    report = Report()
    return list(read_delivery(folder).students(report)), report


def persons(folder: Path) -> list[GuardianRecord]:
    return list(read_delivery(folder).guardians(Report()))


def division(*codes: tuple[str, str], pupil: int = 1) -> str:
    inside = "".join(
        f"<STRUCTURE><CODE_STRUCTURE>{code}</CODE_STRUCTURE><TYPE_STRUCTURE>{kind}</TYPE_STRUCTURE></STRUCTURE>"
        for code, kind in codes
    )
    return f'<STRUCTURES_ELEVE ELEVE_ID="{pupil}">{inside}</STRUCTURES_ELEVE>'


def test_a_file_is_known_by_its_root_and_tells_school_year_and_day(export: Write, tmp_path: Path) -> None:
    pupils(export, tmp_path, PUPIL)
    (tmp_path / "BEE_ELEVES.xml").rename(tmp_path / "anything at all.xml")
    found: Delivery = read_delivery(tmp_path)
    assert (found.uai, found.year, found.day) == ("0519901K", 2026, date(2026, 11, 16))


def test_the_variant_of_private_schools_is_read(export: Write, tmp_path: Path) -> None:
    export("BEE_EPHC_ELEVES", f'<ELEVES><ELEVE ELEVE_ID="1">{PUPIL}</ELEVE></ELEVES>')
    assert [student.name for student in read_delivery(tmp_path).students(Report())] == ["DENEB"]


def test_the_family_name_of_before_2016(export: Write, tmp_path: Path) -> None:
    (student,), _ = pupils(export, tmp_path, PUPIL.replace("NOM_DE_FAMILLE", "NOM"))
    assert (student.family_name, student.name) == ("DENEB", "DENEB")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("<ID_NATIONAL>990000001EB</ID_NATIONAL><INE_RNIE>990000002EA</INE_RNIE>", "990000001EB"),
        ("<INE_RNIE>990000002EA</INE_RNIE><INE_BEA>0999000001S</INE_BEA>", "990000002EA"),
        ("<INE_BEA>0999000001S</INE_BEA>", "0999000001S"),
        ("<ID_NATIONAL/><INE_BEA>0999000001s</INE_BEA>", "0999000001S"),
        ("<ID_NATIONAL>12345</ID_NATIONAL>", ""),
        ("", ""),
    ],
)
def test_the_ine_in_force(export: Write, tmp_path: Path, told: str, kept: str) -> None:
    (student,), _ = pupils(export, tmp_path, PUPIL + told)
    assert student.ine == kept


def test_last_year_is_not_this_year(export: Write, tmp_path: Path) -> None:
    of_then = "<CODE_MEF>99999999999</CODE_MEF><CODE_STRUCTURE>CM2</CODE_STRUCTURE>"
    last = f"<SCOLARITE_AN_DERNIER>{of_then}</SCOLARITE_AN_DERNIER>"
    (first, second), report = pupils(
        export, tmp_path, PUPIL + last, PUPIL.replace("<CODE_MEF>10010012110</CODE_MEF>", last)
    )
    assert (first.mef, second.mef, first.classes) == ("10010012110", "", ())
    assert report.counts[Reason.NO_MEF] == 1


@pytest.mark.parametrize(
    ("structures", "code", "reason"),
    [
        (division(("6EME A", "D"), ("LATIN", "G")), "6EME A", None),
        (division(("4e 1", "G"), ("4e 1", "D")), "4e 1", None),
        (division(("LATIN", "G")), "", Reason.WITHOUT_DIVISION),
        ("", "", Reason.WITHOUT_DIVISION),
        (division(("Inactifs", "D")), "", Reason.INACTIVE),
        (division(("6EME A", "D"), ("6EME B", "D")), "6EME A", Reason.TWO_DIVISIONS),
    ],
)
def test_the_class_is_the_division(
    export: Write, tmp_path: Path, structures: str, code: str, reason: Reason | None
) -> None:
    (student,), report = pupils(export, tmp_path, PUPIL, structures=structures)
    assert "".join(room.code for room in student.classes) == code
    about = {Reason.WITHOUT_DIVISION, Reason.INACTIVE, Reason.TWO_DIVISIONS}
    assert set(report.counts) & about == ({reason} if reason else set())


@pytest.mark.parametrize(
    ("leaves", "is_there", "reason"),
    [
        ("16/11/2026", False, Reason.LEFT),
        ("01/09/2026", False, Reason.LEFT),
        ("17/11/2026", True, Reason.LEAVES_LATER),
        ("", True, None),
    ],
)
def test_who_has_left_by_the_day_of_the_export(
    export: Write, tmp_path: Path, leaves: str, is_there: bool, reason: Reason | None
) -> None:
    found, report = pupils(export, tmp_path, f"{PUPIL}<DATE_SORTIE>{leaves}</DATE_SORTIE>")
    assert bool(found) == is_there
    assert report.counts[reason] == 1 if reason else not report.counts[Reason.LEFT]


@pytest.mark.parametrize(
    ("given", "born", "reason"),
    [
        ("14/03/2014", date(2014, 3, 14), None),
        ("2014-03-14", date(2014, 3, 14), Reason.BIRTH_DATE_BAD_SHAPE),
        ("41712", None, Reason.BIRTH_DATE_BAD_SHAPE),
        ("31/02/2014", None, Reason.BIRTH_DATE_IMPOSSIBLE),
        ("", None, Reason.BIRTH_DATE_EMPTY),
    ],
)
def test_birth_dates(export: Write, tmp_path: Path, given: str, born: date | None, reason: Reason | None) -> None:
    """As it should be, ISO, a spreadsheet's number, impossible, empty."""
    (student,), report = pupils(export, tmp_path, PUPIL.replace("14/03/2014", given))
    assert student.birth_date == born
    assert not reason or report.counts[reason] == 1


def test_a_lost_character_is_told(export: Write, tmp_path: Path) -> None:
    (student,), report = pupils(export, tmp_path, PUPIL.replace("DENEB", "D?NEB"))
    assert student.name == "D?NEB"
    assert report.counts[Reason.CHARACTER_LOST] == 1


@pytest.mark.parametrize(
    ("told", "standing", "link"),
    [
        (
            "<NIVEAU_RESPONSABILITE>1</NIVEAU_RESPONSABILITE><CODE_PARENTE>10</CODE_PARENTE>",
            Relation.LEGAL,
            Link.MOTHER,
        ),
        (
            "<NIVEAU_RESPONSABILITE>2</NIVEAU_RESPONSABILITE><CODE_PARENTE>20</CODE_PARENTE>",
            Relation.IN_CHARGE,
            Link.FATHER,
        ),
        (
            "<NIVEAU_RESPONSABILITE>3</NIVEAU_RESPONSABILITE><CODE_PARENTE>38</CODE_PARENTE>",
            Relation.CONTACT,
            Link.ASCENDANT,
        ),
        ("<RESP_LEGAL>1</RESP_LEGAL><CODE_PARENTE>2</CODE_PARENTE>", Relation.LEGAL, Link.MOTHER),
        ("<RESP_LEGAL>2</RESP_LEGAL><CODE_PARENTE>1</CODE_PARENTE>", Relation.LEGAL, Link.FATHER),
        ("<RESP_LEGAL>0</RESP_LEGAL><CODE_PARENTE>4</CODE_PARENTE>", Relation.CONTACT, Link.RELATIVE),
        ("<RESP_LEGAL>1</RESP_LEGAL><CODE_PARENTE>7</CODE_PARENTE>", Relation.SELF, Link.SELF),
        ("<CODE_PARENTE>10</CODE_PARENTE>", None, None),
    ],
)
def test_relations_of_both_generations(
    export: Write, tmp_path: Path, told: str, standing: Relation | None, link: Link | None
) -> None:
    export(
        "BEE_RESPONSABLES", f"<PERSONNES>{PERSON.format('')}</PERSONNES><RESPONSABLES>{TIE.format(told)}</RESPONSABLES>"
    )
    (student,), report = pupils(export, tmp_path, PUPIL)
    found = [(tie.guardian, tie.relation, tie.link) for tie in student.relations]
    assert found == ([("8", standing, link)] if standing else [])
    assert report.counts[Reason.RELATION_LEVELLESS] == (0 if standing else 1)


def test_relations_to_nobody_and_persons_without_one_are_told(export: Write, tmp_path: Path) -> None:
    level = "<NIVEAU_RESPONSABILITE>1</NIVEAU_RESPONSABILITE><CODE_PARENTE>10</CODE_PARENTE>"
    lost = TIE.replace("<PERSONNE_ID>8<", "<PERSONNE_ID>9<").format(level)
    stray = TIE.replace("<ELEVE_ID>1<", "<ELEVE_ID>7<").format(level)
    export("BEE_RESPONSABLES", f"<PERSONNES>{PERSON.format('')}</PERSONNES><RESPONSABLES>{lost}{stray}</RESPONSABLES>")
    (student,), report = pupils(export, tmp_path, PUPIL)
    assert student.relations == ()
    assert (report.counts[Reason.PERSON_ABSENT], report.counts[Reason.PUPIL_ABSENT]) == (1, 1)


def test_a_person_with_address_title_and_numbers(export: Write, tmp_path: Path) -> None:
    told = (
        "<LC_CIVILITE>MME</LC_CIVILITE><TEL_PORTABLE>+33600000001</TEL_PORTABLE><MEL>a.vesle@example.org</MEL>"
        "<TEL_PERSONNEL>03.26.00.00.01</TEL_PERSONNEL><ADRESSE_ID>5</ADRESSE_ID>"
    )
    address = (
        '<ADRESSES><ADRESSE ADRESSE_ID="5"><LIGNE1_ADRESSE>1 rue de Test</LIGNE1_ADRESSE>'
        "<CODE_POSTAL>51100</CODE_POSTAL><LIBELLE_POSTAL>REIMS</LIBELLE_POSTAL><LL_PAYS>FRANCE</LL_PAYS></ADRESSE></ADRESSES>"
    )
    export("BEE_RESPONSABLES", f"<PERSONNES>{PERSON.format(told)}</PERSONNES>{address}")
    pupils(export, tmp_path, PUPIL)
    (person,) = persons(tmp_path)
    assert (person.title, person.mobile, person.phone) == ("Mme", "+33600000001", "+33326000001")
    assert (person.address, person.postal_code, person.city) == (("1 rue de Test",), "51100", "REIMS")


def test_classes_that_the_school_declares(export: Write, tmp_path: Path) -> None:
    """The code as an attribute or as a child; with or without pupils."""
    by_child = "<DIVISION><CODE_STRUCTURE>6EME B</CODE_STRUCTURE><LIBELLE_LONG>SIXIEME B</LIBELLE_LONG></DIVISION>"
    export("BEE_STRUCTURES", f'<DIVISIONS><DIVISION CODE_STRUCTURE="6EME A"/>{by_child}</DIVISIONS>')
    pupils(export, tmp_path, PUPIL)
    (school,) = read_delivery(tmp_path).schools(Report())
    assert [room.code for room in school.classes] == ["6EME A", "6EME B"]  # type: ignore[union-attr]  # a school


@pytest.mark.parametrize("wrong", ["<BEE_ELEVES>", "</ELEVES d>"])
def test_what_is_not_well_formed_is_refused_with_its_line(export: Write, tmp_path: Path, wrong: str) -> None:
    with pytest.raises(Refusal) as caught:
        pupils(export, tmp_path, PUPIL, structures=f"\n{wrong}")
    assert (caught.value.reason, caught.value.line) == (Refused.MALFORMED, 3)
