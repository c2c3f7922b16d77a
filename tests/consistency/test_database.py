"""The fourth wall as PostgreSQL has it, compared with the models: policies, functions, rights."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model

from accounts.models import Classroom, Guardian, Mandate, School, Student
from tests.consistency.sources import APPS, ROOT

# Tables about schools or people that no policy holds, each with its reason.
WITHOUT_WALL: dict[type[Model], str] = {
    School: "the directory of schools: nobody's data",
    Mandate: "says which scope a request may have, so it is read before any",
    Mandate.classrooms.through: "as its mandate",
}

DEFINER, JOURNAL, HOLDER = "console_definer", "console_journal", "console_holder"
FUNCTIONS = {
    "children_elsewhere": DEFINER,
    "destroy_expired_payloads": DEFINER,
    "discard_old_drafts": DEFINER,
    "drop_sealed_secret": DEFINER,
    "feeds_of_delivery": DEFINER,
    "find_account": DEFINER,
    "forget_feed_files": DEFINER,
    "forget_feed_traces": DEFINER,
    "forget_of_holders": DEFINER,
    "held_children": DEFINER,
    "held_elsewhere": DEFINER,
    "find_confirmed": DEFINER,
    "held_schools": DEFINER,
    "journal_is_append_only": JOURNAL,
    "journal_write": JOURNAL,
    "list_stuck_runs": DEFINER,
    "list_waiting_feeds": DEFINER,
    "known_elsewhere": DEFINER,
    "match_accounts": DEFINER,
    "match_ines": DEFINER,
    "merged_accounts": DEFINER,
    "remove_made": DEFINER,
    "reserve_usernames": DEFINER,
    "waiting_work": DEFINER,
}
SEARCH_PATH = "search_path=pg_catalog, public, pg_temp"

pytestmark = pytest.mark.django_db


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def walled() -> set[type[Model]]:
    """Models with a school, the two kinds of accounts, and whatever points to one of these."""
    models = set(apps.get_models(include_auto_created=True))
    found: set[type[Model]] = {Student, Guardian}
    found |= {model for model in models if any(field.column == "uai" for field in model._meta.concrete_fields)}
    while more := {model for model in models - found if _targets(model) & (found - {School})}:
        found |= more
    return found - set(WITHOUT_WALL)


def _targets(model: type[Model]) -> set[Any]:
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation}


def test_what_is_walled_is_found() -> None:
    names = {model._meta.db_table for model in walled()}
    assert {"student", "guardian", "schooling", "run", "run_item", "sealed_secret", "journal_entry"} <= names
    assert Classroom in walled()


def test_every_table_of_a_school_has_its_wall() -> None:
    """Enabled, forced (the owner is no exception), and opened by a policy at least."""
    found = {
        table: (enabled, forced, policies > 0)
        for table, enabled, forced, policies in rows(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"
            " (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) FROM pg_class c"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        )
    }
    tables = [model._meta.db_table for model in walled()]
    assert {table: found[table] for table in tables} == dict.fromkeys(tables, (True, True, True))


def test_no_policy_opens_to_the_application_without_a_scope() -> None:
    """What is always true is for the two roles that nobody signs in as; a holder's is for one account."""
    policies = rows(
        "SELECT tablename, policyname, roles, coalesce(qual, ''), coalesce(with_check, '') FROM pg_policies"
    )
    assert policies
    for table, name, roles, seen, written in policies:
        clauses = [clause for clause in (seen, written) if clause]
        setting = "console.account" if set(roles) == {HOLDER} else "console.uai"
        scoped = all(f"current_setting('{setting}'::text, true)" in clause for clause in clauses)
        assert clauses, f"{name} on {table} says nothing"
        assert scoped or set(roles) <= {DEFINER, JOURNAL}, f"{name} on {table}"


def test_the_ways_past_the_scope_are_a_closed_list() -> None:
    found = rows(
        "SELECT p.proname::text, p.proowner::regrole::text, p.proconfig::text[] FROM pg_proc p"
        " WHERE p.prosecdef AND p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
    )
    assert {name: owner for name, owner, _ in found} == FUNCTIONS
    assert [name for name, _, settings in found if SEARCH_PATH not in settings] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_way_past_the_scope_is_for_the_application_or_its_trigger(name: str) -> None:
    allowed = rows(
        "SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, t.typname::text FROM pg_proc p"
        " JOIN pg_type t ON t.oid = p.prorettype, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
        " WHERE p.proname = %s",
        name,
    )
    caller = "console_owner" if {kind for _, kind in allowed} == {"trigger"} else "console_app"
    caller = HOLDER if name.startswith("held_") and name != "held_elsewhere" else caller
    assert {role for role, _ in allowed} - {FUNCTIONS[name]} == {caller}


@pytest.mark.parametrize("role", [DEFINER, JOURNAL])
def test_the_roles_past_the_scope_are_nobody(role: str) -> None:
    assert rows("SELECT rolcanlogin, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", role) == [(False,) * 3]


def test_the_closed_list_is_documented() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    told = dict(re.findall(r"^\| `(\w+)\([^)]*\)` \| (definer|journal) \|", page, re.MULTILINE))
    assert told == {name: owner.removeprefix("console_") for name, owner in FUNCTIONS.items()}


@pytest.mark.parametrize("right", ["INSERT", "UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.parametrize("table", ["journal_entry", "journal_head", "auth_group", "auth_group_permissions"])
def test_the_application_only_reads(table: str, right: str) -> None:
    assert rows("SELECT has_table_privilege(current_user, %s, %s)", table, right) == [(False,)]


@pytest.mark.parametrize("table", ["student", "guardian", "schooling", "school", "staff", "mandate"])
def test_the_application_deletes_nobody(table: str) -> None:
    assert rows("SELECT has_table_privilege(current_user, %s, 'DELETE')", table) == [(False,)]


def test_every_table_is_of_an_app_or_of_django() -> None:
    """A table that no model describes would escape these tests."""
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    found = {table for (table,) in rows("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")}
    assert found - known == {"django_migrations"}


def test_constraints_and_indexes_are_named_by_hand() -> None:
    """Names that say the rule, not `app_model_field_3f2a1b_idx`."""
    ours = [model for model in apps.get_models() if model._meta.app_config and model._meta.app_config.name in APPS]
    names = [entry.name for model in ours for entry in (*model._meta.constraints, *model._meta.indexes)]
    assert ours
    assert names
    assert [name for name in names if not re.fullmatch(r"(?!.*_(idx|uniq|check)$)[a-z]+(_[a-z]+)+", name)] == []
    assert not [model for model in ours if model._meta.unique_together]
