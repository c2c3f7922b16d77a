"""A head at the counter: the pupil is found by a misspelt name, notified again, the letter downloaded."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import saved, sign_in
from tests.e2e.test_main_job import SECRET
from tests.running import Console

pytestmark = pytest.mark.enable_socket

LONG_ENOUGH = 6


def misspelt(name: str) -> str:
    """The same with one letter in the middle turned into another."""
    middle = len(name) // 2
    return name[:middle] + ("x" if name[middle] != "x" else "z") + name[middle + 1 :]


def a_pupil(page: Page) -> tuple[str, str]:
    """Name and identifiant of one in the list who may be notified, with a surname long enough to be misspelt."""
    for row in page.locator("tbody tr").all():
        name, state = row.locator("th a").inner_text(), row.locator("[data-label='État du compte']").inner_text()
        last = re.match(r"[A-ZÀ-Ý]+", name)
        if last and len(last.group()) >= LONG_ENOUGH and state in ("Notifié", "Non notifié"):
            return last.group(), row.locator(".code").inner_text()
    raise AssertionError("no pupil to notify in the demo")


def test_a_misspelt_pupil_is_found_and_notified_again(page: Page, console: Console, tmp_path: Path) -> None:
    sign_in(page, console.people()["head"])
    page.goto("/etablissements/0510001Z/eleves/?etat=notified&etat=not_notified&par_page=100")
    name, username = a_pupil(page)
    page.get_by_label("Nom ou prénom").fill(f"{misspelt(name).lower()} {username.partition('.')[0]}")
    page.get_by_role("button", name="Rechercher").click()
    row = page.locator("tbody tr").filter(has=page.get_by_text(username, exact=True))
    expect(row.get_by_text("Nom proche")).to_be_visible()
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Informations du compte")).to_be_visible()
    for _ in range(2):
        page.get_by_role("button", name="(Re)Notifier").click()
    letter = saved(page, "Courriers (PDF)", tmp_path)
    (sheet,) = PdfReader(letter).pages
    text = sheet.extract_text()
    secret = SECRET.search(text)
    assert username in text
    assert secret is not None
    assert console.manage("check_password", username, typed=secret.group()).returncode == 0
