"""The sample deltas, applied in order: the state that expected.json tells after each."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.actions.feeds import NotApplied
from accounts.enums import Relation
from accounts.models import Guardian, Guardianship, Schooling, Student
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import COLLEGE, LYCEE, deliver_sample, sample

pytestmark = pytest.mark.django_db

FIRST, ONE, TWO, NEXT = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 23)
SCHOOLS = (COLLEGE, LYCEE)


@pytest.fixture
def truth() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sample("expected.json").read_text(encoding="utf-8"))
    return found


def state() -> dict[str, Any]:
    """What the schools hold, in the words of expected.json."""
    pupils, rooms, relations, holders = {}, {}, dict.fromkeys(("legal", "in_charge", "contact"), 0), {}
    for uai in SCHOOLS:
        with scope(uai):
            here = Schooling.objects.filter(left_on=None)
            pupils[uai] = here.count()
            for code in here.exclude(classroom=None).values_list("classroom__code", flat=True):
                rooms[f"{uai} {code}"] = rooms.get(f"{uai} {code}", 0) + 1
            ties = Guardianship.objects.filter(student__schoolings__left_on=None, student__schoolings__school=uai)
            for relation in ties.values_list("relation", flat=True):
                relations[relation] += 1
            legal = ties.filter(relation=Relation.LEGAL)
            holders[uai] = legal.values("guardian").distinct().count()
    return {
        "pupils_by_school": pupils,
        "classes_with_pupils": dict(sorted(rooms.items())),
        "relations": relations,
        "guardians_with_account_by_school": holders,
    }


def wanted(told: dict[str, Any]) -> dict[str, Any]:
    kept = told["relations_kept"]
    # The truth counts a pupil's relation to himself among the legal ones.
    relations = {
        "legal": kept["legal"] - kept["own_guardian"],
        "in_charge": kept["in_charge"],
        "contact": kept["contact"],
    }
    names = ("pupils_by_school", "classes_with_pupils", "guardians_with_account_by_school")
    return {**{name: told[name] for name in names}, "relations": relations}


def test_both_days_and_the_following_complete_delivery(truth: dict[str, Any]) -> None:
    deliver_sample("aaf-complet", FIRST)
    deliver_sample("aaf-delta/jour-1", ONE)
    assert state() == wanted(truth["aaf-delta"]["jour-1"]["state_after"])
    deliver_sample("aaf-delta/jour-2", TWO)
    assert state() == wanted(truth["aaf-delta"]["jour-2"]["state_after"])
    told, changes = deliver_sample("aaf-complet-suivant", NEXT), truth["aaf-complet-suivant"]["after_both_deltas"]
    assert state() == wanted(truth["aaf-complet-suivant"])
    assert (told.students.left, told.students.created) == (len(changes["disappeared"]), len(changes["arrived"]))
    assert told.guardians.left == len(changes["guardian_accounts_lost"])


def test_what_each_request_came_to(truth: dict[str, Any]) -> None:
    deliver_sample("aaf-complet", FIRST)
    told = deliver_sample("aaf-delta/jour-1", ONE)
    assert (told.students.created, told.students.left, told.students.refused) == (2, 2, 1)
    assert [(line.where.rpartition(" ")[2], line.reason) for line in told.refused] == [
        ("3299997", "change of an unknown entry")
    ]
    gone = [line.id for line in told.doubtful if line.words == "removal of an unknown entry"]
    # 3100244 belonged to no pupil: the base never had the person.
    assert sorted(gone) == ["3100244", "3199998", "3299998"]
    again = deliver_sample("aaf-delta/jour-2", TWO)
    assert (again.students.returned, again.students.left, again.guardians.refused) == (1, 0, 1)


def test_each_pupil_after_both(truth: dict[str, Any]) -> None:
    for name, day in (("aaf-complet", FIRST), ("aaf-delta/jour-1", ONE), ("aaf-delta/jour-2", TWO)):
        deliver_sample(name, day)
    for ident, told in truth["aaf-delta"]["pupils_after_both"].items():
        rows = []
        for uai in SCHOOLS:
            with scope(uai):
                rows += Schooling.objects.filter(left_on=None, student__sources__aaf_id=ident).values_list(
                    "student__last_name", "classroom__code", "student__email", "student__ine"
                )
        room = "" if told == "absent" else told["classe"].partition("$")[2]
        assert rows == ([] if told == "absent" else [(told["sn"], room, told["mail"], told["ine"])]), ident


def test_each_person_after_both(truth: dict[str, Any]) -> None:
    for name, day in (("aaf-complet", FIRST), ("aaf-delta/jour-1", ONE), ("aaf-delta/jour-2", TWO)):
        deliver_sample(name, day)
    for ident, told in truth["aaf-delta"]["persons_after_both"].items():
        # The base keeps one number: of 3100199, whose number for messages stays, the other one is told.
        if told == "absent" or ident == "3100199":
            continue
        rows = set()
        for uai in SCHOOLS:
            with scope(uai):
                rows |= set(Guardian.objects.filter(sources__aaf_id=ident).values_list("last_name", "email", "mobile"))
        assert rows == {(told["sn"], told["mail"], told["mobile"])}, ident


def test_the_same_delta_again_changes_nothing() -> None:
    deliver_sample("aaf-complet", FIRST)
    deliver_sample("aaf-delta/jour-1", ONE)
    before = state()
    with scope(COLLEGE):
        versions = sorted(Student.objects.values_list("pk", "username", "version"))
    told = deliver_sample("aaf-delta/jour-1", ONE)
    assert (told.students.created, told.students.updated, told.students.left, told.students.returned) == (0, 0, 0, 0)
    with scope(COLLEGE):
        assert versions == sorted(Student.objects.values_list("pk", "username", "version"))
    assert state() == before


def test_an_old_delta_is_refused() -> None:
    deliver_sample("aaf-complet", FIRST)
    with pytest.raises(NotApplied, match="older than the last"):
        deliver_sample("aaf-delta/perime", NEXT)


EMPTY = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">
<ficAlimMENESR><!-- codeAcademieExport="19" --><!-- degre="2D" --></ficAlimMENESR>
"""


def test_a_day_without_changes_is_no_fault(tmp_path: Path) -> None:
    for category in ("Eleve", "PersRelEleve"):
        (tmp_path / f"ENT_Delta_20261117_{category}_0000.xml").write_bytes(EMPTY)
    told = io.StringIO()
    call_command("import_feed", str(tmp_path), "--json", as_of=ONE, stdout=told)
    assert json.loads(told.getvalue())["students"]["seen"] == 0
    with pytest.raises(SystemExit) as refused:
        call_command("import_feed", str(tmp_path), "--json", "--uai", COLLEGE, as_of=ONE, stdout=io.StringIO())
    assert refused.value.code == 1
