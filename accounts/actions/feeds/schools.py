"""What a delivery says of schools, their classes and the training codes: few rows, compared in Python."""

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from accounts.feeds.academies import academy_name
from accounts.feeds.records import SchoolRecord
from accounts.models import Classroom, Mef, School
from educonnect_admin.toolkit.text import natural_key

NO_BREAK = "\u00a0"
GIVEN_NAME = re.compile(r"(?P<kind>[A-Z]+)(?P<private> PR)?[ -]+(?P<name>.+)")
ROMAN_NUMBER = re.compile("[IVX]{2,}")
SMALL_WORDS = frozenset({"à", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "sous", "sur"})
ARTICLE = re.compile("(?:l’|(?:la|le|les) )")

KINDS = {
    "CLG": "Collège",
    "COL": "Collège",
    "EREA": "Établissement régional d’enseignement adapté",
    "LG": "Lycée général",
    "LGT": "Lycée général et technologique",
    "LP": "Lycée professionnel",
    "LPA": "Lycée professionnel agricole",
    "LPO": "Lycée polyvalent",
    "LT": "Lycée technologique",
    "LYC": "Lycée",
    "EEPU": "École élémentaire",
    "EMPU": "École maternelle",
    "EPPU": "École primaire",
    "EEPR": "École élémentaire privée",
    "EMPR": "École maternelle privée",
    "EPPR": "École primaire privée",
}

TIME_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
"""By what a UAI begins with; Europe/Paris elsewhere."""


def readable_name(given: str) -> str:
    """A school's name as people write it, from the capitals of AAF. Initials that nobody knows stay.

    >>> readable_name("CLG DES ÉTOILES"), readable_name("LYC DE LA FORÊT-D'ALBIREO"), readable_name("CLG PR LA VESLE")
    ('Collège des Étoiles', 'Lycée de la Forêt-d’Albireo', 'Collège privé La Vesle')
    """
    found = GIVEN_NAME.fullmatch(given)
    kind = KINDS.get(found["kind"], "") if found else ""
    if not found or not kind:
        return _in_small_letters(given)
    if found["private"]:
        kind += " privée" if kind.startswith("École") else " privé"
    return f"{kind} {_in_small_letters(found['name'])}"


def _in_small_letters(text: str) -> str:
    if not text.isupper():
        return text
    words = re.sub(r"[^\W\d_]+", lambda word: _word(word.group()), text.replace("'", "’"))
    return words[0].upper() + words[1:] if ARTICLE.match(words) else words


def _word(word: str) -> str:
    if word.lower() in SMALL_WORDS:
        return word.lower()
    return word if ROMAN_NUMBER.fullmatch(word) else word.capitalize()


def bring_schools(records: Mapping[str, SchoolRecord], academy: int) -> list[str]:
    """Create or correct the schools, by UAI; the UAI of the new ones. What the feed leaves empty stays as it is.

    A school says itself whom families ask: the feed fills an empty `contact` only.
    """
    known = School.objects.in_bulk(list(records))
    created = []
    for uai, record in sorted(records.items()):
        school = known.get(uai) or School(uai=uai, time_zone=TIME_ZONES.get(uai[:3], "Europe/Paris"))
        told = {field: value for field, value in _told(record, academy).items() if value}
        if uai not in known:
            told.setdefault("name", uai)
        if school.contact:
            told.pop("contact", None)
        changed = [field for field, value in told.items() if getattr(school, field) != value]
        for field in changed:
            setattr(school, field, told[field])
        if uai not in known:
            school.save(force_insert=True)
            created.append(uai)
        elif changed:
            school.save(update_fields=changed)
    return created


def _told(record: SchoolRecord, academy: int) -> dict[str, str | int]:
    lines = (record.street, f"{record.postal_code} {record.city}".strip())
    return {
        "name": readable_name(record.name)[:200] if record.name else "",
        "academy_code": academy,
        "academy_name": academy_name(academy),
        "address": "\n".join(filter(None, lines)),
        "aaf_id": record.id if record.id != record.uai else "",
        "contact": f"Secrétariat, {_spoken(record.phone)}" if record.phone else "",
    }


def _spoken(phone: str) -> str:
    """A French number of E.164 as it is read out: 03 53 01 90 01."""
    digits = "0" + phone.removeprefix("+33")
    return NO_BREAK.join(digits[place : place + 2] for place in range(0, len(digits), 2))


def bring_classes(uai: str, classes: Mapping[str, str], moment: datetime) -> list[tuple[uuid.UUID, dict[str, str]]]:
    """Create the classes that the school in scope has not yet, by what they stay known by; rename the others.

    None is ever taken away. Gives what the renamed ones were. Two classes of one name are told apart by their key.
    """
    rooms = list(Classroom.objects.filter(school=uai))
    by_key = {room.source_id or room.code: room for room in rooms} | {
        room.code: room for room in rooms if not room.source_id
    }
    taken = {room.code: room.pk for room in rooms}
    new, were = [], []
    for key, name in sorted(classes.items()):
        room = by_key.get(key)
        if name in taken and (room is None or taken[name] != room.pk):
            twin = next((other for other in rooms if other.pk == taken[name] and other.source_id in ("", name)), None)
            if room is None and twin is not None and key != name:
                were.append((twin.pk, _as_it_was(twin)))
                twin.source_id, by_key[key] = key, twin
                twin.save(update_fields=["source_id"])
                continue
            name = f"{name[:30]} ({key})"[:40]
        if room is None:
            fresh = Classroom(school_id=uai, code=name, sort_key=natural_key(name)[:80], created_at=moment)
            fresh.source_id = key if key != name else ""
            new.append(fresh)
            taken[name] = fresh.pk
        elif room.code != name:
            were.append((room.pk, _as_it_was(room)))
            room.code, room.sort_key = name, natural_key(name)[:80]
            room.save(update_fields=["code", "sort_key"])
    Classroom.objects.bulk_create(new)
    return were


def _as_it_was(room: Classroom) -> dict[str, str]:
    return {"code": room.code, "sort_key": room.sort_key, "source_id": room.source_id}


def bring_mefs(labels: Mapping[str, str], *, corrects: bool) -> None:
    """Create the training codes; `corrects` the labels of those known. A code without a label is shown as it is.

    They are the nation's, not a school's: what one school brings changes no word that others read.
    """
    known = dict(Mef.objects.filter(code__in=labels).values_list("code", "label"))
    Mef.objects.bulk_create(Mef(code=code, label=labels[code] or code) for code in sorted(labels.keys() - known))
    changed = [code for code in _differing(labels, known) if labels[code]] if corrects else []
    Mef.objects.bulk_update([Mef(code=code, label=labels[code]) for code in changed], ["label"], batch_size=500)


def _differing(labels: Mapping[str, str], known: Mapping[str, str]) -> Iterable[str]:
    return sorted(code for code in labels.keys() & known.keys() if labels[code] != known[code])
