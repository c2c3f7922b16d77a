"""What the journal keeps of each request (CNIL 2021-122): who, when, what, of whom; once; and each refusal."""

import pytest
from django.utils import timezone

from accounts.actions.journal import Event
from accounts.models import JournalEntry
from accounts.models.journal import NO_SCHOOL
from educonnect_admin.toolkit.scope import scope
from tests.access.asking import Asker, answer, patterns, question
from tests.access.table import Cell
from tests.access.test_matrix import QUICK, TABLE, short
from tests.access.world import Asked, undone
from tests.visitors import ELSEWHERE, HERE

TRACED = {
    **dict.fromkeys(
        ("student", "student_edit", "student_block", "student_unblock", "student_history"), Event.STUDENT_VIEWED
    ),
    "student_reminder": Event.REMINDERS_PRINTED,
    **dict.fromkeys(
        ("guardian", "guardian_edit", "guardian_block", "guardian_unblock", "guardian_history"), Event.GUARDIAN_VIEWED
    ),
    "guardian_reminder": Event.REMINDERS_PRINTED,
    "run_document": Event.DOCUMENT_OPENED,
    "rescue_reveal": Event.SECRET_REVEALED,
    "dispute": Event.STUDENT_VIEWED,
    **dict.fromkeys(("double", "double_handout"), Event.GUARDIAN_VIEWED),
    "feed": Event.FEED_VIEWED,
    "journal": Event.JOURNAL_VIEWED,
}
"""Pages of one person or more, and files: what each leaves when it is opened."""

UNTRACED = {
    "students": "a list: its searches are counted and capped; the pages that it leads to are told",
    "guardians": "as the pupils' list",
    "disputes": "as the pupils' list",
    "doubles": "as the pupils' list",
    "rescue_students": "as the pupils' list",
    "rescue_handout": "what the reset, told just before, has given",
    "students_export": "the page where columns are chosen; the file that it gives is told (its own tests)",
    "guardians_export": "as the pupils' export",
    "run": "accounts of a run that was told, one by one, when it was done",
    "run_follow_up": "as the run's own page; what is marked on it is told",
    "run_mails": "as the run's own page; what is sent from it is told",
    "delegation_change": "of staff, not of pupils; what is changed is told",
}
"""Pages with persons that leave nothing by themselves, each with its reason."""

WATCHED = ("none", "revok", "teach", "teachB", "teach0", "otp", "head", "else")


def told(since: int) -> list[JournalEntry]:
    """Entries of every chain after this id."""
    found = []
    for uai in (NO_SCHOOL, HERE, ELSEWHERE):
        with scope(uai):
            found += list(JournalEntry.objects.filter(uai=uai, pk__gt=since))
    return found


def last_id() -> int:
    return max((entry.pk for entry in told(0)), default=0)


def ask(asked: Asked, asker: Asker, cell: Cell) -> tuple[str, list[JournalEntry]]:
    path, form = question(asked, cell)
    with undone():
        before = last_id()
        got = answer(asker.ask(asked.visitors[cell.visitor], cell.method, path, form))
        return got, told(before)


@pytest.mark.parametrize("visitor", [v if v in QUICK else pytest.param(v, marks=pytest.mark.proof) for v in WATCHED])
def test_each_refusal_is_told_once_with_who_when_and_from_where(asked: Asked, asker: Asker, visitor: str) -> None:
    staff, faults, asks = asked.visitors[visitor].staff, [], 0
    for cell in short(visitor):
        if cell.school and cell.wanted in ("403", "404"):
            asks += 1
            _, entries = ask(asked, asker, cell)
            kept = [(entry.event, entry.staff_id, bool(entry.address), bool(entry.detail)) for entry in entries]
            if kept != [(Event.ACCESS_REFUSED, staff.pk, True, True)]:
                faults.append((cell, kept))
    assert asks > 10
    assert faults == []


@pytest.mark.parametrize("visitor", ["teach", "otp", "head"])
def test_each_page_of_a_person_is_told_once(asked: Asked, asker: Asker, visitor: str) -> None:
    staff, seen = asked.visitors[visitor].staff, set()
    for cell in short(visitor):
        name = cell.url.partition(":")[0]
        if name in TRACED and cell.wanted == "200" and cell.method == ("POST" if name == "rescue_reveal" else "GET"):
            _, entries = ask(asked, asker, cell)
            if name == "journal" and visitor != "head":
                assert entries == []
                continue
            seen.add(name)
            entry = entries[0]
            assert len(entries) == (2 if name.startswith("double") else 1), cell
            assert (entry.event, entry.staff_id, entry.address != "") == (TRACED[name], staff.pk, True), cell
            assert abs((timezone.now() - entry.at).total_seconds()) < 3600
            assert (entry.target is None) == (name == "journal")
    assert seen >= ({"run_document", "rescue_reveal"} if visitor == "teach" else {"student", "run_document"})


def test_every_page_of_one_thing_is_told_or_says_why_not() -> None:
    """A new page with an id in its address must choose."""
    named = {
        pattern.name
        for pattern in patterns()
        if pattern.callback.rule.permission
        and "GET" in pattern.callback.rule.methods
        and ("pk" in str(pattern.pattern) or pattern.name in ("students", "guardians", "rescue_students"))
    }
    assert named <= set(TRACED) | set(UNTRACED), named - set(TRACED) - set(UNTRACED)


def test_what_is_told_of_a_refusal_names_nobody(anew: Asked, asker: Asker) -> None:
    pupil = anew.world.foreign.student
    cell = next(cell for cell in TABLE.cells("head") if (cell.url, cell.thing) == ("student", "R"))
    _, entries = ask(anew, asker, cell)
    assert [(entry.detail, entry.target) for entry in entries] == [("not found", pupil.pk)]
