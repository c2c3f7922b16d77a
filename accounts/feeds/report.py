"""What a reader has to say about a delivery: issues (a line is doubtful) and refusals (the whole is)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

VALUE_LIMIT = 120
"""Characters of a file's value that a report repeats: enough to find it, too few to carry a payload."""

LINES_PER_REASON = 1000
"""Issues kept word for word for each reason; further ones are counted only, so that memory stays bounded."""


class Reason(StrEnum):
    """Why a line is doubtful or rejected. The values are stable: reports, tests and screens key on them."""

    AMBIGUOUS_CHILD = "ambiguous"
    BIRTH_DATE_BAD_SHAPE = "birth date bad shape"
    BIRTH_DATE_EMPTY = "birth date empty"
    BIRTH_DATE_IMPOSSIBLE = "birth date impossible"
    CHARACTER_LOST = "character lost at the source (?)"
    CHILD_ABSENT = "child not in the pupils' file"
    CLASS_MALFORMED = "class malformed"
    FIRST_NAME_EMPTY = "first name empty"
    HOMONYM_GUARDIANS = "homonym guardians"
    HOMONYMS_BY_CLASS = "homonyms told apart by the class only"
    HOMONYM_STUDENTS = "homonym pupils in one school"
    IDENTIFIER_BAD_SHAPE = "identifier empty or too long"
    INE_BAD_SHAPE = "INE bad shape"
    INE_BEA_WRONG_KEY = "INE bea wrong key"
    INE_EMPTY = "INE empty"
    INE_REPEATED = "INE carried by several pupils"
    INE_RNIE_WRONG_KEY = "INE rnie wrong key"
    INE_UNKNOWN_FAMILY = "INE of an unknown family"
    INACTIVE = "pseudo-division Inactifs"
    INVISIBLE_CHARACTER = "invisible or direction character"
    LEAVES_LATER = "leaves later"
    LEFT = "left the school"
    LEVEL_1_TWICE = "two guardians of level 1 under the old codes"
    MAIL_NOT_USABLE = "mail address not usable"
    MOBILE_NOT_USABLE = "mobile number not usable"
    MORE_THAN_TWO_LEGAL = "more than two legal guardians"
    MODIFIED_UNKNOWN = "change of an unknown entry"
    NAME_EMPTY = "name empty"
    NAME_TOO_LONG = "name too long"
    NO_MEF = "no MEF (last year's must not be taken)"
    NO_SEX = "no sex"
    OTHER_SCRIPT = "letters of another script"
    OWN_GUARDIAN = "pupil is his own guardian"
    PERSON_ABSENT = "relation to an absent person"
    PERSON_ALONE = "person without relation"
    POSSIBLE_DOUBLE = "possible double"
    PUPIL_ABSENT = "relation to an absent pupil"
    RELATION_DANGLING = "relation to a person absent from the base"
    RELATION_MALFORMED = "relation malformed"
    RELATION_LEVELLESS = "relation without level"
    RELATION_TWICE = "same person twice for one pupil"
    REMOVED_UNKNOWN = "removal of an unknown entry"
    SAME_PERSON = "same person on two rows"
    SHARED_CONTACT = "shared by two guardians of a pupil"
    TWO_DIVISIONS = "two divisions"
    UAI_BAD_SHAPE = "UAI bad shape"
    UAI_WRONG_KEY = "UAI with a wrong key letter"
    UNKNOWN_ATTRIBUTE = "unknown attribute"
    UNKNOWN_LINK = "unknown link code"
    VALUE_TOO_LONG = "value too long"
    WITHOUT_CLASS = "pupil without class"
    WITHOUT_DIVISION = "pupil without division"
    WITHOUT_GUARDIAN = "pupil without guardian"
    WITHOUT_LEGAL_GUARDIAN = "pupil without legal guardian"


class Then(StrEnum):
    """What was done with the line."""

    CLEANED = "kept, cleaned"
    DROPPED = "dropped"
    FIRST_KEPT = "first kept"
    IGNORED = "ignored or kept apart"
    KEPT = "kept"
    ISO_READ = "kept; ISO date may be read"
    JOINED = "joined, to be checked (not joining and reporting is right too)"
    KEPT_AS_OTHER_LINK = "kept as other link"
    KEY_WITHOUT_INE = "kept, key without INE"
    MERGED = "merged"
    NEVER_MERGED = "never merged"
    NOT_JOINED = "not joined"
    NOT_MERGED = "not merged"
    NO_ACCOUNT = "no account"
    NO_SECOND_ACCOUNT = "kept, no second account"
    OUT_OF_MAILING = "kept out of mailing"
    OUT_OF_SMS = "kept out of SMS"
    REJECTED = "line rejected"
    STRONGER_KEPT = "the stronger kept"
    VALUE_DROPPED = "value dropped"
    WARNED = "kept with a warning"
    WITHOUT_BIRTH_DATE = "kept without birth date"
    WITHOUT_A_CLASS = "kept without class"
    WITHOUT_INE = "kept without INE"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: the file as the person knows it, and the line of the entry's first tag."""

    file: str
    line: int


class Located(Protocol):
    """An entry or a record: it knows its id in the source and its place."""

    @property
    def id(self) -> str: ...

    @property
    def place(self) -> Place: ...


@dataclass(frozen=True, slots=True)
class Issue:
    """One doubtful or rejected line, told so that a person can find and correct it in the source base.

    `school`: the school's id in the source, where the line itself says it.
    """

    file: str
    line: int
    id: str
    field: str
    value: str
    reason: Reason
    then: Then = Then.KEPT
    detail: str = ""
    school: str = ""

    @classmethod
    def at(
        cls, where: Located, field: str, value: str, reason: Reason, then: Then = Then.KEPT, detail: str = ""
    ) -> "Issue":
        place = where.place
        school = getattr(where, "school", "")
        return cls(place.file, place.line, clip(where.id), clip(field), clip(value), reason, then, detail, school)

    @property
    def words(self) -> str:
        """The reason with its detail: "relation malformed: 5 fields instead of 6"."""
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)

    def as_dict(self) -> dict[str, str | int]:
        return {
            "file": self.file,
            "line": self.line,
            "id": self.id,
            "field": self.field,
            "value": self.value,
            "reason": self.words,
            "then": str(self.then),
        }


class Report:
    """Collects issues: exact counts, the lines themselves up to a limit a reason, and every rejected id.

    `rejected` matters to whoever applies a complete delivery: a person whose line was rejected has not
    disappeared.
    """

    def __init__(self, lines_per_reason: int = LINES_PER_REASON) -> None:
        self.counts: Counter[Reason] = Counter()
        self.lines: list[Issue] = []
        self.rejected: set[str] = set()
        self._lines_per_reason = lines_per_reason

    def add(self, issue: Issue) -> None:
        self.counts[issue.reason] += 1
        if self.counts[issue.reason] <= self._lines_per_reason:
            self.lines.append(issue)
        if issue.then is Then.REJECTED:
            self.rejected.add(issue.id)

    def extend(self, issues: Iterable[Issue]) -> None:
        for issue in issues:
            self.add(issue)


class Refused(StrEnum):
    """Why a delivery is refused whole."""

    ARCHIVE_DAMAGED = "archive damaged or incomplete"
    ARCHIVE_UNSAFE = "archive member not allowed"
    BAD_ENCODING = "bytes that the declared encoding does not have"
    DELTA_REQUEST = "change request in a complete delivery"
    EMPTY = "file is empty"
    ENTITIES = "entity declarations are not allowed"
    KIND_UNKNOWN = "neither complete nor delta by name or content"
    MALFORMED = "XML not well formed"
    MIXED = "files of several deliveries"
    NOT_A_DELIVERY = "not a file of a known feed"
    NOTHING = "no file of a delivery found"
    NOT_SUPPORTED = "not read by this version"
    OTHER_SCHOOL = "of another school"
    OTHER_YEAR = "of another school year"
    OUT_OF_PLACE = "not the structure of a delivery"
    SCHOOL_NOT_TOLD = "the file does not say its school: it must be told"
    TOO_LARGE = "over the size limit"
    UNKNOWN_ENTITY = "entity that nobody declares"
    TWICE = "two files of the same kind"
    UNREADABLE = "file cannot be read"
    WRONG_SLOT = "not what its name says"


class Refusal(Exception):  # noqa: N818 - it is an answer, not a mistake of the program
    """A delivery that cannot be trusted: nothing of it may be applied. Names the file and the line."""

    def __init__(self, reason: Refused, file: str, line: int | None = None, detail: str = "") -> None:
        self.reason, self.file, self.line, self.detail = reason, clip(file), line, clip(detail)
        where = f"{self.file}, line {line}" if line else self.file
        super().__init__(f"{where}: {reason}" + (f" ({self.detail})" if self.detail else ""))


def clip(text: str) -> str:
    """The text without unprintable characters, cut to `VALUE_LIMIT` characters."""
    head = text[: VALUE_LIMIT + 1]
    if not head.isprintable():
        head = "".join(c if c.isprintable() else "�" for c in head)
    return head if len(head) <= VALUE_LIMIT else head[: VALUE_LIMIT - 1] + "…"
