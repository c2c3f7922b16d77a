"""An invented export of SIECLE (BEE) for one school: pupils, guardians, divisions and training codes.

Telephones are written in every way that schools type them, some pupils have left, some have no division or no INE:
the dirt of formats.md 5.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape, quoteattr

from accounts.feeds.invent.families import families_of
from accounts.feeds.invent.people import Family, Guardian, Student
from accounts.feeds.invent.schools import LEVELS, SchoolPlan
from accounts.feeds.invent.spelling import telephone
from accounts.feeds.keys import school_year

SHARE_LEFT = 0.03
LONG_TITLES = {"Mme": ("MME", "MADAME"), "M.": ("M.", "MONSIEUR")}


def write_siecle(folder: Path, plan: SchoolPlan, day: date, seed: int) -> tuple[Path, ...]:
    """Write the four files of a school's export, ISO-8859-15 as SIECLE's are. Raises ValueError as `families_of`."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = Random(seed)  # noqa: S311 - invented people, no secret
    families = list(families_of(plan, day, rng))
    written = {
        "ElevesAvecAdresses": ("BEE_ELEVES", "3.0", _pupils(families, day, rng)),
        "ResponsablesAvecAdresses": ("BEE_RESPONSABLES", "2.1", _persons(families, rng)),
        "Structures": ("BEE_STRUCTURES", "2.1", _divisions(plan)),
        "Nomenclature": ("BEE_NOMENCLATURES", "3.1", _mefs(plan)),
    }
    return tuple(
        _write(folder / f"ExportXML_{name}.xml", root, version, body, plan.uai, day)
        for name, (root, version, body) in written.items()
    )


def _write(path: Path, root: str, version: str, body: Iterable[str], uai: str, day: date) -> Path:
    with path.open("w", encoding="iso-8859-15", errors="xmlcharrefreplace", newline="\n") as file:
        file.write(f'<?xml version="1.0" encoding="ISO-8859-15"?>\n<{root} VERSION="{version}">\n<PARAMETRES>\n')
        told = {"UAJ": uai, "ANNEE_SCOLAIRE": str(school_year(day)), "DATE_EXPORT": f"{day:%d/%m/%Y}"}
        file.writelines(f"{line}\n" for line in _elements(told))
        file.write("</PARAMETRES>\n<DONNEES>\n")
        file.writelines(f"{line}\n" for line in body)
        file.write(f"</DONNEES>\n</{root}>\n")
    return path


def _pupils(families: Sequence[Family], day: date, rng: Random) -> Iterator[str]:
    students = [(student, family) for family in families for student in family.students]
    yield "<ELEVES>"
    for student, family in students:
        told = _pupil(student, family)
        if rng.random() < SHARE_LEFT:
            told["DATE_SORTIE"] = f"{day.replace(day=1):%d/%m/%Y}"
        yield _block("ELEVE", {"ELEVE_ID": str(student.id), "ELENOET": str(student.local_id)}, told)
    yield "</ELEVES>\n<STRUCTURES>"
    for student, _ in students:
        if student.has_class:
            yield (
                f'<STRUCTURES_ELEVE ELEVE_ID="{student.id}"><STRUCTURE>'
                f"<CODE_STRUCTURE>{escape(student.seat.class_name)}</CODE_STRUCTURE>"
                "<TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE>"
            )
    yield "</STRUCTURES>"


def _pupil(student: Student, family: Family) -> dict[str, str]:
    return {
        "ID_NATIONAL": student.ine,
        "NOM_DE_FAMILLE": student.family_name.upper(),
        "NOM_USAGE": student.name.upper() if student.name != student.family_name else "",
        "PRENOM": student.first_name,
        "DATE_NAISS": f"{student.birth_date:%d/%m/%Y}",
        "CODE_SEXE": "2" if student.title == "Mme" else "1",
        "CODE_MEF": student.seat.level.mef,
        "ADRESSE_ID": str(family.students[0].id),
    }


def _persons(families: Sequence[Family], rng: Random) -> Iterator[str]:
    yield "<PERSONNES>"
    for family in families:
        for guardian in family.guardians:
            yield _block("PERSONNE", {"PERSONNE_ID": str(guardian.id)}, _person(guardian, family, rng))
    yield "</PERSONNES>\n<RESPONSABLES>"
    for family in families:
        for student in family.students:
            for relation in student.relations:
                person, code, pays, level, *_ = relation.split("$")
                old = len(code) == 1
                told = {
                    "ELEVE_ID": str(student.id),
                    "PERSONNE_ID": person,
                    "RESP_LEGAL" if old else "NIVEAU_RESPONSABILITE": level,
                    "CODE_PARENTE": code,
                    "PAIE_FRAIS_SCOLAIRES": pays,
                }
                yield _block("RESPONSABLE_ELEVE", {}, told)
    yield "</RESPONSABLES>\n<ADRESSES>"
    for family in families:
        told = {
            "LIGNE1_ADRESSE": family.address,
            "CODE_POSTAL": family.postal_code,
            "LL_PAYS": "FRANCE",
            "LIBELLE_POSTAL": family.city.upper(),
        }
        yield _block("ADRESSE", {"ADRESSE_ID": str(family.students[0].id)}, told)
    yield "</ADRESSES>"


def _person(guardian: Guardian, family: Family, rng: Random) -> dict[str, str]:
    short, long = LONG_TITLES.get(guardian.title, ("", ""))
    return {
        "LC_CIVILITE": short,
        "LL_CIVILITE": long,
        "NOM_DE_FAMILLE": guardian.name.upper(),
        "PRENOM": guardian.first_name,
        "TEL_PERSONNEL": telephone(guardian.landline, rng),
        "TEL_PORTABLE": telephone(guardian.mobile, rng),
        "ACCEPTE_SMS": "1" if guardian.gets_messages else "0",
        "MEL": guardian.mail,
        "ADRESSE_ID": str(family.students[0].id),
    }


def _divisions(plan: SchoolPlan) -> Iterator[str]:
    yield "<DIVISIONS>"
    for level, name in plan.classes():
        yield _block("DIVISION", {"CODE_STRUCTURE": name}, {"LIBELLE_LONG": f"{name}, {level.name}"})
    yield "</DIVISIONS>"


def _mefs(plan: SchoolPlan) -> Iterator[str]:
    yield "<MEFS>"
    for level in LEVELS[plan.kind]:
        told = {"FORMATION": level.name, "LIBELLE_LONG": level.mef_label, "LIBELLE_EDITION": level.mef_label}
        yield _block("MEF", {"CODE_MEF": level.mef}, told)
    yield "</MEFS>"


def _block(tag: str, attributes: dict[str, str], told: dict[str, str]) -> str:
    marks = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{tag}{marks}>{''.join(_elements(told))}</{tag}>"


def _elements(told: dict[str, str]) -> Iterator[str]:
    """What is empty is left out, as SIECLE does."""
    return (f"<{name}>{escape(value)}</{name}>" for name, value in told.items() if value)
