"""AAF of the second degree: what its attributes say, as records."""

import re

from accounts.feeds import reach
from accounts.feeds.academies import academy_code
from accounts.feeds.envelope import Entry
from accounts.feeds.fields import Reading
from accounts.feeds.keys import uai_reason
from accounts.feeds.links import Link, Relation, is_old, link_of, relation_of
from accounts.feeds.names import clean
from accounts.feeds.records import (
    ADDRESS_LIMIT,
    CODE_LIMIT,
    ID_LIMIT,
    LABEL_LIMIT,
    LINE_LIMIT,
    MEF_LIMIT,
    SCHOOL_LIMIT,
    ClassRecord,
    GuardianRecord,
    MefRecord,
    RelationRecord,
    SchoolRecord,
    StudentRecord,
)
from accounts.feeds.report import Reason, Report, Then

PERSON_NAMES = ("ENTPersonNomPatro", "sn", "givenName", "ENTPersonAutresPrenoms")
RELATIONS = "ENTElevePersRelEleve"
RELATION_FIELDS = 6
ACADEMY_IN_NAME = re.compile(r"-ac-.*$", re.IGNORECASE)

STUDENT_READ = frozenset(
    """
    ENTPersonJointure ENTEleveINE ENTEleveStructRattachId ENTPersonDateNaissance ENTPersonNomPatro sn
    givenName ENTPersonAutresPrenoms personalTitle ENTElevePersRelEleve ENTEleveMEF ENTEleveLibelleMEF
    ENTEleveNivFormation ENTPersonStructRattach ENTEleveClasses mail
    """.split()  # noqa: SIM905 - a list of a line each hides more than it shows
)

STUDENT_UNREAD = frozenset(
    """
    ENTEleveStructureRattachIdMEN ENTEleveParents ENTElevePere ENTEleveMere ENTEleveAutoriteParentale
    ENTElevePersRelEleve1 ENTElevePersRelEleve2 ENTEleveQualitePersRelEleve1 ENTEleveQualitePersRelEleve2
    ENTEleveBoursier ENTEleveTransport ENTEleveRegime ENTEleveStatutEleve ENTEleveFiliere
    ENTEleveEnseignements ENTEleveCodeEnseignements ENTEleveGroupes ENTEleveDateEntreeClasses
    ENTEleveDateSortieClasses
    ENTEleveDateEntreeStructRattach ENTEleveDateSortieStructRattach ENTPersonAdresse ENTPersonCodePostal
    ENTPersonVille ENTPersonPays homePhone ENTEleveAdresseRel
    """.split()  # noqa: SIM905
)
"""What the console has no use for, and the deprecated duplicates of relations."""

STUDENT_TOLD = {
    "ENTPersonNomPatro": "family_name",
    "sn": "name",
    "givenName": "first_name",
    "ENTEleveINE": "ine",
    "ENTPersonDateNaissance": "birth_date",
    "mail": "mail",
    "ENTEleveStructRattachId": "local_id",
    "ENTPersonStructRattach": "school",
    "ENTEleveClasses": "classes",
    "ENTEleveMEF": "mef",
    RELATIONS: "relations",
}
GUARDIAN_TOLD = {
    "ENTPersonNomPatro": "family_name",
    "sn": "name",
    "givenName": "first_name",
    "personalTitle": "title",
    "mail": "mail",
    "mobile": "mobile",
    "ENTPersonMobileSMS": "mobile",
    "ENTPersonAdresse": "address",
}
"""What each attribute of a change tells of a record."""

STUDENT_KNOWN = STUDENT_READ | STUDENT_UNREAD
"""Any other attribute was brought by a newer version of AAF: told, and no harm."""

GUARDIAN_UNREAD = frozenset(
    {"ENTPersonDateNaissance", "telephoneNumber", "ENTPersonAdresseDiffusion", "ENTAuxPersRelEleveEleve"}
)


def read_school(entry: Entry, report: Report) -> SchoolRecord | None:
    """The structure, or None where it has no identifier. A doubtful UAI is kept and told."""
    reading = Reading(entry, report)
    if not reading.has_id():
        return None
    uai = (entry.one("ENTStructureUAI") or entry.one("ENTEtablissementUAI")).upper()
    if entry.tells("ENTStructureUAI") and (reason := uai_reason(uai)):
        reading.tell("ENTStructureUAI", uai, reason)
    initials, name, city, *_ = [*entry.one("ENTStructureNomCourant").split("$"), "", "", ""]
    return SchoolRecord(
        id=entry.id,
        place=entry.place,
        uai=uai,
        name=reading.within(
            "ENTStructureNomCourant", clean(f"{ACADEMY_IN_NAME.sub('', initials)} {name}"), SCHOOL_LIMIT
        ),
        kind=reading.text("ENTStructureTypeStruct", CODE_LIMIT),
        academy=academy_code(entry.one("ENTServAcCodeAcademie")),
        street=reading.text("street", LINE_LIMIT),
        postal_code=reading.text("postalCode", CODE_LIMIT),
        city=reading.text("l", LINE_LIMIT) or clean(city)[:LINE_LIMIT],
        phone=reach.e164(entry.one("telephoneNumber")),
        mail=reach.mail(entry.one("ENTStructureMailSI")),
        classes=_listed_classes(reading),
        told=entry.told({}),
    )


def read_mef(entry: Entry, report: Report) -> MefRecord | None:
    reading = Reading(entry, report)
    code = reading.within("ENTMefJointure", entry.id, MEF_LIMIT)
    if not code:
        return None
    label = reading.text("ENTLibelleMef", LABEL_LIMIT)
    return MefRecord(code, entry.place, label, reading.text("ENTNivFormation", CODE_LIMIT))


def read_student(entry: Entry, report: Report) -> StudentRecord | None:
    """The pupil, or None where the line cannot be kept (no identifier, no name, a name too long)."""
    reading = Reading(entry, report)
    names = reading.has_id() and reading.names(*PERSON_NAMES)
    if not names:
        return None
    reading.unknown_attributes(STUDENT_KNOWN)
    if "?" in names.name + names.first_name:
        reading.tell("sn/givenName", f"{names.name} {names.first_name}", Reason.CHARACTER_LOST)
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
        title=reading.text("personalTitle", CODE_LIMIT),
        classes=_classes(reading),
        mef=reading.text("ENTEleveMEF", MEF_LIMIT),
        mef_label=reading.text("ENTEleveLibelleMEF", LABEL_LIMIT),
        level=reading.text("ENTEleveNivFormation", CODE_LIMIT),
        mail=reach.mail(entry.one("mail")),
        relations=_relations(reading),
        told=entry.told(STUDENT_TOLD),
    )


def read_guardian(entry: Entry, report: Report) -> GuardianRecord | None:
    """The person, or None where the line cannot be kept. An unusable mail or mobile is told by `families`
    only, of the persons who get an account."""
    reading = Reading(entry, report)
    names = reading.has_id() and reading.names(*PERSON_NAMES)
    if not names:
        return None
    mobiles = tuple(dict.fromkeys(entry.many("ENTPersonMobileSMS") + entry.many("mobile")))
    address = reading.text("ENTPersonAdresse", ADDRESS_LIMIT)
    mail = entry.one("mail")
    return GuardianRecord(
        id=entry.id,
        place=entry.place,
        family_name=names.family_name,
        name=names.name,
        first_name=names.first_name,
        title=reading.text("personalTitle", CODE_LIMIT),
        mail=reach.mail(mail),
        mail_given=mail,
        mobile=next(filter(None, map(reach.mobile, mobiles)), ""),
        mobiles_given=mobiles,
        phone=reach.e164(entry.one("homePhone")),
        address=tuple(line for part in address.split("$") if (line := part.strip())),
        postal_code=reading.text("ENTPersonCodePostal", CODE_LIMIT),
        city=reading.text("ENTPersonVille", LINE_LIMIT),
        country=reading.text("ENTPersonPays", LINE_LIMIT),
        told=_told_of_guardian(entry, has_mobile=bool(mobiles)),
    )


def _told_of_guardian(entry: Entry, has_mobile: bool) -> frozenset[str] | None:
    """An emptied number for messages says nothing of the others, which an untold `mobile` still holds."""
    told = entry.told(GUARDIAN_TOLD)
    return told - {"mobile"} if told and not has_mobile and "mobile" not in entry.attributes else told


def _listed_classes(reading: Reading) -> tuple[ClassRecord, ...]:
    """`code$label$MEF$MEF…`; a class may be listed twice."""
    listed: dict[str, ClassRecord] = {}
    for value in reading.entry.codes("ENTStructureClasses"):
        code, label, *mefs = [*value.split("$"), ""]
        code = reading.within("ENTStructureClasses", code.strip(), CODE_LIMIT)
        if code:
            known = tuple(mef for mef in mefs if 0 < len(mef) <= MEF_LIMIT)
            listed.setdefault(code, ClassRecord(reading.entry.id, code, clean(label)[:LABEL_LIMIT], known))
    return tuple(listed.values())


def _classes(reading: Reading) -> tuple[ClassRecord, ...]:
    """`structure$code`."""
    found = []
    for value in reading.entry.codes("ENTEleveClasses"):
        school, _, code = value.partition("$")
        if school and code.strip() and len(value) <= ID_LIMIT + CODE_LIMIT:
            found.append(ClassRecord(school.strip(), code.strip()))
        else:
            reading.tell("ENTEleveClasses", value, Reason.CLASS_MALFORMED, Then.VALUE_DROPPED)
    if not found and reading.entry.tells("ENTEleveClasses"):
        reading.tell("ENTEleveClasses", "", Reason.WITHOUT_CLASS)
    return tuple(found)


def _relations(reading: Reading) -> tuple[RelationRecord, ...]:
    """`jointure$link$pays$level$contact$payment`, six fields exactly; the deprecated duplicates are left."""
    found = []
    for value in reading.entry.many(RELATIONS):
        parts = [part.strip() for part in value.split("$")]
        if len(parts) != RELATION_FIELDS:
            detail = f"{len(parts)} fields instead of {RELATION_FIELDS}"
            reading.tell(RELATIONS, value, Reason.RELATION_MALFORMED, Then.VALUE_DROPPED, detail)
            continue
        guardian, code, _, level, *_ = parts
        relation, link = relation_of(code, level), link_of(code)
        if link is None:
            reading.tell(RELATIONS, value, Reason.UNKNOWN_LINK, Then.KEPT_AS_OTHER_LINK)
        if relation is Relation.SELF:
            reading.tell(RELATIONS, value, Reason.OWN_GUARDIAN, Then.NO_SECOND_ACCOUNT)
        rank = int(level) if is_old(code) and level in ("1", "2") else 0
        found.append(RelationRecord(guardian, relation, link or Link.OTHER, rank, value))
    return tuple(found)
