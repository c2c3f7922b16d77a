"""ONDE's two tables of a primary school: pupils, and guardians with a block of cells a child.

Neither says its school, nor has it identifiers: pupils are known by INE or by names and birth date, guardians join
their children by names. Three generations of headings differ (formats.md 4); the columns are found by their names.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from accounts.feeds import keys, reach
from accounts.feeds.keys import INE_REASONS, Ine
from accounts.feeds.levels import LEVELS
from accounts.feeds.links import Link, Relation
from accounts.feeds.names import clean, fold, has_invisible, has_other_script, visible
from accounts.feeds.onde_families import Child, Line, Person, Pupil, join_child, merge_people
from accounts.feeds.records import (
    ADDRESS_LIMIT,
    CODE_LIMIT,
    LINE_LIMIT,
    NAME_LIMIT,
    ClassRecord,
    GuardianRecord,
    RelationRecord,
    StudentRecord,
)
from accounts.feeds.report import Issue, Place, Reason, Refusal, Refused, Report, Then
from accounts.feeds.siecle import EVERYTHING, TITLES
from accounts.feeds.tables import Row, Table

OF_STUDENTS = {"nomeleve", "prenomeleve"}
OF_GUARDIANS = {"nomresponsable", "prenomresponsable"}
CHILD_USUAL, CHILD_FAMILY = ("nomdusageenfant", "nomdusageeleve"), ("nomdefamilleenfant", "nomdefamilleeleve")
CHILD_FIRST, CHILD_BORN = ("prenomenfant", "prenomeleve"), ("datedenaissanceeleve", "datedenaissanceenfant")
CHILD_CLASS = ("classesenfants", "classeseleves")


@dataclass(frozen=True)
class OndeReader:
    """What the tables of one school say. `guardians_table` may be missing: then relations are not told."""

    students_table: Table
    guardians_table: Table | None
    school: str

    def students(self, report: Report) -> Iterator[StudentRecord]:
        pupils = list(self._pupils(report))
        if self.guardians_table is None:
            yield from (pupil.record for pupil in pupils)
            return
        by_names = defaultdict(list)
        for pupil in pupils:
            by_names[fold(pupil.record.first_name)].append(pupil)
        relations: dict[str, dict[str, RelationRecord]] = defaultdict(dict)
        for person in self._people(report):
            for child in person.children:
                if joined := join_child(child, by_names[fold(child.first)], report):
                    tie = RelationRecord(person.record.id, Relation.LEGAL, Link.OTHER, 0, child.value)
                    relations[joined.record.id][person.record.id] = tie
        for pupil in pupils:
            yield replace(pupil.record, relations=tuple(relations[pupil.record.id].values()))

    def guardians(self, report: Report) -> Iterator[GuardianRecord]:
        """What is doubtful in the rows is told with the pupils."""
        if self.guardians_table is not None:
            yield from (person.record for person in self._people(Report()))

    def _pupils(self, report: Report) -> Iterator[Pupil]:
        table = self.students_table
        columns = {
            "family": table.place("nomeleve"),
            "usual": table.place("nomdusageeleve"),
            "first": table.place("prenomeleve"),
            "born": table.place("datenaissance", "datedenaissance"),
            "ine": table.place("ine"),
            "room": table.place("libelleclasse", "classe"),
            "room_id": table.place("identifiantclasse"),
            "level": table.place("niveau"),
        }
        for row in table.rows:
            told = {name: clean(row.cell(place)) for name, place in columns.items()}
            raw = "".join(row.cell(columns[name]) for name in ("family", "usual", "first"))
            where = Line(f"{told['family']} {told['first']}".strip(), Place(table.name, row.line))
            if _names_stand(told["family"] or told["usual"], told["first"], where, report):
                _tell_odd_letters(raw, where, report)
                yield Pupil(self._student(told, where, report, columns), told["level"])

    def _student(
        self, told: dict[str, str], where: Line, report: Report, columns: dict[str, int | None]
    ) -> StudentRecord:
        missing = {"relations"} if self.guardians_table is None else set()
        missing |= {"ine"} if columns["ine"] is None else set()
        missing |= {"classes"} if columns["room"] is None else set()
        missing |= {"birth_date"} if columns["born"] is None else set()
        missing |= {"mef"} if columns["level"] is None else set()
        return StudentRecord(
            id=f"e{where.place.line}",
            place=where.place,
            local_id="",
            school=self.school,
            ine=_ine(told["ine"], where, report) if "ine" not in missing else "",
            birth_date=_born(told["born"], where, report) if "birth_date" not in missing else None,
            family_name=told["family"] or told["usual"],
            name=told["usual"] or told["family"],
            first_name=told["first"],
            title="",
            classes=_classes(self.school, told, where, report) if "classes" not in missing else (),
            mef=LEVELS.get(told["level"].upper(), ""),
            mef_label=told["level"][:CODE_LIMIT],
            level=told["level"][:CODE_LIMIT],
            mail="",
            relations=(),
            told=EVERYTHING - missing if missing else None,
            called=where.id,
        )

    def _people(self, report: Report) -> list[Person]:
        table = self.guardians_table
        rows = [one for row in table.rows if (one := self._person(row, table, report))] if table else []
        by_names: dict[tuple[str, str], list[Person]] = defaultdict(list)
        for person in rows:
            by_names[(fold(person.record.family_name), fold(person.record.first_name))].append(person)
        return [one for same in by_names.values() for one in merge_people(same, report)]

    @cached_property
    def _blocks(self) -> tuple[int, int, list[str]]:
        """Where the children begin, the cells a child takes, and the headings of one block."""
        header = self.guardians_table.header if self.guardians_table else []
        begins = [place for place, name in enumerate(header) if name in CHILD_USUAL]
        if not begins:
            return len(header), 1, []
        step = begins[1] - begins[0] if len(begins) > 1 else len(header) - begins[0]
        return begins[0], step, header[begins[0] : begins[0] + step]

    def _person(self, row: Row, table: Table, report: Report) -> Person | None:
        names = ("nomresponsable", "nomusageresponsable", "prenomresponsable", "civiliteresponsable", "courriel")
        family, usual, first, title, mail = (clean(row.cell(table.place(name))) for name in names)
        street, code, city = (
            clean(row.cell(table.place(name))) for name in ("adresseresponsable", "cpresponsable", "communeresponsable")
        )
        mobile, phone = (row.cell(table.place(name)) for name in ("telephoneportable", "telephonedomicile"))
        where = Line(f"{family} {first}".strip(), Place(table.name, row.line))
        if not _names_stand(family or usual, first, where, report):
            return None
        record = GuardianRecord(
            id=f"r{row.line}",
            place=where.place,
            family_name=family or usual,
            name=usual or family,
            first_name=first,
            title=TITLES.get(title.lower(), ""),
            mail=reach.mail(mail),
            mail_given=mail,
            mobile=reach.mobile(mobile),
            mobiles_given=(mobile,) if mobile else (),
            phone=reach.e164(phone),
            address=(street[:ADDRESS_LIMIT],) if street else (),
            postal_code=code[:CODE_LIMIT],
            city=city[:LINE_LIMIT],
            country=clean(row.cell(table.place("pays")))[:LINE_LIMIT],
            called=where.id,
        )
        return Person(row.line, record, fold(street) + fold(code), list(self._children(row, where)))

    def _children(self, row: Row, where: Line) -> Iterator[Child]:
        begin, step, headings = self._blocks
        for start in range(begin, len(row.cells), step) if headings else ():
            cells = Row(row.line, row.cells[start : start + step])
            usual, family, first, given, room = (
                visible(cells.cell(next((headings.index(name) for name in names if name in headings), None)))
                for names in (CHILD_USUAL, CHILD_FAMILY, CHILD_FIRST, CHILD_BORN, CHILD_CLASS)
            )
            if family or first:
                yield Child(usual, family, first, keys.date_of(given), given, room, where)


def _names_stand(name: str, first: str, where: Line, report: Report) -> bool:
    """Whether a row has names that can be kept; else it is rejected."""
    longest = max(len(name), len(first))
    if longest > NAME_LIMIT:
        detail = f"{longest} characters, {NAME_LIMIT} allowed"
        report.add(Issue.at(where, "Nom/Prénom", where.id, Reason.NAME_TOO_LONG, Then.REJECTED, detail))
    elif not name:
        report.add(Issue.at(where, "Nom", "", Reason.NAME_EMPTY, Then.REJECTED))
    elif not first:
        report.add(Issue.at(where, "Prénom", "", Reason.FIRST_NAME_EMPTY, Then.REJECTED))
    else:
        return True
    return False


def _tell_odd_letters(raw: str, where: Line, report: Report) -> None:
    if has_invisible(raw):
        report.add(Issue.at(where, "Nom/Prénom", where.id, Reason.INVISIBLE_CHARACTER, Then.CLEANED))
    if has_other_script(raw):
        report.add(Issue.at(where, "Nom/Prénom", where.id, Reason.OTHER_SCRIPT))


def _born(given: str, where: Line, report: Report) -> date | None:
    iso = keys.ISO_DATE.fullmatch(given)
    born, reason = keys.birth_date("/".join(reversed(iso.groups())) if iso else given)
    if reason:
        report.add(Issue.at(where, "Date naissance", given, reason, Then.WITHOUT_BIRTH_DATE))
    return born


def _ine(given: str, where: Line, report: Report) -> str:
    kind = keys.ine_kind(given)
    if reason := INE_REASONS.get(kind):
        thens = {Ine.EMPTY: Then.KEY_WITHOUT_INE, Ine.BAD_SHAPE: Then.WITHOUT_INE}
        report.add(Issue.at(where, "INE", given, reason, thens.get(kind, Then.WARNED)))
    return "" if kind in (Ine.EMPTY, Ine.BAD_SHAPE) else given.upper()


def _classes(school: str, told: dict[str, str], where: Line, report: Report) -> tuple[ClassRecord, ...]:
    room, ident = told["room"], told["room_id"]
    if not room:
        report.add(Issue.at(where, "Libellé classe", "", Reason.WITHOUT_CLASS))
        return ()
    if len(room) > CODE_LIMIT or len(ident) > CODE_LIMIT:
        report.add(Issue.at(where, "Libellé classe", room, Reason.CLASS_MALFORMED, Then.VALUE_DROPPED))
        return ()
    return (ClassRecord(school, room, room, id=ident),)


def refuse_guardians_alone(name: str) -> Refusal:
    """The guardians' table alone says nothing of which child is meant."""
    return Refusal(
        Refused.WRONG_SLOT, name, None, "ONDE's file of guardians, by its header, without that of the pupils"
    )
