"""Journeys in a real browser against a console that really runs."""

import base64
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django_otp.oath import totp
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models.otp import STEP_SECONDS
from tests.running import Console, running_console

# Playwright keeps an event loop in this thread; the tests look into the database between two clicks, never within one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with running_console(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("Chromium is wanted for the journeys: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(params=[True, pytest.param(False, marks=pytest.mark.proof)], ids=["with-js", "without-js"])
def page(browser: Browser, console: Console, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param, base_url=console.base_url, locale="fr-FR")
    opened = context.new_page()
    yield opened
    context.close()


SPENT: dict[str, int] = {}
"""The last step of each person's key that a code was made of."""


def code_of(person: dict[str, Any]) -> str:
    """A code of the person's key that was not used before; one step ahead at most, as the console tolerates."""
    step = max(int(time.time()) // STEP_SECONDS, SPENT.get(person["username"], 0) + 1)
    while step > int(time.time()) // STEP_SECONDS + 1:
        time.sleep(0.5)
    SPENT[person["username"]] = step
    drift = step - int(time.time()) // STEP_SECONDS
    return f"{totp(base64.b32decode(person['totp_secret']), drift=drift):06}"


FRESH_SECONDS = 300
"""Half the life of a proof."""

SIGNED_IN: dict[tuple[str, str], tuple[float, list[Any]]] = {}
"""When each person signed in to each console, with the session's cookies: a code serves once, the next takes 30 s."""


def sign_in(page: Page, person: dict[str, Any]) -> None:
    """Signed in with the key or the password, in the portal: by a session of minutes ago while there is one."""
    page.goto("/connexion/")
    place = (page.url.partition("/connexion/")[0], person["username"])
    at, cookies = SIGNED_IN.get(place, (0.0, []))
    if time.monotonic() - at < FRESH_SECONDS:
        page.context.add_cookies(cookies)
        page.goto("/portail/")
        if page.url.endswith("/portail/"):
            return
        page.context.clear_cookies()
        page.goto("/connexion/")
    type_in(page, person)
    SIGNED_IN[place] = (time.monotonic(), page.context.cookies())


def type_in(page: Page, person: dict[str, Any]) -> None:
    page.get_by_role("textbox", name="Identifiant").fill(person["username"])
    page.get_by_role("textbox", name="Mot de passe Agents").fill(person["password"])
    page.get_by_role("button", name="Continuer").click()
    if person["totp_secret"]:
        page.get_by_role("textbox", name="Code de votre clé").fill(code_of(person))
        page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/portail/")


README_PAGES = {
    "portail",
    "connexion",
    "accueil",
    "eleves",
    "eleve",
    "responsables",
    "responsable",
    "operation",
    "depannage",
    "statistiques",
    "evolution",
}
"""What PICTURES=docs/pictures keeps; PICTURES_ALL=1 keeps every page."""


def photograph(page: Page, name: str) -> None:
    folder = os.environ.get("PICTURES")
    width = page.viewport_size["width"] if page.viewport_size else 0
    if folder and width in (1280, 360) and (name in README_PAGES or os.environ.get("PICTURES_ALL")):
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def keep(page: Page, name: str) -> None:
    """With PAGES_KEPT=FOLDER in the environment: the page as it stands, for judges that look at it later."""
    folder = os.environ.get("PAGES_KEPT")
    if folder:
        Path(folder, f"{name}.html").write_text(f"<!doctype html>\n{page.locator('html').evaluate('e => e.outerHTML')}")


def saved(page: Page, link: str, folder: Path) -> Path:
    """The file behind a link, under the name that the console gives it."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link, exact=True).first.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path
