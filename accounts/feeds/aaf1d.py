"""AAF of the first degree: the envelope of the second, other names of attributes, and shorter relations."""

from accounts.feeds import reach
from accounts.feeds.academies import academy_code
from accounts.feeds.envelope import Entry
from accounts.feeds.fields import Reading
from accounts.feeds.keys import uai_reason
from accounts.feeds.levels import LEVELS
from accounts.feeds.links import Link, Relation, link_of
from accounts.feeds.names import clean
from accounts.feeds.records import (
    ADDRESS_LIMIT,
    CODE_LIMIT,
    ID_LIMIT,
    LABEL_LIMIT,
    LINE_LIMIT,
    SCHOOL_LIMIT,
    ClassRecord,
    GuardianRecord,
    RelationRecord,
    SchoolRecord,
    StudentRecord,
)
from accounts.feeds.report import Reason, Report, Then

PERSON_NAMES = ("ENTPersonNomPatro", "ENTPersonNom", "ENTPersonPrenom", "ENTPersonAutresPrenoms")
RELATIONS = "ENTEleveAutoriteParentale"
CLASSES = "ENTPersonClasses"
CLASS_PARTS = 5

STUDENT_UNREAD = frozenset(
    """
    ENTPersonGroupes ENTEleveCycle ENTEleveTypeClasse ENTEleveRestaurantScolaire ENTEleveTransport
    ENTEleveGarderieMatin ENTEleveGarderieSoir ENTEleveEtudesSurveillees ENTPersonAdresse ENTPersonCodePostal
    ENTPersonVille ENTPersonPays ENTPersonTelPerso
    """.split()  # noqa: SIM905 - a list of a line each hides more than it shows
)
STUDENT_TOLD = {
    "ENTPersonNomPatro": "family_name",
    "ENTPersonNom": "name",
    "ENTPersonPrenom": "first_name",
    "ENTEleveINE": "ine",
    "ENTPersonDateNaissance": "birth_date",
    "ENTPersonMail": "mail",
    "ENTEleveStructRattachId": "local_id",
    "ENTPersonStructRattach": "school",
    CLASSES: "classes",
    "ENTEleveNiveau": "mef",
    RELATIONS: "relations",
}
STUDENT_KNOWN = (
    STUDENT_UNREAD | STUDENT_TOLD.keys() | {"ENTPersonJointure", "ENTPersonAutresPrenoms", "ENTPersonCivilite"}
)
GUARDIAN_UNREAD = frozenset(
    {"ENTPersonDateNaissance", "ENTPersRelEleveTelPro", "ENTPersonAdresseDiffusion", "ENTPersRelEleveEleve"}
)
GUARDIAN_TOLD = {
    "ENTPersonNomPatro": "family_name",
    "ENTPersonNom": "name",
    "ENTPersonPrenom": "first_name",
    "ENTPersonCivilite": "title",
    "ENTPersonMail": "mail",
    "ENTPersRelEleveTelMobile": "mobile",
    "ENTPersonAdresse": "address",
}


def read_school(entry: Entry, report: Report) -> SchoolRecord | None:
    """The school, or None where it has no identifier. A doubtful UAI is kept and told."""
    reading = Reading(entry, report)
    if not reading.has_id():
        return None
    uai = entry.one("ENTStructureUAI").upper()
    if (entry.tells("ENTStructureUAI")) and (reason := uai_reason(uai)):
        reading.tell("ENTStructureUAI", uai, reason)
    initials, name, city, *_ = [*entry.one("ENTStructureNomCourant").split("$"), "", "", ""]
    return SchoolRecord(
        id=entry.id,
        place=entry.place,
        uai=uai,
        name=clean(f"{initials.replace('.', '')} {name}")[:SCHOOL_LIMIT],
        kind=reading.text("ENTStructureTypeStruct", CODE_LIMIT),
        academy=academy_code(entry.one("ENTServAcCodeAcademie")),
        street=reading.text("ENTStructureAdresse", LINE_LIMIT),
        postal_code=reading.text("ENTStructureCodePostal", CODE_LIMIT),
        city=reading.text("ENTStructureVille", LINE_LIMIT) or clean(city)[:LINE_LIMIT],
        phone=reach.e164(entry.one("ENTStructureTelephone")),
        mail=reach.mail(entry.one("ENTStructureEmail")),
        classes=(),
        told=entry.told({}),
    )


def read_student(entry: Entry, report: Report) -> StudentRecord | None:
    """The pupil, or None where the line cannot be kept (no identifier, no name, a name too long)."""
    reading = Reading(entry, report)
    names = reading.has_id() and reading.names(*PERSON_NAMES)
    if not names:
        return None
    reading.unknown_attributes(STUDENT_KNOWN)
    if "?" in names.name + names.first_name:
        reading.tell("ENTPersonNom/ENTPersonPrenom", f"{names.name} {names.first_name}", Reason.CHARACTER_LOST)
    level = reading.text("ENTEleveNiveau", CODE_LIMIT)
    return StudentRecord(
        id=entry.id,
        place=entry.place,
        local_id=reading.text("ENTEleveStructRattachId", ID_LIMIT),
        school=reading.text("ENTPersonStructRattach", ID_LIMIT),
        ine=reading.ine("ENTEleveINE"),
        birth_date=reading.birth_date("ENTPersonDateNaissance"),
        family_name=names.family_name,
        name=names.name,
        first_name=names.first_name,
        title=reading.text("ENTPersonCivilite", CODE_LIMIT),
        classes=_classes(reading),
        mef=LEVELS.get(level.upper(), ""),
        mef_label=level,
        level=level,
        mail=reach.mail(entry.one("ENTPersonMail")),
        relations=_relations(reading),
        told=entry.told(STUDENT_TOLD),
    )


def read_guardian(entry: Entry, report: Report) -> GuardianRecord | None:
    """The person, or None where the line cannot be kept."""
    reading = Reading(entry, report)
    names = reading.has_id() and reading.names(*PERSON_NAMES)
    if not names:
        return None
    mobiles = tuple(dict.fromkeys(entry.many("ENTPersRelEleveTelMobile")))
    mail = entry.one("ENTPersonMail")
    address = reading.text("ENTPersonAdresse", ADDRESS_LIMIT)
    return GuardianRecord(
        id=entry.id,
        place=entry.place,
        family_name=names.family_name,
        name=names.name,
        first_name=names.first_name,
        title=reading.text("ENTPersonCivilite", CODE_LIMIT),
        mail=reach.mail(mail),
        mail_given=mail,
        mobile=next(filter(None, map(reach.mobile, mobiles)), ""),
        mobiles_given=mobiles,
        phone=reach.e164(entry.one("ENTPersonTelPerso")),
        address=tuple(line for part in address.split("$") if (line := part.strip())),
        postal_code=reading.text("ENTPersonCodePostal", CODE_LIMIT),
        city=reading.text("ENTPersonVille", LINE_LIMIT),
        country=reading.text("ENTPersonPays", LINE_LIMIT),
        told=entry.told(GUARDIAN_TOLD),
    )


def _classes(reading: Reading) -> tuple[ClassRecord, ...]:
    """`structure$…$…$id$label`: the class stays the same when its label changes."""
    found = []
    for value in reading.entry.codes(CLASSES):
        parts = [part.strip() for part in value.split("$")]
        if len(parts) != CLASS_PARTS or not parts[0] or not 0 < len(parts[3]) <= CODE_LIMIT:
            reading.tell(CLASSES, value, Reason.CLASS_MALFORMED, Then.VALUE_DROPPED)
            continue
        label = clean(parts[4])[:LABEL_LIMIT]
        found.append(ClassRecord(parts[0], (label or parts[3])[:CODE_LIMIT], label, id=parts[3]))
    if not found and reading.entry.tells(CLASSES):
        reading.tell(CLASSES, "", Reason.WITHOUT_CLASS)
    return tuple(found)


def _relations(reading: Reading) -> tuple[RelationRecord, ...]:
    """`jointure$link`: whoever stands here holds parental authority."""
    found = []
    for value in reading.entry.many(RELATIONS):
        guardian, _, code = value.partition("$")
        if not guardian.strip() or "$" in code:
            detail = f"{value.count('$') + 1} fields instead of 2"
            reading.tell(RELATIONS, value, Reason.RELATION_MALFORMED, Then.VALUE_DROPPED, detail)
            continue
        link = link_of(code.strip())
        if link is None:
            reading.tell(RELATIONS, value, Reason.UNKNOWN_LINK, Then.KEPT_AS_OTHER_LINK)
        relation = Relation.SELF if link is Link.SELF else Relation.LEGAL
        if relation is Relation.SELF:
            reading.tell(RELATIONS, value, Reason.OWN_GUARDIAN, Then.NO_SECOND_ACCOUNT)
        found.append(RelationRecord(guardian.strip(), relation, link or Link.OTHER, 0, value))
    return tuple(found)
