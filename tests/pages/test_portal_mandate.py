"""What the portal says of the mandate in force."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import StaffFactory
from tests.visitors import make_world, sign_in, visitors

pytestmark = pytest.mark.django_db
NOBODYS = "Vous n’avez pas de délégation en cours"


def text(client: Client) -> str:
    return client.get(reverse("portal")).content.decode()


def test_whoever_holds_a_mandate_is_told_which() -> None:
    page = text(visitors(make_world())["head_of_two"])
    assert NOBODYS not in page
    assert "Choisir un mandat" not in page
    assert "chef d’établissement. Seules les applications ouvertes par votre mandat" in page


def test_whoever_holds_none_is_told_whom_to_ask() -> None:
    assert NOBODYS in text(sign_in(StaffFactory()))
