"""What came of a run: by counts, by account, by group, in pages."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Schooling
from educonnect_admin.toolkit.scope import scope
from notifications.enums import RunState
from notifications.models import Run
from tests.factories import SchoolingFactory, StudentFactory
from tests.pages.reading import HTMX, ODD_ADDRESSES, body_words, missing, selects
from tests.pages.test_runs import drafted, launched, treat, url
from tests.visitors import HERE, World


@pytest.fixture
def run(world: World, head: Client) -> UUID:
    """One account of each outcome: notified, renotified, left out, refused."""
    made = drafted(head, *world.pupils, *world.other_class)
    launched(head, made)
    treat(made)
    return made


def named(client: Client, run: UUID, **query: str) -> list[str]:
    """The accounts that the page names, in its order."""
    page = client.get(url("run", run), query).content.decode()
    return re.findall(r'scope="row"><a href="[^"]*">([^<]+)</a>', page)


@pytest.mark.parametrize(
    ("group", "place"), [("notifies", 0), ("renotifies", 1), ("laisses", 2), ("refuses", 3), ("", None), ("x", None)]
)
def test_each_group_names_its_accounts(world: World, head: Client, run: UUID, group: str, place: int | None) -> None:
    names = [schooling.student.name for schooling in (*world.pupils, *world.other_class)]
    assert named(head, run, issue=group) == (names if place is None else [names[place]])


def test_the_groups_are_links_with_their_figures(head: Client, run: UUID) -> None:
    page = head.get(url("run", run), {"issue": "refuses"})
    assert missing(page, "Tous 4", "Notifiés 1", "Renotifiés 1", "Laissés de côté 1", "Refusés 1") == []
    assert missing(page, "1 à 1 sur 1 compte(s)", "Levez d'abord le blocage") == []
    assert re.findall(r'aria-current="true">(\w+)', page.content.decode()) == ["Refusés"]


def test_a_long_result_is_paged_and_keeps_its_group(world: World, head: Client) -> None:
    with scope(HERE):
        many = SchoolingFactory.create_batch(26, school=world.here, classroom=world.room)
    run = drafted(head, *many, *world.other_class)
    launched(head, run)
    treat(run)
    page = head.get(url("run", run), {"issue": "notifies", "page": "2"})
    assert missing(page, "26 à 26 sur 26 compte(s)") == []
    assert "issue=notifies&amp;par_page=50" in page.content.decode()
    assert len(named(head, run, par_page="50")) == 28


def test_a_pupil_who_left_is_a_figure_and_no_name(world: World, head: Client, run: UUID) -> None:
    gone = world.pupils[0]
    with scope(HERE):
        Schooling.objects.filter(pk=gone.pk).update(left_on=timezone.localdate())
    page = head.get(url("run", run), {"issue": "notifies"})
    assert missing(page, "1 compte n'est plus ouvert par votre mandat") == []
    assert gone.student.last_name not in body_words(page)


def test_a_teacher_reads_the_result_without_a_way_to_the_pupils_page(world: World, teacher: Client) -> None:
    run = drafted(teacher, *world.pupils, selection="rescue_reset_selection")
    launched(teacher, run)
    treat(run)
    page = teacher.get(url("run", run))
    assert missing(page, world.pupils[0].student.name, "Notifiés 1", "Renotifiés 1") == []
    assert f"/eleves/{world.pupils[0].student_id}/" not in page.content.decode()


def test_one_that_was_stopped_says_whom_it_did_not_reach(world: World, head: Client) -> None:
    run = drafted(head, *world.pupils)
    launched(head, run)
    head.post(url("run_cancel", run))
    assert missing(head.get(url("run", run)), "Non traités 2", "Non traité : l'opération s'est arrêtée avant") == []
    with scope(HERE):
        assert Run.objects.get(pk=run).state == RunState.CANCELLED


def test_htmx_gets_the_part_with_the_results(head: Client, run: UUID) -> None:
    part = head.get(url("run", run), {"issue": "refuses"}, **HTMX).content.decode()
    assert part.lstrip().startswith("<title>")
    assert 'id="resultats"' in part


@pytest.mark.parametrize("query", [*ODD_ADDRESSES, "issue=%00", "issue=refuses&page=10%009", "issue=" + "x" * 5000])
def test_it_survives_odd_addresses(head: Client, run: UUID, query: str) -> None:
    assert head.get(f"{url('run', run)}?{query}").status_code == 200


def test_a_hundred_results_take_the_queries_of_a_few(world: World, head: Client, run: UUID) -> None:
    few = selects(head, url("run", run), par_page=100)
    with scope(HERE):
        blocked = [StudentFactory(blocked=True) for _ in range(100)]
        many = [SchoolingFactory(school=world.here, classroom=world.room, student=student) for student in blocked]
    long = drafted(head, *many, *world.pupils)
    launched(head, long)
    treat(long)
    assert selects(head, url("run", long), par_page=100) == few <= 8
