import base64
import subprocess
from pathlib import Path

import pytest

from script.local.environment import activated, demo_keys, write_for_shells


def test_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    keys = demo_keys(tmp_path)
    assert demo_keys(tmp_path) == keys
    assert (tmp_path / "keys.env").stat().st_mode & 0o777 == 0o600


def test_keys_show_that_they_are_a_demos(tmp_path: Path) -> None:
    keys = demo_keys(tmp_path)
    number, _, encoded = keys["CONSOLE_KEYS"].partition(":")
    sealing = base64.b64decode(encoded, validate=True)
    assert (number, len(sealing), sealing[:4]) == ("1", 32, b"demo")
    assert keys["SECRET_KEY"].startswith("demo-")
    assert len(keys["SECRET_KEY"]) >= 50


def test_the_venv_is_activated_and_our_import_path_is_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    env = activated("demo", tmp_path)
    assert env["PATH"].startswith(f"{env['VIRTUAL_ENV']}/bin:")
    assert env["DJANGO_SETTINGS_MODULE"] == "educonnect_admin.settings.demo"
    assert "PYTHONPATH" not in env


def test_another_terminal_reads_the_same_values(tmp_path: Path) -> None:
    path = write_for_shells(tmp_path, {"DATABASE_URL": "postgresql://a@/b?host=/d'été", "OTHER": "not ours"})
    script = f'. {path}; echo "$DATABASE_URL ${{OTHER-}}"'
    shown = subprocess.run(["sh", "-c", script], env={}, capture_output=True, text=True, check=True)
    assert shown.stdout == "postgresql://a@/b?host=/d'été \n"
    assert path.stat().st_mode & 0o777 == 0o600
