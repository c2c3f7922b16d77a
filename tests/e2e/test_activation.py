"""From the letter to an activated account, on a telephone; and what the head sees of it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import photograph, sign_in
from tests.e2e.test_pages import faults_of
from tests.running import Console
from tests.sheets import handed_by

pytestmark = pytest.mark.enable_socket

BORN = re.compile(r"Date de naissance\s+(\d{2}/\d{2}/\d{4})")
NEW = "Trois-renards-sous-la-pluie"
TELEPHONE = {"width": 360, "height": 740}


@pytest.fixture
def office(browser: Browser, console: Console) -> Iterator[Page]:
    """The staff's browser."""
    context = browser.new_context(base_url=console.base_url, locale="fr-FR")
    yield context.new_page()
    context.close()


@pytest.fixture
def telephone(browser: Browser, console: Console, has_script: bool) -> Iterator[Page]:
    options = {"java_script_enabled": has_script, "bypass_csp": has_script}
    context = browser.new_context(base_url=console.base_url, locale="fr-FR", viewport=TELEPHONE, **options)
    yield context.new_page()
    context.close()


def letter_of(page: Page, console: Console) -> tuple[str, str]:
    """Identifiant and provisional password of a pupil whom a teacher has just reset.

    Other journeys share this console and may have notified the whole class before.
    """
    sign_in(page, console.people()["teacher_of_one_class"])
    page.goto("/etablissements/0510001Z/depannage/eleves/?etat=not_notified&etat=notified&etat=expired")
    page.get_by_role("button", name=re.compile("Réinitialiser le mot de passe de")).first.click()
    page.get_by_role("button", name="Afficher le mot de passe").click()
    slip = page.locator(".slip").inner_text()
    page.context.clear_cookies()
    return handed_by(slip)


def open_file(page: Page, console: Console, username: str) -> str:
    """The pupil's page, as the head sees it: its words."""
    page.context.clear_cookies()
    sign_in(page, console.people()["head"])
    page.goto("/etablissements/0510001Z/eleves/")
    page.get_by_label("Nom ou prénom").fill(username)
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("row").filter(has=page.get_by_text(username, exact=True)).get_by_role("link").first.click()
    return page.locator("main").inner_text()


def fill(page: Page, label: str, value: str) -> None:
    page.get_by_role("textbox", name=label, exact=True).fill(value)


@pytest.mark.parametrize(
    "has_script", [True, pytest.param(False, marks=pytest.mark.proof)], ids=["with-js", "without-js"]
)
def test_a_pupil_activates_the_account_of_the_letter(
    office: Page, telephone: Page, console: Console, has_script: bool
) -> None:
    username, secret = letter_of(office, console)
    born = BORN.search(open_file(office, console, username)).group(1)
    telephone.goto("/activation/")
    look(telephone, "activation", judged=has_script)
    fill(telephone, "Identifiant", username)
    telephone.locator("input[name=password]").fill(secret.lower())
    telephone.get_by_role("button", name="Continuer").click()
    telephone.locator("input[name=new_password1]").fill(NEW)
    telephone.locator("input[name=new_password2]").fill(NEW)
    look(telephone, "activation-mot-de-passe", judged=has_script)
    telephone.get_by_role("button", name="Continuer").click()
    look(telephone, "activation-date", judged=has_script)
    telephone.locator("input[name=birth_date]").fill(born)
    telephone.get_by_role("button", name="Activer mon compte").click()
    expect(telephone.get_by_text("Votre compte est activé.")).to_be_visible()
    look(telephone, "activation-compte", judged=has_script)
    assert "Activé" in open_file(office, console, username)
    assert console.manage("check_password", username, typed=NEW).returncode == 0
    assert console.manage("check_password", username, typed=secret).returncode == 1


def look(page: Page, name: str, *, judged: bool) -> None:
    """Photographed; with scripts, judged as every page is. The click before may have led here a moment ago."""
    page.wait_for_load_state()
    photograph(page, name)
    if judged:
        assert faults_of(page) == []
