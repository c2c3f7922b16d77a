"""What the readers hand over: one frozen record an entry, the same whatever the format of the file.

Texts are clean (`names.clean`), at most as long as the limits below say, and empty where the source has
nothing. `id` is the key in the source: with AAF the jointure, unique within an académie only.
"""

from dataclasses import dataclass
from datetime import date

from accounts.feeds.links import Link, Relation
from accounts.feeds.report import Place

NAME_LIMIT = 100
"""Characters of a name (SIECLE's own limit); a longer one rejects the line."""

ID_LIMIT, CODE_LIMIT, MEF_LIMIT, LABEL_LIMIT, LINE_LIMIT, ADDRESS_LIMIT, SCHOOL_LIMIT = (
    30,
    40,
    11,
    60,
    100,
    300,
    200,
)
"""Characters of other values; a longer one is dropped and reported."""


@dataclass(frozen=True, slots=True)
class ClassRecord:
    """A class. `school` is the school's id in the source; `code` is what the class is called.

    `id` is what it stays known by where its name may change (AAF 1D, ONDE); else its code.
    """

    school: str
    code: str
    label: str = ""
    mefs: tuple[str, ...] = ()
    id: str = ""

    @property
    def key(self) -> str:
        return self.id or self.code


@dataclass(frozen=True, slots=True)
class Removal:
    """A delta's word that an entry is no longer there."""

    id: str
    place: Place


@dataclass(frozen=True, slots=True)
class SchoolRecord:
    """A structure: a school, or something without pupils ("zone de remplacement")."""

    id: str
    place: Place
    uai: str
    name: str
    kind: str
    academy: int | None
    street: str
    postal_code: str
    city: str
    phone: str
    mail: str
    classes: tuple[ClassRecord, ...]
    told: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class MefRecord:
    """A national training code and its label."""

    code: str
    place: Place
    label: str
    level: str

    @property
    def id(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class RelationRecord:
    """A pupil's relation to a person. `rank` is the legal rank, 1 or 2, of the old codes; else 0."""

    guardian: str
    relation: Relation
    link: Link
    rank: int
    raw: str


@dataclass(frozen=True, slots=True)
class StudentRecord:
    """A pupil. `name` is the name in use, `local_id` the id in the school's own base (SIECLE's ELEVE_ID).

    `told`: the names of these fields that a change tells; None where all are told. `called`: what a person looks the
    line up by where `id` is of our own making.
    """

    id: str
    place: Place
    local_id: str
    school: str
    ine: str
    birth_date: date | None
    family_name: str
    name: str
    first_name: str
    title: str
    classes: tuple[ClassRecord, ...]
    mef: str
    mef_label: str
    level: str
    mail: str
    relations: tuple[RelationRecord, ...]
    told: frozenset[str] | None = None
    called: str = ""


@dataclass(frozen=True, slots=True)
class GuardianRecord:
    """A person whom pupils' relations may name; belongs to a school through a pupil only.

    `mail`, `mobile` (E.164) and `phone` (E.164) are the usable ones, else empty; what the source gives is
    kept beside, for the help desk.
    """

    id: str
    place: Place
    family_name: str
    name: str
    first_name: str
    title: str
    mail: str
    mail_given: str
    mobile: str
    mobiles_given: tuple[str, ...]
    phone: str
    address: tuple[str, ...]
    postal_code: str
    city: str
    country: str
    told: frozenset[str] | None = None
    called: str = ""
