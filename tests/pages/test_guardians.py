"""Full module, the guardians' list."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Origin, Relation
from accounts.models import Guardian
from educonnect_admin.toolkit.scope import scope
from tests.factories import GuardianFactory, GuardianshipFactory, SchoolingFactory, StudentFactory
from tests.pages.reading import HTMX, body_words, missing, selects, words
from tests.visitors import HERE, World

LIST = reverse("guardians", args=[HERE])
SEARCH = reverse("guardians_search", args=[HERE])


def family(world: World, last_name: str, children: int = 1, room: object = None, **fields: object) -> Guardian:
    """A guardian of that name, with as many children here."""
    with scope(HERE):
        guardian = GuardianFactory(last_name=last_name, **fields)
        for _ in range(children):
            student = StudentFactory()
            SchoolingFactory(school=world.here, classroom=room or world.room, student=student)
            GuardianshipFactory(school=world.here, student=student, guardian=guardian)
    return guardian


def test_the_list_says_whose_it_is(world: World, head: Client) -> None:
    response = head.get(LIST)
    columns = ("Responsable", "Identifiant", "État du compte", "Origine", "Courrier électronique", "Mobile")
    assert missing(response, "Gestion des comptes responsables", *columns, "1 à 1 sur 1 responsable(s)") == []
    assert missing(response, "Précédent", "Suivant", "Classe(s)", "État(s) de compte") == []


def test_mail_and_mobile_are_masked(world: World, head: Client) -> None:
    response = head.get(LIST)
    assert missing(response, "o•••@example.org", "•• •• •• •• 59") == []
    assert "ondine.orme@" not in words(response)
    assert "39980059" not in words(response)


def test_guardians_of_another_school_are_not_there(world: World, head: Client) -> None:
    with scope("0511234P"):
        foreign = Guardian.objects.get()
    assert foreign.username not in words(head.get(LIST))


def test_children_of_another_school_are_not_there(world: World, head: Client) -> None:
    guardian = family(world, "PARTAGÉE")
    with scope("0511234P"):
        GuardianshipFactory(school=world.elsewhere, student=world.foreign.student, guardian=guardian)
    said = words(head.get(LIST))
    assert guardian.username in said
    assert world.foreign.student.last_name not in said


def test_a_guardian_stands_once_with_all_children(world: World, head: Client) -> None:
    guardian = family(world, "NOMBREUSE", children=3)
    response = head.get(LIST)
    assert words(response).count(guardian.username) == 1
    with scope(HERE):
        names = [tie.student.name for tie in guardian.guardianships.select_related("student")]
    assert missing(response, *names) == []


def test_those_without_an_account_or_a_tie_by_law_are_not_there(world: World, head: Client) -> None:
    family(world, "SANS-COMPTE", username=None)
    with scope(HERE):
        contact = GuardianshipFactory(
            school=world.here, student=world.pupils[0].student, relation=Relation.CONTACT
        ).guardian
    said = words(head.get(LIST))
    assert "SANS-COMPTE" not in said
    assert contact.username not in said


def test_htmx_gets_the_results_alone(world: World, head: Client) -> None:
    response = head.get(LIST, **HTMX)
    assert response.content.lstrip().startswith(b'<div id="resultats"')
    assert b"<html" not in response.content


@pytest.mark.parametrize("query", ["", "classe={room}", "tri=-etat"])
def test_thirty_rows_take_the_queries_of_three(world: World, head: Client, query: str) -> None:
    path = f"{LIST}?par_page=100&{query.format(room=world.room.pk)}"
    family(world, "PREMIÈRE")
    few = selects(head, path)
    for number in range(29):
        family(world, f"FAMILLE {number}", children=1 + number % 3)
    assert selects(head, path) == few <= 8


@pytest.mark.parametrize("typed", ["d'aubigné", "AUBIGNE", "aubigné ondine", "a.daubigne"])
def test_a_guardian_is_found_by_name(world: World, head: Client, typed: str) -> None:
    family(world, "D’AUBIGNÉ", username="a.daubigne")
    response = head.post(SEARCH, {"q": typed}, follow=True)
    assert missing(response, "a.daubigne", "1 à 1 sur 1 responsable(s)") == []
    assert typed.lower() not in response.request["QUERY_STRING"].lower()


def test_a_guardian_is_found_by_the_childs_name(world: World, head: Client) -> None:
    with scope(HERE):
        student = StudentFactory(last_name="ÉTRANGE", first_name="Zoé")
        SchoolingFactory(school=world.here, student=student)
        guardian = GuardianshipFactory(school=world.here, student=student).guardian
    assert missing(head.post(SEARCH, {"q": "etrange zoe"}, follow=True), guardian.username, "1 à 1 sur 1") == []


@pytest.mark.parametrize("typed", ["ornaix", "etrxnge zoe"])
def test_one_wrong_letter_is_forgiven_and_said(world: World, head: Client, typed: str) -> None:
    guardian, other = family(world, "ORNAIN"), family(world, "AUTRE")
    with scope(HERE):
        child = guardian.guardianships.get().student
        child.schoolings.update(sort_key="etrange zoe", search_key="etrange zoe z.etrange")
    found = head.post(SEARCH, {"q": typed}, follow=True)
    assert missing(found, guardian.username, "Nom proche", "1 à 1 sur 1 responsable(s)") == []
    assert other.username not in words(found)
    assert "Nom proche" not in words(head.post(SEARCH, {"q": "ornain"}, follow=True))


def test_a_child_of_another_school_finds_nobody(world: World, head: Client) -> None:
    response = head.post(SEARCH, {"q": world.foreign.student.last_name}, follow=True)
    assert missing(response, "Aucun responsable ne répond à cette recherche") == []


def test_classes_and_states_filter(world: World, head: Client) -> None:
    family(world, "AUTRE", room=world.other_room, username="a.autre")
    here = head.get(LIST, {"classe": str(world.other_room.pk)})
    assert missing(here, "a.autre", "1 à 1 sur 1 responsable(s)") == []
    family(world, "ACTIVE", username="a.active", state="activated", origin=Origin.FRANCE_CONNECT, password="!")
    response = head.get(LIST, {"etat": "activated"})
    assert missing(response, "a.active", "FranceConnect", "1 à 1 sur 1 responsable(s)") == []


def test_an_empty_list_says_why(world: World, head: Client) -> None:
    with scope(HERE):
        Guardian.objects.update(username=None)
    assert missing(head.get(LIST), "Aucun responsable pour le moment") == []
    response = head.post(SEARCH, {"q": "personne"}, follow=True)
    assert missing(response, "Aucun responsable ne répond à cette recherche") == []


def test_no_birth_date_is_shown(world: World, head: Client) -> None:
    assert "14/03/2014" not in body_words(head.get(LIST))


def test_a_teacher_sees_nothing_of_guardians(world: World, teacher: Client) -> None:
    with scope(HERE):
        guardian = Guardian.objects.get()
    for name in ("rescue_home", "rescue_students", "runs"):
        said = words(teacher.get(reverse(name, args=[HERE])))
        assert guardian.username not in said
        assert guardian.last_name not in said
    assert teacher.get(LIST).status_code == 403
