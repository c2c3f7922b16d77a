"""The files of an invented delivery of AAF: requests in numbered pieces of a bounded size."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TextIO
from xml.sax.saxutils import escape

from accounts.feeds.academies import academy_name
from accounts.feeds.envelope import Category, Operation
from accounts.feeds.invent.entries import Attributes
from accounts.feeds.terms import Kind

VERSION = "AAF-VE2607"
ENTRIES_A_FILE = 10_000
KINDS_OF_CATEGORY = {
    Category.SCHOOLS: "categorieStructure",
    Category.MEFS: "categorieMef",
    Category.SUBJECTS: "categorieMatiere",
    Category.STUDENTS: "categoriePersonne",
    Category.GUARDIANS: "categoriePersonne",
}
FILE_WORDS = {Category.SUBJECTS: "MatiereEducNat"}
KIND_WORDS = {Kind.COMPLETE: "Complet", Kind.DELTA: "Delta"}


class Pieces:
    """The numbered files of one category."""

    def __init__(self, folder: Path, day: date, academy: int, category: Category, kind: Kind = Kind.COMPLETE) -> None:
        self.files: list[Path] = []
        self._folder, self._day, self._academy, self._category, self._kind = folder, day, academy, category, kind
        self._count = 0
        self._file: TextIO | None = None

    def __enter__(self) -> "Pieces":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def write_all(self, entries: Iterable[Attributes]) -> None:
        """Additions: an entry's first attribute is its identifier."""
        for attributes in entries:
            lines = "\n".join(f'<attr name="{name}">{_values(value)}</attr>' for name, value in attributes.items())
            ident = str(next(iter(attributes.values())))
            self._write(Operation.ADD, ident, f"<attributes>\n{lines}\n</attributes>\n")

    def write_change(self, ident: str, changes: Attributes) -> None:
        lines = "\n".join(
            f'<modification name="{name}" operation="replace">{_values(value)}</modification>'
            for name, value in changes.items()
        )
        self._write(Operation.MODIFY, ident, f"<modifications>\n{lines}\n</modifications>\n")

    def write_removal(self, ident: str) -> None:
        self._write(Operation.DELETE, ident, "")

    def _write(self, operation: Operation, ident: str, body: str) -> None:
        if self._file is None or self._count % ENTRIES_A_FILE == 0:
            self._close()
            self._file = self._open()
        self._count += 1
        kind = KINDS_OF_CATEGORY[self._category]
        self._file.write(
            f"\n<{operation}>\n<operationalAttributes>"
            f'<attr name="{kind}"><value>{self._category}</value></attr></operationalAttributes>\n'
            f"<identifier><id>{escape(ident)}</id></identifier>\n{body}</{operation}>\n"
        )

    def _open(self) -> TextIO:
        word = FILE_WORDS.get(self._category, self._category)
        academy = academy_name(self._academy).upper()
        path = (
            self._folder
            / f"ENT2DVA-{academy}_{KIND_WORDS[self._kind]}_{self._day:%Y%m%d}_{word}_{len(self.files):04}.xml"
        )
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


def _values(value: str | list[str]) -> str:
    values = value if isinstance(value, list) else [value]
    return "".join(f"<value>{escape(v)}</value>" if v else "<value/>" for v in values or [""])
