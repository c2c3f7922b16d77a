"""A forgotten password or identifiant, and another address, on a telephone: by mails to what its holder confirmed."""

import re

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.e2e.test_activation import BORN, NEW, fill, letter_of, look, office, open_file, telephone
from tests.e2e.test_pages import link_of_mail
from tests.running import Console

__all__ = ["office", "telephone"]
pytestmark = [pytest.mark.enable_socket, pytest.mark.proof]
with_and_without_script = pytest.mark.parametrize(
    "has_script", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["with-js", "without-js"]
)
OTHER = "Quatre-hiboux-sous-un-tilleul"


@with_and_without_script
def test_a_forgotten_password_is_chosen_anew(office: Page, telephone: Page, console: Console, has_script: bool) -> None:
    username = activated_and_confirmed(office, telephone, console)
    telephone.goto("/activation/")
    telephone.get_by_role("link", name="Mot de passe oublié").click()
    look(telephone, "oubli", judged=has_script)
    fill(telephone, "Identifiant", username)
    telephone.get_by_role("button", name="Continuer").click()
    expect(telephone.get_by_text("Si une adresse confirmée existe")).to_be_visible()
    look(telephone, "oubli-demande", judged=has_script)
    link = link_of_mail(office, "oubli")
    telephone.goto(link)
    telephone.locator("input[name=new_password1]").fill(OTHER)
    telephone.locator("input[name=new_password2]").fill(OTHER)
    look(telephone, "oubli-choix", judged=has_script)
    telephone.get_by_role("button", name="Changer mon mot de passe").click()
    expect(telephone.get_by_role("heading", name="Votre mot de passe est changé")).to_be_visible()
    look(telephone, "oubli-change", judged=has_script)
    telephone.goto(link)
    look(telephone, "oubli-sans-effet", judged=has_script)
    assert console.manage("check_password", username, typed=OTHER).returncode == 0
    assert console.manage("check_password", username, typed=NEW).returncode == 1
    assert "Nouveau mot de passe choisi par la personne" in open_file(office, console, username)
    look_at_own_page(telephone, username, judged=has_script)


@with_and_without_script
def test_a_forgotten_identifiant_comes_by_mail(
    office: Page, telephone: Page, console: Console, has_script: bool
) -> None:
    username = activated_and_confirmed(office, telephone, console)
    telephone.goto("/activation/")
    look(telephone, "activation-connexion", judged=has_script)
    telephone.get_by_role("link", name="Identifiant oublié").click()
    look(telephone, "identifiant-oublie", judged=has_script)
    telephone.get_by_role("button", name="Recevoir mon identifiant").click()
    fill(telephone, "Adresse électronique du compte", f"{username}@EXAMPLE.org")
    telephone.get_by_role("button", name="Recevoir mon identifiant").click()
    expect(telephone.get_by_text("Si cette adresse est celle d’un compte activé")).to_be_visible()
    look(telephone, "identifiant-oublie-demande", judged=has_script)
    told = office.locator("pre").filter(has_text="que vous avez demandé").filter(has_text=username)
    for _ in range(50):
        office.goto("/demonstration/")
        if told.count():
            break
        office.wait_for_timeout(200)
    look(office, "identifiant-oublie-message", judged=False)
    assert f": {username}" in (told.first.text_content() or "").replace("\u00a0", " ")
    assert "Identifiant rappelé à la personne, à son adresse confirmée" in open_file(office, console, username)


@with_and_without_script
def test_another_address_is_in_force_once_its_link_is_followed(
    office: Page, telephone: Page, console: Console, has_script: bool
) -> None:
    username = activated_and_confirmed(office, telephone, console)
    telephone.goto("/activation/compte/")
    look(telephone, "compte-adresse", judged=has_script)
    telephone.get_by_role("link", name="Changer d’adresse électronique").click()
    look(telephone, "adresse", judged=has_script)
    fill(telephone, "Nouvelle adresse électronique", f"{username}@autre.example.org")
    telephone.locator("input[name=password]").fill("autre chose")
    telephone.get_by_role("button", name="Recevoir un lien").click()
    look(telephone, "adresse-erreur", judged=has_script)
    telephone.locator("input[name=password]").fill(NEW)
    telephone.get_by_role("button", name="Recevoir un lien").click()
    expect(telephone.get_by_text("Un message part à la nouvelle adresse.")).to_be_visible()
    look(telephone, "adresse-demandee", judged=has_script)
    link = link_of_mail(office, "compte/adresse")
    telephone.goto(link)
    look(telephone, "adresse-lien", judged=has_script)
    telephone.get_by_role("button", name="Confirmer cette adresse").click()
    look(telephone, "adresse-changee", judged=has_script)
    telephone.goto(link)
    look(telephone, "adresse-sans-effet", judged=has_script)
    assert f"{username}@autre.example.org" in open_file(office, console, username)


def look_at_own_page(page: Page, username: str, *, judged: bool) -> None:
    page.goto("/activation/")
    fill(page, "Identifiant", username)
    page.locator("input[name=password]").fill(OTHER)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("link", name="Ce n’était pas moi").click()
    look(page, "pas-moi", judged=judged)
    page.get_by_role("link", name="Renoncer").click()
    look(page, "compte", judged=judged)


def activated_and_confirmed(office: Page, telephone: Page, console: Console) -> str:
    """The identifiant of a pupil who activated the account, and confirmed the address that the school noted."""
    username, secret = letter_of(office, console)
    born = BORN.search(open_file(office, console, username)).group(1)
    telephone.goto("/activation/")
    fill(telephone, "Identifiant", username)
    telephone.locator("input[name=password]").fill(secret)
    telephone.get_by_role("button", name="Continuer").click()
    for name in ("new_password1", "new_password2"):
        telephone.locator(f"input[name={name}]").fill(NEW)
    telephone.get_by_role("button", name="Continuer").click()
    telephone.locator("input[name=birth_date]").fill(born)
    telephone.get_by_role("button", name="Activer mon compte").click()
    office.reload()
    office.get_by_role("link", name="Modifier le compte").click()
    office.locator("input[name=email]").fill(f"{username}@example.org")
    office.get_by_role("button", name="Enregistrer").click()
    office.goto(link_of_mail(office, "courriel"))
    office.get_by_role("button").last.click()
    return username


@with_and_without_script
def test_a_guardian_chooses_another_password_by_a_code(
    office: Page, telephone: Page, console: Console, has_script: bool
) -> None:
    """In Arabic, as the reader chose it."""
    username, mobile = guardian_with_a_mobile(console)
    telephone.goto("/activation/oubli/?langue=ar")
    telephone.locator("input[name=username]").fill(username)
    telephone.locator("input[value=sms]").check()
    look(telephone, "oubli-sms", judged=has_script)
    telephone.locator("main button").click()
    look(telephone, "oubli-code", judged=has_script)
    for code, shown in (("000000", "oubli-code-faux"), (code_of_message(office, mobile), "oubli-code-choix")):
        telephone.locator("input[name=code]").fill(code)
        telephone.locator("main button").click()
        look(telephone, shown, judged=has_script)
    for name in ("new_password1", "new_password2"):
        telephone.locator(f"input[name={name}]").fill(OTHER)
    telephone.locator("main button").click()
    telephone.goto("/activation/")
    look(telephone, "activation-ar", judged=has_script)
    telephone.locator("input[name=username]").fill(username)
    telephone.locator("input[name=password]").fill(OTHER)
    telephone.locator("main button").click()
    expect(telephone.locator(".secret")).to_have_text(username)
    look(telephone, "compte-ar", judged=has_script)


def guardian_with_a_mobile(console: Console) -> tuple[str, str]:
    """One who goes by a password, and whom no other journey has taken yet."""
    chosen = (
        "SELECT username, mobile FROM guardian WHERE state = 'activated' AND origin = 'notification'"
        " AND mobile LIKE '+33%' AND id NOT IN (SELECT account_id FROM holder_code) ORDER BY random() LIMIT 1"
    )
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=console.database) as connection:
        found = connection.execute(chosen).fetchone()
    assert found is not None
    return found


def code_of_message(page: Page, mobile: str) -> str:
    """The code that went to this number, on the demonstration's page."""
    for _ in range(50):
        page.goto("/demonstration/")
        message = page.locator("li", has_text=mobile).locator("pre").first
        if message.count():
            return re.findall(r"\b\d{6}\b", message.text_content() or "")[0]
        page.wait_for_timeout(200)
    raise AssertionError("no message came")
