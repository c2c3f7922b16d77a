"""A delivery in a browser: brought, looked at, applied, taken back; and one that the guard stops, given up."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.feeds.invent import write_delivery, write_delta
from educonnect_admin.demonstration.management.commands.demo import SCHOOLS, SEED
from tests.e2e.conftest import sign_in
from tests.e2e.test_pages import visit
from tests.running import Console

pytestmark = [pytest.mark.enable_socket, pytest.mark.proof]
SCHOOL = "/etablissements/0510001Z"
TOMORROW = date.today() + timedelta(days=1)


@pytest.fixture
def page(browser: Browser, console: Console) -> Iterator[Page]:
    context = browser.new_context(base_url=console.base_url, bypass_csp=True, locale="fr-FR")
    yield context.new_page()
    context.close()


def bring(page: Page, files: tuple[Path, ...]) -> None:
    page.goto(f"{SCHOOL}/alimentations/")
    page.get_by_label("Fichiers").set_input_files(files)
    page.get_by_role("button", name="Envoyer et voir ce qui changerait").click()
    expect(page.get_by_role("heading", name="À confirmer")).to_be_visible(timeout=60_000)


def leaving(page: Page) -> list[str]:
    """The names that the preview says leave."""
    lines = page.locator("details", has=page.get_by_text(re.compile("^Partent"))).locator("li").all_inner_texts()
    return [re.split(r"\s:\s", line)[1] for line in lines]


def pupils(page: Page) -> int:
    """How many the school has, as its list says."""
    page.goto(f"{SCHOOL}/eleves/")
    told = page.get_by_text(re.compile(r"sur .* élève\(s\)")).first.inner_text()
    return int(re.sub(r"\D", "", told.rpartition("sur")[2]))


def test_a_delivery_is_applied_and_taken_back(page: Page, console: Console, tmp_path: Path) -> None:
    write_delivery(tmp_path / "complete", SCHOOLS, date.today(), SEED)
    delta = write_delta(tmp_path / "delta", tmp_path / "complete", TOMORROW, seed=7, share=0.05)
    sign_in(page, console.people()["head"])
    before = pupils(page)
    bring(page, delta.files)
    gone = leaving(page)
    assert gone
    visit(page, {}, shown="alimentation-a-confirmer")
    assert pupils(page) == before
    page.go_back()
    page.get_by_role("button", name="Appliquer l’alimentation").click()
    expect(page.get_by_role("heading", name="Appliquée")).to_be_visible(timeout=60_000)
    visit(page, {}, shown="alimentation-appliquee")
    address = page.url
    page.goto(f"{SCHOOL}/eleves/?etat=leaving&par_page=100")
    assert set(gone) <= set(page.locator("tbody th a").all_inner_texts())
    page.goto(address)
    page.get_by_role("button", name="Annuler l’alimentation").click()
    expect(page.get_by_text("tout est comme avant elle")).to_be_visible()
    visit(page, {"alimentation-annulee": address, "alimentations-historique": f"{SCHOOL}/alimentations/"})
    assert pupils(page) == before
    page.goto(f"{SCHOOL}/eleves/?etat=leaving&par_page=100")
    assert not set(gone) & set(page.locator("tbody th a").all_inner_texts())


def test_a_partial_delivery_is_stopped_and_given_up(page: Page, console: Console, tmp_path: Path) -> None:
    partial = write_delivery(tmp_path, [replace(SCHOOLS[0], pupils=40)], TOMORROW, seed=8)
    sign_in(page, console.people()["head"])
    before = pupils(page)
    bring(page, partial.files)
    expect(page.get_by_text("À vérifier avant d’appliquer").first).to_be_visible()
    visit(page, {}, shown="alimentation-arretee")
    page.get_by_role("button", name="Renoncer").click()
    expect(page.get_by_role("cell", name="Abandonnée")).to_be_visible()
    assert pupils(page) == before


def test_what_is_no_delivery_is_refused(page: Page, console: Console, tmp_path: Path) -> None:
    letter = tmp_path / "lettre.xml"
    letter.write_text("<lettre>Bonjour</lettre>")
    sign_in(page, console.people()["head"])
    page.goto(f"{SCHOOL}/alimentations/")
    page.get_by_label("Fichiers").set_input_files(letter)
    page.get_by_role("button", name="Envoyer et voir ce qui changerait").click()
    expect(page.get_by_role("heading", name="Refusée")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Rien n’a changé")).to_be_visible()
    visit(page, {}, shown="alimentation-refusee")
