"""A pupil's relations, settled once the persons are known."""

from dataclasses import replace

from accounts.feeds import families
from accounts.feeds.links import Link, Relation
from accounts.feeds.records import RelationRecord, StudentRecord
from accounts.feeds.report import Place, Reason

HERE = Place("f.xml", 9)
PUPIL = StudentRecord(
    id="1", place=HERE, local_id="", school="9001", ine="", birth_date=None, family_name="AUBE", name="AUBE",
    first_name="Lou", title="", classes=(), mef="", mef_label="", level="", mail="", relations=(),
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
