"""A guardian ties the letter's account to FranceConnect on a telephone, and comes back by it; the head sees it."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import photograph, saved, sign_in
from tests.e2e.test_activation import TELEPHONE
from tests.e2e.test_bulk_journeys import SCHOOL, wait_for_the_end
from tests.e2e.test_pages import faults_of
from tests.oidc.issuer import CLIENT, Issuer, running_issuer
from tests.oidc.issuer import SECRET as CLIENT_SECRET
from tests.running import Console, running_console
from tests.sheets import handed_by

pytestmark = [pytest.mark.enable_socket, pytest.mark.proof]


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer(sub="p" * 64, given_name="", family_name="") as running:
        yield running


@pytest.fixture
def tied_console(issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    monkeypatch.setenv("FRANCE_CONNECT_ISSUER", issuer.url)
    monkeypatch.setenv("FRANCE_CONNECT_CLIENT_ID", CLIENT)
    monkeypatch.setenv("FRANCE_CONNECT_CLIENT_SECRET", CLIENT_SECRET)
    with running_console(tmp_path) as console:
        yield console


def opened(browser: Browser, console: Console, **options: object) -> Page:
    return browser.new_context(base_url=console.base_url, locale="fr-FR", bypass_csp=True, **options).new_page()


def letter_of(office: Page, console: Console, folder: Path) -> tuple[str, str]:
    """Identifiant and password of the first guardian who has none yet."""
    sign_in(office, console.people()["head"])
    office.goto(f"{SCHOOL}/responsables/?etat=not_notified")
    office.get_by_role("checkbox", name=re.compile("^Sélectionner (?!toute)")).first.check()
    office.get_by_role("button", name="(Re)Notifier les comptes").click()
    office.get_by_role("button", name=re.compile("^(Réinitialiser|Notifier|\\(Re\\)Notifier)")).first.click()
    wait_for_the_end(office, has_js=True)
    text = PdfReader(saved(office, "Courriers (PDF)", folder)).pages[-1].extract_text()
    return handed_by(text)


def names_of(console: Console, username: str) -> dict[str, str]:
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=console.database) as connection:
        asked = "SELECT first_name, last_name FROM guardian WHERE username = %s"
        first, last = connection.execute(asked, [username]).fetchone()  # type: ignore[misc]  # it has one
    return {"given_name": first, "family_name": last}


def assert_listed(office: Page, username: str) -> None:
    """The head finds the account among those that FranceConnect opens."""
    office.goto(f"{SCHOOL}/responsables/?origine=france_connect&etat=activated")
    office.get_by_label(re.compile("Nom")).first.fill(username)
    office.get_by_role("button", name="Rechercher").click()
    expect(office.get_by_text(username, exact=True).first).to_be_visible()


def look(page: Page, name: str) -> None:
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert not faults_of(page)
        photograph(page, name)


def test_a_guardian_ties_france_connect_and_comes_back_by_it(
    browser: Browser, tied_console: Console, issuer: Issuer, tmp_path: Path
) -> None:
    office = opened(browser, tied_console)
    username, secret = letter_of(office, tied_console, tmp_path)
    issuer.person |= names_of(tied_console, username)
    telephone = opened(browser, tied_console, viewport=TELEPHONE)
    telephone.goto("/activation/")
    look(telephone, "activation-france-connect")
    telephone.get_by_role("link", name=re.compile("FranceConnect")).first.click()
    expect(telephone.get_by_role("heading", name="Relier mon compte à FranceConnect")).to_be_visible()
    look(telephone, "france-connect-relier")
    telephone.get_by_role("textbox", name="Identifiant").fill(username)
    telephone.locator("input[name=password]").fill(secret)
    telephone.get_by_role("button", name="Relier et continuer").click()
    expect(telephone.get_by_text(username, exact=True)).to_be_visible()
    look(telephone, "france-connect-compte")
    telephone.get_by_role("button", name="Se déconnecter").click()
    expect(telephone.get_by_role("heading", level=1)).to_be_visible()
    again = opened(browser, tied_console, viewport=TELEPHONE)
    again.goto("/activation/")
    again.get_by_role("link", name=re.compile("FranceConnect")).first.click()
    expect(again.get_by_text(username, exact=True)).to_be_visible()
    assert_listed(office, username)


def test_what_fails_there_is_told_here(browser: Browser, tied_console: Console, issuer: Issuer) -> None:
    issuer.refuses = "access_denied"
    telephone = opened(browser, tied_console, viewport=TELEPHONE)
    telephone.goto("/activation/")
    telephone.get_by_role("link", name=re.compile("FranceConnect")).first.click()
    expect(telephone.get_by_role("link", name="Recommencer avec FranceConnect")).to_be_visible()
    look(telephone, "france-connect-renonce")
