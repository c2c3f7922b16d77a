"""The envelope of AAF (`ficAlimMENESR`), one for both degrees and kinds: requests on named attributes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from accounts.feeds.names import clean, visible
from accounts.feeds.report import Place, Refusal, Refused
from accounts.feeds.xml import Chunks, elements, line_of, text_of

ROOT = "ficAlimMENESR"


class Operation(StrEnum):
    ADD = "addRequest"
    MODIFY = "modifyRequest"
    DELETE = "deleteRequest"


class Category(StrEnum):
    """What an entry is about. Others may come; their files are left aside."""

    SCHOOLS = "EtabEducNat"
    MEFS = "MefEducNat"
    SUBJECTS = "MatEducNat"
    STUDENTS = "Eleve"
    GUARDIANS = "PersRelEleve"
    STAFF = "PersEducNat"


@dataclass(frozen=True, slots=True)
class Entry:
    """One request. `attributes` are as the file has them; `one`, `many` and `codes` give them clean."""

    operation: Operation
    category: str
    id: str
    attributes: dict[str, list[str]]
    place: Place

    @property
    def school(self) -> str:
        """The id of the pupil's school, or of the school itself."""
        return self.id if self.category == Category.SCHOOLS else self.one("ENTPersonStructRattach")

    def tells(self, name: str) -> bool:
        """Whether the attribute is told: in a change, one that is not there is left as it was."""
        return self.operation is not Operation.MODIFY or name in self.attributes

    def told(self, fields: Mapping[str, str]) -> frozenset[str] | None:
        """The fields that a change tells, by the attributes that tell them; None: all."""
        if self.operation is not Operation.MODIFY:
            return None
        return frozenset(fields.get(name, name) for name in self.attributes)

    def raw(self, name: str) -> str:
        """The first value that is not empty, untouched."""
        return next((value for value in self.attributes.get(name, ()) if value), "")

    def one(self, name: str) -> str:
        """The first value that is not empty."""
        for value in self.attributes.get(name, ()):
            if text := clean(value):
                return text
        return ""

    def many(self, name: str) -> list[str]:
        """The values that are not empty."""
        return [text for value in self.attributes.get(name, ()) if (text := clean(value))]

    def codes(self, name: str) -> list[str]:
        """As `many`, inner blanks untouched."""
        return [text for value in self.attributes.get(name, ()) if (text := visible(value))]


def entries(chunks: Chunks, name: str, unread: frozenset[str] = frozenset()) -> Iterator[Entry]:
    """The requests of a file, in its order, without the attributes that are better left unread."""
    for element in elements(chunks, name, Operation):
        yield _entry(element, name, unread)


def _entry(element: etree._Element, name: str, unread: frozenset[str]) -> Entry:
    line = line_of(element)
    try:
        operational, identifier, *body = element
        category = text_of(operational[0][0], name)
        attributes = _attributes(body[0], name, unread) if body else {}
        ident = clean(text_of(identifier[0], name))
    except (IndexError, ValueError):
        raise Refusal(Refused.OUT_OF_PLACE, name, line, str(element.tag)) from None
    return Entry(Operation(element.tag), category.strip(), ident, attributes, Place(name, line))


def _attributes(body: etree._Element, name: str, unread: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for attribute in body:
        key = attribute.get("name", "")
        if key not in unread:
            values = [text_of(value, name) if len(value) else value.text or "" for value in attribute]
            found[key] = found[key] + values if key in found else values
    return found
