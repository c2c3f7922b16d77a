"""Full module: probable doubles, side by side, and the three ways to settle a pair."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AccountState
from accounts.models import Double, Guardian, Merge
from educonnect_admin.toolkit.scope import scope
from tests.access.world import merged, twice
from tests.factories import GuardianFactory, GuardianshipFactory, SchoolingFactory
from tests.pages.reading import journal, missing, selects, words
from tests.visitors import ELSEWHERE, HERE, World

LIST = reverse("doubles", args=[HERE])
HOME = reverse("home", args=[HERE])
Ids = tuple[UUID, UUID]


@pytest.fixture
def pair(world: World) -> Ids:
    with scope(HERE):
        found = twice(world.here, "FRÊNE")
        Guardian.objects.filter(pk=found[1]).update(mobile="+33639980077", title="Mme")
    return found


def at(pair: Ids, name: str = "double") -> str:
    return reverse(name, args=[HERE, *pair])


def now(pk: UUID) -> Guardian:
    with scope(HERE):
        found: Guardian = Guardian.objects.get(pk=pk)
    return found


def test_the_list_the_tile_and_the_page(pair: Ids, head: Client) -> None:
    told = ("À vérifier", "FRÊNE Ondine", "Le nom, le même courrier électronique", "indice 2 sur 8")
    assert missing(head.get(LIST), *told) == []
    home = words(head.get(HOME))
    assert "1 Doublons probables" in home
    page = head.get(at(pair))
    assert missing(page, "FRÊNE Ondine, deux fois", "Différent : Civilité, Mobile, Élèves") == []
    assert "+33639980077" not in page.content.decode()
    assert at(pair[::-1]) != at(pair)
    assert head.get(at(pair[::-1])).status_code == 200
    assert sorted(target for event, target, _ in journal() if event == "guardian_viewed")[::2] == sorted(pair)


def test_names_alone_are_no_double(world: World, head: Client) -> None:
    with scope(HERE):
        for mail in ("", "o@example.org"):
            tie = {"school": world.here, "student": SchoolingFactory(school=world.here).student}
            GuardianshipFactory(guardian=GuardianFactory(last_name="ORNE", email=mail, mobile=""), **tie)
        ids = list(Guardian.objects.filter(last_name="ORNE").values_list("pk", flat=True))
    assert missing(head.get(LIST), "Aucun doublon à vérifier") == []
    assert head.get(at((ids[0], ids[1]))).status_code == 404
    assert head.post(at((ids[0], ids[1]), "double_merge"), {"kept": ids[0]}).status_code == 404


def test_not_the_same_is_for_good(pair: Ids, head: Client) -> None:
    assert head.post(at(pair, "double_judge"), {"verdict": "distinct"})["Location"] == LIST
    assert missing(head.get(LIST), "Aucun doublon à vérifier") == []
    assert head.get(at(pair)).status_code == 404
    assert [target for event, target, _ in journal() if event == "double_judged"] == list(pair)


def test_handed_to_the_family(pair: Ids, head: Client) -> None:
    assert head.post(at(pair, "double_judge"), {"verdict": "handed"})["Location"] == at(pair, "double_handout")
    sheet = head.get(at(pair, "double_handout"))
    assert missing(sheet, *(now(pk).username or "" for pk in pair), "aucun mot de passe", "Collège des Étoiles") == []
    assert missing(head.get(LIST), "Remis aux familles", "Aucun doublon à vérifier") == []
    assert "1 Doublons probables" not in words(head.get(HOME))
    assert now(pair[0]).state == now(pair[1]).state == AccountState.NOT_NOTIFIED


def test_merged_and_parted(pair: Ids, head: Client) -> None:
    kept, ended = pair[::-1]
    answer = head.post(at(pair, "double_merge"), {"kept": kept}, follow=True)
    assert (
        missing(answer, "Les deux comptes sont réunis", "Comptes réunis depuis moins de 30 jours", f"par {head.staff}")
        == []
    )
    assert (now(kept).state, now(ended).state) == (AccountState.NOT_NOTIFIED, AccountState.CLOSED)
    with scope(HERE):
        row = Merge.objects.get()
    undo = reverse("merge_undo", args=[HERE, row.pk])
    assert missing(head.post(undo, follow=True), "La réunion est annulée") == []
    assert now(ended).state == AccountState.NOT_NOTIFIED
    assert missing(head.post(undo, follow=True), "elle a déjà été annulée") == []


def test_a_merge_is_offered_for_undoing_thirty_days(world: World, head: Client) -> None:
    with scope(HERE):
        row = merged(world.here)
    assert "Annuler la réunion" in words(head.get(LIST))
    with scope(HERE):
        Merge.objects.update(merged_at=timezone.now() - timedelta(days=30))
    assert "Annuler la réunion" not in words(head.get(LIST))
    answer = head.post(reverse("merge_undo", args=[HERE, row.pk]), follow=True)
    assert missing(answer, "Cette réunion a plus de 30 jours") == []


def test_a_merge_wants_a_fresh_proof(pair: Ids, head: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        answer = head.post(at(pair, "double_merge"), {"kept": pair[0]})
    assert answer["Location"].startswith("/connexion/preuve/")
    assert now(pair[1]).state == AccountState.NOT_NOTIFIED


@pytest.mark.parametrize(
    ("name", "form", "said"),
    [
        ("double_judge", {}, "Dites ce que vous avez vérifié"),
        ("double_judge", {"verdict": "peut-être"}, "Dites ce que vous avez vérifié"),
        ("double_merge", {}, "Choisissez le compte à garder"),
        ("double_merge", {"kept": "x"}, "Choisissez le compte à garder"),
    ],
)
def test_bad_input_is_said(pair: Ids, head: Client, name: str, form: dict[str, Any], said: str) -> None:
    assert missing(head.post(at(pair, name), form, follow=True), said) == []
    with scope(HERE):
        assert not Double.objects.exists()


def test_whom_another_school_knows_is_not_ended_here(pair: Ids, world: World, head: Client) -> None:
    with scope(ELSEWHERE):
        GuardianshipFactory(school=world.elsewhere, student=world.foreign.student, guardian_id=pair[0], guardian=None)
    page = words(head.get(at(pair)))
    assert (f"Garder {now(pair[0]).username}" in page, f"Garder {now(pair[1]).username}" in page) == (True, False)
    answer = head.post(at(pair, "double_merge"), {"kept": pair[1]}, follow=True)
    assert missing(answer, "Un autre établissement connaît aussi le compte à terminer") == []


def test_a_blocked_one_is_not_merged(pair: Ids, head: Client) -> None:
    with scope(HERE):
        Guardian.objects.filter(pk=pair[1]).update(state="blocked", blocked_reason="motif")
    answer = head.post(at(pair, "double_merge"), {"kept": pair[0]}, follow=True)
    assert missing(answer, "L'un des deux comptes est bloqué") == []


def test_as_many_queries_for_ten_pairs_as_for_two(world: World, head: Client) -> None:
    counted = []
    for number in (2, 8):
        with scope(HERE):
            for place in range(number):
                twice(world.here, f"FRÊNE {number} {place}")
        counted.append((selects(head, LIST), selects(head, HOME)))
    assert counted[0] == counted[1]
    assert counted[0][0] <= 8


def test_others_are_kept_out(pair: Ids, teacher: Client, agent: Client) -> None:
    assert teacher.get(LIST).status_code == teacher.get(at(pair)).status_code == 403
    assert agent.get(at(pair)).status_code == 200
    assert agent.put(at(pair)).status_code == 405
