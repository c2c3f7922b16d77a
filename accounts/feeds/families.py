"""What is seen only by looking at several records at once: pupils with their guardians, and people of one
name.

Pure functions over records, for one school or for a whole delivery alike. Those that find something worth
telling return issues beside their result, or are generators of issues.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from accounts.feeds import reach
from accounts.feeds.links import STRENGTH, Relation
from accounts.feeds.names import fold
from accounts.feeds.records import GuardianRecord, RelationRecord, StudentRecord
from accounts.feeds.report import Issue, Reason, Then

RELATIONS = "ENTElevePersRelEleve"
NAMES = "sn/givenName"

Person = TypeVar("Person", StudentRecord, GuardianRecord)
Kept = Mapping[str, tuple[RelationRecord, ...]]
"""Of each pupil, by id, the relations that stay."""


@dataclass(frozen=True, slots=True)
class Family:
    """A pupil's relations once settled: one a person, each to a known person."""

    relations: tuple[RelationRecord, ...]
    issues: tuple[Issue, ...]


def settle(student: StudentRecord, known: Collection[str]) -> Family:
    """Drop relations to persons outside `known` (ids); of two relations to one person keep the stronger."""
    kept: dict[str, RelationRecord] = {}
    issues = []
    for relation in student.relations:
        if relation.guardian not in known:
            issues.append(_on(student, relation.raw, Reason.RELATION_DANGLING, Then.VALUE_DROPPED))
            continue
        former = kept.get(relation.guardian)
        if former:
            issues.append(_on(student, relation.raw, Reason.RELATION_TWICE, Then.STRONGER_KEPT))
        if not former or STRENGTH[former.relation] < STRENGTH[relation.relation]:
            kept[relation.guardian] = relation
    relations = tuple(kept.values())
    return Family(relations, (*issues, *_standing_issues(student, relations)))


def _standing_issues(student: StudentRecord, kept: tuple[RelationRecord, ...]) -> Iterator[Issue]:
    legal = [r for r in kept if r.relation in (Relation.LEGAL, Relation.SELF)]
    firsts = [r.raw for r in student.relations if r.rank == 1]
    if not kept:
        yield _on(student, "", Reason.WITHOUT_GUARDIAN)
    elif not legal:
        yield _on(student, "", Reason.WITHOUT_LEGAL_GUARDIAN)
    if len(legal) > 2:
        yield _on(student, str(len(legal)), Reason.MORE_THAN_TWO_LEGAL)
    if len(firsts) > 1:
        yield _on(student, " ".join(firsts), Reason.LEVEL_1_TWICE)


def _on(student: StudentRecord, value: str, reason: Reason, then: Then = Then.KEPT) -> Issue:
    return Issue.at(student, RELATIONS, value, reason, then)


def standings(families: Iterable[tuple[RelationRecord, ...]]) -> dict[str, Relation]:
    """Each person's standing over all pupils: `LEGAL` persons have an account, the others are data without
    account.

    A person who is nobody's legal guardian is first his own guardian, then in charge, then a contact. Whoever
    is not in the answer has no pupil in the perimeter.
    """
    order = [Relation.CONTACT, Relation.IN_CHARGE, Relation.SELF, Relation.LEGAL]
    best: dict[str, Relation] = {}
    for relations in families:
        for relation in relations:
            former = best.get(relation.guardian, Relation.CONTACT)
            best[relation.guardian] = max(former, relation.relation, key=order.index)
    return best


def contact_issues(guardian: GuardianRecord) -> Iterator[Issue]:
    """What cannot be used to reach a person who has an account."""
    for number in guardian.mobiles_given:
        if not reach.mobile(number):
            yield Issue.at(guardian, "mobile", number, Reason.MOBILE_NOT_USABLE, Then.OUT_OF_SMS)
    if guardian.mail_given and not guardian.mail:
        yield Issue.at(guardian, "mail", guardian.mail_given, Reason.MAIL_NOT_USABLE, Then.OUT_OF_MAILING)


def homonyms(people: Iterable[Person]) -> list[list[Person]]:
    """Groups of people of the same name in use and first name; pupils within one school. Each group by id."""
    groups: dict[tuple[str, ...], list[Person]] = defaultdict(list)
    for person in people:
        school = person.school if isinstance(person, StudentRecord) else ""
        groups[school, fold(person.name), fold(person.first_name)].append(person)
    return [sorted(group, key=lambda person: person.id) for group in groups.values() if len(group) > 1]


def homonym_issues(groups: Iterable[list[Person]]) -> Iterator[Issue]:
    for group in groups:
        ids = " ".join(person.id for person in group)
        if isinstance(group[0], StudentRecord):
            yield Issue.at(group[0], NAMES, ids, Reason.HOMONYM_STUDENTS)
        else:
            yield Issue.at(group[0], NAMES, ids, Reason.HOMONYM_GUARDIANS, Then.NEVER_MERGED)


def repeated_ines(students: Iterable[StudentRecord]) -> list[list[StudentRecord]]:
    """Groups of pupils who carry one INE: none of them may be recognised by it."""
    groups: dict[str, list[StudentRecord]] = defaultdict(list)
    for student in students:
        if student.ine:
            groups[student.ine].append(student)
    return [group for group in groups.values() if len(group) > 1]


def repeated_ine_issues(groups: Iterable[list[StudentRecord]]) -> Iterator[Issue]:
    for group in groups:
        for student in group:
            yield Issue.at(student, "INE", student.ine, Reason.INE_REPEATED, Then.NOT_RECOGNISED_BY_IT)


def shared_contacts(
    students: Iterable[StudentRecord], kept: Kept, guardians: Mapping[str, GuardianRecord]
) -> Iterator[Issue]:
    """Legal guardians of one pupil who share a mobile or a mail address; each pair told once."""
    told: set[tuple[str, str, str]] = set()
    for student in students:
        legal = sorted(r.guardian for r in kept[student.id] if r.relation is Relation.LEGAL)
        for pair in combinations(legal, 2):
            for field in ("mobile", "mail"):
                one, other = (getattr(guardians[guardian], field).lower() for guardian in pair)
                if one and one == other and (field, *pair) not in told:
                    told.add((field, *pair))
                    yield Issue.at(student, field, f"{' '.join(pair)}: {one}", Reason.SHARED_CONTACT)
