"""What a whole visit leaves in the log of the real process: who and where by number, no name that was seen or typed."""

import json

import pytest
from playwright.sync_api import Page

from tests.databases import everything_in
from tests.e2e.conftest import sign_in
from tests.e2e.test_faults import UAI
from tests.running import Console

pytestmark = [pytest.mark.enable_socket, pytest.mark.proof]
TYPED = "Zyqvorel"
"""A name that nobody has: it can come from nowhere else."""


def test_a_visit_leaves_numbers_and_no_name(page: Page, console: Console) -> None:
    log = console.data / "web.log"
    before = log.stat().st_size
    sign_in(page, console.people()["head"])
    page.goto(f"/etablissements/{UAI}/eleves/?tout=1")
    page.get_by_label("Nom", exact=False).first.fill(TYPED)
    page.get_by_role("button", name="Rechercher").click()
    page.goto(f"/etablissements/{UAI}/eleves/?tout=1")
    pupil = page.locator("table tbody a").first
    name = pupil.inner_text().split()[0]
    pupil.click()
    written = log.read_bytes()[before:].decode()
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    told = [line for line in lines if line.get("event") == "request" and line.get("uai") == UAI]
    assert {"students", "student"} <= {line["route"] for line in told}
    assert all(line["request_id"] and line["mandate"] for line in told)
    people = console.people()["head"]
    assert not [word for word in (TYPED, name, people["username"], people["password"]) if word in written]
    assert name in everything_in(console.database)
