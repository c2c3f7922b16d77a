"""The portal: the seed's menus, with the applications that the mandate opens."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from tests.pages.reading import body_words, missing
from tests.visitors import ELSEWHERE, HERE, World, mandated, sign_in

PORTAL, SWITCH = reverse("portal"), reverse("switch_mandate")
FULL, SIMPLIFIED = "Administration des comptes Educonnect", "Administration des comptes Educonnect Elèves"
APPLICATIONS = {"home": FULL, "rescue_home": SIMPLIFIED}
TOOLS = "Outils de gestion des identités et habilitations"


def addresses(client: Client) -> list[str]:
    """Where the applications lead."""
    page = client.get(PORTAL).content.decode()
    known = [(reverse(name, args=[uai]), label) for uai in (HERE, ELSEWHERE) for name, label in APPLICATIONS.items()]
    return [address for address, label in known if f'href="{address}">{label}<' in page]


def test_it_says_what_the_seed_says(head: Client) -> None:
    assert missing(head.get(PORTAL), "Portail Arena", "Intranet, Référentiels et Outils", TOOLS, FULL, SIMPLIFIED) == []


def test_each_application_stands_once(head: Client) -> None:
    said = body_words(head.get(PORTAL))
    assert (said.count(SIMPLIFIED), said.count(FULL)) == (1, 2)


@pytest.mark.parametrize(("role", "names"), [(Role.HEAD, 2), (Role.FULL, 2), (Role.SIMPLIFIED, 1)])
def test_a_mandate_opens_its_applications_and_no_other(world: World, role: Role, names: int) -> None:
    wanted = [reverse("home", args=[HERE]), reverse("rescue_home", args=[HERE])][-names:]
    assert addresses(sign_in(mandated(role, world.here), otp=True)) == wanted


def test_a_teacher_is_not_shown_the_full_module(teacher: Client) -> None:
    said = body_words(teacher.get(PORTAL))
    assert said.count(FULL) == said.count(SIMPLIFIED) == 1


def test_the_boarding_directory_is_shown_when_its_address_is_set(head: Client, settings) -> None:
    labels = ("Répertoires des établissements et des internats", "Annuaire des internats - Accès établissement")
    settings.BOARDING_DIRECTORY_URL = "https://internats.example/"
    response = head.get(PORTAL)
    assert missing(response, *labels) == []
    assert b'href="https://internats.example/" rel="external noreferrer"' in response.content
    settings.BOARDING_DIRECTORY_URL = ""
    assert missing(head.get(PORTAL), *labels) == list(labels)


def test_a_mandate_is_chosen_among_ones_own(world: World) -> None:
    two = sign_in(mandated(Role.HEAD, world.here), otp=True)
    other = mandated(Role.SIMPLIFIED, world.elsewhere, staff=two.staff).mandates.get(school=ELSEWHERE)
    response = two.post(SWITCH, {"mandate": other.pk})
    assert response["Location"] == reverse("rescue_home", args=[ELSEWHERE])
    assert addresses(two) == [reverse("rescue_home", args=[ELSEWHERE])]


@pytest.mark.parametrize("typed", ["", "0", "x", "-1", "\x00", "9" * 5000, "1.0", "٣"])
def test_what_is_no_mandate_of_ones_own_is_not_found(head: Client, typed: str) -> None:
    assert head.post(SWITCH, {"mandate": typed}).status_code == 404


def test_the_mandate_of_someone_else_is_not_taken(world: World, head: Client) -> None:
    other = mandated(Role.HEAD, world.elsewhere).mandates.get()
    assert head.post(SWITCH, {"mandate": other.pk}).status_code == 404
    assert addresses(head) == [reverse("home", args=[HERE]), reverse("rescue_home", args=[HERE])]


def test_the_choice_is_offered_to_who_has_one(world: World, head: Client) -> None:
    assert SWITCH not in head.get(PORTAL).content.decode()
    mandated(Role.HEAD, world.elsewhere, staff=head.staff)
    assert SWITCH in head.get(PORTAL).content.decode()
