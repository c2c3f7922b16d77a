"""Starting, stopping and ending a run: once, by its owner, with the proof that it wants."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import assurance
from accounts.enums import AccountState
from accounts.models import Student
from educonnect_admin.toolkit.scope import scope
from notifications.enums import RunState
from notifications.models import Run, SealedSecret
from tests.pages.reading import HTMX, journal, missing
from tests.pages.test_runs import SELECTION, drafted, launched, state, treat, url
from tests.visitors import HERE, World


def grow_stale(client: Client) -> None:
    """The last proof is older than a proof lasts."""
    session = client.session
    session[assurance.PROVED_AT] = (timezone.now() - settings.PROOF_LIFE - timedelta(seconds=1)).isoformat()
    session.save()


def test_one_account_needs_no_fresh_proof_and_two_do(world: World, head: Client) -> None:
    one, two = drafted(head, world.pupils[0]), drafted(head, *world.pupils)
    grow_stale(head)
    assert launched(head, one).status_code == 200
    assert head.post(url("run_launch", two))["Location"].startswith(reverse("proof"))
    assert (state(one), state(two)) == (RunState.DONE, RunState.DRAFT)


@pytest.mark.parametrize("ticked", [{"tout": "1"}, {"eleve": "both"}])
def test_the_same_form_sent_again_is_the_same_run(world: World, head: Client, ticked: dict[str, str]) -> None:
    both = [str(place.student_id) for place in world.pupils]
    form = {"cle": str(uuid4()), **{name: both if value == "both" else value for name, value in ticked.items()}}
    first, again = (head.post(SELECTION, form)["Location"] for _ in range(2))
    other = head.post(SELECTION, {"cle": form["cle"], "eleve": both[:1]})["Location"]
    assert first == again != other


def test_a_form_without_its_key_is_a_new_wish(world: World, head: Client) -> None:
    for key in ("", "x", "\x00", "9" * 5000):
        form = {"cle": key, "eleve": [str(world.pupils[0].student_id)]}
        assert head.post(SELECTION, form)["Location"] != head.post(SELECTION, form)["Location"], key


def test_a_key_of_somebody_else_brings_nothing_back(world: World, head: Client, agent: Client) -> None:
    form = {"cle": str(uuid4()), "eleve": [str(world.pupils[0].student_id)]}
    assert head.post(SELECTION, form)["Location"] != agent.post(SELECTION, form)["Location"]


def test_one_that_waits_is_stopped_and_nothing_is_done(world: World, head: Client) -> None:
    run = drafted(head, *world.pupils)
    assert missing(launched(head, run), "Arrêter l'opération") == []
    answer = head.post(url("run_cancel", run), follow=True)
    assert missing(answer, "L'opération est arrêtée", "Annulée") == []
    treat(run)
    with scope(HERE):
        assert not SealedSecret.objects.exists()
        assert Student.objects.filter(state=AccountState.NOTIFIED).count() == 1
    assert journal()[-1] == ("run_cancelled", run, 0)


def test_only_its_owner_stops_it(world: World, head: Client, agent: Client) -> None:
    run = drafted(head, *world.pupils)
    launched(head, run)
    assert agent.post(url("run_cancel", run)).status_code == 404
    assert missing(agent.get(url("run", run)), "Arrêter l'opération") == ["Arrêter l'opération"]
    assert state(run) == RunState.PENDING


def test_what_is_not_under_way_cannot_be_stopped(world: World, head: Client) -> None:
    run = drafted(head, *world.pupils)
    for wanted in (RunState.DRAFT, RunState.DONE):
        answer = head.post(url("run_cancel", run), follow=True)
        assert missing(answer, "Cette opération ne peut plus être arrêtée") == []
        assert state(run) == wanted
        launched(head, run)
        treat(run)


def test_one_that_has_not_ended_keeps_its_documents_to_come(world: World, head: Client) -> None:
    run = drafted(head, *world.pupils)
    for _ in range(2):
        answer = head.post(url("run_destroy", run), follow=True)
        assert missing(answer, "Cette opération n'est pas finie") == []
        launched(head, run)
    treat(run)
    with scope(HERE):
        assert Run.objects.get(pk=run).has_payload


def test_the_button_comes_with_the_progress(world: World, head: Client) -> None:
    run = drafted(head, *world.pupils)
    launched(head, run)
    part = head.get(url("run", run), **HTMX).content.decode()
    assert url("run_cancel", run) in part
    assert "csrfmiddlewaretoken" in part
    treat(run)
    assert url("run_cancel", run) not in head.get(url("run", run), **HTMX).content.decode()


@pytest.mark.parametrize(("number", "status"), [(1_000, 400), (100_000, 400)])
def test_more_ids_than_a_page_holds_are_refused_whole(world: World, head: Client, number: int, status: int) -> None:
    ids = [str(world.pupils[0].student_id)] * number
    for path in (SELECTION, reverse("students_export_chosen", args=[HERE])):
        assert head.post(path, {"eleve": ids}).status_code == status
    with scope(HERE):
        assert not Run.objects.exists()
