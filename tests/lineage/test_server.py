"""A PostgreSQL server whose row-level security has published holes."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from educonnect_admin.toolkit.database import faults_of_server


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ((14, 23), "PostgreSQL 14.23 is too old"),
        ((15, 13), "PostgreSQL 15.13 lacks corrections of row-level security: 15.14 or later"),
        ((15, 14), ""),
        ((16, 9), "PostgreSQL 16.9 lacks corrections of row-level security: 16.10 or later"),
        ((17, 6), ""),
        ((18, 0), ""),
    ],
)
def test_postgresql_cve_2025_8713_a_server_without_the_corrections_is_told(
    version: tuple[int, int], wanted: str
) -> None:
    """CVE-2023-2455, CVE-2024-10976 and CVE-2025-8713: policies skipped in some plans, rows told by statistics."""
    told = faults_of_server(version)
    assert told.startswith(wanted) if wanted else not told


@pytest.mark.django_db
def test_this_server_has_them_and_an_old_one_is_not_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults_of_server(connection.get_database_version()) == ""
    monkeypatch.setattr("accounts.management.commands.prepare.faults_of_server", lambda _: "PostgreSQL 9 is too old")
    with pytest.raises(CommandError, match="too old"):
        call_command("prepare")
