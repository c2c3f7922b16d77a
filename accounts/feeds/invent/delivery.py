"""Writing an invented delivery, entry by entry, in files of a bounded size."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from types import TracebackType
from typing import TextIO
from xml.sax.saxutils import escape

from accounts.feeds.academies import academy_name, academy_of
from accounts.feeds.envelope import Category
from accounts.feeds.invent.entries import (
    Attributes,
    guardian_entry,
    mef_entry,
    school_entry,
    student_entry,
    subject_entry,
)
from accounts.feeds.invent.people import FIRST_INE, LAST_INE, Inventor
from accounts.feeds.invent.schools import FIRST_SCHOOL_ID, LEVELS, SchoolPlan, seats
from accounts.feeds.invent.words import SUBJECTS

VERSION = "AAF-VE2607"
ENTRIES_A_FILE = 10_000
REIMS = 19
KINDS_OF_CATEGORY = {
    Category.SCHOOLS: "categorieStructure",
    Category.MEFS: "categorieMef",
    Category.SUBJECTS: "categorieMatiere",
    Category.STUDENTS: "categoriePersonne",
    Category.GUARDIANS: "categoriePersonne",
}
FILE_WORDS = {Category.SUBJECTS: "MatiereEducNat"}


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the files, and how many of each."""

    files: tuple[Path, ...]
    schools: int
    students: int
    guardians: int


def write_delivery(folder: Path, schools: Sequence[SchoolPlan], day: date, seed: int) -> Written:
    """Write a complete delivery of these schools, dated `day`, into a folder, which is made if need be.

    Raises ValueError for more pupils than the series 990 has numbers (some 400,000).
    """
    if sum(plan.pupils for plan in schools) > LAST_INE - FIRST_INE + 1:
        raise ValueError("more pupils than invented INE")
    folder.mkdir(parents=True, exist_ok=True)
    plans = {str(FIRST_SCHOOL_ID + index): plan for index, plan in enumerate(schools)}
    code = academy_of(schools[0].uai) or REIMS
    rng = Random(seed)  # noqa: S311 - invented people, no secret
    inventor = Inventor(rng, day)
    free = [seats(school_id, plan) for school_id, plan in plans.items()]
    for places in free:
        rng.shuffle(places)
    with ExitStack() as stack:
        out = {c: stack.enter_context(Pieces(folder, day, code, c)) for c in KINDS_OF_CATEGORY}
        out[Category.SCHOOLS].write_all(school_entry(i, plan, code, academy_name(code)) for i, plan in plans.items())
        out[Category.MEFS].write_all(
            mef_entry(level) for kind in dict.fromkeys(p.kind for p in schools) for level in LEVELS[kind]
        )
        out[Category.SUBJECTS].write_all(subject_entry(*subject) for subject in SUBJECTS)
        for family in inventor.families_for(free):
            out[Category.STUDENTS].write_all(student_entry(student, family, rng) for student in family.students)
            out[Category.GUARDIANS].write_all(guardian_entry(person, family) for person in family.guardians)
    files = tuple(path for pieces in out.values() for path in pieces.files)
    return Written(files, len(plans), inventor.students, inventor.guardians)


class Pieces:
    """The numbered files of one category."""

    def __init__(self, folder: Path, day: date, academy: int, category: Category) -> None:
        self.files: list[Path] = []
        self._folder, self._day, self._academy, self._category = folder, day, academy, category
        self._count = 0
        self._file: TextIO | None = None

    def __enter__(self) -> "Pieces":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def write_all(self, entries: Iterable[Attributes]) -> None:
        for attributes in entries:
            if self._file is None or self._count % ENTRIES_A_FILE == 0:
                self._close()
                self._file = self._open()
            self._count += 1
            self._file.write(self._entry(attributes))

    def _open(self) -> TextIO:
        word = FILE_WORDS.get(self._category, self._category)
        academy = academy_name(self._academy).upper()
        path = self._folder / f"ENT2DVA-{academy}_Complet_{self._day:%Y%m%d}_{word}_{len(self.files):04}.xml"
        self.files.append(path)
        file = path.open("w", encoding="utf-8", newline="\n")
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">\n'
            f'<ficAlimMENESR>\n<!-- versionAF="{VERSION}" -->\n<!-- codeAcademieExport="{self._academy}" -->\n'
            f'<!-- degre="2D" -->\n<!-- dateGenerationExport="{self._day:%d/%m/%Y}" -->\n'
        )
        return file

    def _close(self) -> None:
        if self._file:
            self._file.write("\n</ficAlimMENESR>\n")
            self._file.close()
            self._file = None

    def _entry(self, attributes: Attributes) -> str:
        kind = KINDS_OF_CATEGORY[self._category]
        ident = next(iter(attributes.values()))
        lines = [
            "\n<addRequest>",
            "<operationalAttributes>"
            f'<attr name="{kind}"><value>{self._category}</value></attr></operationalAttributes>',
            f"<identifier><id>{ident}</id></identifier>",
            "<attributes>",
            *(f'<attr name="{name}">{_values(value)}</attr>' for name, value in attributes.items()),
            "</attributes>",
            "</addRequest>\n",
        ]
        return "\n".join(lines)


def _values(value: str | list[str]) -> str:
    values = value if isinstance(value, list) else [value]
    return "".join(f"<value>{escape(v)}</value>" if v else "<value/>" for v in values or [""])
