"""Which role of the database does what."""

from typing import Any


class MigrationsByOwner:
    """Migrations run on the `owner` connection only: the application's role owns nothing."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
