"""What a pupil's relations say once the persons are known, and what cannot be used to reach a person.

Pure functions over one record at a time. What is seen only by comparing records with each other (homonyms, an INE
carried twice, a shared address) is asked of the database, by whoever applies a delivery.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass

from accounts.feeds import reach
from accounts.feeds.links import STRENGTH, Relation
from accounts.feeds.records import GuardianRecord, RelationRecord, StudentRecord
from accounts.feeds.report import Issue, Place, Reason, Then
from accounts.feeds.terms import AAF_2D, Terms


@dataclass(frozen=True, slots=True)
class Family:
    """A pupil's relations once settled: one a person, each to a known person."""

    relations: tuple[RelationRecord, ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A pupil's line, under the name that a person looks it up by."""

    id: str
    place: Place
    school: str


def settle(student: StudentRecord, known: Container[str], terms: Terms = AAF_2D) -> Family:
    """Drop relations to persons outside `known` (ids); of two relations to one person keep the stronger.

    A change that does not tell the relations has no family to settle.
    """
    if student.told is not None and "relations" not in student.told:
        return Family((), ())
    kept: dict[str, RelationRecord] = {}
    issues = []
    for relation in student.relations:
        if relation.guardian not in known:
            issues.append(_on(student, terms.relations, relation.raw, Reason.RELATION_DANGLING, Then.VALUE_DROPPED))
            continue
        former = kept.get(relation.guardian)
        if former:
            issues.append(_on(student, terms.relations, relation.raw, Reason.RELATION_TWICE, Then.STRONGER_KEPT))
        if not former or STRENGTH[former.relation] < STRENGTH[relation.relation]:
            kept[relation.guardian] = relation
    relations = tuple(kept.values())
    return Family(relations, (*issues, *_standing_issues(student, relations, terms)))


def _standing_issues(student: StudentRecord, kept: tuple[RelationRecord, ...], terms: Terms) -> Iterator[Issue]:
    legal = [r for r in kept if r.relation in (Relation.LEGAL, Relation.SELF)]
    firsts = [r.raw for r in student.relations if r.rank == 1]
    if not kept:
        yield _on(student, terms.relations, "", Reason.WITHOUT_GUARDIAN)
    elif not legal:
        yield _on(student, terms.relations, "", Reason.WITHOUT_LEGAL_GUARDIAN)
    if len(legal) > 2:
        yield _on(student, terms.relations, str(len(legal)), Reason.MORE_THAN_TWO_LEGAL)
    if len(firsts) > 1:
        value = str(len(firsts)) if terms.level else " ".join(firsts)
        yield _on(student, terms.level or terms.relations, value, Reason.LEVEL_1_TWICE)


def _on(student: StudentRecord, name: str, value: str, reason: Reason, then: Then = Then.KEPT) -> Issue:
    return Issue.at(_Line(student.called or student.id, student.place, student.school), name, value, reason, then)


def contact_issues(guardian: GuardianRecord, terms: Terms = AAF_2D) -> Iterator[Issue]:
    """What cannot be used to reach a person who has an account."""
    for number in guardian.mobiles_given:
        if not reach.mobile(number):
            yield Issue.at(guardian, terms.mobile, number, Reason.MOBILE_NOT_USABLE, Then.OUT_OF_SMS)
    if guardian.mail_given and not guardian.mail:
        yield Issue.at(guardian, terms.mail, guardian.mail_given, Reason.MAIL_NOT_USABLE, Then.OUT_OF_MAILING)
