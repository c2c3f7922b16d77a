"""A guardian's page, and what head and agent change there."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.actions.account_changes import email_token
from accounts.enums import AccountState, Origin
from accounts.models import Guardian
from accounts.tasks import send_mails
from educonnect_admin.toolkit.scope import scope
from tests.factories import GuardianshipFactory
from tests.pages.reading import body_words, journal, missing, plain, selects, words
from tests.pages.test_guardians import family
from tests.visitors import HERE, World

ELSEWHERE = "0511234P"
FRANCE_CONNECT = {"state": AccountState.ACTIVATED, "origin": Origin.FRANCE_CONNECT, "password": "!"}


def at(name: str, guardian: Guardian) -> str:
    return reverse(name, args=[HERE, guardian.pk])


def now(guardian: Guardian) -> Guardian:
    with scope(HERE):
        return Guardian.objects.get(pk=guardian.pk)


def change(client: Client, guardian: Guardian, **data: Any) -> Any:
    told = {"version": now(guardian).version, "email": guardian.email, "language": "", "distributed_on": ""}
    return client.post(at("guardian_edit", guardian), told | data, follow=True)


def test_the_page_says_all_of_the_account(world: World, head: Client) -> None:
    guardian = family(world, "ORME", children=2, address="3 quai du Lin\n08000 SEDAN", language="uk")
    with scope(HERE):
        children = [tie.student for tie in guardian.guardianships.select_related("student")]
    response = head.get(at("guardian", guardian))
    blocks = ("Informations du compte", "Informations des sources de données", "Élèves rattachés au compte")
    facts = ("Prénom Nom", "Origine du compte", "Date de distribution", "Langue des courriers", "français et ukrainien")
    assert missing(response, *blocks, *facts, "Historique du compte", "3 quai du Lin, 08000 SEDAN") == []
    assert missing(response, *(child.username for child in children), "5EME A", guardian.username) == []
    assert missing(response, "(Re)Notifier le compte", "Modifier le compte", "Bloquer le compte") == []
    assert "39980059" not in words(response)
    assert journal()[-1] == ("guardian_viewed", guardian.pk, None)


def test_no_birth_date_and_no_child_of_another_school(world: World, head: Client) -> None:
    guardian = family(world, "PARTAGÉE")
    with scope(ELSEWHERE):
        foreign = world.foreign.student
        GuardianshipFactory(school=world.elsewhere, student=foreign, guardian=guardian)
    for name in ("guardian", "guardian_edit", "guardian_block", "guardian_history"):
        said = body_words(head.get(at(name, guardian)))
        assert "14/03/2014" not in said
        assert foreign.last_name not in said
    assert missing(head.get(at("guardian", guardian)), "1 autre enfant, dans un autre établissement.") == []


def test_a_pupils_page_leads_to_the_guardian(world: World, head: Client) -> None:
    pupil = world.pupils[0].student_id
    with scope(HERE):
        guardian = Guardian.objects.get(guardianships__student=pupil)
    response = head.get(reverse("student", args=[HERE, pupil]))
    assert at("guardian", guardian) in response.content.decode()


def test_the_page_takes_as_many_queries_for_many_children(world: World, head: Client) -> None:
    few, many = family(world, "UN"), family(world, "DIX", children=10)
    assert selects(head, at("guardian", few)) == selects(head, at("guardian", many)) <= 12


def test_france_connect_is_not_reset_and_the_family_is_told_how(world: World, head: Client) -> None:
    guardian = family(world, "FRANCE", **FRANCE_CONNECT)
    page = head.get(at("guardian", guardian))
    assert missing(page, "n’a pas de mot de passe ici", "Connectez-vous par le bouton FranceConnect") == []
    assert "(Re)Notifier" not in words(page)
    response = head.post(at("guardian_notify", guardian), follow=True)
    assert missing(response, "rien n’a été fait", "Connectez-vous par le bouton FranceConnect") == []
    assert now(guardian).provisional_hash is None


def test_a_block_and_its_end_leave_france_connect_what_it_was(world: World, head: Client) -> None:
    guardian = family(world, "FRANCE", **FRANCE_CONNECT)
    head.post(at("guardian_block", guardian), {"version": 0, "reason": "stolen"})
    assert (now(guardian).state, now(guardian).origin) == ("blocked", "france_connect")
    page = head.get(at("guardian_unblock", guardian))
    assert missing(page, "Aucun mot de passe n’est donné ici") == []
    head.post(at("guardian_unblock", guardian), {"version": 1, "reason": "mistake"})
    assert (now(guardian).state, now(guardian).origin) == ("not_notified", "france_connect")
    assert missing(head.post(at("guardian_notify", guardian), follow=True), "rien n’a été fait") == []


def test_a_block_shuts_the_account_and_only_its_end_opens_it(world: World, head: Client, agent: Client) -> None:
    guardian = family(world, "ORME", state=AccountState.ACTIVATED, origin="notification", password="!")
    wrong = head.post(at("guardian_block", guardian), {"version": 0, "reason": "other"})
    assert missing(wrong, "Dites en quelques mots") == []
    told = head.post(
        at("guardian_block", guardian), {"version": 0, "reason": "other", "note": "séparation"}, follow=True
    )
    assert missing(told, "Le compte est bloqué", "Motif : Autre motif : séparation", "Débloquer le compte") == []
    assert (now(guardian).password, now(guardian).state) == ("", "blocked")
    agent.post(at("guardian_unblock", guardian), {"version": 1, "reason": "settled"})
    assert (now(guardian).state, now(guardian).origin) == ("not_notified", "")
    events = [event for event, target, _ in journal() if target == guardian.pk]
    assert [event for event in events if event != "guardian_viewed"] == ["account_blocked", "account_unblocked"]
    assert missing(head.get(at("guardian_history", guardian)), "Compte bloqué : autre motif", "Compte débloqué") == []


def test_address_and_language_change_and_the_address_waits_for_its_holder(world: World, head: Client) -> None:
    guardian = family(world, "ORME")
    response = change(head, guardian, email="neuve@example.org", language="ar")
    assert missing(response, "Un message demande à la personne de confirmer son adresse", "français et arabe") == []
    assert (now(guardian).email, now(guardian).email_confirmed_at, now(guardian).language) == (
        "neuve@example.org",
        None,
        "ar",
    )
    send_mails()
    assert mail.outbox[0].to == ["neuve@example.org"]
    told = [event for event, target, _ in journal() if target == guardian.pk and event != "guardian_viewed"]
    assert told == ["language_changed", "email_changed", "email_link_sent"]
    token = email_token(now(guardian), HERE)
    Client().post(reverse("email_confirmation", args=[token]))
    assert now(guardian).email_confirmed_at is not None
    assert missing(head.get(at("guardian", guardian)), "Langue des courriers modifiée : français et arabe") == []


def test_while_an_activation_waits_the_mail_is_the_one_that_ends_it(world: World, head: Client) -> None:
    guardian = family(world, "ORME", state=AccountState.ACTIVATING, password="!")
    assert missing(head.get(at("guardian", guardian)), "L’activation est commencée") == []
    refused = change(head, guardian, email="")
    assert missing(refused, "L’activation attend que cette adresse soit confirmée") == []
    change(head, guardian, email="neuve@example.org")
    head.post(at("guardian_email_link", guardian))
    send_mails()
    assert [message.to for message in mail.outbox] == [["neuve@example.org"]] * 2
    assert all("/activation/courriel/" in message.body for message in mail.outbox)


def test_an_address_that_is_confirmed_gets_no_mail(world: World, head: Client) -> None:
    guardian = family(world, "ORME", email_confirmed_at="2026-11-20T10:00Z")
    response = head.post(at("guardian_email_link", guardian), follow=True)
    assert missing(response, "Il n’y a pas d’adresse à confirmer") == []
    assert "Renvoyer le message" not in words(head.get(at("guardian", guardian)))


@pytest.mark.parametrize("data", [{"email": "x"}, {"language": "kl"}, {"version": "x"}, {"distributed_on": "hier"}])
def test_odd_input_gets_a_message(world: World, head: Client, data: dict[str, str]) -> None:
    guardian = family(world, "ORME", state=AccountState.ACTIVATED, origin="notification", password="!")
    response = change(head, guardian, **data)
    assert response.status_code == 200
    assert plain("Le compte n’a pas été modifié") in words(response)
    assert now(guardian).version == 0


def test_of_two_at_work_the_second_is_told(world: World, head: Client, agent: Client) -> None:
    guardian = family(world, "ORME")
    change(head, guardian, language="pt")
    response = agent.post(at("guardian_edit", guardian), {"version": 0, "email": "a@example.org", "language": "tr"})
    assert response.status_code == 409
    assert missing(response, "Ce compte a été modifié entre-temps", "français et portugais") == []
    assert now(guardian).language == "pt"
