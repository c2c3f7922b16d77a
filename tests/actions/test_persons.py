"""The rights of a person: everything held is told, without secrets; what names the person is taken out, for good."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actions.credentials import find_account
from accounts.actions.feeds.naming import reserve_usernames
from accounts.enums import AccountState
from accounts.models import Guardian, JournalEntry, Schooling, Source, Student
from educonnect_admin.toolkit.scope import scope
from tests.actions.scene import Person, finished, ids, told
from tests.visitors import HERE, World


@pytest.fixture
def pupil(world: World) -> Student:
    """With an INE, a mail, a source and a provisional password."""
    student = world.pupils[1].student
    student.ine, student.email, student.username = "0123456789A", "zoe@example.org", "z.marque"
    student.first_name, student.last_name = "Zoémarque", "MARQUE"
    student.save()
    Schooling.objects.filter(student=student).update(search_key="marque zoemarque z.marque", sort_key="marque")
    known = {"academy_code": 19, "aaf_id": "4242marque", "read_on": timezone.localdate(), "system": "AAF"}
    Source.objects.create(school=world.here, student=student, **known)
    return student


def everything() -> str:
    """All rows of the school about people, as text."""
    rows: list[Any] = []
    for model in (Student, Guardian, Schooling, Source, JournalEntry):
        rows += model._default_manager.values_list()
    return str(rows).lower()


def exported(tmp_path: Path, *asked: str) -> tuple[dict[str, Any], str]:
    path = tmp_path / "person.json"
    call_command("export_person", *asked, "--to", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    return json.loads(path.read_text()), path.read_text()


def test_all_that_is_held_is_told_without_secrets(pupil: Student, head: Person, tmp_path: Path) -> None:
    finished(head, [pupil.pk])
    pupil.refresh_from_db()
    document, text = exported(tmp_path, "Z.Marque")
    here = document["schools"][HERE]
    assert document["account"]["ine"] == "0123456789A"
    assert here["sources"][0]["aaf_id"] == "4242marque"
    assert [entry["what"] for entry in here["journal"]][-1] == "Données d’une personne remises (droit d’accès)"
    assert "Compte notifié" in [entry["what"] for entry in here["journal"]]
    assert not {"password", "provisional_hash", "search_key"} & set(document["account"])
    assert bytes(pupil.provisional_hash).hex() not in text
    assert told(pupil.pk)[-1] == ("person_exported", None)


def test_a_pupil_is_found_by_ine_and_school_and_a_guardian_by_identifiant(
    pupil: Student, world: World, tmp_path: Path
) -> None:
    assert exported(tmp_path, "--ine", "0123456789a", "--uai", HERE)[0]["account"]["id"] == str(pupil.pk)
    (tmp_path / "person.json").unlink()
    guardian = Guardian.objects.get()
    document, _ = exported(tmp_path, guardian.username)
    assert (document["kind"], document["account"]["mobile"]) == ("guardian", guardian.mobile)


@pytest.mark.parametrize("asked", [[], ["personne"], ["z.marque", "--ine", "0123456789A", "--uai", HERE]])
def test_who_is_not_named_rightly_is_nobody(pupil: Student, tmp_path: Path, asked: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("export_person", *asked, "--to", str(tmp_path / "x"))
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_not_written_over(pupil: Student, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("kept")
    with pytest.raises(CommandError, match="cannot be made"):
        call_command("export_person", "z.marque", "--to", str(tmp_path / "there"))
    assert (tmp_path / "there").read_text() == "kept"


def test_nothing_that_names_the_person_stays(pupil: Student, world: World) -> None:
    reserve_usernames(["z.marque"])
    call_command("erase", "z.marque", "--yes", "--force", "alimentation fautive")
    assert "marque" not in everything()
    assert "0123456789a" not in everything()
    pupil.refresh_from_db()
    assert (pupil.state, pupil.provisional_hash, pupil.password) == (AccountState.CLOSED, None, "")
    assert find_account("z.marque") is None
    assert reserve_usernames(["z.marque"]) == ["z.marque2"]
    assert told(pupil.pk)[-1] == ("account_erased", None)


def test_whom_a_feed_still_names_stays_unless_there_is_a_reason(pupil: Student) -> None:
    with pytest.raises(CommandError, match="a feed still names"):
        call_command("erase", "z.marque", "--yes")
    assert "zoémarque" in everything()
    pupil.state, pupil.provisional_hash, pupil.closing_on = AccountState.CLOSED, None, timezone.localdate()
    pupil.save()
    call_command("erase", "z.marque", "--yes")
    assert "zoémarque" not in everything()


def test_it_is_asked_before(pupil: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "oui")
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase", "z.marque", "--force", "essai")
    assert "zoémarque" in everything()
    monkeypatch.setattr("builtins.input", lambda _: "ERASE")
    call_command("erase", "z.marque", "--force", "essai")
    assert "zoémarque" not in everything()


def test_a_guardian_is_erased_alike(world: World) -> None:
    guardian = Guardian.objects.get()
    call_command("erase", guardian.username, "--yes")
    guardian.refresh_from_db()
    assert (guardian.mobile, guardian.address, guardian.email, guardian.state) == ("", "", "", AccountState.CLOSED)
    assert "ondine" not in everything()
    with scope(HERE):
        assert guardian.guardianships.count() == 1
    assert len(ids(world.pupils)) == 2
