"""Records as rows of the temporary tables: what a change does not tell is NULL."""

from typing import Any

from accounts.actions.feeds.naming import username_root
from accounts.feeds.records import GuardianRecord, Removal, StudentRecord
from educonnect_admin.toolkit.text import fold

TITLES = {"m.": "M.", "m": "M.", "mme": "Mme", "mlle": "Mme"}
HEAD = ("entry", "file", "line", "key", "told", "is_removal", "called", "root")
COLUMNS_OF_STUDENT, COLUMNS_OF_GUARDIAN = 22, 17
"""What COPY is given of each."""


def name_keys(first_name: str, last_name: str, family_name: str) -> dict[str, str]:
    """What is made of a person's names: the root of an identifiant, and keys to sort, search and compare by.

    `homonym_key` is equal for homonyms: same names without accents, case, blanks and punctuation.
    """
    first, last, family = fold(first_name), fold(last_name), fold(family_name)
    sort_key = f"{last} {first}".strip()
    search = sort_key if family == last else f"{sort_key} {family}"
    return {
        "root": username_root(first_name, last_name),
        "sort_key": sort_key[:220],
        "family_key": f"{family} {first}".strip()[:220],
        "search_name": search[:320],
        "homonym_key": f"{last}|{first}".replace(" ", ""),
    }


def student_row(entry: int, student: StudentRecord) -> tuple[Any, ...]:
    told = student.told
    keys = _keys(student)
    values = (
        ("first_name", student.first_name),
        ("name", student.name),
        ("family_name", student.family_name),
        ("birth_date", student.birth_date),
        ("ine", student.ine),
        ("mail", student.mail),
        ("local_id", student.local_id),
        ("mef", student.mef),
    )
    return (
        *_head(entry, student, keys),
        *(value if told is None or name in told else None for name, value in values),
        *(keys.get(name) for name in ("sort_key", "family_key", "search_name", "homonym_key")),
        entry,
        entry,
    )


def guardian_row(entry: int, guardian: GuardianRecord) -> tuple[Any, ...]:
    told = guardian.told
    town = f"{guardian.postal_code} {guardian.city}".strip()
    country = guardian.country if guardian.country.upper() != "FRANCE" else ""
    values = (
        ("first_name", guardian.first_name),
        ("name", guardian.name),
        ("family_name", guardian.family_name),
        ("title", TITLES.get(guardian.title.lower(), "")),
        ("mail", guardian.mail),
        ("mobile", guardian.mobile),
        ("address", "\n".join(filter(None, (*guardian.address, town, country)))[:300]),
    )
    keys = _keys(guardian)
    return (
        *_head(entry, guardian, keys),
        *(value if told is None or name in told else None for name, value in values),
        keys.get("sort_key"),
        keys.get("homonym_key"),
    )


def removal_row(entry: int, removal: Removal, columns: int) -> tuple[Any, ...]:
    head = (entry, removal.place.file, removal.place.line, removal.id, None, True, removal.id, "")
    return (*head, *[None] * (columns - len(head)))


def _keys(record: StudentRecord | GuardianRecord) -> dict[str, str]:
    """`name_keys`, where both names are told."""
    if record.told is not None and not {"name", "first_name"} <= record.told:
        return {}
    return name_keys(record.first_name, record.name, record.family_name)


def _head(entry: int, record: StudentRecord | GuardianRecord, keys: dict[str, str]) -> tuple[Any, ...]:
    told = None if record.told is None else sorted(record.told)
    called = record.called or record.id
    return (entry, record.place.file, record.place.line, record.id, told, False, called, keys.get("root"))
