"""Work over many in a browser: a class of 28, a whole result, one run from two browsers, and two touches on a phone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from accounts.models import Mandate, School, Schooling
from educonnect_admin.toolkit.scope import scope
from tests.conftest import connected_to
from tests.e2e.conftest import saved, sign_in
from tests.factories import ClassroomFactory, SchoolingFactory
from tests.running import Console
from tests.sheets import SECRET, USERNAME, handed_by

pytestmark = pytest.mark.enable_socket
UAI = "0510001Z"
SCHOOL = f"/etablissements/{UAI}"


@pytest.fixture(scope="module")
def class_of_28(console: Console, django_db_blocker: pytest.FixtureRequest) -> list[str]:
    """The identifiants of a new class, which the teacher of one class now has too."""
    with django_db_blocker.unblock(), connected_to(console.database), transaction.atomic(), scope(UAI):
        school = School.objects.get(pk=UAI)
        room = ClassroomFactory(school=school, code="4EME T")
        person = console.people()["teacher_of_one_class"]["username"]
        Mandate.objects.get(staff__username=person).classrooms.add(room)
        return [place.student.username for place in SchoolingFactory.create_batch(28, school=school, classroom=room)]


@pytest.fixture
def others(console: Console, django_db_blocker: pytest.FixtureRequest) -> list[str]:
    """The identifiants of all other classes."""
    with django_db_blocker.unblock(), connected_to(console.database), transaction.atomic(), scope(UAI):
        rows = Schooling.objects.filter(school=UAI).exclude(classroom__code="4EME T")
        return list(rows.values_list("student__username", flat=True))


def wait_for_the_end(page: Page, has_js: bool) -> None:
    """With JavaScript the page follows by itself; without it, by its link."""
    ended = page.get_by_role("heading", name="Terminée")
    for _ in range(0 if has_js else 200):
        if ended.is_visible():
            break
        page.wait_for_timeout(100)
        # A click does not wait for the page it leads to: looked at too soon, the old page would be asked again.
        with page.expect_navigation():
            page.get_by_role("link", name="Actualiser").click()
    expect(ended).to_be_visible(timeout=30_000)


@pytest.fixture
def has_js(request: pytest.FixtureRequest) -> bool:
    return "with-js" in request.node.callspec.id


def test_teacher_resets_a_class_of_28_and_prints_its_slips(
    page: Page, console: Console, class_of_28: list[str], others: list[str], has_js: bool, tmp_path: Path
) -> None:
    sign_in(page, console.people()["teacher_of_one_class"])
    page.goto(f"{SCHOOL}/depannage/")
    page.get_by_role("link", name="Sélectionner toute la classe 4EME T").click()
    expect(page.get_by_text("1 à 25 sur 28 élève(s)")).to_be_visible()
    page.get_by_role("button", name="Réinitialiser les mots de passe").click()
    expect(page.get_by_role("heading", name="Réinitialiser 28 comptes")).to_be_visible()
    page.get_by_role("button", name="Réinitialiser les comptes").click()
    wait_for_the_end(page, has_js)
    slips = saved(page, "Étiquettes, 8 par page (PDF)", tmp_path)
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(slips).pages)
    printed = set(USERNAME.findall(text))
    assert printed >= set(class_of_28)
    assert not printed & set(others)
    assert len(set(SECRET.findall(text))) == 28


def test_head_notifies_a_whole_result_and_follows_it(
    page: Page, console: Console, has_js: bool, tmp_path: Path
) -> None:
    sign_in(page, console.people()["head"])
    page.goto(f"{SCHOOL}/eleves/?etat=not_notified&etat=notified&etat=expired")
    everyone = page.get_by_role("link", name=re.compile("Tout sélectionner les .* résultats"))
    number = int(re.sub(r"\D", "", everyone.inner_text()))
    everyone.click()
    page.get_by_role("button", name="(Re)Notifier les comptes").click()
    console.stop("worker")
    page.get_by_role("button", name="(Re)Notifier les comptes").click()
    expect(page.get_by_role("heading", name="En attente")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("max", str(number))
    console.start_worker()
    wait_for_the_end(page, has_js)
    table = saved(page, "Publipostage (CSV)", tmp_path).read_text(encoding="utf-8-sig")
    assert len(table.splitlines()) == number + 1


def test_two_browsers_on_one_draft_start_one_run(page: Page, browser: Browser, console: Console, has_js: bool) -> None:
    sign_in(page, console.people()["teacher"])
    page.goto(f"{SCHOOL}/depannage/eleves/")
    for box in page.locator("tbody input[type=checkbox]").all()[:3]:
        box.check()
    page.get_by_role("button", name="Réinitialiser les mots de passe").click()
    context = browser.new_context(storage_state=page.context.storage_state(), base_url=console.base_url)
    second = context.new_page()
    second.goto(page.url)
    run = page.url
    for view in (page, second):
        view.get_by_role("button", name="Réinitialiser les comptes").click()
    assert page.url == second.url == run
    wait_for_the_end(page, has_js)
    second.goto(f"{SCHOOL}/operations/")
    lines = second.locator("tbody tr").filter(has=second.locator(f'a[href="{run.removeprefix(console.base_url)}"]'))
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("3 comptes")
    context.close()


@pytest.fixture
def phone(browser: Browser, console: Console) -> Iterator[Page]:
    context = browser.new_context(
        base_url=console.base_url,
        locale="fr-FR",
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
    )
    yield context.new_page()
    context.close()


def test_two_touches_reset_a_pupil_on_a_phone(phone: Page, console: Console) -> None:
    sign_in(phone, console.people()["teacher_of_one_class"])
    touches: list[str] = []
    phone.expose_function("touched", lambda: touches.append(phone.url))
    phone.add_init_script("addEventListener('touchstart', () => window.touched(), true)")
    phone.goto(f"{SCHOOL}/depannage/eleves/")
    phone.get_by_role("button", name=re.compile("Réinitialiser le mot de passe de")).first.tap()
    phone.get_by_role("button", name="Afficher le mot de passe").tap()
    slip = phone.locator(".slip")
    expect(slip).to_contain_text(SECRET)
    assert len(touches) == 2
    username, secret = handed_by(slip.inner_text())
    assert console.manage("check_password", username, typed=secret).returncode == 0


def test_two_touches_lead_from_home_to_a_reset(phone: Page, console: Console) -> None:
    sign_in(phone, console.people()["teacher_of_one_class"])
    phone.goto(f"{SCHOOL}/depannage/")
    phone.get_by_role("link", name=re.compile("élèves de 5EME A$")).tap()
    phone.get_by_role("button", name=re.compile("Réinitialiser le mot de passe de")).first.tap()
    expect(phone.get_by_role("heading", name="Mot de passe réinitialisé")).to_be_visible()
