"""SIECLE's exports (BEE): the files of one school, told apart by their root.

One school has a few thousand pupils at most: divisions, relations and addresses, which stand apart from the people, are
kept in memory, each kind up to a limit.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from lxml import etree

from accounts.feeds import reach
from accounts.feeds.fields import Names, Reading
from accounts.feeds.keys import ISO_DATE, date_of
from accounts.feeds.links import STRENGTH
from accounts.feeds.names import clean, visible
from accounts.feeds.records import (
    CODE_LIMIT,
    LABEL_LIMIT,
    LINE_LIMIT,
    MEF_LIMIT,
    ClassRecord,
    GuardianRecord,
    MefRecord,
    StudentRecord,
)
from accounts.feeds.report import Place, Reason, Refusal, Refused, Report, Then
from accounts.feeds.siecle_files import (
    GUARDIANS,
    NOMENCLATURES,
    STRUCTURES,
    STUDENTS,
    UNREAD,
    SiecleFile,
    child_text,
    entry_of,
)
from accounts.feeds.siecle_ties import Tied, read_tie
from accounts.feeds.xml import elements, line_of

ENTRIES_LIMIT = 60_000
"""Entries of a kind in one school's file; the largest school has some 4,000 pupils."""

NAMES = ("NOM_DE_FAMILLE", "NOM_USAGE", "PRENOM", "PRENOM2")
INACTIVE = "inactifs"
TITLES = {"m.": "M.", "m": "M.", "mme": "Mme", "mlle": "Mme"}


@dataclass(frozen=True)
class SiecleReader:
    """What the files of one school say. `files`: by root."""

    files: dict[str, SiecleFile]
    school: str
    day: date | None

    @cached_property
    def students_file(self) -> SiecleFile | None:
        return self.files.get(STUDENTS)

    @cached_property
    def _divisions(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for element in self._elements(STUDENTS, "STRUCTURES_ELEVE"):
            for structure in element.findall("STRUCTURE"):
                code = visible(child_text(structure, "CODE_STRUCTURE"))
                if child_text(structure, "TYPE_STRUCTURE") == "D" and 0 < len(code) <= CODE_LIMIT:
                    found[element.get("ELEVE_ID", "")].append(code)
        return found

    @cached_property
    def _present(self) -> set[str]:
        """Everyone in the pupils' file, those who have left included: their relations are not dangling."""
        return {element.get("ELEVE_ID", "") for element in self._elements(STUDENTS, "ELEVE")}

    @cached_property
    def _persons(self) -> set[str]:
        return {element.get("PERSONNE_ID", "") for element in self._elements(GUARDIANS, "PERSONNE")}

    @cached_property
    def _addresses(self) -> dict[str, tuple[tuple[str, ...], str, str, str]]:
        found = {}
        for element in self._elements(GUARDIANS, "ADRESSE"):
            lines = tuple(filter(None, (clean(child_text(element, f"LIGNE{n}_ADRESSE")) for n in range(1, 5))))
            town = clean(child_text(element, "LIBELLE_POSTAL") or child_text(element, "COMMUNE_ETRANGERE"))
            told = (
                lines,
                clean(child_text(element, "CODE_POSTAL")),
                town[:LINE_LIMIT],
                clean(child_text(element, "LL_PAYS")),
            )
            found[element.get("ADRESSE_ID", "")] = told
        return found

    def mefs(self, report: Report) -> Iterator[MefRecord]:
        for element in self._elements(NOMENCLATURES, "MEF"):
            code = clean(element.get("CODE_MEF", ""))
            label = clean(child_text(element, "LIBELLE_EDITION") or child_text(element, "LIBELLE_LONG"))
            if 0 < len(code) <= MEF_LIMIT:
                place = Place(self.files[NOMENCLATURES].name, line_of(element))
                yield MefRecord(code, place, label[:LABEL_LIMIT], clean(child_text(element, "FORMATION"))[:CODE_LIMIT])

    def classes(self) -> tuple[ClassRecord, ...]:
        """The divisions that the school declares, with or without pupils."""
        found = {}
        for element in self._elements(STRUCTURES, "DIVISION"):
            code = visible(element.get("CODE_STRUCTURE") or child_text(element, "CODE_STRUCTURE"))
            if 0 < len(code) <= CODE_LIMIT:
                found[code] = ClassRecord(self.school, code, clean(child_text(element, "LIBELLE_LONG"))[:LABEL_LIMIT])
        return tuple(found.values())

    def students(self, report: Report) -> Iterator[StudentRecord]:
        """The pupils of the day of the export; those who had left by then are told and left out."""
        ties = self._ties(report)
        if self.students_file is None:
            yield from self._students_of_ties(ties)
            return
        for element in self._elements(STUDENTS, "ELEVE"):
            entry = entry_of(element, self.students_file.name, "ELEVE_ID")
            reading = Reading(entry, report)
            names = reading.has_id() and reading.names(*NAMES)
            if names and not self._has_left(reading):
                yield self._student(reading, names, ties.get(entry.id, []))

    def _student(self, reading: Reading, names: Names, ties: list[Tied]) -> StudentRecord:
        entry = reading.entry
        classes = self._classes(reading)
        self._tell_gaps(reading)
        ine = reading.ine_of("ID_NATIONAL", "INE_RNIE", "INE_BEA")
        mef = entry.one("CODE_MEF")
        return StudentRecord(
            id=entry.id,
            place=entry.place,
            local_id=entry.id,
            school=self.school,
            ine=ine,
            birth_date=_birth_date(reading),
            family_name=names.family_name,
            name=names.name,
            first_name=names.first_name,
            title="",
            classes=classes,
            mef=mef if len(mef) <= MEF_LIMIT else "",
            mef_label="",
            level="",
            mail=reach.mail(entry.one("MEL")),
            relations=tuple(tie.relation for tie in ties),
            told=None if GUARDIANS in self.files else EVERYTHING - {"relations"},
        )

    def _students_of_ties(self, ties: dict[str, list[Tied]]) -> Iterator[StudentRecord]:
        """The guardians' file alone changes the relations of pupils who are known, nothing else."""
        for student, tied in ties.items():
            relations = tuple(tie.relation for tie in tied)
            names = ("", "", "", "")
            told = frozenset({"relations"})
            yield StudentRecord(
                student, tied[0].place, student, self.school, "", None, *names, (), "", "", "", "", relations, told
            )

    def _has_left(self, reading: Reading) -> bool:
        given = reading.entry.one("DATE_SORTIE")
        leaves = date_of(given) if given else None
        if leaves is None:
            return False
        if self.day is None or leaves <= self.day:
            reading.tell("DATE_SORTIE", given, Reason.LEFT, Then.NO_ACCOUNT)
            return True
        reading.tell("DATE_SORTIE", given, Reason.LEAVES_LATER)
        return False

    def _classes(self, reading: Reading) -> tuple[ClassRecord, ...]:
        found = self._divisions.get(reading.entry.id, [])
        real = [code for code in dict.fromkeys(found) if code.lower() != INACTIVE]
        if len(real) < len(set(found)):
            reading.tell("STRUCTURE", "Inactifs", Reason.INACTIVE, Then.WITHOUT_A_CLASS)
        elif not real:
            reading.tell("STRUCTURE", "", Reason.WITHOUT_DIVISION, Then.WITHOUT_A_CLASS)
        if len(real) > 1:
            reading.tell("STRUCTURE", " | ".join(real), Reason.TWO_DIVISIONS, Then.FIRST_KEPT)
        return tuple(ClassRecord(self.school, code) for code in real[:1])

    def _tell_gaps(self, reading: Reading) -> None:
        entry = reading.entry
        if "?" in entry.one("NOM_DE_FAMILLE") + entry.one("PRENOM"):
            reading.tell("NOM_DE_FAMILLE", entry.one("NOM_DE_FAMILLE"), Reason.CHARACTER_LOST)
        if not entry.one("CODE_SEXE"):
            reading.tell("CODE_SEXE", "", Reason.NO_SEX)
        if not entry.one("CODE_MEF"):
            reading.tell("CODE_MEF", "", Reason.NO_MEF)

    def guardians(self, report: Report) -> Iterator[GuardianRecord]:
        named = {child_text(element, "PERSONNE_ID") for element in self._elements(GUARDIANS, "RESPONSABLE_ELEVE")}
        for element in self._elements(GUARDIANS, "PERSONNE"):
            entry = entry_of(element, self.files[GUARDIANS].name, "PERSONNE_ID")
            reading = Reading(entry, report)
            names = reading.has_id() and reading.names(*NAMES)
            if not names:
                continue
            if entry.id not in named:
                reading.tell("PERSONNE_ID", entry.id, Reason.PERSON_ALONE, Then.NO_ACCOUNT)
            lines, code, town, country = self._addresses.get(entry.one("ADRESSE_ID"), ((), "", "", ""))
            mobiles, mail = tuple(entry.many("TEL_PORTABLE")), entry.one("MEL")
            yield GuardianRecord(
                id=entry.id,
                place=entry.place,
                family_name=names.family_name,
                name=names.name,
                first_name=names.first_name,
                title=TITLES.get(entry.one("LC_CIVILITE").lower(), ""),
                mail=reach.mail(mail),
                mail_given=mail,
                mobile=next(filter(None, map(reach.mobile, mobiles)), ""),
                mobiles_given=mobiles,
                phone=reach.e164(entry.one("TEL_PERSONNEL")),
                address=lines,
                postal_code=code[:CODE_LIMIT],
                city=town,
                country=country[:LINE_LIMIT],
            )

    def _ties(self, report: Report) -> dict[str, list[Tied]]:
        """The relations that can be kept, one a person, by pupil; what is wrong with the others is told."""
        kept: dict[str, dict[str, Tied]] = defaultdict(dict)
        present = self._present if self.students_file else None
        for element in self._elements(GUARDIANS, "RESPONSABLE_ELEVE"):
            tied = read_tie(element, self.files[GUARDIANS].name, present, self._persons, report)
            if tied is None:
                continue
            person, mine = tied.relation.guardian, kept[tied.student]
            if person in mine:
                tied.tell(report, "PERSONNE_ID", person, Reason.RELATION_TWICE, Then.STRONGER_KEPT)
                if STRENGTH[mine[person].relation.relation] >= STRENGTH[tied.relation.relation]:
                    continue
            mine[person] = tied
        return {student: list(mine.values()) for student, mine in kept.items()}

    def _elements(self, root: str, tag: str) -> Iterator[etree._Element]:
        """The elements of this tag, of the file of this root."""
        file = self.files.get(root)
        if file is None:
            return
        others = [other for other in (*UNREAD, "ELEVE", "STRUCTURES_ELEVE", "ADRESSE", "PERSONNE") if other != tag]
        count = 0
        for element in elements(file.chunks, file.name, (tag, *others)):
            if element.tag != tag:
                continue
            count += 1
            if count > ENTRIES_LIMIT:
                raise Refusal(Refused.TOO_LARGE, file.name, line_of(element), f"more than {ENTRIES_LIMIT} {tag}")
            yield element


EVERYTHING = frozenset(
    {"family_name", "name", "first_name", "ine", "birth_date", "mail", "local_id", "school", "classes", "mef"}
    | {"relations"}
)


def _birth_date(reading: Reading) -> date | None:
    """As elsewhere JJ/MM/AAAA; AAAA-MM-JJ happens, is told and read."""
    given = reading.entry.one("DATE_NAISS")
    if ISO_DATE.fullmatch(given) and (born := date_of(given)):
        reading.tell("DATE_NAISS", given, Reason.BIRTH_DATE_BAD_SHAPE, Then.ISO_READ)
        return born
    return reading.birth_date("DATE_NAISS")
