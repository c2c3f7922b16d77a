"""A migration of the next release leaves the release before at work, and makes nobody wait (CONTRIBUTING.md)."""

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

RELEASED: dict[str, str] = {}
"""App -> last migration of the release that is out; written anew at each release. None is out yet."""
CONTRACTS: dict[str, str] = {}
"""Migration -> why it may take away: the release that stopped using it."""
BIG = {"student", "guardian", "schooling", "guardianship", "source", "run_item", "journal_entry", "mailed_link"}
TAKES_AWAY = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


def faults(operation: Operation) -> list[str]:
    """What of it breaks the code that is out, or waits for a lock on a big table."""
    found = []
    if isinstance(operation, TAKES_AWAY):
        found.append("takes away what the release before still reads")
    if isinstance(operation, migrations.AddField):
        field = operation.field
        if not field.null and not field.has_db_default() and not field.many_to_many:
            found.append("a column that the release before does not fill: null, or db_default")
    if isinstance(operation, migrations.AlterField) and not operation.field.null:
        found.append("may set NOT NULL or a narrower type: expand first")
    is_big = getattr(operation, "model_name", "").replace("_", "") in {table.replace("_", "") for table in BIG}
    if is_big and isinstance(operation, migrations.AddIndex) and not isinstance(operation, AddIndexConcurrently):
        found.append("an index on a big table: AddIndexConcurrently")
    if is_big and isinstance(operation, migrations.RemoveIndex) and not isinstance(operation, RemoveIndexConcurrently):
        found.append("an index off a big table: RemoveIndexConcurrently")
    if is_big and isinstance(operation, migrations.AddConstraint):
        found.append("a constraint on a big table: AddConstraintNotValid, then ValidateConstraint")
    return found


def test_no_migration_since_the_release_breaks_it() -> None:
    found = []
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app in RELEASED and name > RELEASED[app] and f"{app}.{name}" not in CONTRACTS:
            found += [f"{app}.{name}: {fault}" for each in migration.operations for fault in faults(each)]
    assert found == []


INDEX = models.Index(fields=["id"], name="some_index")
CHECK = models.CheckConstraint(condition=models.Q(pk__gt=0), name="some_check")


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("staff", "email"),
        migrations.RenameField("staff", "email", "mail"),
        migrations.DeleteModel("staff"),
        migrations.AddField("staff", "phone", models.CharField(max_length=9)),
        migrations.AlterField("staff", "phone", models.CharField(max_length=9)),
        migrations.AddIndex("student", INDEX),
        migrations.RemoveIndex("runitem", "some_index"),
        migrations.AddConstraint("guardian", CHECK),
    ],
)
def test_what_breaks_is_found(operation: Operation) -> None:
    assert faults(operation)


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("staff", "phone", models.CharField(max_length=9, null=True)),
        migrations.AddField("staff", "phone", models.CharField(max_length=9, db_default="")),
        migrations.AddIndex("staff", INDEX),
        AddIndexConcurrently("student", INDEX),
        migrations.CreateModel("thing", [("id", models.BigAutoField(primary_key=True))]),
    ],
)
def test_what_does_not_is_left(operation: Operation) -> None:
    assert not faults(operation)
