"""The journal's seals find what its chain cannot; what is a year old goes, and the chain still holds."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.actions.journal import SYSTEM, Event, record
from accounts.actions.purge import oldest_kept
from accounts.actions.seals import seal_heads
from accounts.actions.verification import first_fault
from accounts.models import JournalCheckpoint, JournalEntry
from accounts.tasks import seal_journal
from educonnect_admin.toolkit.scope import reading, school_transaction
from tests.factories import SchoolFactory
from tests.visitors import ELSEWHERE, HERE

YEAR_AND_A_DAY = timedelta(days=366)


def write(number: int, uai: str = HERE) -> None:
    for _ in range(number):
        with school_transaction(uai):
            record(actor=SYSTEM, event=Event.STUDENT_VIEWED, uai=uai)


def numbers(uai: str = HERE) -> list[int]:
    with reading(uai):
        return list(JournalEntry.objects.filter(uai=uai).order_by("sequence").values_list("sequence", flat=True))


@pytest.fixture
def superuser(committed: str) -> Iterator[psycopg.Connection]:
    """On a base with six entries of the school here and one elsewhere. What was written goes with the test."""
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=committed, autocommit=True) as connection:
        for uai in (HERE, ELSEWHERE):
            with school_transaction(uai):
                SchoolFactory(uai=uai)
        write(6)
        write(1, ELSEWHERE)
        yield connection
        connection.execute("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
        connection.execute("TRUNCATE journal_entry, journal_head, journal_checkpoint")
        connection.execute("ALTER TABLE journal_entry ENABLE TRIGGER ALL")


def cut(superuser: psycopg.Connection, last: int) -> None:
    """The tail taken off, and the head made to agree: the chain itself holds."""
    superuser.execute("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
    superuser.execute("DELETE FROM journal_entry WHERE uai = %s AND sequence > %s", [HERE, last])
    superuser.execute(
        "UPDATE journal_head h SET sequence = e.sequence, hash = e.hash FROM journal_entry e"
        " WHERE h.uai = e.uai AND e.uai = %s AND e.sequence = %s",
        [HERE, last],
    )
    superuser.execute("ALTER TABLE journal_entry ENABLE TRIGGER ALL")
    assert first_fault(HERE) == ""


def verify(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command says of a journal that does not hold."""
    with pytest.raises(CommandError, match="do not hold"):
        call_command("verify_journal", seals=folder)
    return capsys.readouterr().err


def test_a_tail_cut_with_the_head_rewritten_is_found_and_placed(
    superuser: psycopg.Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal_heads(folder=tmp_path)
    cut(superuser, 4)
    assert f"{HERE}: entry 6 is missing, sealed on" in verify(tmp_path, capsys)


def test_a_tail_cut_and_written_anew_is_found(
    superuser: psycopg.Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal_heads(folder=tmp_path)
    cut(superuser, 4)
    write(5)
    assert f"{HERE}: entry 6 or one before it was rewritten" in verify(tmp_path, capsys)


def test_a_whole_journal_holds_with_its_seals(
    superuser: psycopg.Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal_heads(folder=tmp_path)
    write(2)
    call_command("verify_journal", seals=tmp_path)
    assert capsys.readouterr().out == "3 chains hold.\n"


def test_only_chains_that_grew_are_sealed_again_in_a_file_of_ones_own(
    superuser: psycopg.Connection, tmp_path: Path
) -> None:
    assert [seal_heads(folder=tmp_path / "seals") for _ in range(2)] == [2, 0]
    write(1)
    assert seal_heads(folder=tmp_path / "seals") == 1
    (file,) = (tmp_path / "seals").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert [json.loads(line)["sequence"] for line in file.read_text().splitlines()] == [6, 1, 7]


@pytest.mark.parametrize("change", ["sequence", "uai", "hash", "at"])
def test_a_forged_seal_is_found(
    superuser: psycopg.Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    seal_heads(folder=tmp_path)
    (file,) = tmp_path.iterdir()
    seal = json.loads(file.read_text().splitlines()[0])
    forged = {"sequence": 4, "uai": ELSEWHERE, "hash": "00" * 32, "at": "2026-01-01T00:00:00+00:00"}
    file.write_text(json.dumps(seal | {change: forged[change]}) + "\n")
    assert "line 1: not sealed with a key of ours" in verify(tmp_path, capsys)


@pytest.mark.parametrize("line", ["", "x", "{}", "[]", '{"at": 1}'])
def test_a_line_that_is_no_seal_is_named(
    superuser: psycopg.Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    (tmp_path / "2026-11.jsonl").write_text(f"{line}\n")
    assert "2026-11.jsonl, line 1: not a seal" in verify(tmp_path, capsys)


def test_seals_that_are_gone_are_said(
    superuser: psycopg.Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "holds no seal" in verify(tmp_path, capsys)
    with pytest.raises(CommandError, match="No folder"):
        call_command("verify_journal", seals=tmp_path / "none")


def test_the_hourly_task_writes_where_the_settings_say(
    superuser: psycopg.Connection, tmp_path: Path, settings: pytest.FixtureRequest
) -> None:
    settings.JOURNAL_SEALS = tmp_path / "kept"
    seal_journal()
    assert len(list((tmp_path / "kept").iterdir())) == 1
    assert settings.CELERY_BEAT_SCHEDULE["seal-journal"]["schedule"] == 3600


def test_an_entry_of_six_months_stays_and_one_of_a_year_and_a_day_goes(superuser: psycopg.Connection) -> None:
    began = timezone.now()
    with time_machine.travel(began + timedelta(days=183), tick=False):
        call_command("purge_journal")
    assert numbers() == [1, 2, 3, 4, 5, 6]
    with time_machine.travel(began + YEAR_AND_A_DAY, tick=False):
        call_command("purge_journal")
    assert numbers() == [7]
    assert first_fault(HERE) == first_fault(ELSEWHERE) == ""
    with reading(HERE):
        assert JournalEntry.objects.get().event == "journal_purged"
        assert JournalEntry.objects.get().count == 6
    write(2)
    assert (numbers(), first_fault(HERE)) == ([7, 8, 9], "")


def test_seals_of_before_the_purge_still_agree(superuser: psycopg.Connection, tmp_path: Path) -> None:
    seal_heads(folder=tmp_path)
    with time_machine.travel(timezone.now() + YEAR_AND_A_DAY, tick=False):
        call_command("purge_journal")
    call_command("verify_journal", seals=tmp_path)


def test_a_chain_that_does_not_hold_is_kept_as_evidence(superuser: psycopg.Connection) -> None:
    superuser.execute("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
    superuser.execute("UPDATE journal_entry SET detail = 'x' WHERE uai = %s AND sequence = 3", [HERE])
    superuser.execute("ALTER TABLE journal_entry ENABLE TRIGGER ALL")
    with time_machine.travel(timezone.now() + YEAR_AND_A_DAY, tick=False), pytest.raises(CommandError, match="1 chain"):
        call_command("purge_journal")
    assert (len(numbers()), len(numbers(ELSEWHERE))) == (6, 1)


def test_a_forged_checkpoint_is_found(superuser: psycopg.Connection) -> None:
    """Whoever deletes the beginning cannot pass it off as purged."""
    superuser.execute("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
    superuser.execute(
        "INSERT INTO journal_checkpoint (uai, sequence, hash, made_at, seal)"
        " SELECT uai, sequence, hash, now(), decode(repeat('01', 33), 'hex') FROM journal_entry"
        " WHERE uai = %s AND sequence = 3",
        [HERE],
    )
    superuser.execute("DELETE FROM journal_entry WHERE uai = %s AND sequence <= 3", [HERE])
    superuser.execute("ALTER TABLE journal_entry ENABLE TRIGGER ALL")
    assert "checkpoint at entry 3 is not sealed" in first_fault(HERE)


def test_the_purge_leaves_the_journal_as_closed_as_before(superuser: psycopg.Connection) -> None:
    with time_machine.travel(timezone.now() + YEAR_AND_A_DAY, tick=False):
        call_command("purge_journal")
    asked = "SELECT has_table_privilege('console_journal', 'journal_entry', 'DELETE'), tgenabled FROM pg_trigger"
    assert superuser.execute(f"{asked} WHERE tgname = 'append_only'").fetchall() == [(False, "O")]
    with school_transaction(HERE), pytest.raises(DatabaseError), transaction.atomic():
        JournalEntry.objects.all()._raw_delete("default")
    with school_transaction(HERE), pytest.raises(DatabaseError), transaction.atomic():
        JournalCheckpoint.objects.create(uai=HERE, sequence=9, hash=b"", made_at=timezone.now(), seal=b"")


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        ("2027-11-25", "2026-12-01"),
        ("2027-12-01", "2026-12-01"),
        ("2027-12-02", "2027-01-01"),
        ("2028-02-29", "2027-03-01"),
        ("2028-03-01", "2027-03-01"),
        ("2027-01-31", "2026-02-01"),
    ],
)
def test_months_go_whole_as_soon_as_their_first_day_is_a_year_old(now: str, kept: str) -> None:
    moment = timezone.make_aware(datetime.fromisoformat(f"{now}T12:00"))
    assert f"{oldest_kept(moment):%Y-%m-%d %H:%M}" == f"{kept} 00:00"
