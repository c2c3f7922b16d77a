"""A backup is restored whole, and opens nothing that was closed since."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import transaction

from accounts.actions.credentials import opens
from accounts.actions.verification import first_fault
from accounts.enums import Role
from accounts.models import JournalEntry, Student
from educonnect_admin.toolkit.scope import school_transaction
from script.local.postgres import find_binaries
from tests.actions.scene import Person, finished, ids, sealed_secrets, someone
from tests.conftest import connected_to, template_name
from tests.databases import drop, recreate
from tests.visitors import HERE, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof]
LIVED, RESTORED = "test_backup_lived", "test_backup_restored"
CHANGED = {"student", "guardian", "run", "journal_entry", "journal_head", "staff_session", "sealed_secret"}


def run(script: str, file: Path, database: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{find_binaries()}:{os.environ['PATH']}",
        "PYTHON": sys.executable,
        "SUPERUSER_DATABASE_URL": settings.SUPERUSER_DATABASE_URL.replace("/postgres?", f"/{database}?"),
        "DATABASE_URL": os.environ["DATABASE_URL"].replace("/console?", f"/{database}?"),
    }
    command = [settings.ROOT / "script" / script, file]
    return subprocess.run(  # noqa: S603  # our own scripts
        command, env=environment, capture_output=True, text=True, check=False
    )


def rows(database: str) -> dict[str, list[str]]:
    """Every table's rows, sorted."""
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=database) as connection:
        names = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {
            name: sorted(text for (text,) in connection.execute(f'SELECT t::text FROM "{name}" t'))  # noqa: S608
            for name in names
        }


def walls(database: str) -> list[tuple[object, ...]]:
    """Policies, which tables they hold, rights on tables, and whose the functions are."""
    asked = (
        "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies",
        "SELECT relname, relrowsecurity, relforcerowsecurity, relowner::regrole::text, relacl::text FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace",
        "SELECT proname, proowner::regrole::text, prosecdef, proacl::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace",
        "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal",
    )
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=database) as connection:
        return sorted((row for each in asked for row in connection.execute(each).fetchall()), key=repr)


@pytest.fixture
def lived() -> Iterator[tuple[Person, dict[object, str]]]:
    """A school with two pupils notified, and their passwords."""
    for name in (LIVED, RESTORED):
        recreate(name, template=template_name() if name == LIVED else "template0")
    with connected_to(LIVED):
        with transaction.atomic():
            world = make_world()
        with school_transaction(HERE):
            head = someone(Role.HEAD, world.here)
            finished(head, ids(world.pupils))
            secrets = {student: sealed_secrets(student)[0] for student in ids(world.pupils)}
    yield head, secrets
    for name in (LIVED, RESTORED):
        drop(name)


def test_a_backup_is_restored_whole_and_its_passwords_are_void(
    lived: tuple[Person, dict[object, str]], tmp_path: Path
) -> None:
    file = tmp_path / "console.dump"
    taken = run("backup", file, LIVED)
    assert taken.returncode == 0, taken.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    restored = run("restore", file, RESTORED)
    assert restored.returncode == 0, restored.stderr
    assert len(walls(LIVED)) > 100 and walls(RESTORED) == walls(LIVED)
    before, after = rows(LIVED), rows(RESTORED)
    assert {name for name in before if before[name] != after[name]} <= CHANGED
    assert before.keys() == after.keys() and before["schooling"] and before["sealed_secret"]
    assert not after["sealed_secret"] and len(after["journal_entry"]) > len(before["journal_entry"])
    with connected_to(RESTORED), school_transaction(HERE):
        assert first_fault(HERE) == ""
        assert JournalEntry.objects.filter(uai=HERE, event="school_frozen").get().detail == "base restaurée"
        assert not any(opens(Student.objects.get(pk=pk), secret) for pk, secret in lived[1].items())
    assert f"{HERE}\t2\t" in restored.stdout
    again = run("restore", file, RESTORED)
    assert (again.returncode, "not empty" in again.stderr) == (1, True)


def test_nothing_is_written_over_and_no_half_a_file_stays(
    lived: tuple[Person, dict[object, str]], tmp_path: Path
) -> None:
    file = tmp_path / "console.dump"
    file.write_text("precious")
    assert run("backup", file, LIVED).returncode == 1
    assert file.read_text() == "precious"
    assert run("backup", tmp_path / "other.dump", "test_backup_nowhere").returncode != 0
    assert [path.name for path in tmp_path.iterdir()] == ["console.dump"]
