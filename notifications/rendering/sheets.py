"""What is printed for a pupil, a class, a school: plain frozen records, cleaned as they are made.

Nothing here knows of the database, of a request or of PDF.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Generic, TypeVar

LONGEST = 100
"""Characters of one text on a sheet. Names in civil registers stay below; more is cut with an ellipsis."""

LONGEST_PARAGRAPH = 300

UNPRINTABLE = ("Cc", "Cf", "Cs", "Co", "Cn")
"""Unicode categories that draw nothing, turn the reading order round or have no glyph."""

FITS = ("", "long", "longer")
WIDE = frozenset("MWmwŒœÆæ@…—")


def printable(text: str, longest: int = LONGEST) -> str:
    """`text` composed (NFC) on one line of at most `longest` characters, none of them UNPRINTABLE.

    >>> printable("Zoe\\u0301\\u202e \\n<b>")
    'Zoé <b>'
    """
    if text.isascii() and text.isprintable() and len(text) <= longest and "  " not in text:
        return text.strip()
    one_line = " ".join(text[: 4 * longest].split())
    kept = "".join(character for character in one_line if unicodedata.category(character) not in UNPRINTABLE)
    composed = unicodedata.normalize("NFC", kept)
    return composed if len(composed) <= longest else composed[: longest - 1].rstrip() + "…"


def fit(width: float, steps: tuple[int, int, int]) -> str:
    """The style class of a text that must keep to its place: one of FITS up to its step, else "longest"."""
    return next((name for step, name in zip(steps, FITS, strict=True) if width <= step), "longest")


def proportional(text: str) -> float:
    """The width of `text` in average letters of a proportional font; wide ones count half as much again."""
    return len(text) + sum(letter in WIDE for letter in text) / 2


class Told(str):
    """A text in a template that lays it out whole: it tells the style class that makes it keep to its place."""

    __slots__ = ()

    @property
    def fit(self) -> str:
        return fit(proportional(self), (24, 44, 80))

    @property
    def mono_fit(self) -> str:
        return fit(len(self), (16, 24, 44))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be filled: its layout, the text of each slot, and its bookmark if it has one."""

    layout: str
    texts: Mapping[str, str] = field(repr=False)
    bookmark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """Base of records whose texts go on paper: each is made printable at the door."""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, str):
                object.__setattr__(self, each.name, printable(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender(Printed):
    """The school at the head of each sheet. `contact` says whom to ask, in words for a child.

    Of its own: `header` above its name, `text` in a place by itself, `logo` as `clean_logo` makes one.
    """

    school_name: str
    uai: str
    address_lines: Sequence[str] = ()
    contact: str = ""
    header_lines: Sequence[str] = ()
    text: Sequence[str] = ()
    logo: tuple[str, bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> list[Told]:
        return [Told(printable(line)) for line in self.address_lines[:4]]

    @property
    def header(self) -> list[Told]:
        return [Told(printable(line)) for line in self.header_lines[:2]]

    @property
    def name(self) -> Told:
        return Told(self.school_name)

    @property
    def paragraph(self) -> str:
        return printable(" ".join(self.text), LONGEST_PARAGRAPH)

    @property
    def paragraph_fit(self) -> str:
        return fit(proportional(self.paragraph), (240, 320, 500))

    @property
    def images(self) -> tuple[tuple[str, bytes], ...]:
        """What the address `bundled:logo.*` means, for the layout."""
        return ((f"logo.{self.logo[0]}", self.logo[1]),) if self.logo else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Printed):
    """A pupil as a sheet names him, or a guardian, with the child whom the sheet is filed with (`child`).

    An empty `classroom` prints as "Sans classe".
    """

    first_name: str
    last_name: str
    classroom: str
    username: str
    child: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name.upper()}".strip()

    @property
    def listed_name(self) -> str:
        return f"{self.last_name.upper()} {self.first_name}".strip()


PersonT = TypeVar("PersonT", bound=Person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder(Person):
    """A pupil with the provisional password to hand over. Its representation leaves the password out."""

    secret: str = field(repr=False)
    valid_until: date
    follow_up: str = ""
    language: str = ""
    """Of the family, beside French; see `words.LANGUAGES`."""

    @property
    def until(self) -> str:
        return f"À utiliser avant le {self.valid_until:%d/%m/%Y}"

    @property
    def grouped_secret(self) -> str:
        """The password in groups of four; one that brings its own blanks or hyphens is left as it is."""
        secret = self.secret
        if " " in secret or "-" in secret:
            return secret
        return " ".join([secret[start : start + 4] for start in range(0, len(secret), 4)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Child(Printed):
    """A pupil of this school on a guardian's sheet."""

    first_name: str
    last_name: str
    classroom: str

    @property
    def told(self) -> str:
        return f"{self.first_name} {self.last_name.upper()}, {self.classroom or 'sans classe'}".strip()

    @property
    def listed_name(self) -> str:
        return f"{self.last_name.upper()} {self.first_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin(Holder):
    """A guardian with what his letter hands over, and of other guardians nothing.

    `children` are those of this school, the first the youngest that was selected: the sheet is filed in its class,
    which is `classroom`. Of children elsewhere only the number is told.
    """

    children: Sequence[Child]
    address_lines: Sequence[str] = ()
    elsewhere: int = 0

    @property
    def address(self) -> list[str]:
        """As NF Z 10-011 has it: with the name six lines at most."""
        return [line for line in map(printable, self.address_lines) if line][:5]

    @property
    def filed(self) -> str:
        return self.children[0].listed_name if self.children else ""

    @property
    def kept(self) -> str:
        """Children who are in another school."""
        if not self.elsewhere:
            return ""
        told = "autre enfant, dans un autre" if self.elsewhere == 1 else "autres enfants, dans d’autres"
        return f"et {self.elsewhere} {told} établissement{'s' if self.elsewhere > 1 else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Person):
    """A line of the class list: the state of the account in words, and no place for a password."""

    state: str

    @property
    def line(self) -> str:
        return f"{self.listed_name} ({self.child})" if self.child else self.listed_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint(Printed):
    """What each page says of where it comes from."""

    sender: Sender
    issued_on: date
    run_label: str
    requested_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContext(Imprint):
    """All that letters and slips print. `holders` stand in the order wanted, those of a class together."""

    activation_url: str
    holders: Sequence[Holder]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassListContext(Imprint):
    """All that class lists print. `pupils` stand in the order wanted, those of a class together."""

    pupils: Sequence[Listed]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderContext(Printed):
    """All that reminders of identifiants print: of no run. `people` stand in the order wanted, by class."""

    sender: Sender
    issued_on: date
    requested_by: str
    activation_url: str
    people: Sequence[Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Generic[PersonT]):
    """Neighbours of one class, `part` of `parts` where they are too many for one page or one file."""

    classroom: str
    people: Sequence[PersonT]
    part: int
    parts: int

    @property
    def class_name(self) -> str:
        return self.classroom or "Sans classe"

    @property
    def slug(self) -> str:
        """The class in a file's name, a title or a bookmark: ASCII letters, digits and hyphens only."""
        ascii_only = unicodedata.normalize("NFKD", self.class_name).encode("ascii", "ignore").decode()
        return "-".join(re.findall(r"[A-Za-z0-9]+", ascii_only)) or "classe"


def by_class(people: Sequence[PersonT], at_most: int = sys.maxsize) -> Iterator[Batch[PersonT]]:
    """`people` cut where the class changes, then into parts of `at_most`; their order is kept."""
    for classroom, neighbours in groupby(people, key=attrgetter("classroom")):
        members = list(neighbours)
        starts = range(0, len(members), at_most)
        for part, start in enumerate(starts, start=1):
            yield Batch(
                classroom=classroom,
                people=members[start : start + at_most],
                part=part,
                parts=len(starts),
            )
