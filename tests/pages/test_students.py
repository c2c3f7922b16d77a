"""Full module, "Gestion des comptes élèves", and a pupil's page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Relation, SourceSystem
from accounts.models import Guardianship, Source, Student
from educonnect_admin.toolkit.scope import scope
from tests.factories import (
    ClassroomFactory,
    GuardianFactory,
    GuardianshipFactory,
    SchoolFactory,
    SchoolingFactory,
    StudentFactory,
)
from tests.pages.reading import HTMX, body_words, journal, missing, plain, selects, words
from tests.visitors import HERE, World

LIST = reverse("students", args=[HERE])
SEARCH = reverse("students_search", args=[HERE])


def page_of(student: object) -> str:
    return reverse("student", args=[HERE, student])


def place(world: World, last_name: str, first_name: str = "Lou", **fields: object) -> Student:
    """A pupil of the 5EME A by this name."""
    with scope(HERE):
        student = StudentFactory(last_name=last_name, first_name=first_name, **fields)
        SchoolingFactory(school=world.here, classroom=world.room, student=student)
    return student


def test_the_list_says_what_the_seed_says(head: Client) -> None:
    response = head.get(LIST)
    seed = ("Accueil", "Élèves", "Responsables", "Statistiques", "Gestion des comptes élèves", "Nom ou prénom")
    columns = ("Élève", "Classe", "Identifiant", "État du compte", "Date de distribution", "Dernière connexion")
    assert missing(response, *seed, *columns, "Classe(s)", "État(s) de compte") == []
    assert missing(response, "1 à 4 sur 4 élève(s)", "Précédent", "Suivant", "0 élève(s) sélectionné(s)") == []
    assert missing(response, "Tout sélectionner les 4 résultats", "Non notifié", "Notifié", "Activé", "Bloqué") == []


def test_the_list_shows_the_schools_pupils_and_no_other(world: World, head: Client) -> None:
    said = words(head.get(LIST))
    assert all(place.student.username in said for place in (*world.pupils, *world.other_class))
    assert world.foreign.student.username not in said


def test_htmx_gets_the_results_alone(head: Client) -> None:
    response = head.get(LIST, **HTMX)
    assert response.content.lstrip().startswith(b'<div id="resultats"')
    assert b"<html" not in response.content
    assert missing(response, "1 à 4 sur 4 élève(s)") == []


def test_nothing_of_it_is_kept_by_the_browser(world: World, head: Client) -> None:
    for path in (LIST, page_of(world.pupils[0].student_id)):
        assert "no-store" in head.get(path)["Cache-Control"]


@pytest.mark.parametrize("query", ["", "classe={room}", "tri=-etat", "tout=1"])
def test_thirty_rows_take_the_queries_of_three(world: World, head: Client, query: str) -> None:
    path = f"{LIST}?par_page=100&{query.format(room=world.room.pk)}"
    few = selects(head, path)
    for number in range(27):
        place(world, f"NOM {number}")
    assert selects(head, path) == few <= 8


@pytest.mark.parametrize("size", [25, 50, 100])
def test_the_size_of_a_page_is_remembered(world: World, head: Client, size: int) -> None:
    for number in range(101):
        place(world, f"NOM {number:03}")
    head.get(LIST, {"par_page": size})
    assert missing(head.get(LIST), f"1 à {size} sur 105 élève(s)") == []


def test_pages_follow_each_other_to_the_last(world: World, head: Client) -> None:
    for number in range(47):
        place(world, f"NOM {number:03}")
    assert missing(head.get(LIST, {"page": 2}), "26 à 50 sur 51 élève(s)") == []
    assert missing(head.get(LIST, {"page": 3}), "51 à 51 sur 51 élève(s)") == []
    assert missing(head.get(LIST, {"page": 999_999_999}), "51 à 51 sur 51 élève(s)") == []


@pytest.mark.parametrize(
    "typed",
    ["d'ornain", "D’ORNAIN", "ornain zoé", "zoe ornain", "LECOEUR", "lecœur-d'", "d-ornain", "z.ornain", "  zoé  "],
)
def test_a_name_is_found_however_it_is_typed(world: World, head: Client, typed: str) -> None:
    found = place(world, "D’ORNAIN-LECŒUR", "Zoé", username="z.ornain")
    place(world, "DURAND", "Élise", username="e.durand")
    response = head.post(SEARCH, {"q": typed}, follow=True)
    assert missing(response, found.username, "1 à 1 sur 1 élève(s)") == []
    assert "e.durand" not in body_words(response)


def test_an_ine_is_found_whole(world: World, head: Client) -> None:
    place(world, "DURAND", username="l.durand", ine="1234567890A")
    assert missing(head.post(SEARCH, {"q": "1234567890a"}, follow=True), "l.durand", "1 à 1 sur 1 élève(s)") == []


def test_what_is_searched_is_never_in_the_address(world: World, head: Client) -> None:
    response = head.post(SEARCH, {"q": "Electre", "classe": str(world.room.pk)}, follow=True)
    addresses = [response.request["PATH_INFO"] + "?" + response.request["QUERY_STRING"]]
    addresses += [target for target, _ in response.redirect_chain]
    assert not [address for address in addresses if "electre" in address.lower()]
    links = plain(response.content.decode()).lower().split("href=")
    assert not [link for link in links[1:] if "electre" in link[1:].partition(link[0])[0]]


def test_states_and_classes_filter(world: World, head: Client) -> None:
    query = {"classe": str(world.other_room.pk), "etat": ["blocked", "notified"]}
    response = head.get(LIST, query)
    assert missing(response, "1 à 1 sur 1 élève(s)", world.other_class[1].student.username) == []


def test_those_who_leave_or_are_closed_show_only_when_asked_for(world: World, head: Client) -> None:
    place(world, "PARTIE", username="l.partie", leaving=True)
    place(world, "CLOSE", username="l.close", state="closed")
    assert not {"l.partie", "l.close"} & set(words(head.get(LIST)).split())
    response = head.get(LIST, {"etat": ["leaving", "closed"]})
    assert missing(response, "l.partie", "l.close", "Suppression programmée", "Fermé", "Fermeture le") == []


def test_homonyms_show_their_birth_date(world: World, head: Client) -> None:
    place(world, "ÉTOILE", "Zoé", birth_date=date(2014, 5, 6))
    place(world, "Etoile", "Zoe", birth_date=date(2013, 4, 5))
    response = head.get(LIST)
    assert missing(response, "Né(e) le 06/05/2014", "Né(e) le 05/04/2013") == []
    assert words(response).count("Né(e) le") == 2


def test_notifications_of_another_school_are_told(world: World, head: Client) -> None:
    place(world, "PARTAGÉE", notified=True, notified_by="0511234P")
    assert missing(head.get(LIST), "Renotifié par un autre établissement") == []


def test_an_empty_list_says_why(world: World, head: Client) -> None:
    response = head.post(SEARCH, {"q": "personne de ce nom"}, follow=True)
    assert missing(response, "Aucun élève ne répond à cette recherche", "Effacer la recherche") == []
    with scope(HERE):
        Student.objects.update(closing_on=date.today())
    assert missing(head.get(LIST), "Aucun élève pour le moment") == []


FACTS = ("Prénom Nom", "Classe", "Identifiant", "Date de naissance", "Courrier électronique", "Origine du compte")
MORE_FACTS = ("État du compte", "Date de distribution", "Date de dernière connexion", "INE")
BLOCKS = ("Informations du compte", "Informations des sources de données", "Responsables rattachés au compte")
HEADS = ("Académie", "Identifiant AAF", "Identifiant ONDE / SIECLE", "Prénom", "Nom")


def test_a_pupils_page_says_what_the_seed_says(world: World, head: Client) -> None:
    response = head.get(page_of(world.pupils[0].student_id))
    assert missing(response, *BLOCKS, *FACTS, *MORE_FACTS, *HEADS, "(Re)Notifier le compte") == []
    assert missing(response, "Non renseigné", "Non renseignée", "14/03/2014", "Non notifié") == []


def test_a_pupils_page_has_the_seeds_second_button(world: World, head: Client) -> None:
    assert missing(head.get(page_of(world.pupils[0].student_id)), "Modifier le compte") == []


def test_a_pupils_page_shows_what_is_known(world: World, head: Client) -> None:
    student = place(world, "ÉTOILE", "Electre", activated=True, ine="1234567890A", email="electre@example.org")
    seen = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    with scope(HERE):
        Student.objects.filter(pk=student.pk).update(last_login_at=seen, distributed_on=date(2026, 9, 15))
        sources = {"academy_code": 19, "academy_name": "Reims", "read_on": date(2026, 11, 1)}
        Source.objects.create(school=world.here, student=student, system=SourceSystem.SIECLE, local_id="77", **sources)
    response = head.get(page_of(student.pk))
    assert missing(response, "Electre ÉTOILE", "1234567890A", "electre@example.org", "Notification", "Activé") == []
    assert missing(response, "22/11/2026", "15/09/2026", "Source SIECLE Académie de Reims", "77") == []


def test_only_guardians_with_an_account_by_law_are_listed(world: World, head: Client) -> None:
    student = world.pupils[0].student
    with scope(HERE):
        legal = Guardianship.objects.get(student=student).guardian
        contact = GuardianshipFactory(school=world.here, student=student, relation=Relation.CONTACT).guardian
        nameless = GuardianFactory(username=None, last_name="SANS COMPTE")
        GuardianshipFactory(school=world.here, student=student, guardian=nameless)
    said = words(head.get(page_of(student.pk)))
    assert legal.username in said
    assert contact.username not in said
    assert "SANS COMPTE" not in said


def test_a_pupils_page_takes_as_many_queries_whatever_it_shows(world: World, head: Client) -> None:
    student = place(world, "HOMONYME")
    few = selects(head, page_of(student.pk))
    for _ in range(4):
        place(world, "HOMONYME")
        with scope(HERE):
            GuardianshipFactory(school=world.here, student=student)
    many = selects(head, page_of(student.pk))
    assert few <= many <= few + 1 <= 12


def test_each_opening_of_a_page_is_told_before_it_is_shown(world: World, head: Client) -> None:
    student = world.pupils[0].student_id
    head.get(page_of(student))
    head.head(page_of(student))
    assert journal() == [("student_viewed", student, None)] * 2
    assert missing(head.get(page_of(student)), "Historique du compte", "Fiche consultée, par Procyon AGENT") == []


@pytest.mark.parametrize(
    ("trait", "said"),
    [
        ({}, "aucun mot de passe provisoire n'a encore été donné"),
        ({"notified": True}, "attend d'être utilisé"),
        ({"expired": True}, "Il ne vaut plus rien"),
        ({"activated": True}, "a choisi son propre mot de passe"),
        ({"activated": True, "origin": "france_connect"}, "FranceConnect"),
        ({"blocked": True}, "Compte prêté à un tiers"),
        ({"leaving": True}, "Le compte sera fermé le"),
        ({"state": "closed"}, "Ce qu'il faut faire"),
    ],
)
def test_every_state_has_a_diagnosis_in_plain_words(world: World, head: Client, trait: dict, said: str) -> None:
    response = head.get(page_of(place(world, "ÉTOILE", **trait).pk))
    assert missing(response, said, "Ce qui se passe", "Ce qu'il faut faire", "À dire à la famille") == []


@pytest.mark.parametrize("pk", ["00000000-0000-0000-0000-000000000000", "x", "00000000", "1"])
def test_an_unknown_pupil_is_not_found(head: Client, pk: str) -> None:
    assert head.get(f"{LIST}{pk}/").status_code == 404


def test_what_a_name_holds_is_shown_as_text(world: World, head: Client) -> None:
    student = place(world, "<script>alert(1)</script>", "{{ 7|add:7 }}")
    for path in (LIST, page_of(student.pk)):
        assert b"<script>alert" not in head.get(path).content
        assert missing(head.get(path), "{{ 7|add:7 }}") == []


def test_a_pupil_who_left_for_another_school_is_not_shown(world: World, head: Client) -> None:
    gone = world.pupils[0]
    with scope(HERE):
        gone.left_on = timezone.localdate() - timedelta(days=1)
        gone.save()
    assert gone.student.username not in words(head.get(LIST))
    assert head.get(page_of(gone.student_id)).status_code == 404


def test_classes_are_offered_in_natural_order(world: World, head: Client) -> None:
    with scope(HERE):
        for code in ("10A", "6B", "6A"):
            ClassroomFactory(school=SchoolFactory(), code=code)
    said = words(head.get(LIST))
    places = [said.index(code) for code in ("5EME A", "5EME B", "6A", "6B", "10A")]
    assert places == sorted(places)
