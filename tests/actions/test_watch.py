"""The journal verified each night: a tampering is told to the operator and to the heads (CNIL 2021-122, J5)."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from accounts.actions.journal import SYSTEM, Event, record
from accounts.actions.seals import seal_heads
from accounts.actions.verification import watch_chain, watch_seals
from accounts.enums import Role
from accounts.models import Mail
from accounts.tasks import watch_journal
from educonnect_admin.toolkit.scope import school_transaction
from tests.factories import SchoolFactory
from tests.mails import posted
from tests.visitors import HERE, mandated

CUT = (
    "ALTER TABLE journal_entry DISABLE TRIGGER ALL; DELETE FROM journal_entry WHERE sequence = 3;"
    " UPDATE journal_head h SET sequence = 2, hash = (SELECT e.hash FROM journal_entry e WHERE e.uai = h.uai"
    " AND e.sequence = 2) WHERE uai = '0510001Z'"
)


@pytest.fixture(scope="module")
def head(committed: str) -> Iterator[str]:
    """The address of the one head of a school whose journal has three entries."""
    with school_transaction(HERE):
        staff = mandated(Role.HEAD, SchoolFactory(uai=HERE))
        for number in range(3):
            record(actor=SYSTEM, event=Event.STUDENT_VIEWED, uai=HERE, count=number)
    yield staff.email


def test_what_holds_is_told_to_nobody_and_a_tail_cut_with_its_head_to_the_heads(
    head: str, committed: str, tmp_path: Path
) -> None:
    seal_heads(folder=tmp_path)
    assert (watch_chain(uai=HERE), watch_seals(folder=tmp_path), Mail.objects.count()) == ("", [], 0)
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=committed, autocommit=True) as superuser:
        superuser.execute(CUT)
    assert watch_chain(uai=HERE) == ""
    assert "entry 3 is missing" in watch_seals(folder=tmp_path)[0]
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, dbname=committed, autocommit=True) as superuser:
        superuser.execute("UPDATE journal_entry SET count = 9 WHERE sequence = 2")
    assert "entry 2 (student_viewed) was changed" in watch_chain(uai=HERE)
    assert [(mail.to, "n’est plus tel qu’il a été écrit" in str(mail.body)) for mail in posted()] == [
        ([head], True)
    ] * 2


def test_a_line_that_is_no_seal_is_a_fault(head: str, tmp_path: Path) -> None:
    (tmp_path / "2026-11.jsonl").write_text("{}\n")
    assert "line 1" in watch_seals(folder=tmp_path)[0]


def test_every_chain_is_watched_each_night(head: str, monkeypatch: pytest.MonkeyPatch) -> None:
    watched: list[str] = []
    monkeypatch.setattr("accounts.tasks.watch_chain.delay", watched.append)
    watch_journal()
    assert watched == ["-", HERE]
    assert "watch-journal" in settings.CELERY_BEAT_SCHEDULE
