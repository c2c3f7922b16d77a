"""Reading one AAF entry field by field, whatever the degree: what is not right goes to the report."""

from dataclasses import dataclass
from datetime import date

from accounts.feeds import keys
from accounts.feeds.envelope import Entry
from accounts.feeds.keys import INE_REASONS, Ine
from accounts.feeds.names import clean, has_invisible, has_other_script
from accounts.feeds.records import ID_LIMIT, NAME_LIMIT
from accounts.feeds.report import Issue, Reason, Report, Then


@dataclass(frozen=True, slots=True)
class Names:
    family_name: str
    name: str
    first_name: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An entry and the report on it."""

    entry: Entry
    report: Report

    def tell(self, field: str, value: str, reason: Reason, then: Then = Then.KEPT, detail: str = "") -> None:
        self.report.add(Issue.at(self.entry, field, value, reason, then, detail))

    def text(self, attribute: str, limit: int) -> str:
        """The first value, empty where it is longer than the limit."""
        return self.within(attribute, self.entry.one(attribute), limit)

    def within(self, field: str, value: str, limit: int) -> str:
        if len(value) <= limit:
            return value
        self.tell(
            field,
            value,
            Reason.VALUE_TOO_LONG,
            Then.VALUE_DROPPED,
            f"{len(value)} characters, {limit} allowed",
        )
        return ""

    def has_id(self) -> bool:
        """Whether the entry has an identifier that can be a key; without one the line is rejected."""
        if 0 < len(self.entry.id) <= ID_LIMIT:
            return True
        self.tell("identifier", self.entry.id, Reason.IDENTIFIER_BAD_SHAPE, Then.REJECTED)
        return False

    def names(self, family: str, usual: str, first: str, others: str) -> Names | None:
        """The family name stands in for a missing name in use, and the reverse. None: line rejected."""
        field = f"{usual}/{first}"
        name = self.entry.one(usual) or self.entry.one(family)
        found = Names(self.entry.one(family) or name, name, self.entry.one(first) or self.entry.one(others))
        longest = max(len(found.family_name), len(name), len(found.first_name))
        if longest > NAME_LIMIT:
            detail = f"{longest} characters, {NAME_LIMIT} allowed"
            self.tell(field, f"{name} {found.first_name}", Reason.NAME_TOO_LONG, Then.REJECTED, detail)
            return None
        is_change = not (self.entry.tells(usual) and self.entry.tells(first))
        if not name and not is_change:
            self.tell(field, "", Reason.NAME_EMPTY, Then.REJECTED)
            return None
        if not found.first_name and not is_change:
            self.tell(field, name, Reason.FIRST_NAME_EMPTY)
        given = "".join([self.entry.raw(attribute) for attribute in (family, usual, first)])
        if has_invisible(given):
            self.tell(field, f"{name} {found.first_name}", Reason.INVISIBLE_CHARACTER, Then.CLEANED)
        if has_other_script(given):
            self.tell(field, f"{name} {found.first_name}", Reason.OTHER_SCRIPT)
        return found

    def birth_date(self, attribute: str) -> date | None:
        given = self.entry.one(attribute)
        born, reason = keys.birth_date(given)
        if reason and self.entry.tells(attribute):
            self.tell(attribute, given, reason, Then.WITHOUT_BIRTH_DATE)
        return born

    def ine_of(self, attribute: str, *others: str) -> str:
        """`ine` of the first of these attributes that has a value, told under the first one's name."""
        return self.ine(attribute, next(filter(None, map(self.entry.one, (attribute, *others))), ""))

    def ine(self, attribute: str, given: str | None = None) -> str:
        """The INE in capitals, empty where it has not the shape of one."""
        given = self.entry.one(attribute) if given is None else given
        kind = keys.ine_kind(given)
        dropped = kind in (Ine.EMPTY, Ine.BAD_SHAPE)
        if self.entry.tells(attribute) and (reason := INE_REASONS.get(kind)):
            self.tell(attribute, given, reason, Then.WITHOUT_INE if dropped else Then.WARNED)
        return "" if dropped else given.upper()

    def unknown_attributes(self, known: frozenset[str]) -> None:
        """Tell the attributes that a newer version of the format brought."""
        for attribute, values in self.entry.attributes.items():
            if attribute not in known:
                value = "|".join(clean(value) for value in values)
                self.tell(attribute, value, Reason.UNKNOWN_ATTRIBUTE, Then.IGNORED)
