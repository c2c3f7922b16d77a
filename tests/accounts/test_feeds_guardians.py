"""What deliveries make of guardians: one account a person, ties a school, and who has no account."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.enums import Relation
from accounts.models import Dispute, Guardian, Guardianship, Source
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import (
    COLLEGE,
    CONTACT,
    DAY,
    IN_CHARGE,
    LEGAL,
    LYCEE,
    SELF,
    deliver,
    person,
    pupil,
)

pytestmark = pytest.mark.django_db

LATER, MUCH_LATER = DAY + timedelta(days=7), DAY + timedelta(days=14)


def guardian(ident: int = 51, uai: str = COLLEGE) -> Guardian:
    with scope(uai):
        return Guardian.objects.get(sources__aaf_id=str(ident), sources__school=uai)


def ties(uai: str = COLLEGE) -> list[tuple[str, str]]:
    """(last name of the guardian, relation), in the school."""
    with scope(uai):
        rows = Guardianship.objects.order_by("guardian__last_name", "student__last_name")
        return list(rows.values_list("guardian__last_name", "relation"))


def test_a_guardian_with_all_that_the_feed_says() -> None:
    deliver(pupil(1, ties=[(51, LEGAL)]), person(51, "AULNE", "Ève", mail="eve@example.org", mobile="+33639980051"))
    eve = guardian()
    assert (eve.username, eve.title, eve.sort_key) == ("e.aulne", "Mme", "aulne eve")
    assert (eve.email, eve.mobile, eve.address) == (
        "eve@example.org",
        "+33639980051",
        "3 rue Grande\n51099 BELLE-ÉTOILE",
    )
    with scope(COLLEGE):
        source = Source.objects.get(guardian=eve)
    assert (source.aaf_id, source.local_id, source.label) == ("51", "", "Source AAF Académie de Reims")


def test_a_guardian_of_two_schools_is_one_account_seen_by_both() -> None:
    result = deliver(pupil(1, ties=[(51, LEGAL)]), pupil(2, school="9002", ties=[(51, LEGAL)]), person(51))
    assert (result.guardians.created, result.guardians.seen) == (1, 1)
    assert guardian(51, COLLEGE).pk == guardian(51, LYCEE).pk
    assert ties(COLLEGE) == ties(LYCEE) == [("AUBE", "legal")]


def test_namesakes_are_never_merged() -> None:
    people = (pupil(1, "ORNE", ties=[(51, LEGAL), (52, LEGAL)]), person(51), person(52))
    result = deliver(*people)
    assert (result.guardians.created, guardian(51).username, guardian(52).username) == (2, "o.aube", "o.aube2")
    assert [str(issue.reason) for issue in result.doubtful] == ["homonym guardians"]


def test_pupils_and_guardians_share_the_numbers() -> None:
    deliver(pupil(1, first_name="Orso", ties=[(51, LEGAL)]), person(51))
    assert guardian().username == "o.aube2"


def test_who_is_no_legal_guardian_has_no_account() -> None:
    pupils = (pupil(1, ties=[(51, IN_CHARGE), (52, CONTACT), (53, SELF)]),)
    result = deliver(*pupils, person(51, "FRÊNE"), person(52, "HOUX"), person(53), person(54, "LOINTAIN"))
    assert (result.guardians.seen, result.guardians.created, result.guardians.without_account) == (4, 0, 4)
    assert ties() == [("FRÊNE", "in_charge"), ("HOUX", "contact")]
    with scope(COLLEGE):
        assert list(Guardian.objects.values_list("username", flat=True)) == [None, None]
    assert result.relations == {"legal": 0, "in_charge": 1, "contact": 1, "self": 1, "dangling": 0}


def test_an_account_comes_with_legal_standing_and_keeps_its_identifiant() -> None:
    deliver(pupil(1, ties=[(51, CONTACT)]), person(51, "FRÊNE"))
    became = deliver(pupil(1, ties=[(51, LEGAL)]), person(51, "FRÊNE"), day=LATER)
    assert (became.guardians.created, became.students.updated, guardian().username) == (1, 1, "o.frene")
    assert deliver(pupil(1, ties=[(51, LEGAL)]), person(51, "FRÊNE"), day=LATER).guardians.unchanged == 1
    no_more = deliver(pupil(1, ties=[(51, CONTACT)]), person(51, "FRÊNE"), day=MUCH_LATER)
    assert (no_more.guardians.left, no_more.guardians.without_account) == (1, 1)
    assert (guardian().username, ties()) == ("o.frene", [("FRÊNE", "contact")])
    assert guardian().closing_on == MUCH_LATER + timedelta(days=90)


def test_a_tie_that_is_listed_no_more_ends() -> None:
    people = (person(51, "FRÊNE"), person(52, "HOUX"))
    deliver(pupil(1, ties=[(51, LEGAL), (52, LEGAL)]), *people)
    with scope(COLLEGE):
        frene = Guardian.objects.get(last_name="FRÊNE").pk
    result = deliver(pupil(1, ties=[(52, LEGAL)]), *people, day=LATER)
    assert (result.guardians.left, result.guardians.unchanged, result.students.updated) == (1, 1, 1)
    assert ties() == [("HOUX", "legal")]
    again = deliver(pupil(1, ties=[(51, LEGAL), (52, LEGAL)]), *people, day=MUCH_LATER)
    assert (again.guardians.returned, again.guardians.created) == (1, 0)
    assert (guardian(51).pk, guardian(51).username, guardian(51).closing_on) == (frene, "o.frene", None)


def test_a_tie_in_another_school_keeps_the_account_open() -> None:
    here, there = pupil(1, ties=[(51, LEGAL)]), pupil(2, "ORNE", school="9002", ties=[(51, LEGAL)])
    deliver(here, there, person(51))
    assert deliver(pupil(1), there, person(51), day=LATER).guardians.left == 0
    assert (ties(COLLEGE), guardian(51, LYCEE).closing_on) == ([], None)
    assert deliver(pupil(1), pupil(2, "ORNE", school="9002"), person(51), day=LATER).guardians.left == 1


def test_guardians_of_a_pupil_who_left_are_closed_with_him() -> None:
    stays = pupil(2, "ORNE")
    deliver(pupil(1, ties=[(51, LEGAL)]), stays, person(51))
    assert deliver(stays, day=LATER).guardians.left == 1
    assert (ties(), guardian().closing_on) == ([("AUBE", "legal")], LATER + timedelta(days=90))
    back = deliver(pupil(1, ties=[(51, LEGAL)]), stays, person(51), day=MUCH_LATER)
    assert (back.guardians.returned, guardian().closing_on) == (1, None)


def test_guardians_go_with_a_pupil_to_another_school() -> None:
    stays = pupil(2, "ORNE")
    deliver(pupil(1, ties=[(51, LEGAL)]), stays, person(51))
    moved = deliver(pupil(1, school="9002", ties=[(51, LEGAL)]), stays, person(51), day=LATER)
    assert (moved.guardians.left, moved.guardians.unchanged) == (0, 1)
    assert (ties(COLLEGE), ties(LYCEE)) == ([], [("AUBE", "legal")])
    with scope(COLLEGE):
        assert not Guardian.objects.exists()


def test_what_the_holder_confirmed_stays() -> None:
    family = pupil(1, ties=[(51, LEGAL)])
    deliver(family, person(51, mail="ancien@example.org", mobile="+33639980051"))
    with scope(COLLEGE):
        Guardian.objects.update(email="choisi@example.org", email_confirmed_at=timezone.now())
    result = deliver(family, person(51, mail="nouveau@example.org"), day=LATER)
    assert (result.guardians.updated, guardian().email, guardian().mobile) == (1, "choisi@example.org", "")


@pytest.mark.parametrize("outcome", ["", "corrected", "right"])
@pytest.mark.parametrize("is_taken_away", [False, True])
def test_no_feed_brings_a_suspended_tie_back(outcome: str, is_taken_away: bool) -> None:
    """Nor does one end a dispute that the school has settled otherwise."""
    family, now = (pupil(1, ties=[(51, LEGAL)]), person(51)), timezone.now()
    deliver(*family)
    with scope(COLLEGE):
        tie = Guardianship.objects.get()
        Guardianship.objects.update(disputed_at=None if outcome == "right" else now)
        said = {"raised_at": now, "outcome": outcome, "settled_at": now if outcome else None}
        Dispute.objects.create(school_id=COLLEGE, student_id=tie.student_id, guardian_id=tie.guardian_id, **said)
    if is_taken_away:
        deliver(pupil(1), person(51), day=LATER)
        assert ties() == []
    deliver(*family, day=MUCH_LATER)
    with scope(COLLEGE):
        back = Guardianship.objects.get(relation=Relation.LEGAL)
    assert (back.in_force, back.disputed_at) == ((True, None) if outcome == "right" else (False, now))


def test_a_tie_in_dispute_holds_the_account_open() -> None:
    family = (pupil(1, ties=[(51, LEGAL)]), person(51))
    deliver(*family)
    with scope(COLLEGE):
        Guardianship.objects.update(disputed_at=timezone.now())
    assert deliver(*family, day=LATER).guardians.left == 0
    assert guardian().closing_on is None


def test_held_elsewhere_tells_of_other_schools_only() -> None:
    deliver(pupil(1, ties=[(51, LEGAL)]), pupil(2, school="9002", ties=[(51, LEGAL)]), person(51))
    known = guardian(51).pk
    with scope(LYCEE), connection.cursor() as cursor:
        cursor.execute("UPDATE schooling SET left_on = current_date")
    with connection.cursor() as cursor:
        for uai, held in ((COLLEGE, []), (LYCEE, [(known,)])):
            cursor.execute("SELECT account_id FROM held_elsewhere(%s, %s)", [uai, [known]])
            assert cursor.fetchall() == held
