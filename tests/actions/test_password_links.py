"""A link to choose a new password, used by many at once, on committed rows."""

from django.core import mail
from django.test import Client

from accounts.actions.passwords import send_password_link
from tests.actions.scene import at_once
from tests.factories import StaffFactory

NEW = {"new_password1": "Le-petit-cheval-gris-de-Reims", "new_password2": "Le-petit-cheval-gris-de-Reims"}


def test_it_opens_once(committed: str, monkeypatch) -> None:
    monkeypatch.setattr("accounts.views.own_account.tell_password_changed", lambda staff: None)
    send_password_link(staff=StaffFactory(), base_url="http://testserver/")
    link = next(line for line in mail.outbox[-1].body.splitlines() if line.startswith("http"))
    answers = at_once(6, lambda _: Client().post(link, NEW).status_code)
    assert sorted(answers) == [302] + [404] * 5
