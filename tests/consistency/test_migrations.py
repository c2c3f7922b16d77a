"""Migrations: in step with the models, in one line, each with its way back."""

import ast

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.consistency.sources import APPS, imported, python_files, tree

LABELS = APPS[:3]
RAW = {"RunSQL", "RunPython", "SeparateDatabaseAndState"}


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None, ignore_no_migrations=True)


@pytest.mark.django_db(databases=["default", "owner"])
def test_in_step_with_the_models() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("label", LABELS)
def test_in_one_line(loader: MigrationLoader, label: str) -> None:
    """No two migrations after the same one: the order in which they run is the order in which they are read."""
    assert len(loader.graph.leaf_nodes(label)) <= 1
    nodes = [loader.graph.node_map[key] for key in loader.graph.nodes if key[0] == label]
    assert all(len([child for child in node.children if child.key[0] == label]) <= 1 for node in nodes)


@pytest.mark.parametrize("label", LABELS)
def test_each_has_its_way_back(loader: MigrationLoader, label: str) -> None:
    ours = [migration for key, migration in loader.disk_migrations.items() if key[0] == label]
    assert not [str(migration) for migration in ours if not all(each.reversible for each in migration.operations)]


def test_sql_comes_through_the_toolkit() -> None:
    migrations = [path for path in python_files(*LABELS) if "migrations" in path.parts]
    names = {
        f"{path}: {node.attr if isinstance(node, ast.Attribute) else node.id}"
        for path in migrations
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    assert migrations
    assert not {name for name in names if name.partition(": ")[2] in RAW}
    assert not [path for path in migrations if any(module.startswith(tuple(LABELS)) for module in imported(path))]
