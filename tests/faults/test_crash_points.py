"""Notify, reset, freeze and import die at each statement, commit and file call.

The work is done or untouched, a chunk of a run likewise, and resumed it ends as if it had not died.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction

from accounts.actions.credentials import give_provisionals
from accounts.actions.verification import first_fault
from accounts.enums import AccountState, Role
from accounts.models import Schooling, Student
from educonnect_admin.toolkit.scope import school_transaction, scope
from notifications.actions import work
from notifications.actions.freeze import freeze
from notifications.actions.runs import launch, reset_one
from notifications.enums import RunState
from notifications.models import Run
from tests.accounts.test_feeds_killed import state
from tests.actions.scene import Person, draft, finished, someone
from tests.conftest import template_name
from tests.databases import drop, recreate
from tests.factories import SchoolFactory, SchoolingFactory
from tests.faults import looking
from tests.faults.points import in_a_child

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
UAI, KEY = "0510001Z", UUID("0d2f7c53-31a3-4f52-8c8b-3a5c2c1f6a10")
PUPILS, CHUNK = 5, 2
EACH = [pytest.param(9, marks=pytest.mark.proof), pytest.param(1, marks=pytest.mark.slow)]
"""Every ninth point, or every one."""


def begin_anew(base: str) -> None:
    connections.close_all()
    recreate(base, template=template_name())


@pytest.fixture
def head(committed: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """Of a school in chunks of two, one of whose pupils was notified."""
    monkeypatch.setattr(work, "CHUNK", CHUNK)
    begin_anew(committed)
    with transaction.atomic():
        school = SchoolFactory(uai=UAI)
        person = someone(Role.HEAD, school)
        with scope(UAI):
            places = [SchoolingFactory(school=school) for _ in range(PUPILS)]
            finished(person, [places[0].student_id])
    return person


def pupils() -> list[UUID]:
    return list(Schooling.objects.filter(school=UAI).order_by("pk").values_list("student_id", flat=True))


def notify(head: Person) -> None:
    """What request and worker do; begun again, it goes on with the same run."""
    with school_transaction(UAI):
        run = launch(actor=head.actor, run=draft(head, pupils(), key=KEY), include_activated=False)
    while work.process_chunk(run_id=run.pk, uai=UAI):
        pass


def reset(head: Person) -> None:
    with school_transaction(UAI):
        reset_one(actor=head.actor, mandate=head.mandate, student=pupils()[0], label="essai", key=KEY)


def frozen(head: Person) -> None:
    with school_transaction(UAI):
        freeze(actor=head.actor, uai=UAI)


def faults() -> list[looking.Finding]:
    with school_transaction(UAI):
        asked = Run.objects.exclude(state=RunState.DRAFT).count()
        found = [*looking.secrets(UAI), *looking.runs(UAI, asked), *looking.entries(UAI)]
    return found + [(looking.LOST, fault) for fault in [first_fault(UAI)] if fault]


def done() -> tuple[int, int, int]:
    """Runs that have ended, accounts that have a password, how often one was changed."""
    with school_transaction(UAI):
        versions = list(Student.objects.values_list("state", "version"))
        ended = Run.objects.filter(state=RunState.DONE).count()
    return ended, sum(s == AccountState.NOTIFIED for s, _ in versions), sum(version for _, version in versions)


def is_quiet(base: str) -> bool:
    """Whether the server has noticed that the dead process is gone."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = 'console_app'"
    connections.close_all()
    with psycopg.connect(settings.SUPERUSER_DATABASE_URL, autocommit=True) as connection:
        for _ in range(100):
            if connection.execute(asked, [base]).fetchone() == (0,):
                return True
            time.sleep(0.05)
    return False


def died_everywhere(base: str, act: Callable[[], None], step: int) -> Iterator[int]:
    """The number of each point, the base as it is once the work died there; put back before the next."""
    first = f"{base}_first"
    assert is_quiet(base)
    recreate(first, template=base)
    points = in_a_child(act)
    assert points > 5
    for number in range(1, points + 1, step):
        assert is_quiet(base)
        recreate(base, template=first)
        assert in_a_child(act, dies_at=number) == 0
        assert is_quiet(base)
        yield number
    drop(first)


@pytest.mark.parametrize("step", EACH)
@pytest.mark.parametrize("act", [notify, reset, frozen])
def test_it_is_done_or_untouched_and_done_when_resumed(
    committed: str, head: Person, act: Callable[[Person], None], step: int
) -> None:
    once = partial(act, head)
    ends = []
    for number in died_everywhere(committed, once, step):
        assert (number, faults()) == (number, [])
        in_a_child(once)
        assert (number, faults()) == (number, [])
        ends.append(done())
    assert len(set(ends)) == 1, ends


@pytest.mark.proof
def test_a_commit_between_hash_and_payload_would_be_seen(
    committed: str, head: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def given_and_committed(**asked: Any) -> list[str]:
        secrets = give_provisionals(**asked)
        connection.connection.commit()
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('console.uai', %s, true)", [UAI])
        return secrets

    monkeypatch.setattr(work, "give_provisionals", given_and_committed)
    found = [faults() for _ in died_everywhere(committed, partial(notify, head), 4)]
    assert any("nobody can print" in what for faults_there in found for _, what in faults_there)


@pytest.mark.parametrize("step", EACH)
def test_an_import_is_all_or_nothing_at_each_point(committed: str, tmp_path: Path, step: int) -> None:
    whole, changes = tmp_path / "whole", tmp_path / "changes"
    call_command("make_feed", whole, schools=1, pupils=30, day=date(2026, 11, 16), stdout=StringIO())
    call_command("make_feed", changes, delta_of=whole, day=date(2026, 11, 17), share=0.2, stdout=StringIO())
    apply = partial(call_command, "import_feed", as_of=date(2026, 11, 17), confirm=True, stdout=StringIO())
    begin_anew(committed)
    apply(whole)
    before, kept, once = state(committed), f"{committed}_kept", partial(apply, changes)
    assert is_quiet(committed)
    recreate(kept, template=committed)
    in_a_child(once)
    after = state(committed)
    assert is_quiet(committed)
    recreate(committed, template=kept)
    seen = {state(committed) for _ in died_everywhere(committed, once, step)}
    drop(kept)
    assert seen <= {before, after}
