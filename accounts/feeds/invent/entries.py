"""What an entry of an invented delivery says: its attributes, the first of which is its identifier."""

from random import Random

from accounts.feeds.invent.people import Family, Guardian, Student
from accounts.feeds.invent.schools import TYPE_CODES, Level, SchoolPlan
from accounts.feeds.invent.words import BOYS, GIRLS, SUBJECTS

Attributes = dict[str, str | list[str]]

MEALS = ("DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT", "EXTERNE LIBRE", "INTERNE DANS L'ETABLISSEMENT")


def school_entry(school_id: str, plan: SchoolPlan, academy: int, academy_name: str) -> Attributes:
    initials, _, name = plan.name.partition(" ")
    number = int(school_id) % 10_000
    return {
        "ENTStructureJointure": school_id,
        "ENTStructureUAI": plan.uai,
        "ENTEtablissementUAI": plan.uai,
        "ENTStructureSIREN": f"199900{number:04}0000",
        "ENTStructureNomCourant": f"{initials}${name}${plan.city}",
        "ENTStructureTypeStruct": str(plan.kind),
        "ENTStructureCodeTypeStruct": TYPE_CODES[plan.kind],
        "ENTEtablissementContrat": "PU",
        "street": "2 avenue des Étoiles",
        "postalCode": "51099",
        "l": plan.city,
        "telephoneNumber": f"+33 3 53 01 {number // 100:02} {number % 100:02}",
        "ENTStructureMailSI": f"ce.{plan.uai.lower()}@example.org",
        "ENTServAcAcademie": academy_name.upper(),
        "ENTServAcCodeAcademie": f"{academy:03}",
        "ENTStructureClasses": [f"{code}${code}${level.mef}" for level, code in plan.classes()],
        "ENTStructureGroupes": "",
    }


def mef_entry(level: Level) -> Attributes:
    return {
        "ENTMefJointure": level.mef,
        "ENTLibelleMef": level.mef_label,
        "ENTMEFRattach": level.mef,
        "ENTMEFSTAT11": "2" + level.mef[:-1],
        "ENTNivFormation": level.name,
        "ENTFiliere": "",
    }


def subject_entry(code: str, label: str) -> Attributes:
    return {"ENTMatJointure": code, "ENTLibelleMatiere": label, "ENTMatiereRattach": code}


def student_entry(student: Student, family: Family, rng: Random) -> Attributes:
    seat = student.seat
    subjects = sorted(rng.sample(SUBJECTS, 7))
    others = rng.choices(GIRLS if student.title == "Mme" else BOYS, k=rng.randint(0, 2))
    return {
        "ENTPersonJointure": str(student.id),
        "ENTEleveINE": student.ine,
        "ENTEleveStructRattachId": str(student.local_id),
        "ENTPersonDateNaissance": f"{student.birth_date:%d/%m/%Y}",
        "ENTPersonNomPatro": student.family_name,
        "sn": student.name,
        "givenName": student.first_name,
        "ENTPersonAutresPrenoms": [student.first_name, *others],
        "personalTitle": student.title,
        "ENTElevePersRelEleve": student.relations,
        "ENTEleveBoursier": rng.choice("ON"),
        "ENTEleveRegime": rng.choice(MEALS),
        "ENTEleveTransport": rng.choice("ON"),
        "ENTEleveStatutEleve": "SCOLAIRE",
        "ENTEleveMEF": seat.level.mef,
        "ENTEleveLibelleMEF": seat.level.mef_label,
        "ENTEleveNivFormation": seat.level.name,
        "ENTEleveFiliere": seat.level.track,
        "ENTEleveEnseignements": [label for _, label in subjects],
        "ENTEleveCodeEnseignements": [code for code, _ in subjects],
        "ENTPersonStructRattach": seat.school_id,
        "ENTEleveClasses": f"{seat.school_id}${seat.class_name}" if student.has_class else "",
        "ENTEleveGroupes": "",
        "ENTPersonAdresse": f"{family.address}$$$",
        "ENTPersonCodePostal": family.postal_code,
        "ENTPersonVille": family.city,
        "ENTPersonPays": "FRANCE",
        "mail": "",
    }


def guardian_entry(guardian: Guardian, family: Family) -> Attributes:
    return {
        "ENTPersonJointure": str(guardian.id),
        "ENTPersonDateNaissance": "",
        "ENTPersonNomPatro": guardian.name,
        "sn": guardian.name,
        "givenName": guardian.first_name,
        "ENTPersonAutresPrenoms": guardian.first_name,
        "personalTitle": guardian.title,
        "homePhone": guardian.landline,
        "telephoneNumber": "",
        "ENTPersonAdresse": f"{family.address}$$$",
        "ENTPersonCodePostal": family.postal_code,
        "ENTPersonVille": family.city,
        "ENTPersonPays": "FRANCE",
        "ENTPersonAdresseDiffusion": "O",
        "mobile": guardian.mobile,
        "mail": guardian.mail,
        "ENTPersonMobileSMS": guardian.mobile if guardian.gets_messages else "",
        "ENTAuxPersRelEleveEleve": [str(child) for child in guardian.children],
    }
