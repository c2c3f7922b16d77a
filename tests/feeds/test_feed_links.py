"""The legal rule: the same level means another thing under each generation of link codes."""

import pytest

from accounts.feeds.links import KNOWN_CODES, Link, Relation, link_of, relation_of

OLD = ["1", "2", "3", "4", "5", "6"]
NEW = ["10", "20", "37", "38", "39", "41", "42", "43", "50", "51", "90", "99"]


@pytest.mark.parametrize("code", OLD)
@pytest.mark.parametrize(
    ("level", "relation"),
    [("1", Relation.LEGAL), ("2", Relation.LEGAL), ("0", Relation.CONTACT), ("", Relation.CONTACT)],
)
def test_old_codes_make_both_levels_legal(code: str, level: str, relation: Relation) -> None:
    assert relation_of(code, level) is relation


@pytest.mark.parametrize("code", NEW)
@pytest.mark.parametrize(
    ("level", "relation"),
    [
        ("1", Relation.LEGAL),
        ("2", Relation.IN_CHARGE),
        ("0", Relation.CONTACT),
        ("3", Relation.CONTACT),
        ("", Relation.CONTACT),
    ],
)
def test_new_codes_make_level_two_a_person_in_charge(code: str, level: str, relation: Relation) -> None:
    assert relation_of(code, level) is relation


@pytest.mark.parametrize("code", ["7", "70"])
@pytest.mark.parametrize("level", ["0", "1", "2", "3"])
def test_the_pupil_himself_is_never_somebody_else(code: str, level: str) -> None:
    assert relation_of(code, level) is Relation.SELF


def test_both_generations_name_one_kinship() -> None:
    assert link_of("2") is link_of("10") is Link.MOTHER
    assert link_of("1") is link_of("20") is Link.FATHER
    assert link_of("99") is None
    assert len(KNOWN_CODES) == 7 + 12
