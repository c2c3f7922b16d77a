"""SIECLE's relations: a pupil, a person, and what one is to the other, in two generations of codes."""

from collections.abc import Container
from dataclasses import dataclass

from lxml import etree

from accounts.feeds.links import Link, Relation, link_of
from accounts.feeds.names import clean
from accounts.feeds.records import ID_LIMIT, RelationRecord
from accounts.feeds.report import Issue, Place, Reason, Report, Then
from accounts.feeds.siecle_files import child_text
from accounts.feeds.xml import line_of

NEW_LEVELS = {"1": Relation.LEGAL, "2": Relation.IN_CHARGE, "3": Relation.CONTACT}
OLD_LEVELS = {"1": Relation.LEGAL, "2": Relation.LEGAL, "0": Relation.CONTACT}


@dataclass(frozen=True, slots=True)
class Tied:
    """A relation as it stands in the guardians' file. `id` is what a report calls it: pupil/person."""

    student: str
    relation: RelationRecord
    place: Place

    @property
    def id(self) -> str:
        return self.relation.raw

    def tell(self, report: Report, name: str, value: str, reason: Reason, then: Then = Then.DROPPED) -> None:
        report.add(Issue.at(self, name, value, reason, then))


def read_tie(
    element: etree._Element, file: str, present: Container[str] | None, persons: Container[str], report: Report
) -> Tied | None:
    """The relation, or None where it cannot be kept. `present`: the pupils of the pupils' file, None without one."""
    told = {part: clean(child_text(element, part)) for part in ("ELEVE_ID", "PERSONNE_ID", "CODE_PARENTE")}
    level, old = clean(child_text(element, "NIVEAU_RESPONSABILITE")), clean(child_text(element, "RESP_LEGAL"))
    relation = NEW_LEVELS.get(level) if level else OLD_LEVELS.get(old)
    link = link_of(told["CODE_PARENTE"])
    is_self = link is Link.SELF
    rank = int(old) if not level and old in ("1", "2") else 0
    raw = f"{told['ELEVE_ID']}/{told['PERSONNE_ID']}"[: 2 * ID_LIMIT]
    standing = Relation.SELF if is_self else relation or Relation.CONTACT
    known = RelationRecord(told["PERSONNE_ID"], standing, link or Link.OTHER, rank, raw)
    tied = Tied(told["ELEVE_ID"], known, Place(file, line_of(element)))
    if relation is None:
        tied.tell(report, "NIVEAU_RESPONSABILITE", level or old, Reason.RELATION_LEVELLESS)
    elif present is not None and tied.student not in present:
        tied.tell(report, "ELEVE_ID", tied.student, Reason.PUPIL_ABSENT)
    elif known.guardian not in persons:
        tied.tell(report, "PERSONNE_ID", known.guardian, Reason.PERSON_ABSENT)
    else:
        if is_self:
            tied.tell(report, "CODE_PARENTE", told["CODE_PARENTE"], Reason.OWN_GUARDIAN, Then.NO_SECOND_ACCOUNT)
        return tied
    return None
