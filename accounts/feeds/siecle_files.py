"""SIECLE's files: what each is, of which school and year, by its root and its parameters."""

from dataclasses import dataclass
from datetime import date

from lxml import etree

from accounts.feeds.envelope import Entry, Operation
from accounts.feeds.keys import date_of
from accounts.feeds.names import clean
from accounts.feeds.report import Place
from accounts.feeds.xml import Chunks, elements, line_of, text_of

STUDENTS, GUARDIANS, NOMENCLATURES, STRUCTURES, COMMONS = (
    "BEE_ELEVES",
    "BEE_RESPONSABLES",
    "BEE_NOMENCLATURES",
    "BEE_STRUCTURES",
    "BEE_COMMUN",
)
VARIANTS = {"BEE_EPHC_ELEVES": STUDENTS, "BEE_ELEVE": STUDENTS, "BEE_COMMUNS": COMMONS}
ROOTS = frozenset({STUDENTS, GUARDIANS, NOMENCLATURES, STRUCTURES, COMMONS, "BEE_GEOGRAPHIQUE", "BEE_ETABLISSEMENTS"})
OLD_NAME = "NOM"
"""What the family name was called before the summer of 2016."""

UNREAD = ("OPTION", "BOURSE", "ETABLISSEMENT", "COMMUNE", "MATIERE", "PROGRAMME", "GROUPE")
"""Read past, so that memory does not grow with them."""


@dataclass(frozen=True, slots=True)
class SiecleFile:
    """One file: its root (of the school's own variant), and what its parameters say."""

    name: str
    chunks: Chunks
    root: str
    uai: str
    year: int | None
    day: date | None


def read_parameters(chunks: Chunks, name: str, root: str) -> SiecleFile:
    """The file, with the school and the year that its parameters tell. Files without parameters tell none."""
    uai, year, day = "", "", ""
    for element in elements(chunks, name, ("PARAMETRES", "ELEVE", "PERSONNE", "DIVISION", "MEF", *UNREAD)):
        if element.tag == "PARAMETRES":
            uai, year = clean(child_text(element, "UAJ")).upper(), clean(child_text(element, "ANNEE_SCOLAIRE"))
            day = clean(child_text(element, "DATE_EXPORT")) or clean(child_text(element, "HORODATAGE"))[:10]
        break
    known = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None
    return SiecleFile(name, chunks, VARIANTS.get(root, root), uai, known, date_of(day))


def child_text(element: etree._Element, tag: str) -> str:
    """The text of a direct child: in the blocks below stand last year's values."""
    found = element.find(tag)
    return "" if found is None else text_of(found, "")


def entry_of(element: etree._Element, file: str, key: str) -> Entry:
    attributes = {
        str(child.tag): [text_of(child, file)]
        for child in element
        if isinstance(child.tag, str) and not any(isinstance(inner.tag, str) for inner in child)
    }
    if OLD_NAME in attributes:
        attributes.setdefault("NOM_DE_FAMILLE", attributes.pop(OLD_NAME))
    return Entry(
        Operation.ADD, str(element.tag), clean(element.get(key, "")), attributes, Place(file, line_of(element))
    )
