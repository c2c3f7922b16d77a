"""The seed's labels, word for word, each on the page where it belongs; not the ministry's name, nor the version.

' and ’ count as one, and so do blanks of all kinds.
"""

import re
from datetime import date

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from accounts.enums import SourceSystem
from accounts.models import Guardianship, Source
from educonnect_admin.toolkit.scope import scope
from tests.pages.reading import body_words, missing, plain, words
from tests.visitors import HERE, World

TOOLS = ("Intranet, Référentiels et Outils", "Outils de gestion des identités et habilitations")
BOARDING = ("Répertoires des établissements et des internats", "Annuaire des internats - Accès établissement")
BOTH = "Administration des comptes Educonnect", "Administration des comptes Educonnect Elèves"
FULL_TABS = ("Accueil", "Élèves", "Responsables", "Statistiques")
FILTERS = ("Classe(s)", "État(s) de compte")
SOURCE = "Source SIECLE Académie de Reims"

LABELS: dict[str, tuple[str, ...]] = {
    "portal": (*TOOLS, *BOARDING, *BOTH),
    "students": (*FULL_TABS, "Gestion des comptes élèves", "Nom ou prénom", *FILTERS, "Non notifié"),
    "student": (
        *FULL_TABS,
        *("Informations du compte", "(Re)Notifier le compte", "Modifier le compte"),
        *("Prénom Nom", "Classe", "Identifiant", "Date de naissance", "Courrier électronique Non renseigné"),
        *("Origine du compte Non renseigné", "État du compte Non notifié", "Date de distribution Non renseignée"),
        *("Date de dernière connexion Non renseignée", "INE"),
        *("Informations des sources de données", "Académie", "Identifiant AAF", "Identifiant ONDE / SIECLE", SOURCE),
        *("Responsables rattachés au compte", "Prénom Nom Identifiant"),
    ),
    "rescue_students": (
        *("EduConnect - Dépannage des comptes élèves", "Accueil", "Élèves", "Gestion des comptes élèves", *FILTERS),
        *("0 élève(s) sélectionné(s)", "Réinitialiser les mots de passe"),
        *("Élève", "Classe", "MEF", "Identifiant", "Mot de passe", "Statut du compte", "Adresse électronique"),
        *("Non renseigné Non notifié Non renseignée Réinitialiser le mot de passe",),
        *("1 à 4 sur 4 élève(s)", "Précédent", "1", "Suivant"),
    ),
}
"""Address -> what the seed draws there, in its words."""

SEED = django_settings.ROOT / "../shared/design/seed.md"
TEACHERS_PAGES = ("portal", "rescue_students")
ONLY_FULL = ("Responsables", "Statistiques", "État du compte", "Courrier électronique")


@pytest.fixture
def paths(world: World, settings: object) -> dict[str, str]:
    settings.BOARDING_DIRECTORY_URL = "https://internats.example/"
    student = world.pupils[0].student
    known = {"academy_code": 19, "academy_name": "Reims", "read_on": date(2026, 11, 1)}
    with scope(HERE):
        Source.objects.create(
            school=world.here, student=student, system=SourceSystem.SIECLE, local_id="77", aaf_id="1", **known
        )
    pages = {name: reverse(name, args=[HERE]) for name in ("students", "rescue_students")}
    return pages | {"portal": reverse("portal"), "student": reverse("student", args=[HERE, student.pk])}


def test_the_table_holds_the_seeds_own_words() -> None:
    """Whatever figures the seed draws, and without its marks of emphasis, lists and menus."""
    if not SEED.exists():
        pytest.skip("the seed (../shared/design/seed.md) is not beside the project")
    drawn = in_seed(SEED.read_text())
    assert [label for labels in LABELS.values() for label in labels if in_seed(label) not in drawn] == []


def in_seed(text: str) -> str:
    return re.sub(r"\d+", "0", plain(re.sub(r"[*|▼●↳]|<[^>]+>", " ", text)))


@pytest.mark.parametrize("name", LABELS)
def test_a_page_says_what_the_seed_draws(head: Client, paths: dict[str, str], name: str) -> None:
    assert missing(head.get(paths[name]), *LABELS[name]) == []


@pytest.mark.parametrize("name", TEACHERS_PAGES)
def test_a_teachers_pages_say_it_too(teacher: Client, paths: dict[str, str], name: str) -> None:
    wanted = [label for label in LABELS[name] if label != BOTH[0]]
    response = teacher.get(paths[name])
    assert missing(response, *wanted) == []
    assert [label for label in ONLY_FULL if plain(label) in body_words(response)] == []


def test_each_entry_of_the_portal_stands_once(head: Client, paths: dict[str, str]) -> None:
    """The seed draws some of them twice; a drawing's slip."""
    said = body_words(head.get(paths["portal"]))
    assert [said.count(plain(label)) for label in (*BOARDING, BOTH[1])] == [1, 1, 1]


def test_several_sources_are_several_lines(world: World, head: Client, paths: dict[str, str]) -> None:
    student = world.pupils[0].student
    known = {"academy_code": 19, "academy_name": "Reims", "read_on": date(2026, 11, 2)}
    with scope(HERE):
        Source.objects.create(school=world.here, student=student, system=SourceSystem.AAF, aaf_id="1906", **known)
        guardian = Guardianship.objects.get(student=student).guardian
    response = head.get(paths["student"])
    assert missing(response, "Source AAF Académie de Reims 1906 Non renseigné", f"{SOURCE} 1 77") == []
    assert missing(response, f"{guardian.first_name} {guardian.last_name}", guardian.username) == []
    assert "lue le 01/11/2026" in words(response)
    assert "lue le 02/11/2026" in words(response)
