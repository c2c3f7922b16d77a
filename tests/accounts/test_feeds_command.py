"""manage.py import_feed: what it prints, how it ends, and what a refusal leaves behind."""

import json
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import School, Schooling
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import COLLEGE, LYCEE, sample

pytestmark = pytest.mark.django_db

KEYS = ["schools", "classes", "students", "guardians", "relations", "doubtful", "refused"]


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_feed", *map(str, arguments), stdout=out)
    return out.getvalue()


def refused(*arguments: object) -> dict[str, Any]:
    """The object printed by a command that ends with exit code 1."""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_feed", *map(str, arguments), "--json", stdout=out)
    assert ended.value.code == 1
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """The sample delivery with a wrong tag near the end of its last pupils' file."""
    folder = tmp_path / "delivery"
    shutil.copytree(sample("aaf-complet"), folder)
    for file in folder.iterdir():
        file.chmod(0o644)
    file = next(folder.glob("*Eleve_0001.xml"))
    head, tail = file.read_bytes().rsplit(b"</attributes>", 1)
    file.write_bytes(head + b"</attribut>" + tail)
    return folder


def pupils(uai: str = COLLEGE) -> int:
    with scope(uai):
        return Schooling.objects.filter(left_on=None).count()


def test_the_object_that_is_printed() -> None:
    told = json.loads(run(sample("aaf-complet"), "--as-of", "2026-11-16", "--json"))
    assert list(told) == KEYS
    assert (told["schools"], told["classes"], told["students"]["created"]) == (2, 7, 150)
    assert list(told["students"]) == ["seen", "created", "updated", "unchanged", "left", "returned", "refused"]
    assert list(told["guardians"]) == [*told["students"], "without_account"]
    assert list(told["relations"]) == ["legal", "in_charge", "contact", "self", "dangling"]
    assert (len(told["doubtful"]), told["refused"], pupils()) == (36, [], 90)


def test_a_summary_for_people() -> None:
    told = run(sample("aaf-complet"), "--as-of", "2026-11-16")
    assert told.startswith("Applied: 2 schools, 7 classes with pupils.\nStudents: 150 seen, 150 created,")
    assert "relation malformed: 5 fields instead of 6; value dropped." in told


def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    dry = run(sample("aaf-complet"), "--dry-run", "--json")
    assert not School.objects.exists()
    assert run(sample("aaf-complet"), "--json") == dry


def test_one_school_of_a_delivery() -> None:
    told = json.loads(run(sample("aaf-complet"), "--uai", LYCEE.lower(), "--json"))
    assert (told["schools"], told["students"]["created"], pupils(LYCEE)) == (1, 60, 60)
    assert told["guardians"]["created"] == 106
    assert not School.objects.filter(pk=COLLEGE).exists()


def test_a_damaged_delivery_changes_nothing(damaged: Path) -> None:
    told = refused(damaged)
    assert list(told) == KEYS
    assert told["students"]["seen"] == 0
    assert [(line["file"][-14:], line["where"][:5]) for line in told["refused"]] == [("Eleve_0001.xml", "line ")]
    assert "not well formed" in told["refused"][0]["reason"]
    assert not School.objects.exists()


def test_a_damaged_delivery_after_another_changes_nothing(damaged: Path) -> None:
    run(sample("aaf-complet"))
    refused(damaged)
    assert (pupils(), pupils(LYCEE)) == (90, 60)


@pytest.mark.parametrize("name", ["empty_Complet_20261124_Eleve_0000.xml", "bomb.zip", "path-traversal.zip"])
def test_hostile_files_change_nothing(name: str) -> None:
    run(sample("aaf-complet"))
    assert name in refused(sample("broken") / name)["refused"][0]["file"]
    assert (pupils(), pupils(LYCEE)) == (90, 60)


def test_a_part_of_a_complete_delivery_is_refused() -> None:
    run(sample("aaf-complet"))
    piece = next(sample("aaf-complet").glob("*Eleve_0000.xml"))
    assert "holds schools, pupils and guardians" in refused(piece)["refused"][0]["reason"]
    assert pupils() == 90


def test_the_refusal_for_people(damaged: Path) -> None:
    with pytest.raises(CommandError, match=r"Refused whole, nothing is changed: .*Eleve_0001\.xml, line") as told:
        run(damaged)
    assert told.value.returncode == 1


def test_a_path_that_is_not_there_is_a_wrong_command(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as told:
        run(tmp_path / "absent")
    assert told.value.returncode == 2


def test_a_wrong_date_is_a_wrong_command(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--as-of"):
        run(tmp_path, "--as-of", "demain")
