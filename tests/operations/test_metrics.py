"""The figures of several web processes and a worker: summed, at a port of their own, about nobody."""

import http.client
import os
import re
import urllib.request
from collections.abc import Iterator

import pytest

from tests.databases import in_database
from tests.running import Console, free_port, running_console, wait_until

pytestmark = [pytest.mark.enable_socket, pytest.mark.proof]
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? ([\d.e+-]+)$")
LABELS = {"route", "method", "status", "le", "event", "task", "state", "kind", "document"}


def read(port: int, path: str = "/metrics") -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:  # loopback
        return str(answer.read().decode())


def figures(port: int) -> dict[str, float]:
    """Every sample by its name and labels, as they are written."""
    lines = [SAMPLE.match(line) for line in read(port).splitlines() if not line.startswith("#")]
    return {f"{name}{{{labels}}}" if labels else name: float(value) for name, labels, value in map(_parts, lines)}


def _parts(found: "re.Match[str] | None") -> tuple[str, str, str]:
    assert found, "a line that is no sample"
    return found.group(1), found.group(2) or "", found.group(3)


def status(port: int, path: str, **headers: str) -> int:
    """Of one GET, without following what it leads to."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Console, int, int]]:
    """A demo with two web processes and a worker that both tell their figures; the two ports."""
    data = tmp_path_factory.mktemp("metrics")
    ports = free_port(), free_port()
    with running_console(data) as running:
        for name in ("web", "worker"):
            running.stop(name)
        for name, port in zip(("web", "worker"), ports, strict=True):
            (data / f"{name}-figures").mkdir()
            told = {"METRICS_LISTEN": f"127.0.0.1:{port}", "PROMETHEUS_MULTIPROC_DIR": str(data / f"{name}-figures")}
            with pytest.MonkeyPatch.context() as patch:
                for variable, value in told.items():
                    patch.setitem(os.environ, variable, value)
                if name == "worker":
                    running.start_worker()
                else:
                    binds = [part for at in (running.port, port) for part in ("-b", f"127.0.0.1:{at}")]
                    several = ("--workers", "2", "--threads", "2", "--no-control-socket")
                    running.start(name, "gunicorn", "educonnect_admin.wsgi:application", *binds, *several)
                    wait_until("the web server answers", running.answers)
        yield running, *ports


def test_requests_are_summed_over_the_processes(console: tuple[Console, int, int]) -> None:
    running, web, _ = console
    name = 'console_requests_total{method="GET",route="help",status="200"}'
    before = figures(web).get(name, 0)
    for _ in range(30):
        read(running.port, "/aide/")
    told = figures(web)
    assert told[name] == before + 30
    assert told['console_request_seconds_count{route="help"}'] == before + 30
    assert len({path.stem.rpartition("_")[2] for path in (running.data / "web-figures").glob("counter_*")}) > 1


def test_the_base_tells_what_waits(console: tuple[Console, int, int]) -> None:
    running, web, worker = console
    assert "console_beat_age_seconds" not in figures(web)
    running.start("beat", "celery", "-A", "educonnect_admin", "beat", "-s", str(running.data / "beat"))
    wait_until("beat is heard", lambda: figures(web).get("console_beat_age_seconds", 99) < 20)
    told = figures(web)
    kinds = {"runs_pending", "runs_running", "feeds_waiting", "feeds_applying", "mails", "payloads_overdue"}
    assert {kind: told[f'console_waiting{{kind="{kind}"}}'] for kind in kinds} == dict.fromkeys(kinds, 0)
    assert told["console_base_up"] == 1
    waiting = "INSERT INTO mail VALUES (gen_random_uuid(), 'x', '{}', now() - interval '1 hour', 'infinity', 0)"
    in_database(running.database, waiting)
    told = figures(web)
    assert told['console_waiting{kind="mails"}'] == 1
    assert 3600 <= told['console_waiting_oldest_seconds{kind="mails"}'] < 3700
    assert figures(worker)['console_tasks_total{state="SUCCESS",task="accounts.tasks.note_beat"}'] >= 1


def test_labels_are_words_of_the_code(console: tuple[Console, int, int]) -> None:
    running, web, worker = console
    for path in ("/etablissements/0510001Z/eleves/", "/Vesle-Aube/"):
        status(running.port, path)
    text = read(web) + read(worker)
    assert not re.search(r"0510001Z|Vesle", text)
    assert set(re.findall(r"[{,](\w+)=", text)) <= LABELS


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Port", "X-Forwarded-Host"])
def test_no_other_port_tells_them(console: tuple[Console, int, int], header: str) -> None:
    """Not even to whoever says that it came in by the right one."""
    running, web, _ = console
    assert status(running.port, "/metrics", **{header: f"127.0.0.1:{web}"}) == 404
