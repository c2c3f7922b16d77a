"""docker-compose.yml: what each service may do, whom it reaches, and where its secrets come from."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.consistency.sources import ROOT

TOLD: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = TOLD["services"]
OWN_USER = {"database", "broker"}
"""Their images would begin as root; the proxy's image and ours do not."""


def networks(service: str) -> set[str]:
    return set(SERVICES[service]["networks"])


def test_the_services_are_those_that_production_wants() -> None:
    assert set(SERVICES) == {"proxy", "web", "worker", "beat", "migrate", "database", "broker"}


@pytest.mark.parametrize("name", SERVICES)
def test_each_is_held_short(name: str) -> None:
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"] and service["tmpfs"]
    assert all(service[limit] for limit in ("mem_limit", "cpus", "pids_limit"))
    assert name not in OWN_USER or service["user"] != "root"
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(service)


@pytest.mark.parametrize("name", set(SERVICES) - {"migrate"})
def test_each_is_asked_how_it_is(name: str) -> None:
    """The web by its image's HEALTHCHECK; migrate ends."""
    assert "healthcheck" in SERVICES[name] or "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_only_the_web_stands_between_the_proxy_and_the_rest() -> None:
    assert {name for name in SERVICES if networks(name) & networks("proxy")} == {"proxy", "web"}
    assert networks("database") == networks("broker") == {"inside"} and TOLD["networks"]["inside"] == {"internal": True}


def test_nothing_but_the_proxy_is_published() -> None:
    assert {name for name in SERVICES if "ports" in SERVICES[name]} == {"proxy"}
    proxied = (ROOT / "script/container/nginx.conf").read_text()
    assert "9464" not in proxied and TOLD["networks"]["watch"] == {"internal": True}


def test_secrets_are_files_and_the_owners_password_is_where_it_serves() -> None:
    assert all(set(secret) == {"file"} for secret in TOLD["secrets"].values())
    for service in SERVICES.values():
        variables = service.get("environment", {})
        assert not {"SECRET_KEY", "CONSOLE_KEYS", "DATABASE_URL", "BROKER_URL", "POSTGRES_PASSWORD"} & set(variables)
    holders = {name for name, service in SERVICES.items() if "owner_database_url" in service.get("secrets", [])}
    assert holders == {"migrate", "database"}
