"""The journal: chained, append-only for the application; whoever alters it as a superuser is found out."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.actions.journal import SYSTEM, Event, record, record_each
from accounts.actions.verification import first_fault
from accounts.enums import Role
from accounts.models import JournalEntry
from accounts.models.journal import NO_SCHOOL
from educonnect_admin.toolkit.scope import school_transaction, scope
from tests.actions.scene import Person, finished, ids, someone
from tests.factories import SchoolFactory
from tests.visitors import ELSEWHERE, HERE, World


def sequences(uai: str) -> list[int]:
    return list(JournalEntry.objects.filter(uai=uai).order_by("sequence").values_list("sequence", flat=True))


def test_what_was_done_stands_in_one_chain_that_holds(world: World, head: Person) -> None:
    finished(head, ids(world.pupils))
    assert sequences(HERE) == [1, 2, 3, 4]
    assert first_fault(HERE) == first_fault(NO_SCHOOL) == first_fault(ELSEWHERE) == ""


def test_each_school_has_a_chain_of_its_own_and_reads_no_other(world: World) -> None:
    record(actor=SYSTEM, event=Event.FEED_APPLIED, uai=HERE)
    with scope(ELSEWHERE):
        record(actor=SYSTEM, event=Event.FEED_APPLIED, uai=ELSEWHERE)
        assert (sequences(ELSEWHERE), sequences(HERE)) == ([1], [])
    assert (sequences(ELSEWHERE), sequences(HERE)) == ([], [1])


def test_a_school_cannot_write_in_the_journal_of_another(world: World) -> None:
    with pytest.raises(DatabaseError, match="in its own scope only"), transaction.atomic():
        record(actor=SYSTEM, event=Event.FEED_APPLIED, uai=ELSEWHERE)


def test_every_kind_of_value_is_chained_as_it_is_written(world: World, head: Person) -> None:
    detail = "« œuvre »\x1f\u202fé, 100 % ; \\ ' \" ?"
    record(actor=head.actor, event=Event.STUDENT_VIEWED, uai=HERE, target=world.pupils[0].student_id, detail=detail)
    record(actor=SYSTEM, event=Event.RUN_FINISHED, uai=HERE, count=0, detail="x" * 400)
    record_each(actor=head.actor, event=Event.ACCOUNT_NOTIFIED, uai=HERE, targets=ids(world.pupils))
    assert len(sequences(HERE)) == 4
    assert first_fault(HERE) == ""


def test_what_is_undone_was_not_told(world: World) -> None:
    with transaction.atomic():
        record(actor=SYSTEM, event=Event.FEED_APPLIED, uai=HERE)
        transaction.set_rollback(True)
    record(actor=SYSTEM, event=Event.FEED_APPLIED, uai=HERE)
    assert (sequences(HERE), first_fault(HERE)) == ([1], "")


FORBIDDEN = [
    "UPDATE journal_entry SET detail = 'x'",
    "DELETE FROM journal_entry",
    "TRUNCATE journal_entry",
    "INSERT INTO journal_entry SELECT * FROM journal_entry",
    "UPDATE journal_head SET sequence = 0",
    "DELETE FROM journal_head",
    "INSERT INTO journal_head VALUES ('0511234P', 0, '')",
    "ALTER TABLE journal_entry DISABLE TRIGGER append_only",
    "ALTER TABLE journal_entry DISABLE ROW LEVEL SECURITY",
    "DROP TRIGGER append_only ON journal_entry",
    "DROP TABLE journal_entry",
    "SET session_replication_role = replica",
    "SET ROLE console_journal",
    "SET ROLE console_owner",
    "CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
    "COPY journal_entry FROM STDIN",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_cannot_alter_it(world: World, statement: str) -> None:
    record(actor=SYSTEM, event=Event.FEED_APPLIED, uai=HERE)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (sequences(HERE), first_fault(HERE)) == ([1], "")


TAMPERINGS = [
    "UPDATE journal_entry SET detail = 'x' WHERE sequence = 2",
    "UPDATE journal_entry SET at = at + interval '1 second' WHERE sequence = 2",
    "UPDATE journal_entry SET staff_id = 999 WHERE sequence = 1",
    "UPDATE journal_entry SET target = NULL WHERE sequence = 3",
    "UPDATE journal_entry SET count = 1 WHERE sequence = 4",
    "UPDATE journal_entry SET hash = sha256(hash) WHERE sequence = 4",
    "DELETE FROM journal_entry WHERE sequence = 1",
    "DELETE FROM journal_entry WHERE sequence = 2",
    "DELETE FROM journal_entry WHERE sequence = 4",
    "DELETE FROM journal_entry",
    "UPDATE journal_entry SET sequence = 9 - sequence WHERE sequence IN (2, 3)",
    "UPDATE journal_entry SET uai = '0511234P' WHERE sequence = 4",
    "INSERT INTO journal_entry (uai, sequence, at, event, address, detail, previous_hash, hash)"
    " SELECT uai, 5, at, event, address, detail, hash, sha256(hash) FROM journal_entry WHERE sequence = 4",
    "UPDATE journal_head SET sequence = 3 WHERE uai = '0510001Z'",
]


@pytest.fixture(scope="module")
def written(committed: str) -> str:
    """A base in which a run of two accounts was told: four entries, committed. Its name."""
    with school_transaction(HERE):
        school = SchoolFactory(uai=HERE)
        SchoolFactory(uai=ELSEWHERE)
        head = someone(Role.HEAD, school)
        for event in (Event.RUN_REQUESTED, Event.ACCOUNT_NOTIFIED, Event.ACCOUNT_NOTIFIED, Event.RUN_FINISHED):
            record(actor=head.actor, event=event, uai=HERE, target=UUID(int=7), count=2)
    return committed


@pytest.fixture
def superuser(written: str) -> Iterator[psycopg.Connection]:
    """Who may do anything; what was done is put back afterwards."""
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=written, autocommit=True) as owner:
        owner.execute("CREATE TABLE kept_entry AS TABLE journal_entry; CREATE TABLE kept_head AS TABLE journal_head")
        owner.execute("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
        yield owner
        owner.execute("TRUNCATE journal_entry, journal_head")
        owner.execute("INSERT INTO journal_entry TABLE kept_entry; INSERT INTO journal_head TABLE kept_head")
        owner.execute("DROP TABLE kept_entry, kept_head")


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_every_tampering_is_found(superuser: psycopg.Connection, tampering: str) -> None:
    assert first_fault(HERE) == ""
    assert superuser.execute(tampering).rowcount
    assert first_fault(HERE)
    with pytest.raises(CommandError, match="do not hold"):
        call_command("verify_journal")


def test_a_whole_journal_is_said_to_hold(written: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_journal")
    assert capsys.readouterr().out == "3 chains hold.\n"
