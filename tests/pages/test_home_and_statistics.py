"""Accueil and Statistiques: figures that are right, each a link to the list that it counts."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.journal import SYSTEM, Event, record
from accounts.enums import Role
from accounts.models import Feed, Guardian, Schooling, Student
from educonnect_admin.toolkit.scope import school_transaction, scope
from notifications.enums import RunKind, RunState
from notifications.models import Run
from tests.access.world import disputed_tie
from tests.factories import MandateFactory, SchoolingFactory, StaffFactory, StudentFactory
from tests.pages.reading import missing, plain, selects, words
from tests.visitors import ELSEWHERE, HERE, World

HOME, STATISTICS = (reverse(name, args=[HERE]) for name in ("home", "statistics"))
TILE = re.compile(r'<span class="figure[^"]*">(.*?)</span>\s*<a href="([^"]*)">(.*?)</a>', re.S)
LISTED = re.compile(r"sur ([\d ]+) élève\(s\)")


def tiles(response) -> dict[str, tuple[str, str]]:
    """Label -> figure and address."""
    found = TILE.findall(response.content.decode())
    return {plain(label): (plain(figure), html.unescape(url)) for figure, url, label in found}


def listed(client: Client, url: str) -> int:
    """How many pupils the list at this address counts."""
    counted = LISTED.search(words(client.get(url)))
    return int(counted.group(1).replace(" ", "")) if counted else 0


@pytest.fixture
def varied(world: World) -> World:
    """Pupils in every state, one of whom leaves."""
    with scope(HERE):
        soon = {"notified": True, "provisional_expires_at": timezone.now() + timedelta(days=3)}
        for trait in ({}, {"expired": True}, {"expired": True}, soon, {"leaving": True}, {"state": "closed"}):
            SchoolingFactory(school=world.here, classroom=world.room, student=StudentFactory(**trait))
        SchoolingFactory(school=world.here, classroom=None)
    return world


def test_home_says_what_to_do_and_each_figure_opens_what_it_counts(varied: World, head: Client) -> None:
    found = tiles(head.get(HOME))
    wanted = {
        "Comptes non notifiés": "3",
        "Notifiés, non activés": "2",
        "Notifications expirées": "2",
        "Notifications bientôt expirées": "1",
        "Comptes bloqués": "1",
    }
    assert {label: found[label][0] for label in wanted} == wanted
    assert {label: str(listed(head, found[label][1])) for label in wanted} == wanted


def test_home_counts_its_school_alone(world: World, head: Client) -> None:
    before = tiles(head.get(HOME))
    with scope(ELSEWHERE):
        for _ in range(3):
            SchoolingFactory(school=world.elsewhere, student=StudentFactory(blocked=True))
    assert tiles(head.get(HOME)) == before


def test_home_folds_away_what_there_is_nothing_to_do_about(world: World, head: Client) -> None:
    """The most urgent first; what is at zero is said at the end."""
    assert missing(head.get(HOME), "Notifications expirées : 0", "Délégations qui finissent : 0") == []
    with scope(HERE):
        SchoolingFactory(school=world.here, classroom=world.room, student=StudentFactory(expired=True))
        disputed_tie(world.here)
    response = head.get(HOME)
    assert list(tiles(response))[:3] == ["Liens contestés", "Notifications expirées", "Comptes non notifiés"]
    assert missing(head.get(html.unescape(tiles(response)["Liens contestés"][1])), "À régler") == []


def test_home_with_nothing_to_do(world: World, head: Client) -> None:
    with scope(HERE):
        for kind in (Student, Guardian):
            kind.objects.update(state="activated", provisional_hash=None)
    assert missing(head.get(HOME), "Rien à faire", "Tous les comptes de l’établissement sont activés") == []


def test_home_tells_the_last_feed_and_ending_delegations(world: World, head: Client) -> None:
    assert missing(head.get(HOME), "Dernière alimentation", "Aucun fichier n’a encore été lu") == []
    with school_transaction(HERE):
        record(actor=SYSTEM, event=Event.FEED_APPLIED, uai=HERE, count=600, detail="AAF 22/11/2026")
        ends = {"ends_at": timezone.now() + timedelta(days=9), "given_by": StaffFactory()}
        MandateFactory(school=world.here, role=Role.SIMPLIFIED, **ends)
    response = head.get(HOME)
    assert missing(response, "AAF 22/11/2026, 600 élèves lus") == []
    figure, url = tiles(response)["Délégations qui finissent"]
    with school_transaction(HERE):
        for days in (31, 300):
            MandateFactory(
                school=world.here,
                role=Role.FULL,
                given_by=StaffFactory(),
                ends_at=timezone.now() + timedelta(days=days),
            )
    assert (figure, head.get(html.unescape(url)).content.decode().count('role="rowheader"')) == ("1", 1)


def test_home_leads_to_the_last_feeds_problems_and_to_one_that_waits(world: World, head: Client) -> None:
    with school_transaction(HERE):
        told = {"doubtful": [{"line": 3}, {"line": 9}]}
        done = Feed.objects.create(school=world.here, system="AAF", state="applied", result=told)
        record(actor=SYSTEM, event=Event.FEED_APPLIED, uai=HERE, target=done.pk, count=600, detail="AAF 22/11/2026")
    response = head.get(HOME)
    assert missing(response, "2 lignes douteuses, à corriger à la source") == []
    assert reverse("feed", args=[HERE, done.pk]) in response.content.decode()
    for state, words_told in (("refused", "La dernière alimentation a été refusée"), ("ready", "attend votre accord")):
        with school_transaction(HERE):
            latest = Feed.objects.create(school=world.here, system="AAF", state=state)
        response = head.get(HOME)
        assert missing(response, words_told) == []
        assert reverse("feed", args=[HERE, latest.pk]) in response.content.decode()


def test_home_shows_the_runs_under_way(world: World, head: Client) -> None:
    with school_transaction(HERE):
        mandate = MandateFactory(school=world.here)
        run = {"school": world.here, "requested_by": mandate.staff, "mandate": mandate, "total": 7, "processed": 3}
        Run.objects.create(kind=RunKind.NOTIFY, state=RunState.RUNNING, label="classe 5EME A", key=uuid4(), **run)
    response = head.get(HOME)
    assert missing(response, "Opérations en cours", "Notification, classe 5EME A", "3 comptes sur 7") == []


def test_an_agent_has_no_delegations_to_renew(world: World, agent: Client) -> None:
    assert "Délégations qui finissent" not in words(agent.get(HOME))


@pytest.mark.parametrize(("path", "most"), [(HOME, 11), (STATISTICS, 8)])
def test_their_queries_do_not_grow(world: World, head: Client, path: str, most: int) -> None:
    few = selects(head, path)
    with scope(HERE):
        for number in range(30):
            SchoolingFactory(school=world.here, classroom__code=f"6EME {number}")
    assert selects(head, path) == few <= most


@pytest.mark.parametrize("path", [HOME, STATISTICS])
def test_they_are_kept_by_nobody(world: World, head: Client, path: str) -> None:
    assert "no-store" in head.get(path)["Cache-Control"]


def test_statistics_say_what_they_count(varied: World, head: Client) -> None:
    response = head.get(STATISTICS)
    assert missing(response, "Statistiques", "Élèves", "Responsables", "Taux d'activation", "Par classe") == []
    assert missing(response, "9 comptes", "sur 9", "11,1 %", "Sans classe", "5EME A", "5EME B") == []
    assert missing(response, "Non notifié", "Notification expirée", "Notifié", "Activé", "Bloqué") == []


def test_statistics_hold_no_name(varied: World, head: Client) -> None:
    said = words(head.get(STATISTICS))
    with scope(HERE):
        places = Schooling.objects.select_related("student")
        assert not [place for place in places if place.student.username in said or place.student.last_name in said]


def test_statistics_of_an_empty_school(world: World, head: Client) -> None:
    with scope(HERE):
        Student.objects.update(closing_on=timezone.localdate())
    response = head.get(STATISTICS)
    assert missing(response, "Aucun compte : la prochaine alimentation les apportera.", "0 compte") == []
    assert missing(head.get(HOME), "Comptes non notifiés : 0") == []
