"""manage.py make_feed: what it writes can be applied, whole and then as changes."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def run(command: str, *arguments: object) -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    return out.getvalue()


def test_an_invented_delivery_and_its_changes_are_applied(tmp_path: Path) -> None:
    whole, changes = tmp_path / "whole", tmp_path / "changes"
    said = run("make_feed", whole, "--schools", 2, "--pupils", 60, "--day", "2026-11-16")
    assert ": 2 schools, 120 pupils, " in said
    run("make_feed", changes, "--delta-of", whole, "--day", "2026-11-17", "--share", "0.2")
    told = json.loads(run("import_feed", whole, "--json", "--as-of", "2026-11-16"))
    assert (told["schools"], told["students"]["created"], told["refused"]) == (2, 120, [])
    told = json.loads(run("import_feed", changes, "--json", "--as-of", "2026-11-17", "--confirm"))
    assert told["students"]["refused"] == told["students"]["created"] == 0
    assert told["students"]["updated"] + told["students"]["left"] > 5
    with pytest.raises(CommandError, match="not empty"):
        run("make_feed", whole)


@pytest.mark.parametrize(("form", "uai"), [("siecle", "0510001Z"), ("onde", "0080001H")])
def test_a_school_s_own_files_are_applied_and_change_nothing_twice(form: str, uai: str, tmp_path: Path) -> None:
    said = run("make_feed", tmp_path / "a", "--format", form, "--pupils", 80, "--day", "2026-11-16", "--seed", 3)
    assert said.endswith(f"of {uai}, 80 pupils.\n")
    run("make_feed", tmp_path / "b", "--format", form, "--pupils", 80, "--day", "2026-11-16", "--seed", 3)
    written = [[path.read_bytes() for path in sorted((tmp_path / name).iterdir())] for name in "ab"]
    assert written[0] == written[1]
    first, again = (
        json.loads(run("import_feed", tmp_path / "a", "--json", "--as-of", "2026-11-16", "--uai", uai)) for _ in "12"
    )
    left = sum(line["reason"] == "left the school" for line in first["doubtful"])
    assert first["students"]["created"] == 80 - left
    assert first["guardians"]["created"] > 80
    assert first["relations"]["dangling"] == 0
    assert first["refused"] == []
    assert again["students"]["unchanged"] == 80 - left
    assert again["guardians"]["unchanged"] == first["guardians"]["created"]
