"""The simplified module, "EduConnect - Dépannage des comptes élèves"."""

import html
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import assurance
from accounts.actions.credentials import opens
from accounts.enums import Role
from accounts.models import Mandate, Mef, Schooling, Student
from educonnect_admin.toolkit.scope import scope
from notifications.models import Run, SealedSecret
from tests.factories import SchoolingFactory, StudentFactory
from tests.pages.reading import HTMX, body_words, journal, missing, selects, words
from tests.sheets import SECRET
from tests.visitors import ELSEWHERE, HERE, World, mandated, sign_in

MODULE, LIST = (reverse(name, args=[HERE]) for name in ("rescue_home", "rescue_students"))
SEARCH = reverse("rescue_search", args=[HERE])


def url(name: str, student: object) -> str:
    return reverse(name, args=[HERE, student])


def reset(client: Client, student: UUID, **data: str):
    return client.post(url("rescue_reset", student), data, follow=True)


def shown(response) -> list[str]:
    return SECRET.findall(body_words(response))


def opened(student: UUID, typed: str) -> bool:
    with scope(HERE):
        return opens(Student.objects.get(pk=student), typed)


def test_the_table_says_what_the_seed_says(world: World, teacher: Client) -> None:
    response = teacher.get(LIST)
    columns = ("Élève", "Classe", "MEF", "Identifiant", "Mot de passe", "Statut du compte", "Adresse électronique")
    seed = ("EduConnect - Dépannage des comptes élèves", "Accueil", "Élèves", "Gestion des comptes élèves")
    assert missing(response, *columns, *seed, "Classe(s)", "État(s) de compte") == []
    assert missing(response, "0 élève(s) sélectionné(s)", "Réinitialiser les mots de passe") == []
    assert missing(response, "Réinitialiser le mot de passe", "Non renseigné", "Non renseignée", "Non notifié") == []
    assert missing(response, "1 à 4 sur 4 élève(s)", "Précédent", "1", "Suivant") == []


def test_it_shows_neither_ine_nor_birth_date_nor_the_other_tabs(world: World, teacher: Client) -> None:
    with scope(HERE):
        Student.objects.update(ine="1234567890A")
    said = words(teacher.get(LIST))
    assert "1234567890A" not in said
    assert "14/03/2014" not in said
    assert not {"Responsables", "Statistiques"} & set(said.split())


def test_an_ine_finds_nobody_here(world: World, teacher: Client) -> None:
    with scope(HERE):
        Student.objects.update(ine="1234567890A")
    assert missing(teacher.post(SEARCH, {"q": "1234567890A"}, follow=True), "Aucun élève ne répond") == []


def test_a_teacher_of_a_class_sees_that_class(world: World, teacher_of_class: Client) -> None:
    said = words(teacher_of_class.get(LIST))
    assert all(place.student.username in said for place in world.pupils)
    assert not [place for place in world.other_class if place.student.username in said]
    home = teacher_of_class.get(MODULE)
    assert missing(home, "5EME A", "2 élèves", "dont 2 comptes non activés") == []
    assert "5EME B" not in words(home)


def test_the_first_page_leads_straight_to_who_is_not_activated(world: World, teacher: Client) -> None:
    page = teacher.get(MODULE).content.decode()
    ways = re.findall(r'<a class="beside" href="([^"]*)">dont (\d+) compte', page)
    assert len(ways) == 2
    for way, number in ways:
        assert missing(teacher.get(html.unescape(way)), f"sur {number} élève(s)") == []


@pytest.mark.parametrize(("rooms", "said"), [(None, "tout l'établissement"), ([], "aucune classe"), (["A"], "5EME A")])
def test_the_delegation_is_told(world: World, rooms: list | None, said: str) -> None:
    given = {} if rooms is None else {"rooms": [world.room for _ in rooms]}
    ends = timezone.make_aware(timezone.datetime(2027, 8, 31, 23, 59, 59))
    visitor = sign_in(mandated(Role.SIMPLIFIED, world.here, ends_at=ends, **given))
    for path in (MODULE, LIST):
        assert missing(visitor.get(path), f"Votre délégation : {said}, jusqu'au 31/08/2027.") == []


def test_a_mef_is_shown_by_its_short_label(world: World, teacher: Client) -> None:
    with scope(HERE):
        Schooling.objects.update(mef=Mef.objects.create(code="1031001911A", label="5EME"))
    response = teacher.get(LIST)
    assert words(response).replace("5EME A", "").replace("5EME B", "").count("5EME") >= 4


def test_htmx_gets_the_results_alone(teacher: Client) -> None:
    response = teacher.get(LIST, **HTMX)
    assert response.content.lstrip().startswith(b'<div id="resultats"')
    assert b"<html" not in response.content


def test_thirty_rows_take_the_queries_of_three(world: World, teacher: Client) -> None:
    few = selects(teacher, LIST, par_page=100)
    with scope(HERE):
        for number in range(27):
            SchoolingFactory(school=world.here, classroom__code=f"6EME {number % 5}")
    assert selects(teacher, LIST, par_page=100) == few <= 8
    assert selects(teacher, MODULE) <= 8


def test_a_reset_gives_a_password_shown_only_when_asked_for(world: World, teacher: Client) -> None:
    student = world.pupils[0].student_id
    handout = reset(teacher, student)
    assert missing(handout, "Mot de passe réinitialisé", "Afficher le mot de passe") == []
    assert shown(handout) == []
    (secret,) = shown(teacher.post(url("rescue_reveal", student)))
    assert opened(student, secret)
    assert [event for event, _, _ in journal()][-1] == "secret_revealed"
    assert shown(teacher.get(url("rescue_handout", student))) == []


def test_no_answer_that_shows_a_password_is_kept(world: World, teacher: Client) -> None:
    student = world.pupils[0].student_id
    reset(teacher, student)
    for response in (teacher.post(url("rescue_reveal", student)), teacher.get(url("rescue_handout", student))):
        assert "no-store" in response["Cache-Control"]


def test_the_table_offers_it_to_the_person_who_gave_it_only(world: World, teacher: Client, agent: Client) -> None:
    reset(teacher, world.pupils[0].student_id)
    assert missing(teacher.get(LIST), f"Afficher le mot de passe de {world.pupils[0].student.name}") == []
    assert "Afficher" not in body_words(agent.get(LIST))
    assert shown(teacher.get(LIST)) == []


def test_an_activated_account_has_a_password_of_its_own(world: World, teacher: Client) -> None:
    assert missing(teacher.get(LIST), "Personnel") == []


def test_a_colleague_cannot_show_it(world: World, teacher: Client, agent: Client) -> None:
    student = world.pupils[0].student_id
    reset(teacher, student)
    response = agent.post(url("rescue_reveal", student), follow=True)
    assert missing(response, "Ce mot de passe ne peut plus être affiché") == []
    assert shown(response) == []


@pytest.mark.parametrize(("age", "asks"), [(timedelta(minutes=9), False), (timedelta(minutes=11), True)])
def test_it_is_shown_right_after_the_reset_and_with_a_proof_later(
    world: World, teacher: Client, age: timedelta, asks: bool
) -> None:
    student = world.pupils[0].student_id
    reset(teacher, student)
    with scope(HERE):
        Run.objects.update(created_at=timezone.now() - age)
    session = teacher.session
    session[assurance.PROVED_AT] = (timezone.now() - settings.PROOF_LIFE - timedelta(seconds=1)).isoformat()
    session.save()
    response = teacher.post(url("rescue_reveal", student))
    assert (response.status_code, shown(response) == []) == ((302, True) if asks else (200, False))
    assert not asks or response["Location"].startswith(reverse("proof"))


def test_the_same_button_clicked_twice_is_one_reset(world: World, teacher: Client) -> None:
    student = world.pupils[0].student_id
    (key,) = re.findall(r'name="cle" value="([0-9a-f-]+)"', teacher.get(LIST).content.decode())
    for _ in range(2):
        assert missing(reset(teacher, student, cle=key), "Mot de passe réinitialisé") == []
    with scope(HERE):
        assert Run.objects.count() == SealedSecret.objects.count() == 1


def test_a_key_of_one_pupil_does_not_serve_for_another(world: World, teacher: Client) -> None:
    key, (one, other) = str(uuid4()), [place.student_id for place in world.pupils]
    reset(teacher, one, cle=key)
    reset(teacher, other, cle=key)
    assert opened(other, *shown(teacher.post(url("rescue_reveal", other))))
    assert opened(one, *shown(teacher.post(url("rescue_reveal", one))))


def test_a_key_of_one_school_does_not_serve_in_another(world: World) -> None:
    two = sign_in(mandated(Role.HEAD, world.here), otp=True)
    mandated(Role.HEAD, world.elsewhere, staff=two.staff)
    key = str(uuid4())
    reset(two, world.pupils[0].student_id, cle=key)
    path = reverse("rescue_reset", args=[ELSEWHERE, world.foreign.student_id])
    assert missing(two.post(path, {"cle": key}, follow=True), "Mot de passe réinitialisé") == []


@pytest.mark.parametrize("key", ["", "x", "\x00", "0" * 32, "9" * 5000])
def test_an_odd_key_is_a_new_wish(world: World, teacher: Client, key: str) -> None:
    assert missing(reset(teacher, world.pupils[0].student_id, cle=key), "Mot de passe réinitialisé") == []


@pytest.mark.parametrize(
    ("trait", "reason"),
    [({"blocked": True}, "ne débloque pas"), ({"activated": True, "origin": "france_connect"}, "FranceConnect")],
)
def test_a_refused_reset_says_why(world: World, teacher: Client, trait: dict, reason: str) -> None:
    with scope(HERE):
        student = SchoolingFactory(school=world.here, classroom=world.room, student=StudentFactory(**trait)).student_id
    assert missing(teacher.get(LIST), reason) == []
    assert missing(reset(teacher, student), reason) == []
    with scope(HERE):
        assert not SealedSecret.objects.exists()


def test_several_are_confirmed_on_a_page_of_their_own(world: World, teacher: Client) -> None:
    chosen = [str(place.student_id) for place in world.pupils]
    response = teacher.post(reverse("rescue_reset_selection", args=[HERE]), {"eleve": chosen}, follow=True)
    assert missing(response, "Réinitialiser 2 comptes", "Rien n'est fait avant que vous ne confirmiez") == []
    assert missing(teacher.post(reverse("rescue_reset_selection", args=[HERE]), follow=True), "Aucun élève n'est") == []


def test_a_run_under_way_makes_a_reset_wait_in_words(world: World, teacher: Client) -> None:
    mandate = Mandate.objects.get(staff=teacher.staff)
    with scope(HERE):
        run = {"school": world.here, "requested_by": teacher.staff, "mandate": mandate, "key": uuid4()}
        Run.objects.create(kind="reset", state="running", label="classe 5EME B", total=1, **run)
    response = reset(teacher, world.pupils[0].student_id)
    assert missing(response, "Une réinitialisation est en cours", "Recommencez dans un instant") == []


def test_empty_states(world: World) -> None:
    nobody = sign_in(mandated(Role.SIMPLIFIED, world.here, rooms=[]))
    assert missing(nobody.get(MODULE), "Aucune classe", "Demandez au chef d'établissement de la compléter") == []
    assert missing(nobody.get(LIST), "Aucun élève pour le moment") == []
