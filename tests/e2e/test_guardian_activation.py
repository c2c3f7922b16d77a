"""What families do with their letter, on a telephone: activate by mail, dispute a child, come too late.

Then the head looks.
"""

from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.e2e.test_activation import NEW, fill, letter_of, look, office, open_file, telephone
from tests.e2e.test_bulk_journeys import SCHOOL
from tests.e2e.test_forgotten import with_and_without_script
from tests.e2e.test_france_connect import letter_of as guardians_letter
from tests.e2e.test_france_connect import names_of
from tests.e2e.test_pages import link_of_mail
from tests.running import Console

__all__ = ["office", "telephone"]
pytestmark = [pytest.mark.enable_socket, pytest.mark.proof]


@with_and_without_script
def test_a_guardian_activates_by_the_link_of_a_mail(
    office: Page, telephone: Page, console: Console, has_script: bool, tmp_path: Path
) -> None:
    username = at_the_children(office, telephone, console, tmp_path)
    look(telephone, "activation-enfants", judged=has_script)
    for first_name, born in children_of(console, username):
        fill(telephone, f"Date de naissance de {first_name}", f"{born:%d/%m/%Y}")
    fill(telephone, "Votre adresse électronique", f"{username}@example.org")
    telephone.get_by_role("button", name="Continuer").click()
    expect(telephone.get_by_role("heading", name="Ouvrez le message que vous avez reçu")).to_be_visible()
    look(telephone, "activation-message", judged=has_script)
    telephone.goto(link_of_mail(office, "activation/courriel"))
    look(telephone, "activation-lien", judged=has_script)
    telephone.get_by_role("button", name="Activer mon compte").click()
    expect(telephone.get_by_role("heading", name="Votre compte est activé")).to_be_visible()
    look(telephone, "activation-faite", judged=has_script)
    assert "Activé" in as_the_head_sees(office, console, username)


@with_and_without_script
def test_a_child_who_is_anothers_is_suspended_and_seen_by_the_school(
    office: Page, telephone: Page, console: Console, has_script: bool, tmp_path: Path
) -> None:
    username = at_the_children(office, telephone, console, tmp_path)
    telephone.get_by_role("checkbox").first.check()
    dates = telephone.locator("input[name^=birth_date_]").all()
    telephone.get_by_role("button", name="Continuer").click()
    if len(dates) > 1:
        telephone.get_by_role("button", name="Continuer").click()
    office.goto(f"{SCHOOL}/responsables/liens-contestes/")
    look(office, "liens-contestes-souleve", judged=False)
    name = " ".join(reversed(names_of(console, username).values()))
    expect(office.get_by_role("row").filter(has_text=name)).to_have_count(1)


@with_and_without_script
def test_a_letter_that_is_too_old_opens_nothing(
    office: Page, telephone: Page, console: Console, has_script: bool
) -> None:
    username, secret = letter_of(office, console)
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=console.database) as connection:
        late = "UPDATE student SET provisional_expires_at = now() - interval '1 minute' WHERE username = %s"
        assert connection.execute(late, [username]).rowcount == 1
    telephone.goto("/activation/")
    fill(telephone, "Identifiant", username)
    telephone.locator("input[name=password]").fill(secret)
    telephone.get_by_role("button", name="Continuer").click()
    expect(telephone.get_by_text("S’il a plus de trois mois").first).to_be_visible()
    look(telephone, "activation-trop-tard", judged=has_script)
    assert "Notification expirée" in open_file(office, console, username)


def at_the_children(office: Page, telephone: Page, console: Console, folder: Path) -> str:
    """The identifiant of a guardian with a letter, who has chosen a password."""
    username, secret = guardians_letter(office, console, folder)
    telephone.goto("/activation/")
    fill(telephone, "Identifiant", username)
    telephone.locator("input[name=password]").fill(secret)
    telephone.get_by_role("button", name="Continuer").click()
    for name in ("new_password1", "new_password2"):
        telephone.locator(f"input[name={name}]").fill(NEW)
    telephone.get_by_role("button", name="Continuer").click()
    expect(telephone.get_by_role("heading", name="Vos enfants et votre adresse")).to_be_visible()
    return username


def children_of(console: Console, username: str) -> list[tuple[str, date]]:
    """First name and birth date of the children whose dates the page asks for."""
    asked = (
        "SELECT DISTINCT s.first_name, s.birth_date FROM guardian g JOIN guardianship t ON t.guardian_id = g.id"
        " JOIN student s ON s.id = t.student_id WHERE g.username = %s AND s.birth_date IS NOT NULL AND t.in_force"
    )
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=console.database) as connection:
        return list(connection.execute(asked, [username]))


def as_the_head_sees(office: Page, console: Console, username: str) -> str:
    """The guardian's page: its words."""
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=console.database) as connection:
        (pk,) = connection.execute("SELECT id FROM guardian WHERE username = %s", [username]).fetchone() or ("",)
    office.goto(f"{SCHOOL}/responsables/{pk}/")
    return office.locator("main").inner_text()
