"""Alimentations: a delivery is brought, read by a worker, seen, applied with a proof, and taken back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from accounts.actions.feeds import Obstacle
from accounts.actions.feeds.uploads import work_on
from accounts.feeds.report import Reason, Refused
from accounts.models import Feed, FeedFile, School, Student
from accounts.views.feed_words import OBSTACLES, REASONS, REFUSALS
from educonnect_admin.toolkit.scope import scope
from tests.pages.reading import journal
from tests.visitors import HERE, World

pytestmark = pytest.mark.django_db
FEEDS = reverse("feeds", args=[HERE])
HEADINGS = "Nom élève;Prénom élève;Date naissance;Sexe;INE;Niveau;Libellé classe\r\n"
PUPIL = "CASTOR;Zoé;01/02/2018;F;990000001EB;CE2;CE2 A\r\n"


def table(rows: str = PUPIL, name: str = "eleves.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (HEADINGS + rows).encode())


def send(client: Client, *files: SimpleUploadedFile) -> Feed:
    answer = client.post(FEEDS, {"fichiers": files or (table(),)})
    assert answer.status_code == 302
    with scope(HERE):
        return Feed.objects.latest("created_at")


def read(feed: Feed) -> Feed:
    work_on(feed_id=feed.pk, uai=HERE)
    with scope(HERE):
        return Feed.objects.get(pk=feed.pk)


def address(feed: Feed, name: str = "feed") -> str:
    return reverse(name, args=[HERE, feed.pk])


def names() -> set[str]:
    with scope(HERE):
        return set(Student.objects.values_list("last_name", flat=True))


def test_nothing_is_applied_before_it_was_seen(world: World, head: Client) -> None:
    feed = send(head)
    assert "Lecture en cours" in head.get(address(feed)).content.decode()
    assert read(feed).state == "ready"
    page = head.get(address(feed)).content.decode()
    assert "CE2 A\u00a0: CASTOR Zoé" in page
    assert "CASTOR" not in names()
    with scope(HERE):
        assert FeedFile.objects.count() == 1


def test_confirmed_it_is_applied_and_its_files_are_gone(world: World, head: Client) -> None:
    feed = read(send(head))
    assert head.post(address(feed, "feed_confirm")).status_code == 302
    assert read(feed).state == "applied"
    assert "CASTOR" in names()
    with scope(HERE):
        assert not FeedFile.objects.exists()
    assert {"feed_uploaded", "feed_applied"} <= {event for event, _, _ in journal()}


def test_applied_it_can_be_taken_back(world: World, head: Client) -> None:
    before, feed = names(), read(send(head))
    head.post(address(feed, "feed_confirm"))
    read(feed)
    answer = head.post(address(feed, "feed_undo"), follow=True)
    assert "tout est comme avant elle" in answer.content.decode()
    assert names() == before
    assert "feed_taken_back" in {event for event, _, _ in journal()}


def test_a_refusal_says_why(world: World, head: Client) -> None:
    feed = read(send(head, SimpleUploadedFile("x.csv", b"a;b\r\n1;2\r\n")))
    assert feed.state == "refused"
    assert "Ce n’est un fichier ni d’AAF" in head.get(address(feed)).content.decode()


def test_given_up_it_leaves_nothing(world: World, head: Client) -> None:
    feed = read(send(head))
    head.post(address(feed, "feed_drop"))
    head.post(address(feed, "feed_confirm"))
    assert read(feed).state == "dropped"
    assert "CASTOR" not in names()


def test_one_at_a_time(world: World, head: Client) -> None:
    send(head)
    answer = head.post(FEEDS, {"fichiers": [table()]})
    assert (answer.status_code, "déjà en cours" in answer.content.decode()) == (400, True)


@override_settings(FEED_UPLOAD_BYTES=50)
def test_too_large_or_nothing(world: World, head: Client) -> None:
    assert head.post(FEEDS, {"fichiers": [table()]}).status_code == 400
    assert "au moins un fichier" in head.post(FEEDS).content.decode()


def test_names_of_files_and_pupils_are_texts(world: World, head: Client) -> None:
    rows = "<script>alert(1)</script>;Lou;01/02/2018;F;;CE2;CE2 A\r\n"
    feed = read(send(head, table(rows, "../../<b>é.csv")))
    page = head.get(address(feed)).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    with scope(HERE):
        assert "/" not in FeedFile.objects.get().name


def test_queries_do_not_grow_with_the_history(
    world: World, head: Client, django_assert_max_num_queries: object
) -> None:
    def ask(count: int) -> None:
        with scope(HERE):
            school = School.objects.get(pk=HERE)
            Feed.objects.bulk_create(Feed(school=school, state="dropped") for _ in range(count))
        with django_assert_max_num_queries(25):  # type: ignore[operator]
            assert head.get(FEEDS).status_code == 200

    ask(3)
    ask(30)


def test_every_reason_has_its_words() -> None:
    assert set(Reason) == set(REASONS)
    assert set(Refused) <= set(REFUSALS)
    assert set(Obstacle) == set(OBSTACLES)
