"""The three main journeys by the keyboard alone: no click, no focus but by Tab; where one is, is always seen."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import code_of
from tests.e2e.test_activation import NEW
from tests.running import Console
from tests.sheets import SECRET, USERNAME

pytestmark = [pytest.mark.enable_socket, pytest.mark.proof]

STEPS = 400
HERE = """() => {
    const here = document.activeElement
    if (!here || here === document.body) return ["", true, ""]
    const labelled = here.labels?.length ? [...here.labels].map((label) => label.textContent).join(" ") : ""
    const isSeen = [here, ...here.children].map((shown) => getComputedStyle(shown)).some(
        (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
    const called = here.getAttribute("aria-label") || labelled || here.textContent
    return [called.replace(/\\s+/g, " ").trim(), isSeen, here.name]
}"""
"""What the focus is called, whether one sees where it is, and a field's name in the form."""


@pytest.fixture
def page(browser: Browser, console: Console) -> Iterator[Page]:
    context = browser.new_context(base_url=console.base_url, locale="fr-FR")
    yield context.new_page()
    context.close()


def tab_to(page: Page, name: str) -> None:
    """Tab until the focus is on what begins with `name`, or is that field.

    AssertionError where it never comes there, or is not seen on its way.
    """
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        called, is_seen, field = page.evaluate(HERE)
        assert is_seen, f"nobody sees the focus on « {called} »"
        if re.match(name, called) or field == name:
            return
    raise AssertionError(f"« {name} » is not reached by Tab")


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    page.wait_for_load_state()


def fill(page: Page, name: str, text: str) -> None:
    tab_to(page, name)
    page.keyboard.type(text)


def come_in(page: Page, person: dict[str, Any]) -> None:
    page.goto("/connexion/")
    fill(page, "Identifiant", person["username"])
    fill(page, "Mot de passe", person["password"])
    page.keyboard.press("Enter")
    if person["totp_secret"]:
        expect(page.get_by_role("textbox", name="Code de votre clé")).to_be_visible()
        fill(page, "Code de votre clé", code_of(person))
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Intranet")).to_be_visible()


def test_head_notifies_a_class(page: Page, console: Console) -> None:
    come_in(page, console.people()["head"])
    press(page, "Administration des comptes Educonnect$")
    press(page, "Élèves")
    tab_to(page, r"Classe\(s\)|Toutes")
    page.keyboard.press("Enter")
    tab_to(page, "4EME C")
    page.keyboard.press("Space")
    press(page, "Rechercher")
    press(page, "Tout sélectionner")
    press(page, r"\(Re\)Notifier les comptes")
    expect(page.get_by_role("heading", name="Ce qui va se passer")).to_be_visible()
    press(page, r"\(Re\)Notifier les comptes")
    expect(page.get_by_role("heading", name="Terminée")).to_be_visible(timeout=15_000)
    tab_to(page, r"Courriers \(PDF\)")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "lettres-4EME-C.pdf"


def test_teacher_resets_and_pupil_activates(page: Page, console: Console) -> None:
    come_in(page, console.people()["teacher_of_one_class"])
    press(page, "Administration des comptes Educonnect Elèves")
    press(page, "Élèves")
    press(page, "Réinitialiser le mot de passe de")
    press(page, "Afficher le mot de passe")
    slip = page.locator(".slip").inner_text()
    username, secret = USERNAME.search(slip), SECRET.search(slip)
    assert username is not None
    assert secret is not None
    page.context.clear_cookies()
    page.goto("/activation/")
    fill(page, "Identifiant", username.group())
    fill(page, "Mot de passe", secret.group())
    page.keyboard.press("Enter")
    expect(page.locator("input[name=new_password1]")).to_be_visible()
    fill(page, "new_password1", NEW)
    fill(page, "new_password2", NEW)
    page.keyboard.press("Enter")
    expect(page.locator("input[name=birth_date]")).to_be_visible()


def test_the_first_stop_goes_to_the_content_and_the_last_comes_back(page: Page) -> None:
    """No trap: from the page's end Tab comes to its beginning again."""
    page.goto("/connexion/")
    page.keyboard.press("Tab")
    first = page.evaluate(HERE)[0]
    assert "contenu" in first
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        if page.evaluate(HERE)[0] == first:
            return
    raise AssertionError("Tab never comes back")
