"""Parents of a class: notified by a worker, their letters downloaded; one corrected, one reminded."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import saved, sign_in
from tests.e2e.test_bulk_journeys import SCHOOL, has_js, wait_for_the_end
from tests.e2e.test_main_job import open_class
from tests.running import Console
from tests.sheets import SECRET, handed_by

__all__ = ["has_js"]
pytestmark = [pytest.mark.enable_socket, pytest.mark.proof]


def test_parents_of_a_class_get_their_letters(page: Page, console: Console, has_js: bool, tmp_path: Path) -> None:
    sign_in(page, console.people()["head"])
    page.goto(f"{SCHOOL}/responsables/")
    open_class(page, "4EME B")
    page.get_by_role("link", name="Tout sélectionner").click()
    page.get_by_role("button", name="(Re)Notifier les comptes").click()
    expect(page.get_by_role("heading", name="Ce qui va se passer")).to_be_visible()
    page.get_by_role("button", name="(Re)Notifier les comptes").click()
    wait_for_the_end(page, has_js)
    letters = saved(page, "Courriers (PDF)", tmp_path)
    assert letters.name == "lettres-4EME-B.pdf"
    texts = [sheet.extract_text() for sheet in PdfReader(letters).pages]
    handed = [(*handed_by(text), text) for text in texts if SECRET.search(text)]
    names = {username for username, _, _ in handed}
    assert len({secret for _, secret, _ in handed}) == len(names) == len(texts) - 1 >= 10
    for username, secret, text in handed[:2]:
        assert not [other for other in names - {username} if f"\n{other}\n" in text]
        assert console.manage("check_password", username, typed=secret).returncode == 0


def test_a_language_is_noted_and_an_identifiant_reminded(page: Page, console: Console, tmp_path: Path) -> None:
    sign_in(page, console.people()["head"])
    page.goto(f"{SCHOOL}/responsables/?etat=activated&origine=notification")
    username = page.locator("tbody tr .code").first.inner_text()
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name="Modifier le compte").click()
    page.get_by_label("Langue des courriers").select_option("uk")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("français et ukrainien").first).to_be_visible()
    reminder = saved(page, "Imprimer un rappel d’identifiant", tmp_path)
    text = PdfReader(reminder).pages[0].extract_text()
    assert username in text
    assert not SECRET.search(text)
