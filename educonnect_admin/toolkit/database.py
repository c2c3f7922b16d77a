"""Which role of the database does what, and which servers hold what the walls count on."""

from typing import Any

CORRECTED = {15: 14, 16: 10, 17: 6}
"""Major version -> the first minor one in which row-level security has its corrections up to CVE-2025-8713."""


def faults_of_server(version: tuple[int, ...]) -> str:
    """Why this server (17, 6) must not hold the console's base; empty where nothing is known."""
    major, minor = version[:2]
    if major < min(CORRECTED):
        return f"PostgreSQL {major}.{minor} is too old: {min(CORRECTED)} or later"
    if minor < CORRECTED.get(major, 0):
        return (
            f"PostgreSQL {major}.{minor} lacks corrections of row-level security: {major}.{CORRECTED[major]} or later"
            " (CVE-2023-2455, CVE-2024-10976, CVE-2025-8713)"
        )
    return ""


class MigrationsByOwner:
    """Migrations run on the `owner` connection only: the application's role owns nothing."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
