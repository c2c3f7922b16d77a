"""The release before this one still works on this one's schema: web and worker are replaced while they serve."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from django.conf import settings

from tests.conftest import template_name

pytestmark = [pytest.mark.proof, pytest.mark.enable_socket]
COMMITS_BACK = 30
"""What stands for the release before, as long as there is no tag."""
CHUNK_OF_WORK = ("tests/actions/test_runs.py", "tests/actions/test_outbox.py", "tests/pages/test_rescue.py")


def git(*arguments: str) -> str:
    command = [shutil.which("git") or "git", "-C", str(settings.ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    return done.stdout.strip() if done.returncode == 0 else ""


def previous() -> str:
    """The last tag that is not this commit's, else so many commits back; skips where no history is at hand."""
    found = git("describe", "--tags", "--abbrev=0", "HEAD~1") or git("rev-parse", "--verify", f"HEAD~{COMMITS_BACK}")
    if not found:
        pytest.skip(f"no tag and fewer than {COMMITS_BACK} commits of history: a shallow clone or an archive")
    return found


def test_its_code_does_its_work_on_the_next_schema(django_db_setup: None, tmp_path: Path) -> None:
    """Its own tests of runs, mails and the simplified module, by its own code, on a copy of the base as it is now."""
    old = tmp_path / "previous"
    archive = tmp_path / "previous.tar"
    assert not git("archive", "--output", str(archive), previous()) and archive.exists()
    with tarfile.open(archive) as files:
        files.extractall(old, filter="data")
    told = {**os.environ, "WARM_TEMPLATE": template_name(), "PYTEST_XDIST_WORKER": "gw8"}
    told = {name: value for name, value in told.items() if name not in ("PYTEST_CURRENT_TEST", "PYTHONPATH")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *CHUNK_OF_WORK]
    done = subprocess.run(command, cwd=old, env=told, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
