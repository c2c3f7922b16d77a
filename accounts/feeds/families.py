"""What a pupil's relations say once the persons are known, and what cannot be used to reach a person.

Pure functions over one record at a time. What is seen only by comparing records with each other (homonyms, an INE
carried twice, a shared address) is asked of the database, by whoever applies a delivery.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from accounts.feeds import reach
from accounts.feeds.links import STRENGTH, Relation
from accounts.feeds.records import GuardianRecord, RelationRecord, StudentRecord
from accounts.feeds.report import Issue, Reason, Then

RELATIONS = "ENTElevePersRelEleve"


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


def contact_issues(guardian: GuardianRecord) -> Iterator[Issue]:
    """What cannot be used to reach a person who has an account."""
    for number in guardian.mobiles_given:
        if not reach.mobile(number):
            yield Issue.at(guardian, "mobile", number, Reason.MOBILE_NOT_USABLE, Then.OUT_OF_SMS)
    if guardian.mail_given and not guardian.mail:
        yield Issue.at(guardian, "mail", guardian.mail_given, Reason.MAIL_NOT_USABLE, Then.OUT_OF_MAILING)
