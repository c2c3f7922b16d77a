"""manage.py notify_schools: a run a school, once a campaign; letters on disk only when asked for, for one reader."""

import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from accounts.enums import AccountState, Role
from accounts.models import Student
from educonnect_admin.toolkit.scope import scope
from notifications.models import Run
from tests.actions.scene import told
from tests.factories import MandateFactory
from tests.visitors import ELSEWHERE, HERE, World, make_world, mandated

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def campaign(*schools: str, who: str, name: str = "rentrée", **options: object) -> str:
    out, err = StringIO(), StringIO()
    call_command(
        "notify_schools", *schools, username=who, campaign=name, processes=1, stdout=out, stderr=err, **options
    )
    return out.getvalue() + err.getvalue()


def test_each_school_has_its_run_and_its_letters_once(world: World, tmp_path: Path) -> None:
    staff = mandated(Role.HEAD, world.here)
    with scope(ELSEWHERE):
        MandateFactory(role=Role.FULL, school=world.elsewhere, staff=staff)
    file = tmp_path / "schools"
    file.write_text(f"{ELSEWHERE.lower()}\n\n")
    folder = tmp_path / "letters"
    said = campaign(HERE, who=staff.username, all_of_file=str(file), output=str(folder))
    assert f"{HERE}  1 accounts, 0 refused, 1 letters written" in said
    assert f"{ELSEWHERE}  1 accounts, 0 refused, 1 letters written" in said
    assert "WARNING: letters hold passwords" in said
    (letter,) = folder.glob(f"*{HERE}.pdf")
    assert stat.S_IMODE(letter.stat().st_mode) == 0o600
    assert world.pupils[0].student.username in PdfReader(letter).pages[0].extract_text()
    assert "letters were there" in campaign(HERE, who=staff.username, output=str(folder))
    with scope(HERE):
        run = Run.objects.get()
        assert [event for event, _ in told(run.pk)] == ["run_requested", "run_finished", "document_opened"]
        assert Student.objects.get(pk=world.pupils[0].student_id).state == AccountState.NOTIFIED


def test_without_a_folder_nothing_is_written(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    staff = mandated(Role.HEAD, world.here)
    assert "No letter is written" in campaign(HERE, who=staff.username)
    assert not list(tmp_path.iterdir())
    assert "2 accounts" in campaign(HERE, who=staff.username, name="relance", again=True)
    assert "nobody to notify" in campaign(HERE, who=staff.username, name="encore")


def test_what_cannot_be_is_told_and_the_others_go_on(world: World) -> None:
    staff = mandated(Role.HEAD, world.here)
    with pytest.raises(CommandError, match="No such school: 0000000A"):
        campaign(HERE, "0000000A", who=staff.username)
    with scope(HERE):
        assert not Run.objects.exists()
    with pytest.raises(CommandError, match="Nobody at work"):
        campaign(HERE, who="nobody")
    with pytest.raises(CommandError, match="1 of 2 schools"):
        campaign(ELSEWHERE, HERE, who=staff.username)
    with scope(HERE):
        assert Run.objects.count() == 1
