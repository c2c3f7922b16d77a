"""The journal's page: who reads what, by which choice, in which words; and its export."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions.journal import EVENT_LABELS, SYSTEM, Actor, Event, record
from accounts.models import JournalEntry
from accounts.views.journal import EXPORTED_AT_MOST, PAGE
from educonnect_admin.toolkit.scope import school_transaction, scope
from tests.pages.reading import body_words, journal, missing, selects
from tests.visitors import ELSEWHERE, HERE, World

pytestmark = pytest.mark.django_db
JOURNAL, EXPORT = reverse("journal", args=[HERE]), reverse("journal_export", args=[HERE])


def write(event: Event = Event.STUDENT_VIEWED, uai: str = HERE, staff: Any = None, **told: Any) -> None:
    mandate = staff.mandates.first() if staff else None
    actor = Actor(staff.pk, mandate.pk, "192.0.2.77") if staff else SYSTEM
    with school_transaction(uai):
        record(actor=actor, event=event, uai=uai, **told)


def events(client: Client, **data: Any) -> list[str]:
    return [line.what for line in client.get(JOURNAL, data).context["lines"]]


def test_every_event_has_its_words() -> None:
    assert set(EVENT_LABELS) == set(Event)
    assert len(set(EVENT_LABELS.values())) == len(EVENT_LABELS)


def test_an_entry_says_who_as_what_when_from_where_and_on_whom(world: World, head: Client, agent: Client) -> None:
    pupil = world.pupils[0].student
    write(staff=agent.staff, target=pupil.pk)
    page = head.get(JOURNAL)
    line = page.context["lines"][1]
    assert (line.who, line.role, line.what, line.address) == (
        str(agent.staff),
        "Module complet",
        "Fiche consultée",
        "192.0.2.77",
    )
    assert line.target_url == reverse("student", args=[HERE, pupil.pk])
    assert missing(page, pupil.name) == []


def test_a_head_reads_the_school_and_no_other(world: World, head: Client, agent: Client) -> None:
    write(staff=agent.staff)
    write(Event.FEED_APPLIED, ELSEWHERE)
    assert events(head) == ["Journal de l’établissement consulté", "Fiche consultée"]
    assert head.get(reverse("journal", args=[ELSEWHERE])).status_code == 404


@pytest.mark.parametrize("who", ["agent", "teacher", "teacher_of_class"])
def test_the_others_read_their_own_actions_only(
    world: World, head: Client, who: str, request: pytest.FixtureRequest
) -> None:
    client = request.getfixturevalue(who)
    write(Event.RUN_REQUESTED, staff=client.staff, target=UUID(int=1))
    write(Event.ACCOUNT_NOTIFIED, staff=head.staff)
    assert events(client) == ["Opération lancée"]
    assert events(client, personne=head.staff.pk) == ["Opération lancée"]
    assert journal()[-1][0] == "account_notified"


def test_a_teacher_is_not_told_the_name_of_a_pupil_whose_page_is_closed(world: World, teacher: Client) -> None:
    write(Event.SECRET_REVEALED, staff=teacher.staff, target=world.pupils[0].student_id)
    page = teacher.get(JOURNAL)
    assert missing(page, "Un compte") == []
    assert missing(page, world.pupils[0].student.last_name) != []


def test_a_mandate_is_told_with_the_person_who_got_it(world: World, head: Client, agent: Client) -> None:
    write(Event.MANDATE_GIVEN, staff=head.staff, count=agent.staff.pk, detail="simplified")
    line = head.get(JOURNAL).context["lines"][1]
    assert (line.target, line.detail, line.count) == (str(agent.staff), "Module simplifié", None)


def test_filters_by_person_kind_and_target(world: World, head: Client, agent: Client) -> None:
    pupil = world.pupils[0].student_id
    write(staff=agent.staff, target=pupil)
    write(Event.ACCOUNT_NOTIFIED, staff=agent.staff, target=world.pupils[1].student_id)
    write(Event.FEED_APPLIED)
    assert events(head, personne=agent.staff.pk) == ["Compte notifié", "Fiche consultée"]
    assert events(head, nature="feed_applied") == ["Alimentation appliquée"]
    assert events(head, cible=pupil) == ["Fiche consultée"]
    assert events(head, cible=pupil, nature="feed_applied") == []


def test_filters_by_period_both_days_included(world: World, head: Client) -> None:
    write()
    today = timezone.localdate()
    before, after = today - timedelta(days=1), today + timedelta(days=1)
    assert events(head, du=today, au=today)[-1] == "Fiche consultée"
    assert events(head, du=after) == events(head, au=before) == events(head, du=after, au="9999-12-31") == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"du": "2026-09-02", "au": "2026-09-01"}, "La période est à l’envers"),
        ({"du": "hier"}, "Du : Donnez une date"),
        ({"au": "\x00"}, "Au (inclus) : "),
        ({"nature": "inconnue"}, "Cette nature d’évènement n’existe pas"),
        ({"personne": "999999999"}, "Cette personne n’a jamais travaillé pour l’établissement"),
        ({"personne": "9" * 10_000}, "Cette personne n’a jamais travaillé"),
    ],
)
def test_what_cannot_be_understood_is_said(head: Client, asked: dict[str, str], said: str) -> None:
    page = head.get(JOURNAL, asked)
    assert page.status_code == 200
    assert missing(page, said) == []
    assert page.context["lines"] == []


@pytest.mark.parametrize("query", ["avant=x", "avant=%00", "apres=-1", f"avant={'9' * 40}", "cible=x", "cible=%00"])
def test_odd_addresses_break_nothing(head: Client, query: str) -> None:
    assert head.get(f"{JOURNAL}?{query}").status_code == 200


def test_pages_go_back_and_forth_by_number(world: World, teacher: Client) -> None:
    for number in range(2 * PAGE + 3):
        write(staff=teacher.staff, count=number)
    first = teacher.get(JOURNAL).context
    second = teacher.get(first["older_url"]).context
    third = teacher.get(second["older_url"]).context
    pages = [[line.count for line in page["lines"]] for page in (first, second, third)]
    assert [count for page in pages for count in page] == list(range(2 * PAGE + 2, -1, -1))
    assert (first["newer_url"], third["older_url"]) == ("", "")
    back = teacher.get(third["newer_url"]).context
    assert [line.count for line in back["lines"]] == pages[1]


def test_as_many_questions_for_a_page_as_for_a_line(world: World, head: Client, agent: Client) -> None:
    write(staff=agent.staff, target=world.pupils[0].student_id)
    few = selects(head, JOURNAL)
    for _ in range(PAGE):
        write(staff=agent.staff, target=world.pupils[1].student_id)
    assert selects(head, JOURNAL) == few <= 8


def test_a_page_far_back_is_found_by_an_index(world: World, head: Client) -> None:
    write()
    with CaptureQueriesContext(connection) as captured:
        head.get(JOURNAL, {"avant": 2, "du": "2026-01-01"})
    asked = [query["sql"] for query in captured if 'ORDER BY "journal_entry"."sequence" DESC' in query["sql"]]
    with scope(HERE), connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")  # a base of a few rows has no statistics to choose by
        cursor.execute(f"EXPLAIN {asked[-1]}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "journal_entry_by_moment" in plan
    assert "Sort" not in plan.partition("InitPlan")[0]


def test_an_empty_journal_says_what_will_be_there(teacher: Client) -> None:
    assert "Le journal est vide" in body_words(teacher.get(JOURNAL)).replace("'", "’")
    assert missing(teacher.get(JOURNAL, {"nature": "signed_in"}), "Aucune entrée ne répond à ce choix") == []


def test_reading_the_school_is_told_reading_oneself_is_not(world: World, head: Client, teacher: Client) -> None:
    teacher.get(JOURNAL)
    assert journal() == []
    head.get(JOURNAL)
    assert journal() == [("journal_viewed", None, None)]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_is_written_here(head: Client, method: str) -> None:
    assert getattr(head, method)(JOURNAL).status_code == 405
    assert getattr(head, method)(EXPORT).status_code == 405


def test_the_export_says_what_the_page_says_without_names_of_pupils(world: World, head: Client, agent: Client) -> None:
    pupil = world.pupils[0].student
    write(staff=agent.staff, target=pupil.pk, detail="=1+1")
    answer = head.get(EXPORT)
    text = answer.content.decode("utf-8-sig")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = [row.split(";") for row in text.split("\r\n")]
    assert rows[0][:3] == ["Date", "Heure", "Personne"]
    assert rows[1][2:] == [
        str(agent.staff),
        "Module complet",
        "Fiche consultée",
        "'=1+1",
        str(pupil.pk),
        "",
        "192.0.2.77",
    ]
    assert pupil.last_name not in text
    assert journal()[-1] == ("journal_exported", None, 1)
    assert "no-store" in answer["Cache-Control"]


def test_the_export_takes_the_choice_of_the_page(world: World, head: Client, agent: Client) -> None:
    write(staff=agent.staff)
    write(Event.FEED_APPLIED)
    page = head.get(JOURNAL, {"nature": "feed_applied"})
    text = head.get(page.context["export_url"]).content.decode()
    assert "Alimentation appliquée" in text
    assert "Fiche consultée" not in text


def test_an_export_of_nothing_or_of_too_much_is_none(
    world: World, head: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert head.get(EXPORT, {"du": "x"})["Location"] == JOURNAL
    write()
    write()
    monkeypatch.setattr("accounts.views.journal.EXPORTED_AT_MOST", 1)
    assert missing(head.get(EXPORT, follow=True), f"Plus de {EXPORTED_AT_MOST} entrées") == []
    assert "journal_exported" not in {event for event, _, _ in journal()}


def test_exports_of_the_journal_are_capped_with_the_others(world: World, head: Client) -> None:
    write()
    assert [head.get(EXPORT).status_code for _ in range(6)] == [200] * 5 + [429]


def test_the_hour_is_that_of_paris(world: World, head: Client) -> None:
    write()
    with scope(HERE):
        entry = JournalEntry.objects.get()
    shown = timezone.localtime(entry.at)
    assert shown.tzinfo is not None
    assert missing(head.get(JOURNAL), f"{shown:%d/%m/%Y} à {shown.hour} h {shown:%M}") == []
