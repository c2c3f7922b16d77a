"""What is seen only by looking at several records."""

from dataclasses import replace

from accounts.feeds import families
from accounts.feeds.links import Link, Relation
from accounts.feeds.records import GuardianRecord, RelationRecord, StudentRecord
from accounts.feeds.report import Place, Reason

HERE = Place("f.xml", 9)
PUPIL = StudentRecord(
    id="1", place=HERE, local_id="", school="9001", ine="", birth_date=None, family_name="AUBE", name="AUBE",
    first_name="Lou", title="", classes=(), mef="", mef_label="", level="", mail="", relations=(),
)  # fmt: skip
PERSON = GuardianRecord(
    id="a", place=HERE, family_name="AUBE", name="AUBE", first_name="Eve", title="", mail="", mail_given="",
    mobile="", mobiles_given=(), phone="", address=(), postal_code="", city="", country="",
)  # fmt: skip


def tie(guardian: str, relation: Relation = Relation.LEGAL, rank: int = 0) -> RelationRecord:
    return RelationRecord(guardian, relation, Link.OTHER, rank, f"{guardian}:{relation}")


def settle(*relations: RelationRecord, known: str = "abcd") -> tuple[list[str], list[Reason]]:
    family = families.settle(replace(PUPIL, relations=relations), set(known))
    return [r.raw for r in family.relations], [issue.reason for issue in family.issues]


def test_two_legal_guardians_are_nothing_to_tell() -> None:
    assert settle(tie("a"), tie("b")) == (["a:legal", "b:legal"], [])


def test_of_two_relations_to_one_person_the_stronger_stays() -> None:
    weak, strong = tie("a", Relation.CONTACT), tie("a")
    assert settle(weak, strong) == (["a:legal"], [Reason.RELATION_TWICE])
    assert settle(strong, weak) == (["a:legal"], [Reason.RELATION_TWICE])


def test_a_relation_to_nobody_is_dropped() -> None:
    assert settle(tie("z")) == ([], [Reason.RELATION_DANGLING, Reason.WITHOUT_GUARDIAN])


def test_a_contact_is_no_legal_guardian() -> None:
    assert settle(tie("a", Relation.IN_CHARGE))[1] == [Reason.WITHOUT_LEGAL_GUARDIAN]


def test_three_legal_guardians_are_kept_and_told() -> None:
    assert settle(tie("a"), tie("b"), tie("c")) == (["a:legal", "b:legal", "c:legal"], [Reason.MORE_THAN_TWO_LEGAL])


def test_two_of_rank_one_are_told() -> None:
    assert settle(tie("a", rank=1), tie("b", rank=1))[1] == [Reason.LEVEL_1_TWICE]


def test_the_best_standing_over_all_pupils_counts() -> None:
    found = families.standings(
        [
            (tie("a", Relation.CONTACT), tie("b", Relation.SELF), tie("c", Relation.CONTACT)),
            (tie("a"), tie("b", Relation.IN_CHARGE), tie("c", Relation.IN_CHARGE)),
        ]
    )
    assert found == {"a": Relation.LEGAL, "b": Relation.SELF, "c": Relation.IN_CHARGE}


def test_pupils_are_homonyms_within_one_school_only() -> None:
    same = replace(PUPIL, id="2", name="Aubé", first_name="LOU")
    elsewhere = replace(PUPIL, id="3", school="9002")
    assert families.homonyms([same, elsewhere, PUPIL]) == [[PUPIL, same]]


def test_an_ine_carried_twice_recognises_nobody() -> None:
    one, other = replace(PUPIL, ine="990000001EB"), replace(PUPIL, id="2", ine="990000001EB")
    groups = families.repeated_ines([one, other, replace(PUPIL, id="3"), replace(PUPIL, id="4")])
    assert groups == [[one, other]]
    told = [(issue.id, issue.reason) for issue in families.repeated_ine_issues(groups)]
    assert told == [("1", Reason.INE_REPEATED), ("2", Reason.INE_REPEATED)]


def test_a_shared_mail_is_told_once_a_pair() -> None:
    persons = {i: replace(PERSON, id=i, mail=mail) for i, mail in (("a", "x@example.org"), ("b", "X@example.org"))}
    pupils = [PUPIL, replace(PUPIL, id="2")]
    kept = {pupil.id: (tie("a"), tie("b")) for pupil in pupils}
    (issue,) = families.shared_contacts(pupils, kept, persons)
    assert (issue.id, issue.field, issue.value) == ("1", "mail", "a b: x@example.org")
