"""A worker killed in the middle of a run, a bell that is lost: nothing lost, nothing twice."""

import re
import signal
import time
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Browser, Page

from accounts import provisional
from accounts.actions.verification import first_fault
from accounts.lifecycle import DONE, Outcome
from educonnect_admin.toolkit.scope import scope
from notifications.enums import RunState
from notifications.models import Run, RunItem
from tests.conftest import connected_to
from tests.e2e.conftest import sign_in
from tests.running import Console, running_console, wait_until

pytestmark = [pytest.mark.enable_socket, pytest.mark.proof]
UAI = "0510001Z"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with running_console(tmp_path_factory.mktemp("faults")) as running:
        yield running


@pytest.fixture
def page(browser: Browser, console: Console) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, base_url=console.base_url, locale="fr-FR")
    yield context.new_page()
    context.close()


def notify_everyone(page: Page, console: Console) -> None:
    sign_in(page, console.people()["head"])
    page.goto(f"/etablissements/{UAI}/eleves/?tout=1")
    page.get_by_role("button", name="(Re)Notifier les comptes").click()
    page.get_by_role("button", name="(Re)Notifier les comptes").click()


def run_of(console: Console) -> tuple[Run, list[RunItem]]:
    with connected_to(console.database), transaction.atomic(), scope(UAI):
        run = Run.objects.exclude(state=RunState.DRAFT).latest("created_at")
        return run, list(run.items.select_related("student").prefetch_related("secret"))


def is_done(console: Console) -> bool:
    """Whether every run that was launched has ended."""
    with connected_to(console.database), transaction.atomic(), scope(UAI):
        states = Run.objects.exclude(state=RunState.DRAFT).values_list("state", flat=True)
        return bool(states) and set(states) == {RunState.DONE}


def test_a_run_outlives_its_worker(page: Page, console: Console, django_db_blocker: pytest.FixtureRequest) -> None:
    with django_db_blocker.unblock():
        console.stop("worker")
        notify_everyone(page, console)
        check_tasks(console)
        console.start_worker()
        wait_until("the run began", lambda: run_of(console)[0].processed)
        console.stop("worker", signal.SIGKILL)
        cut = run_of(console)[0]
        time.sleep(1.2)
        console.start_worker()
        wait_until("the run ends", lambda: is_done(console), seconds=30)
        run, items = run_of(console)
        assert cut.processed <= run.processed == run.total == len(items)
        check_secrets(run, items, console)


def check_tasks(console: Console) -> None:
    """A task is told the ids of its run and school; no name, identifiant or INE of anybody."""
    told = "".join(console.waiting_tasks()).lower()
    run, items = run_of(console)
    words = {word.lower() for item in items for word in (item.student.username, item.student.ine) if word}
    assert str(run.pk) in told and len(words) > 100
    assert not [word for word in words if word in told]


def check_secrets(run: Run, items: list[RunItem], console: Console) -> None:
    """Each account notified has one live secret, and it is the one that will be printed."""
    given = [item for item in items if item.outcome in DONE]
    assert given and all(item.outcome != Outcome.PENDING for item in items)
    for item in given:
        secret = provisional.unsealed(settings.CONSOLE_KEYS, item.student_id, run.pk, bytes(item.secret.sealed))
        known = bytes(item.student.provisional_hash)
        assert provisional.is_right(settings.CONSOLE_KEYS, item.student_id, known, secret)
    with connected_to(console.database):
        assert first_fault(UAI) == ""


def test_no_secret_is_anywhere_but_on_paper(
    page: Page, console: Console, django_db_blocker: pytest.FixtureRequest
) -> None:
    with django_db_blocker.unblock():
        notify_everyone(page, console)
        wait_until("the run ends", lambda: is_done(console), seconds=60)
        run, items = run_of(console)
    secrets = [
        provisional.unsealed(settings.CONSOLE_KEYS, item.student_id, run.pk, bytes(item.secret.sealed))
        for item in items
        if item.outcome in DONE
    ]
    told, mails = send_links(page, console, run)
    links = [link for mail in mails for link in LINK.findall(mail)]
    places = {"dump": console.dump(), "broker": console.broker_dump(), "tasks": told, **logs_of(console.data)}
    forms = [form for secret in secrets for form in (secret, provisional.grouped(secret), secret.encode().hex())]
    found = [f"{place}: {form}" for place, text in places.items() for form in forms if form in text]
    found += [form for mail in mails for form in forms if form in mail]
    found += [place for place, text in places.items() for link in links if link in text and "/mails/" not in place]
    assert len(secrets) > 100
    assert len(set(links)) == len(mails) > 3
    assert not found


LINK = re.compile(r"/activation/lien/([^/\s]+)/")


def send_links(page: Page, console: Console, run: Run) -> tuple[str, list[str]]:
    """Links by mail to all who can be reached: what the broker held while no worker ran, and each mail's text."""
    console.stop("worker")
    page.goto(f"/etablissements/{UAI}/operations/{run.pk}/courriels/")
    page.get_by_role("button", name="Envoyer").click()
    asked = int(re.findall(r"(\d+) messages en partance", page.content())[0])
    told = "".join(console.waiting_tasks()) + console.broker_dump()
    console.start_worker()
    wait_until("the mails went", lambda: len(mailed(console.data)) == asked, seconds=60)
    return told, mailed(console.data)


def mailed(folder: Path) -> list[str]:
    """The texts of the mails with a link; a file of the demo may hold several mails."""
    files = [path.read_bytes() for path in (folder / "mails").glob("*.log")]
    mails = [message_from_bytes(part.lstrip()) for file in files for part in file.split(b"-" * 79 + b"\n")]
    texts = [content.decode() for mail in mails if isinstance(content := mail.get_payload(decode=True), bytes)]
    return [text for text in texts if LINK.search(text)]


def logs_of(folder: Path) -> dict[str, str]:
    return {str(path): path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()}
