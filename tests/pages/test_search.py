"""The search of pupils: what it forgives, what comes first, and that it stays in its school."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from educonnect_admin.toolkit.scope import scope
from tests.factories import SchoolingFactory, StudentFactory
from tests.pages.reading import journal, missing, words
from tests.visitors import ELSEWHERE, HERE, World

LISTS = {"students": "students_search", "rescue_students": "rescue_search"}
NAMES = {
    "z.lefevre": ("LEFÈVRE", "Zoé"),
    "j.dornain": ("D’ORNAIN", "Jean-Baptiste"),
    "l.durand3": ("DURAND", "Lou"),
    "l.durant": ("DURANT", "Lise"),
    "w.elkhatib": ("EL KHATIB", "Wassim"),
    "a.leclercq": ("LECLERCQ", "Aloïs"),
}


@pytest.fixture
def named(world: World) -> World:
    with scope(HERE):
        for number, (username, (last, first)) in enumerate(NAMES.items()):
            student = StudentFactory(username=username, last_name=last, first_name=first, ine=f"12345678{number:02}A")
            SchoolingFactory(school=world.here, classroom=world.room, student=student)
    return world


def found(client: Client, typed: str, name: str = "students") -> list[str]:
    """The identifiants that the search shows, in their order."""
    response = client.post(reverse(LISTS[name], args=[HERE]), {"q": typed}, follow=True)
    assert response.status_code == 200
    return [u for u in re.findall(r'class="code">([^<]+)<', response.content.decode()) if not u.startswith("e.etoile")]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "typed", ["Lefevre Zoe", "zoé lefèvre", "LEFÈVRE", "lefevre", "zoe-lefevre", "LEFE", "z.lefevre", "fevre"]
)
def test_accents_case_hyphens_and_order_are_forgiven(named: World, head: Client, name: str, typed: str) -> None:
    assert found(head, typed, name) == ["z.lefevre"]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("typed", "username"),
    [
        ("lefebre", "z.lefevre"),  # another letter
        ("lefvre", "z.lefevre"),  # missing
        ("leffevre", "z.lefevre"),  # added
        ("lefveer zoe", None),  # two wrong letters
        ("lefevree", "z.lefevre"),
        ("leefvre", "z.lefevre"),  # swapped
        ("kefevre zoe", "z.lefevre"),  # the first one
        ("leclerq", "a.leclercq"),
        ("lefevre zeo", "z.lefevre"),
        ("jeanbaptiste", "j.dornain"),
        ("dornain", "j.dornain"),
        ("d'ornian jean", "j.dornain"),
        ("elkhatib", "w.elkhatib"),
    ],
)
def test_one_wrong_letter_is_forgiven(named: World, head: Client, name: str, typed: str, username: str | None) -> None:
    assert found(head, typed, name) == ([username] if username else [])


@pytest.mark.parametrize(("typed", "first"), [("durand", "l.durand3"), ("durant", "l.durant")])
@pytest.mark.parametrize("sort", ["nom", "-nom", "-classe"])
def test_exact_hits_come_before_near_ones(named: World, head: Client, typed: str, first: str, sort: str) -> None:
    response = head.post(reverse("students_search", args=[HERE]), {"q": typed, "tri": sort}, follow=True)
    said = words(response).split()
    other = ({"l.durand3", "l.durant"} - {first}).pop()
    assert said.index(first) < said.index(other)
    assert words(response).count("Nom proche") == 1


@pytest.mark.parametrize("typed", ["l.durand3", "durand3", "L.DURAND3"])
def test_an_identifiant_is_found_and_a_wrong_figure_is_not_forgiven(named: World, head: Client, typed: str) -> None:
    assert found(head, typed) == ["l.durand3"]
    assert found(head, typed.replace("3", "4")) == []


def test_an_ine_is_found_in_the_full_module_only(named: World, head: Client, teacher: Client) -> None:
    assert found(head, "1234567803a") == ["l.durant"]
    assert found(head, "1234567803B") == []
    assert found(head, "234567803A") == []
    assert found(teacher, "1234567803A", "rescue_students") == []


def test_the_search_stays_in_its_school(named: World, head: Client) -> None:
    with scope(ELSEWHERE):
        twin = StudentFactory(last_name="LEFÈVRE", first_name="Zoé", username="z.lefevre2", ine="9999999999Z")
        SchoolingFactory(school=named.elsewhere, classroom=None, student=twin)
    for typed in ("lefevre", "lefebre", "z.lefevre2", "9999999999Z"):
        assert "z.lefevre2" not in found(head, typed)
    assert missing(head.post(reverse("students_search", args=[HERE]), {"q": "zeo"}, follow=True), "1 à 1 sur 1") == []


def test_a_search_of_long_words_is_answered(named: World, head: Client) -> None:
    for typed in ("a" * 100, "ab" * 12 + " " + "cd" * 12 + " " + "ef" * 12, "(((([[[[", "a{99999}"):
        assert set(found(head, typed)) <= set(NAMES)


def test_a_whole_result_with_near_hits_is_drafted_as_it_is_shown(named: World, head: Client) -> None:
    response = head.post(reverse("students_search", args=[HERE]), {"q": "durand"}, follow=True)
    search = response.request["QUERY_STRING"].removeprefix("recherche=")
    everything = {"tout": "1", "recherche": search}
    page = head.post(reverse("notify_selection", args=[HERE]), everything, follow=True)
    assert missing(page, "2 comptes") == []
    assert not [target for _, target, _ in journal() if isinstance(target, UUID)]
