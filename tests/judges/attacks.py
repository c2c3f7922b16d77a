"""Judges that attack the demonstration on the loopback, signed in as a head of school."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from playwright.sync_api import sync_playwright

from tests.e2e.conftest import CHROMIUM, sign_in
from tests.judges.fetching import node_scripts, programs, run
from tests.judges.findings import Finding
from tests.running import Console, running_console

PACKAGES = ("wapiti3==3.2.3", "sqlmap==1.10.10")
HERE = "/etablissements/0510001Z/"
PARAMETERS = (
    "eleves/?etat=notified&classe=x&tri=nom&page=1&q=x",
    "responsables/?etat=notified&origine=aten&mobile=sans&page=1&q=x",
    "statistiques/evolution/?du=2026-09-01&au=2026-11-01&classe=x&comptes=eleves",
    "journal/?du=2026-09-01&au=2026-11-01&page=1",
    "operations/?page=1",
)
"""Every parameter that an address of a head's pages takes."""

WAPITI_SECONDS, SQLMAP_SECONDS = 300, 240
SQLMAP = ("--batch", "--level", "2", "--risk", "1", "--flush-session", "--disable-coloring", "--timeout", "5")


def findings(_: bool) -> Iterator[Finding]:
    bins = programs("attacks", *PACKAGES)
    with tempfile.TemporaryDirectory(prefix="judges-") as folder, running_console(Path(folder)) as console:
        cookies, policy = _signed_in(console)
        yield from _rated(policy)
        yield from _by_wapiti(bins, console, cookies, Path(folder))
        for address in PARAMETERS:
            yield from _by_sqlmap(bins, console, cookies, address)


def _signed_in(console: Console) -> tuple[str, str]:
    """A head's cookies, and the policy on content of the page that follows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(base_url=console.base_url, locale="fr-FR")
        page = context.new_page()
        sign_in(page, console.people()["head_of_two_schools"])
        answer = page.goto(HERE)
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in context.cookies())
        browser.close()
    return cookies, policy


def _rated(policy: str) -> Iterator[Finding]:
    for found in json.loads(run(["node", "policy.mjs", policy], cwd=node_scripts())):
        yield Finding("csp_evaluator", f"severity {found['severity']}", found["directive"], found["description"])


def _by_wapiti(bins: Path, console: Console, cookies: str, folder: Path) -> Iterator[Finding]:
    report = folder / "wapiti.json"
    limits = ("--max-scan-time", str(WAPITI_SECONDS), "--max-attack-time", "30", "--depth", "3")
    limits += ("--max-links-per-page", "20", "--max-files-per-dir", "10")
    command = [str(bins / "wapiti"), "-u", console.base_url + HERE, "-H", f"Cookie: {cookies}", "--scope", "domain"]
    command += ["-m", "all", "-x", f"{console.base_url}/deconnexion/", *limits, "-f", "json", "-o", str(report)]
    _bounded([*command, "--no-bugreport", "--flush-session", "-v", "0"], 3 * WAPITI_SECONDS)
    if not report.exists():
        yield Finding("wapiti", "unfinished", HERE, f"no report within {3 * WAPITI_SECONDS} s")
        return
    told = json.loads(report.read_text())
    for kind in ("vulnerabilities", "anomalies"):
        for rule, found in told[kind].items():
            yield from (Finding("wapiti", rule, f"{one['method']} {one['path']}", one["info"]) for one in found)


def _by_sqlmap(bins: Path, console: Console, cookies: str, address: str) -> Iterator[Finding]:
    command = [str(bins / "sqlmap"), "-u", console.base_url + HERE + address, "--cookie", cookies, *SQLMAP]
    told = _bounded(command, SQLMAP_SECONDS)
    if "identified the following injection point" in told or "is vulnerable" in told:
        yield Finding("sqlmap", "injection", address, told[-300:])
    elif "do not appear to be injectable" not in told:
        yield Finding("sqlmap", "unfinished", address, f"stopped after {SQLMAP_SECONDS} s without a finding")


def _bounded(command: list[str], seconds: int) -> str:
    """What it prints within so many seconds; then it is stopped."""
    try:
        done = subprocess.run(command, cwd=settings.ROOT, capture_output=True, text=True, check=False, timeout=seconds)
        return done.stdout
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode()
