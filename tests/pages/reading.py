"""Reading a page as a person does, and counting what it asked of the base."""

import html
import re
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.journal import Event
from accounts.models import JournalEntry
from educonnect_admin.toolkit.scope import scope
from tests.visitors import HERE

HTMX = {"HTTP_HX_REQUEST": "true"}
SCOPE_IS_SET = re.compile(r"set_config\('console\.uai', '[0-9A-Z]{8}'")


def plain(text: str) -> str:
    """Blanks of all kinds as one, ’ as '."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text.replace("’", "'")).strip()


def words(response: HttpResponse) -> str:
    """What the page says, without its tags, scripts left out."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return plain(html.unescape(re.sub(r"<[^>]+>", " ", page)))


def body_words(response: HttpResponse) -> str:
    """The same, from the page's own part on."""
    return words(response).partition("</main>")[0]


def missing(response: HttpResponse, *labels: str) -> list[str]:
    """The labels that the page does not say."""
    said = words(response)
    return [label for label in labels if plain(label) not in said]


def selects(client: Client, path: str, **data: Any) -> int:
    """How many SELECTs the page takes once its school's scope is set."""
    client.get(path, data)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path, data).status_code == 200
    statements = [query["sql"] for query in captured]
    starts = [place for place, statement in enumerate(statements) if SCOPE_IS_SET.search(statement)]
    after = statements[starts[-1] + 1 :]
    return sum(statement.startswith("SELECT") and "set_config" not in statement for statement in after)


def journal(uai: str = HERE) -> list[tuple[str, Any, int | None]]:
    """What the journal of a school tells: event, target, count."""
    with scope(uai):
        entries = JournalEntry.objects.filter(uai=uai).order_by("sequence")
        return [(Event(entry.event).value, entry.target, entry.count) for entry in entries]


ODD_ADDRESSES = [
    "classe=x",
    "classe=00000000-0000-0000-0000-000000000000",
    "classe=%00",
    "classe=%FF%FE",
    f"classe={quote('٣' * 32)}",
    "classe=" + "9" * 10_000,
    "&".join(["classe=x"] * 200),
    "etat=inconnu",
    "etat=%00",
    "etat=closed&etat=leaving",
    "page=1000000000",
    "page=999999999",
    "page=0",
    "page=-1",
    "page=x",
    "page=%00",
    "page=",
    f"page={quote('٣')}",
    "par_page=7",
    "par_page=99999999999999999999",
    "tri=inconnu",
    "tri=-",
    "tri=--nom",
    "tri=student__password",
    "tri=%00",
    "recherche=inconnue",
    "recherche=%00",
    "tout=1",
    "tout=x",
    "bientot=1",
    "erreur=longue",
    "erreur=%00",
    "%00=%00",
    "a" * 8000,
]
"""Query strings that a list must survive."""

ODD_SEARCHES = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "%",
    "_",
    "\\",
    "'; DROP TABLE student; --",
    "\u202eevil",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "é" * 100,
    "x " * 50,
    "<script>alert(1)</script>",
    "{{ 7 }}",
    "\r\nSet-Cookie: a=b",
]
"""Texts that a search must survive."""
