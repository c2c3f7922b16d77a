"""What the console says of itself while broker, base and schema are really away, and once they are back."""

import http.client
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from script.local.valkey import Valkey
from tests.databases import in_database
from tests.running import Console, running_console

pytestmark = [pytest.mark.enable_socket, pytest.mark.proof]
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"


@pytest.fixture(scope="module")
def stoppable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Console, Valkey]]:
    """A console with a broker of its own, and that broker."""
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        broker = Valkey(Path(home), Path(home) / "valkey.log")
        broker.start()
        broker.wait()
        patch.setitem(os.environ, "BROKER_URL", broker.url)
        try:
            with running_console(tmp_path_factory.mktemp("stops")) as running:
                yield running, broker
        finally:
            broker.stop()


def ask(console: Console, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", console.port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    return answer.status, said


def ready(console: Console) -> tuple[int, dict[str, str]]:
    status, said = ask(console, "/sante/pret/")
    return status, json.loads(said) if said.startswith("{") else {}


def test_without_its_base_it_lives_and_is_not_ready(stoppable: tuple[Console, Valkey]) -> None:
    console, _ = stoppable
    assert ready(console)[0] == 200
    in_database("postgres", f'ALTER DATABASE "{console.database}" ALLOW_CONNECTIONS false')
    in_database("postgres", CUT.format(console.database))
    assert [ask(console, f"/sante/{page}")[0] for page in ("vie/", "", "pret/")] == [200, 503, 503]
    in_database("postgres", f'ALTER DATABASE "{console.database}" ALLOW_CONNECTIONS true')
    assert [ask(console, f"/sante/{page}")[0] for page in ("vie/", "", "pret/")] == [200, 200, 200]


def test_without_its_schema_it_is_not_ready(stoppable: tuple[Console, Valkey]) -> None:
    console, _ = stoppable
    last = "app = 'accounts' AND name = (SELECT max(name) FROM django_migrations WHERE app = 'accounts')"
    in_database(console.database, f"UPDATE django_migrations SET app = 'held' WHERE {last}")  # noqa: S608  # ours
    assert ready(console) == (503, {"base": "ok", "schema": "behind", "broker": "ok"})
    in_database(console.database, "UPDATE django_migrations SET app = 'accounts' WHERE app = 'held'")
    assert ready(console)[0] == 200


def test_without_its_broker_it_says_so_and_serves(stoppable: tuple[Console, Valkey]) -> None:
    """A bell that is silent takes no web server out: pages serve, runs wait for the sweep."""
    console, broker = stoppable
    broker.process.stop()
    broker.path.unlink(missing_ok=True)
    said, page = ready(console), ask(console, "/connexion/")[0]
    broker.start()
    broker.wait()
    assert said == (200, {"base": "ok", "schema": "ok", "broker": "silent"})
    assert page == 200
    assert ready(console)[1]["broker"] == "ok"
