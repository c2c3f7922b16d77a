"""A whole campaign, then a search of all that it leaves behind for any of its passwords."""

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from psycopg.sql import SQL

from educonnect_admin.toolkit.scope import scope
from notifications.views.run_documents import DOCUMENTS
from tests.pages.test_run_documents import SECRET, WITH_PASSWORDS, document, run, text_of
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
