"""Judges of pages: each page and state that tests/e2e/test_pages.py visits is kept, then looked at by four engines."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from django.conf import settings

from tests.judges.fetching import HOME, node_scripts, run
from tests.judges.findings import Finding

KEPT = HOME / "pages"
VISIT = ("-m", "pytest", "-q", "-n", "0", "-m", "proof", "tests/e2e/test_pages.py")


def findings(uses_kept: bool) -> Iterator[Finding]:
    if not uses_kept:
        shutil.rmtree(KEPT, ignore_errors=True)
        KEPT.mkdir(parents=True)
        env = os.environ | {"PAGES_KEPT": str(KEPT)}
        subprocess.run([sys.executable, *VISIT], cwd=settings.ROOT, env=env, check=True)
    place = node_scripts()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    told = run(["node", "pages.mjs", str(KEPT), str(settings.ROOT / "static"), chromium], cwd=place)
    for line in told.splitlines():
        if line.startswith("{"):
            found = json.loads(line)
            where = f"{found['page']} at {found['width']} px" if found["width"] else found["page"]
            yield Finding(found["judge"], found["rule"], where, found["told"])
