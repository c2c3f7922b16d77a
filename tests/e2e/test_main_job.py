"""The main job: a head notifies a class and downloads its letters; a teacher resets a forgotten password."""

import re
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import photograph, saved, sign_in
from tests.running import Console
from tests.sheets import SECRET, handed_by

pytestmark = pytest.mark.enable_socket


def open_class(page: Page, name: str) -> None:
    page.get_by_text("Classe(s)").click()
    page.get_by_label(name, exact=True).check()
    page.get_by_role("button", name="Rechercher").click()


def test_head_notifies_a_class_and_downloads_its_letters(page: Page, console: Console, tmp_path: Path) -> None:
    sign_in(page, console.people()["head"])
    page.get_by_role("link", name="Administration des comptes Educonnect", exact=True).click()
    page.get_by_role("link", name="Élèves", exact=True).click()
    open_class(page, "5EME A")
    page.get_by_role("link", name="Tout sélectionner").click()
    page.get_by_role("button", name="(Re)Notifier les comptes").click()
    expect(page.get_by_role("heading", name="Ce qui va se passer")).to_be_visible()
    page.get_by_role("button", name="(Re)Notifier les comptes").click()
    for _ in range(40):
        if page.get_by_role("heading", name="Terminée").is_visible():
            break
        page.wait_for_timeout(300)
        page.reload()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        photograph(page, "operation")
    letters = saved(page, "Courriers (PDF)", tmp_path)
    assert letters.name == "lettres-5EME-A.pdf"
    check_letters(letters, console)
    scan_two(page, letters)


def scan_two(page: Page, letters: Path) -> None:
    """A hand scanner types what it reads from the paper, and Enter."""
    page.get_by_role("link", name="Suivi des courriers").click()
    page.get_by_role("textbox", name="Codes de suivi").click()
    document = pypdfium2.PdfDocument(letters)
    for number in (1, 2):
        read = zxingcpp.read_barcodes(document[number].render(scale=300 / 72, grayscale=True).to_pil())
        (code,) = [found.text for found in read if found.format == zxingcpp.BarcodeFormat.Code128]
        page.keyboard.type(code)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Noter remis").first.click()
    expect(page.get_by_text("2 courriers notés remis.")).to_be_visible()


def check_letters(letters: Path, console: Console) -> None:
    texts = [sheet.extract_text() for sheet in PdfReader(letters).pages]
    handed = [handed_by(text) for text in texts if SECRET.search(text)]
    assert len(handed) >= 10, "other journeys may have activated some of the class, never that many"
    assert len({secret for _, secret in handed}) == len(handed)
    for username, secret in handed[:3]:
        assert console.manage("check_password", username, typed=secret.lower()).returncode == 0
        assert console.manage("check_password", username, typed="AAAA BBBB CCCC").returncode == 1


def test_teacher_resets_a_forgotten_password(page: Page, console: Console) -> None:
    sign_in(page, console.people()["teacher_of_one_class"])
    page.get_by_role("link", name="Administration des comptes Educonnect Elèves").click()
    page.get_by_role("link", name="Élèves", exact=True).click()
    expect(page.get_by_text("5EME B", exact=True)).to_have_count(0)
    page.get_by_role("button", name=re.compile("Réinitialiser le mot de passe de")).first.click()
    page.get_by_role("button", name="Afficher le mot de passe").click()
    username, secret = handed_by(page.locator(".slip").inner_text())
    assert console.manage("check_password", username, typed=secret).returncode == 0
