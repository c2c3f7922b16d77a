"""A whole campaign, then a search of all that it leaves behind for any of its passwords or links."""

import logging
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core import signing
from django.db import connection
from django.test import Client
from psycopg.sql import SQL

from accounts.actions.mailed_links import SALT
from accounts.actions.mailing import SENDERS
from accounts.actions.outbox import deliver_due
from accounts.models import Student
from educonnect_admin.toolkit.scope import scope
from notifications.views.run_documents import DOCUMENTS
from tests.pages.test_run_documents import WITH_PASSWORDS, document, run, text_of
from tests.pages.test_runs import url
from tests.sheets import SECRET
from tests.smtp import mail_server
from tests.visitors import HERE, World

__all__ = ["run"]


def written_forms(secrets: set[str]) -> list[bytes]:
    """Each password as it was made, as it is printed, and as a bytea column would show it."""
    plain = {secret.replace(" ", "") for secret in secrets}
    return [form.encode() for secret in plain | secrets for form in (secret, secret.encode().hex())]


def rows() -> Iterator[bytes]:
    """Every row that the application can read, of every table, as text."""
    with scope(HERE), connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(oid, 'SELECT')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(SQL("SELECT t::text FROM {} t").format(SQL(table)))
            yield from (row.encode() for (row,) in cursor.fetchall())


def files_since(before: set[Path]) -> list[Path]:
    return [path for path in files() if path not in before]


def files() -> set[Path]:
    """What stands in the folders that a process writes to."""
    folders = [Path(tempfile.gettempdir()), Path(settings.DATA_DIR)]
    return {path for folder in folders if folder.is_dir() for path in folder.glob("*") if path.is_file()}


def test_no_password_is_left_in_clear_anywhere(
    world: World, head: Client, run: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = files()
    secrets: set[str] = set()
    for slug in DOCUMENTS:
        told = text_of(document(head, run, slug))
        secrets |= set(SECRET.findall(told)) if slug in WITH_PASSWORDS else set()
    forms = written_forms(secrets)
    assert len(secrets) == len(world.pupils) + 1
    stored = list(rows())
    assert any(str(run).encode() in row for row in stored)
    assert not [row for row in stored if any(form in row for form in forms)]
    assert not [form for form in forms if form in caplog.text.encode()]
    assert not [path for path in files_since(before) if any(form in path.read_bytes() for form in forms)]


def link_forms(bodies: dict[str, str]) -> dict[str, list[bytes]]:
    """By address: the link of its mail, and the secret that the link carries."""
    tokens = {to: re.findall(r"/activation/lien/([^/\s]+)/", body) for to, body in bodies.items()}
    assert all(len(found) == 1 for found in tokens.values())
    return {to: [token.encode(), signing.loads(token, salt=SALT)[2].encode()] for to, (token,) in tokens.items()}


def test_a_link_is_in_its_own_mail_alone_and_a_password_in_none(
    world: World, head: Client, run: UUID, caplog: pytest.LogCaptureFixture, settings
) -> None:
    caplog.set_level(logging.DEBUG)
    before = files()
    secrets = written_forms(set(SECRET.findall(text_of(document(head, run, "publipostage")))))
    with scope(HERE):
        for place in world.pupils:
            confirmed = {"email": f"{place.student.username}@example.org", "email_confirmed_at": place.created_at}
            Student.objects.filter(pk=place.student_id).update(**confirmed)
    with mail_server(settings) as server:
        head.post(url("run_mails", run))
        waiting = list(rows())
        deliver_due(senders=SENDERS)
    bodies = {mail["To"]: mail.get_payload(decode=True).decode() for mail in server.taken}
    links = link_forms(bodies)
    assert sum(b"base_url" in row for row in waiting) == len(links) == len(world.pupils)
    left = [*waiting, *rows(), caplog.text.encode(), *(path.read_bytes() for path in files_since(before))]
    every = [form for forms in links.values() for form in forms]
    assert not [part for part in left if any(form in part for form in (*every, *secrets))]
    for to, body in bodies.items():
        others = [form for other, forms in links.items() if other != to for form in forms]
        assert not [form for form in (*others, *secrets) if form in body.encode()]
