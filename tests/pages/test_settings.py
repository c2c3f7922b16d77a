"""Réglages: who may, what is refused and in which words, what it changes from the next click, who is told."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import provisional
from accounts.enums import Role
from accounts.forms.settings import network_of
from accounts.models import Classroom, JournalEntry, Mandate, School
from educonnect_admin.toolkit.scope import scope
from tests.access.world import stale
from tests.actions.scene import as_person, finished, ids, sealed_secrets
from tests.mails import posted
from tests.pages.reading import journal, missing, selects
from tests.visitors import HERE, World, mandated, sign_in

pytestmark = pytest.mark.django_db
PAGE, ACCESS, PASSWORDS = (
    reverse(name, args=[HERE]) for name in ("school_settings", "settings_access", "settings_passwords")
)
STUDENTS = reverse("students", args=[HERE])
OWN = {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}


def told() -> list[str]:
    with scope(HERE):
        entries = JournalEntry.objects.filter(event="settings_changed").order_by("sequence")
        return [detail.replace("\u00a0", " ") for detail in entries.values_list("detail", flat=True)]


def test_the_page_shows_what_is_set_and_where_the_head_stands(world: World, head: Client) -> None:
    School.objects.filter(pk=HERE).update(admin_networks=["203.0.113.0/24"])
    page = head.get(PAGE, **OWN)
    assert missing(page, "203.0.113.9", "Elle est dans le réseau de l’établissement", "203.0.113.0/24") == []
    assert missing(head.get(PAGE), "Elle n’est dans aucun réseau administratif") == []
    assert missing(head.get(PAGE, HTTP_X_FORWARDED_FOR="192.0.2.4"), "commun à tous les établissements") == []
    assert missing(head.get(PAGE, HTTP_X_FORWARDED_FOR="x"), "ne peut pas être connue") == []


def test_what_is_changed_is_told_as_before_and_after(world: World, head: Client) -> None:
    School.objects.filter(pk=HERE).update(admin_networks=["198.51.100.0/24"])
    answer = head.post(ACCESS, {"wants_otp": "on", "networks": "203.0.113.7/24\r\n\r\n 2001:db8:12::/48 "}, follow=True)
    assert missing(answer, "Réglages d'accès enregistrés") == []
    assert School.objects.get(pk=HERE).admin_networks == ["203.0.113.0/24", "2001:db8:12::/48"]
    assert told() == [
        "clé OTP des enseignants : non, puis oui",
        "réseau ajouté : 203.0.113.0/24",
        "réseau ajouté : 2001:db8:12::/48",
        "réseau retiré : 198.51.100.0/24",
    ]


def test_the_same_again_changes_and_tells_nothing(world: World, head: Client) -> None:
    assert missing(head.post(ACCESS, {"networks": ""}, follow=True), "étaient déjà en place") == []
    assert journal() == []


REFUSED = {
    "x": "ce n’est pas un réseau",
    "198.51.100.0/33": "ce n’est pas un réseau",
    "198.51.100.0/24;203.0.113.0/24": "ce n’est pas un réseau",
    "9" * 300: "ce n’est pas un réseau",
    "0.0.0.0/0": "trop étendu : /16 ou plus étroit en IPv4",
    "198.50.0.0/15": "trop étendu",
    "2001:db8::/31": "trop étendu : /32 ou plus étroit en IPv6",
    "192.168.1.0/24": "n’est qu’intérieure",
    "10.1.2.0/24": "n’est qu’intérieure",
    "::1": "n’est qu’intérieure",
    "fd00:1::/48": "n’est qu’intérieure",
    "::ffff:10.1.2.0/120": "n’est qu’intérieure",
    "::ffff:198.51.0.0/100": "trop étendu",
}


@pytest.mark.parametrize("line", REFUSED)
def test_a_wrong_line_is_named_and_nothing_is_changed(world: World, head: Client, line: str) -> None:
    page = head.post(ACCESS, {"wants_otp": "on", "networks": f"203.0.113.0/24\n{line}"})
    assert missing(page, "Ligne 2 : ", REFUSED[line], "n’ont pas été changés", "203.0.113.0/24") == []
    assert page.content.decode().count("<title>Erreur") == 1
    assert not School.objects.get(pk=HERE).wants_otp_of_teachers
    assert journal() == []


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("203.0.113.9", "203.0.113.9/32"),
        ("203.0.0.0/16", "203.0.0.0/16"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
    ],
)
def test_a_block_has_one_way_of_writing(line: str, kept: str) -> None:
    assert str(network_of(line)) == kept


@pytest.mark.parametrize("text", ["\x00", "x" * 10_000, "\n".join(f"203.0.113.{n}" for n in range(30)), "é\u202e"])
def test_odd_texts_are_refused_in_words(head: Client, text: str) -> None:
    page = head.post(ACCESS, {"networks": text})
    assert page.status_code == 200
    assert missing(page, "Les réglages d’accès n’ont pas été changés") == []


def test_the_schools_own_network_opens_to_its_agents_alone(world: World, head: Client) -> None:
    agent = sign_in(mandated(Role.FULL, world.here))
    assert agent.get(STUDENTS, **OWN).status_code == 302
    head.post(ACCESS, {"networks": "203.0.113.0/24"})
    assert agent.get(STUDENTS, **OWN).status_code == 200
    assert agent.get(STUDENTS, HTTP_X_FORWARDED_FOR="::ffff:203.0.113.9").status_code == 200
    assert agent.get(STUDENTS, HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.1").status_code == 302
    other = sign_in(mandated(Role.FULL, world.elsewhere))
    there = reverse("students", args=[world.elsewhere.uai])
    assert other.get(there, **OWN)["Location"].startswith(reverse("sign_in_otp"))


def test_the_other_heads_are_told_by_mail(world: World, head: Client) -> None:
    other = mandated(Role.HEAD, world.here)
    mandated(Role.FULL, world.here)
    head.post(ACCESS, {"wants_otp": "on", "networks": "203.0.113.0/24"})
    assert [message.to for message in posted()] == [[other.email]]
    assert "203.0.113.0/24" in posted()[0].body
    assert str(head.staff) in posted()[0].body


def test_a_class_of_young_pupils_gets_readable_passwords(world: World, head: Client) -> None:
    head.post(PASSWORDS, {"readable": [str(world.room.pk)]})
    with scope(HERE):
        who = as_person(Mandate.objects.for_current().get(staff=head.staff))
        finished(who, ids([*world.pupils, world.other_class[0]]), include_activated=True)
        young, old = sealed_secrets(world.pupils[0].student_id), sealed_secrets(world.other_class[0].student_id)
    assert [len(secret) for secret in (*young, *old)] == [2 * provisional.SYLLABLES + provisional.FIGURES, 12]
    assert told() == [f"mots de passe lisibles, {world.room.code} : non, puis oui"]


@pytest.mark.parametrize("value", ["x", "\x00", "9" * 10_000])
def test_a_class_that_is_not_the_schools_is_refused(world: World, head: Client, value: str) -> None:
    for asked in (value, str(world.foreign.classroom_id)):
        assert missing(head.post(PASSWORDS, {"readable": [asked]}), "n’est pas une classe de cet établissement") == []
    with scope(HERE):
        assert not Classroom.objects.filter(has_readable_passwords=True).exists()


@pytest.mark.parametrize("path", [PAGE, ACCESS, PASSWORDS])
def test_for_heads_with_a_fresh_proof_only(world: World, head: Client, agent: Client, path: str) -> None:
    method = "get" if path == PAGE else "post"
    assert getattr(agent, method)(path).status_code == 403
    assert head.put(path).status_code == 405
    answer = getattr(stale(head), method)(path)
    assert answer["Location"].startswith(reverse("proof"))


def test_as_many_questions_for_30_classes_as_for_3(world: World, head: Client) -> None:
    few = selects(head, PAGE)
    with scope(HERE):
        Classroom.objects.bulk_create(Classroom(school_id=HERE, code=f"C{n}", sort_key=f"c{n}") for n in range(30))
    assert selects(head, PAGE) == few


def test_the_settings_networks_stay_beside_the_schools(world: World, agent: Client) -> None:
    School.objects.filter(pk=HERE).update(admin_networks=["203.0.113.0/24"])
    assert settings.ADMIN_NETWORKS
    assert agent.get(STUDENTS).status_code == 200
