"""The watched folder: applied once a delivery lies still, whole, and put away beside its report."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.actions.feeds.folder import DONE, REFUSED, look_into
from accounts.models import Feed, School, Schooling
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import COLLEGE, sample

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 11, 17, 8, tzinfo=UTC)
QUIET = timedelta(seconds=120)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(sample("aaf-complet"), tmp_path / "livraison")
    yield tmp_path


def look(folder: Path, after: int = 0, day: datetime = DAY) -> int:
    return look_into(folder, day + timedelta(seconds=after), QUIET)


def report(folder: Path, where: str) -> dict[str, Any]:
    (file,) = (folder / where).glob("*/report.json")
    told: dict[str, Any] = json.loads(file.read_text())
    return told


def test_it_waits_until_nothing_grows_any_more(folder: Path) -> None:
    assert look(folder) == look(folder, 60) == 0
    more = folder / "livraison/plus.xml"
    more.write_text("")
    assert look(folder, 130) == 0
    more.unlink()
    assert look(folder, 140) == look(folder, 200) == 0
    assert look(folder, 270) == 1
    assert report(folder, DONE)["students"]["created"] == 150
    assert not (folder / "livraison").exists()
    assert look(folder, 600) == 0


def test_what_cannot_be_trusted_is_put_aside_and_changes_nothing(folder: Path) -> None:
    pupils = next((folder / "livraison").glob("*Eleve_0001.xml"))
    pupils.chmod(0o644)
    pupils.write_bytes(pupils.read_bytes()[:-40])
    look(folder)
    assert look(folder, 130) == 1
    assert pupils.name in report(folder, REFUSED)["refused"][0]["file"]
    assert not School.objects.exists()


def test_an_old_delivery_waits_for_a_person(folder: Path) -> None:
    late = DAY + timedelta(days=10)
    look(folder, day=late)
    assert look(folder, 130, day=late) == 1
    assert "more than 7 days" in report(folder, REFUSED)["refused"][0]["reason"]


def test_the_guard_stops_here_too(folder: Path) -> None:
    look(folder)
    look(folder, 130)
    shutil.copytree(sample("aaf-complet-suivant"), folder / "suite")
    for file in (folder / "suite").glob("*Eleve_000?.xml"):
        file.chmod(0o644)
        head, *entries = file.read_bytes().split(b"<addRequest>")
        file.write_bytes(head + b"".join(b"<addRequest>" + entry for entry in entries[-10:]))
    later = DAY + timedelta(days=7)
    look(folder, day=later)
    assert look(folder, 130, day=later) == 1
    assert "guard" in report(folder, REFUSED)["refused"][0]["reason"]
    with scope(COLLEGE):
        assert Schooling.objects.filter(left_on=None).count() == 90
        assert Feed.objects.count() == 1


def test_deliveries_go_in_by_their_days(folder: Path) -> None:
    shutil.copytree(sample("aaf-delta/jour-1"), folder / "a-delta")
    look(folder)
    assert look(folder, 130) == 2
    assert len(list((folder / DONE).glob("*/report.json"))) == 2
