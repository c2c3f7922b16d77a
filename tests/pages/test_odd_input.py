"""Whatever is put in an address or a form, no page breaks."""

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from accounts.forms.lists import LONGEST_SEARCH, TOO_LONG
from educonnect_admin.toolkit.scope import scope
from notifications.models import RunItem
from tests.pages.reading import HTMX, ODD_ADDRESSES, ODD_SEARCHES, missing
from tests.visitors import ELSEWHERE, HERE, World

LISTS = {"students": "students_search", "guardians": "guardians_search", "rescue_students": "rescue_search"}
PAGES = [*LISTS, "home", "statistics", "runs", "rescue_home"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_survives_odd_addresses(head: Client, name: str) -> None:
    answers = {query: head.get(f"{reverse(name, args=[HERE])}?{query}").status_code for query in ODD_ADDRESSES}
    assert {query: status for query, status in answers.items() if status != 200} == {}


@pytest.mark.parametrize("name", PAGES)
def test_other_pages_do_not_look_at_them(head: Client, name: str) -> None:
    for query in ODD_ADDRESSES[:8]:
        assert head.get(f"{reverse(name, args=[HERE])}?{query}").status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_a_search_survives_odd_texts(head: Client, name: str) -> None:
    for text in ODD_SEARCHES:
        form = {"q": text, "classe": text, "etat": text, "tri": text}
        response = head.post(reverse(LISTS[name], args=[HERE]), form)
        assert response.status_code == 302, text
        assert response["Location"].startswith(reverse(name, args=[HERE]))
        assert "\n" not in response["Location"]
        assert head.get(response["Location"]).status_code == 200, text


@pytest.mark.parametrize("name", LISTS)
def test_a_search_of_10_kb_is_refused_in_words(head: Client, name: str) -> None:
    form = {"q": "é" * 10_000}
    response = head.post(reverse(LISTS[name], args=[HERE]), form, follow=True)
    assert missing(response, TOO_LONG) == []
    assert response.content.decode().count("é" * 101) == 0
    partial = head.post(reverse(LISTS[name], args=[HERE]), form, follow=True, **HTMX)
    assert missing(partial, TOO_LONG) == []


@pytest.mark.parametrize("name", LISTS)
def test_the_longest_search_is_taken(head: Client, name: str) -> None:
    response = head.post(reverse(LISTS[name], args=[HERE]), {"q": "é" * LONGEST_SEARCH}, follow=True)
    assert missing(response, TOO_LONG) == [TOO_LONG]


@pytest.mark.parametrize("name", LISTS)
def test_an_unknown_class_is_left_out_and_said(world: World, head: Client, name: str) -> None:
    wanted = "Une des classes demandées n’existe pas ou n’est pas ouverte par votre mandat"
    response = head.get(reverse(name, args=[HERE]), {"classe": str(world.foreign.classroom_id)})
    assert missing(response, wanted) == []
    assert (
        missing(head.get(reverse(name, args=[HERE]), {"etat": "inconnu"}), "Un des états demandés n’existe pas") == []
    )


@pytest.mark.parametrize("name", LISTS)
def test_a_search_that_is_no_longer_kept_is_said(head: Client, name: str) -> None:
    response = head.get(reverse(name, args=[HERE]), {"recherche": "perdue"})
    assert missing(response, "Cette recherche n’est plus gardée") == []


@pytest.mark.parametrize("name", LISTS)
def test_a_body_too_big_or_with_too_many_fields_is_refused_in_words(head: Client, name: str) -> None:
    path = reverse(LISTS[name], args=[HERE])
    assert head.post(path, {"q": "x" * 1_100_000}).status_code == 413
    assert head.post(path, {"classe": ["x"] * 600}).status_code == 400


@pytest.mark.parametrize(
    "path", [f"/etablissements/{HERE}/eleves/%00/", "/%00", "/%FF%FE/", "/etablissements/%00/eleves/"]
)
def test_odd_paths_are_not_found(head: Client, path: str) -> None:
    assert head.get(path).status_code == 404


@pytest.mark.parametrize(
    "uai", ["x", "0510001z", " 0510001Z", "0510001Z ", "0510001Z%00", quote("٠٥١٠٠٠١Z"), "9" * 5000, "..", "%2e%2e%2f"]
)
def test_what_is_no_school_of_ones_own_is_not_found(head: Client, uai: str) -> None:
    assert head.get(f"/etablissements/{uai}/eleves/").status_code == 404


@pytest.mark.parametrize(("name", "field"), [("notify_selection", "eleve"), ("rescue_reset_selection", "eleve")])
def test_odd_ids_in_a_selection_select_nobody(head: Client, name: str, field: str) -> None:
    for value in ("x", "\x00", "1", "{}", "0" * 32, "-" * 36, "9" * 5000):
        response = head.post(reverse(name, args=[HERE]), {field: [value]}, follow=True)
        assert missing(response, "Aucun élève n’est sélectionné") == [], value


@pytest.mark.parametrize("name", ["notify_selection", "rescue_reset_selection"])
def test_foreign_pupils_in_a_selection_are_not_even_counted(world: World, head: Client, name: str) -> None:
    chosen = [world.pupils[0].student_id, world.pupils[1].student_id, world.foreign.student_id]
    page = head.post(reverse(name, args=[HERE]), {"eleve": [str(pk) for pk in chosen]}, follow=True)
    assert missing(page, "2 comptes") == []
    assert str(world.foreign.student_id) not in page.content.decode()
    with scope(HERE):
        assert RunItem.objects.count() == 2
    alone = head.post(reverse(name, args=[HERE]), {"eleve": [str(world.foreign.student_id)]}, follow=True)
    assert missing(alone, "Aucun élève n’est sélectionné") == []
    with scope(ELSEWHERE):
        assert not RunItem.objects.exists()
