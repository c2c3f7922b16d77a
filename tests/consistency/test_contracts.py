"""Floors, rooms and purity: the contracts of pyproject.toml, and what they cannot express."""

from pathlib import Path

import pytest
from importlinter import api  # makes import-linter's settings as it is imported
from importlinter.application.use_cases import lint_imports

from tests.consistency.sources import APPS, ROOT, imported, python_files

PURE = ("permissions.py", "lifecycle.py", "enums.py", "provisional.py", "chain.py")

# Files under each of these may not import what begins so.
REFUSED = {
    "accounts/models": ("django.http", "django.shortcuts", "django.urls", "django.forms"),
    "accounts/actions": ("django.http", "django.shortcuts", "django.urls", "django.forms"),
    "accounts/forms": ("django.db", "django.shortcuts", "django.urls"),
    "notifications/models": ("django.http", "django.shortcuts", "django.urls", "django.forms"),
    "notifications/actions": ("django.http", "django.shortcuts", "django.urls", "django.forms"),
}


def test_contracts_hold(capsys: pytest.CaptureFixture[str]) -> None:
    configuration = ROOT / "pyproject.toml"
    assert api.read_configuration(str(configuration))["contracts_options"]
    assert lint_imports(config_filename=str(configuration), cache_dir=None, no_logo=True), capsys.readouterr().out


@pytest.mark.parametrize("name", PURE)
def test_pure_files_take_nothing_but_choices_from_django(name: str) -> None:
    taken = {module for module in imported(Path("accounts", name)) if module.startswith("django")}
    assert taken <= {"django.db.models.TextChoices"}


def test_documents_take_nothing_but_templates_from_django() -> None:
    rendering = [path for path in python_files("notifications") if path.parts[1] == "rendering"]
    taken = {module for path in rendering for module in imported(path) if module.startswith("django")}
    assert taken == {"django.template.loader.render_to_string"}


@pytest.mark.parametrize("room", REFUSED)
def test_rooms_do_without(room: str) -> None:
    inside = [path for path in python_files() if str(path).startswith(room)]
    refused = REFUSED[room]
    assert inside
    assert not {f"{path}: {name}" for path in inside for name in imported(path) if name.startswith(refused)}


def test_the_environment_is_read_in_one_file() -> None:
    readers = {str(path) for path in python_files(*APPS) if "os.environ" in (ROOT / path).read_text()}
    assert readers <= {"educonnect_admin/env.py"}
