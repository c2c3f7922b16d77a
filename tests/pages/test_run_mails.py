"""Par courriel: the counts before, the mails asked for once, what became of each; for whoever ran it alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AccountState, LinkState, Origin
from accounts.models import MailedLink, Student
from educonnect_admin.toolkit.scope import scope
from notifications.models import Run
from tests.access.world import stale
from tests.actions.scene import crowd, finished
from tests.mails import posted
from tests.pages.reading import journal, missing, selects
from tests.pages.test_follow_up import person
from tests.pages.test_runs import drafted, launched, treat, url
from tests.visitors import HERE, World

pytestmark = pytest.mark.django_db
CONFIRMED = {"email": "zoe@example.org", "email_confirmed_at": timezone.now()}
ACTIVE = {
    "state": AccountState.ACTIVATED,
    "activated_at": timezone.now(),
    "origin": Origin.NOTIFICATION,
    "password": "chosen",
    "provisional_hash": None,
    "provisional_expires_at": None,
}


@pytest.fixture
def run(world: World, head: Client):
    made = drafted(head, *world.pupils)
    launched(head, made)
    treat(made)
    with scope(HERE):
        Student.objects.filter(pk=world.pupils[0].student_id).update(**CONFIRMED)
    return made


def test_counts_first_then_one_mail_each_and_what_became_of_it(world: World, head: Client, run) -> None:
    page = head.get(url("run_mails", run))
    assert missing(page, "avec une adresse confirmée 1", "sans adresse confirmée 1", "Envoyer 1 message") == []
    assert missing(head.post(url("run_mails", run), follow=True), "1 message en partance.", "En attente") == []
    assert missing(head.post(url("run_mails", run), follow=True), "Personne de plus ne peut être joint") == []
    (message,) = posted()
    assert "http://testserver/activation/lien/" in message.body
    page = head.get(url("run_mails", run))
    assert missing(page, "Envoyé") == []
    assert "zoe@example.org" not in page.content.decode()
    assert [entry[0] for entry in journal()].count("links_asked") == 1
    with scope(HERE):
        MailedLink.objects.update(state=LinkState.FAILED, reason="boîte aux lettres pleine ou fermée")
    page = head.get(url("run_mails", run))
    assert missing(page, "Non distribué (boîte aux lettres pleine ou fermée)", "Envoyer 1 message") == []


LOST = "Courriel\u00a0: Non distribué (boîte aux lettres pleine ou fermée)"


def test_a_mail_that_did_not_arrive_is_told_wherever_its_letter_is(world: World, head: Client, run) -> None:
    """In the follow-up and in the results: why, and what to do next, while the letter can be printed and after."""
    head.post(url("run_mails", run))
    with scope(HERE):
        MailedLink.objects.update(state=LinkState.FAILED, reason="boîte aux lettres pleine ou fermée")
    followed = head.get(url("run_follow_up", run), {"classe": str(world.room.pk)})
    assert missing(followed, LOST, "Imprimez son courrier. Corrigez l’adresse", "1 courriel n’est pas arrivé") == []
    assert missing(head.get(url("run", run)), LOST, "Imprimez son courrier. Corrigez l’adresse") == []
    with scope(HERE):
        Run.objects.filter(pk=run).update(payload_destroyed_at=timezone.now())
    assert missing(head.get(url("run", run)), "Renotifiez ce compte pour imprimer un courrier.") == []
    with scope(HERE):
        Student.objects.filter(pk=world.pupils[0].student_id).update(**ACTIVE)
    assert missing(head.get(url("run", run)), "Courriel\u00a0: Activé") == []
    assert missing(head.get(url("run", run)), "Renotifiez ce compte") == ["Renotifiez ce compte"]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"asked_at": timezone.now() - timedelta(days=9)}, ("Non parti", "Envoyez-le de nouveau")),
        (
            {"state": "sent", "expires_at": timezone.now() - timedelta(hours=1)},
            ("Lien expiré", "envoyez un autre lien"),
        ),
        ({"state": "used"}, ("Lien ouvert",)),
    ],
)
def test_each_end_of_a_mail_has_its_words_in_the_results(world: World, head: Client, run, link, words) -> None:
    head.post(url("run_mails", run))
    with scope(HERE):
        MailedLink.objects.update(**link)
    assert missing(head.get(url("run", run)), *words) == []


def test_only_who_ran_it_and_with_a_fresh_proof(world: World, head: Client, agent: Client, run) -> None:
    assert agent.get(url("run_mails", run)).status_code == 404
    answer = stale(head).post(url("run_mails", run))
    assert answer["Location"].startswith(reverse("proof"))
    with scope(HERE):
        assert not MailedLink.objects.exists()


def test_as_many_questions_for_30_mails_as_for_3(world: World, head: Client, run) -> None:
    few = selects(head, url("run_mails", run))
    with scope(HERE):
        many = finished(person(head.staff), crowd(world.here, world.room, 30))
        Student.objects.filter(run_items__run=many).update(**CONFIRMED)
    head.post(url("run_mails", many.pk))
    assert selects(head, url("run_mails", many.pk)) == few


def test_no_letters_are_offered_where_everybody_gets_a_mail(world: World, head: Client, run) -> None:
    """A link to a document of nobody would lead to nothing."""
    with scope(HERE):
        Student.objects.filter(run_items__run=run).update(**CONFIRMED)
    assert missing(head.get(url("run", run)), "Courriers (PDF)", "Publipostage (CSV)", "Liste de classe (PDF)") == []
    head.post(url("run_mails", run))
    page = head.get(url("run", run))
    assert missing(page, "Liste de classe (PDF)") == []
    assert missing(page, "Courriers (PDF)", "Publipostage (CSV)") == ["Courriers (PDF)", "Publipostage (CSV)"]
