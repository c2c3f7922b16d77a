"""The site in seven languages: chosen by the reader, else by the browser; every sentence is there in each."""

from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.utils.translation import to_locale

from tests.activation.conftest import ACCOUNT, START, Holder
from tests.pages.reading import words

pytestmark = pytest.mark.django_db
OTHERS = [code for code, _ in settings.LANGUAGES if code != "fr"]
TITLES = {
    "fr": "Activer mon compte ou me connecter",
    "en": "Activate my account or sign in",
}


def catalogue(language: str) -> Path:
    return settings.LOCALE_PATHS[0] / to_locale(language) / "LC_MESSAGES/django.po"


def language_of(response: object) -> str:
    page = response.content.decode()  # type: ignore[attr-defined]
    return page.partition('<html lang="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("browser", "shown"),
    [
        ("", "fr"),
        ("de-DE,de;q=0.9", "fr"),
        ("pt-BR,pt;q=0.9,fr;q=0.5", "pt"),
        ("ar-MA", "ar"),
        ("fr-FR,en;q=0.9", "fr"),
        ("uk;q=1,*;q=0.1", "uk"),
        ("\x00;q=x, ,,en-" + "x" * 5000, "fr"),
    ],
)
def test_the_browsers_language_is_spoken_where_it_is_one_of_seven(browser: str, shown: str) -> None:
    response = Client(headers={"accept-language": browser}).get(START)
    assert language_of(response) == response["Content-Language"] == shown


def test_the_language_chosen_is_kept() -> None:
    client = Client(headers={"accept-language": "tr"})
    assert language_of(client.get(START, {"langue": "en"})) == "en"
    assert TITLES["en"] in words(client.get(START))
    assert "Username" in words(client.post(START, {"username": "", "password": ""}))
    assert language_of(client.get(START, {"langue": "xx"})) == "en"
    assert language_of(client.get(START, {"langue": "fr"})) == "fr"


def test_a_choice_keeps_what_a_service_asked_for() -> None:
    page = Client().get(START, {"suite": "/oidc/autoriser/?client_id=x&state=é"}).content.decode()
    assert 'href="?suite=%2Foidc%2Fautoriser%2F%3Fclient_id%3Dx%26state%3D%C3%A9&amp;langue=ar"' in page


def test_the_console_stays_in_french() -> None:
    client = Client(headers={"accept-language": "en"})
    client.get(START, {"langue": "en"})
    page = client.get("/connexion/", {"langue": "en"}).content.decode()
    assert '<html lang="fr">' in page
    assert "Identifiant" in page


def test_arabic_is_read_from_right_to_left(holder: Holder) -> None:
    holder.activate()
    page = holder.client.get(ACCOUNT, {"langue": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert f'<p class="secret"><bdi>{holder.student.username}</bdi></p>' in page


def test_each_step_is_taken_in_another_language(holder: Holder) -> None:
    """What is written back after a mistake too: forms, their errors, Django's own rules for passwords."""
    holder.client = Client(headers={"accept-language": "en"})
    french = ("é", "è", "votre", "mot de passe")
    told = [holder.sign_in("wrong"), holder.sign_in(), holder.choose("court", "autre"), holder.choose()]
    told += [holder.give_date("hier"), holder.give_date("01/01/2001"), holder.give_date(), holder.client.get(ACCOUNT)]
    name = f"{holder.student.first_name} {holder.student.last_name}"
    for response in told:
        if response.status_code == 200:
            page = words(response).replace(name, "").replace("ÉduConnect", "")
            page = page.partition("Türkçe")[2]
            assert not [part for part in french if part in page], page


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_the_compiled_file_is_of_today(language: str) -> None:
    with catalogue(language).open("rb") as source, catalogue(language).with_suffix(".mo").open("rb") as compiled:
        written = [message for message in read_po(source) if message.id]
        shipped = {plain(message) for message in read_mo(compiled) if message.id}
    assert [error for message in written for error in message.check()] == []
    assert [message.id for message in written if not message.string or message.fuzzy] == []
    assert {plain(message) for message in written} == shipped


def plain(message: Message) -> tuple[str, ...]:
    """All forms of a message and of its translation."""
    parts = (message.id, message.string)
    return tuple(form for part in parts for form in ([part] if isinstance(part, str) else part))
