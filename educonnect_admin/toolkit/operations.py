"""Reversible migration operations for what Django's ORM does not say: policies, grants, functions.

All SQL of the project that is not a query stands in calls of these.
"""

from django.db.migrations.operations import RunSQL

APP = "console_app"
DEFINER = "console_definer"
JOURNAL = "console_journal"
HOLDER = "console_holder"

SCOPE = "current_setting('console.uai', true)"
IN_SCOPE = f"uai = {SCOPE}"
HELD = "nullif(current_setting('console.account', true), '')::uuid"
"""The account whose holder is at work. Nobody's where none is."""


def protect(table: str) -> RunSQL:
    """Turn row-level security on, for the table's owner too. Without a policy nobody sees a row."""
    return RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    )


def policy(
    table: str,
    name: str,
    *,
    using: str = "",
    check: str = "",
    command: str = "ALL",
    role: str = "PUBLIC",
) -> RunSQL:
    """A policy: `using` says which rows are seen, `check` which may be written."""
    clauses = (f" USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "")
    return RunSQL(
        f"CREATE POLICY {name} ON {table} FOR {command} TO {role}{clauses}",
        f"DROP POLICY {name} ON {table}",
    )


def school_policy(table: str) -> list[RunSQL]:
    """The common wall: a table with a `uai` of its own shows and takes the rows of the school in scope."""
    return [protect(table), policy(table, "school", using=IN_SCOPE, check=IN_SCOPE)]


def grant(rights: str, table: str, role: str = APP) -> RunSQL:
    """Give `role` the listed rights (SELECT, INSERT, UPDATE, DELETE, columns allowed) on `table`."""
    return RunSQL(f"GRANT {rights} ON {table} TO {role}", f"REVOKE {rights} ON {table} FROM {role}")


def definer_function(
    signature: str,
    *,
    returns: str,
    body: str,
    owner: str = DEFINER,
    language: str = "plpgsql",
    callers: str = APP,
    settings: str = "",
) -> RunSQL:
    """A function that runs with its owner's rights: one entry of the closed list of ways past the school's scope.

    The search path is fixed, and only `callers` may execute it (a trigger's function: whoever makes the trigger).
    """
    name = signature.partition("(")[0]
    return RunSQL(
        f"""
        CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE {language} SECURITY DEFINER
        SET search_path = pg_catalog, public, pg_temp {settings} AS $function${body}$function$;
        ALTER FUNCTION {name} OWNER TO {owner};
        SET ROLE {owner};
        REVOKE ALL ON FUNCTION {name} FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION {name} TO {callers};
        RESET ROLE;
        """,
        f"SET ROLE {owner}; DROP FUNCTION {name}; RESET ROLE",
    )


def trigger(table: str, name: str, *, when: str, function: str) -> RunSQL:
    """A trigger: `when` reads like "BEFORE UPDATE OR DELETE", with its FOR EACH clause."""
    before, _, level = when.partition(" FOR EACH ")
    return RunSQL(
        f"CREATE TRIGGER {name} {before} ON {table} FOR EACH {level} EXECUTE FUNCTION {function}()",
        f"DROP TRIGGER {name} ON {table}",
    )


def withdrawn(operation: RunSQL) -> RunSQL:
    """Take away what an operation of a former migration made; backwards, make it again."""
    if operation.reverse_sql is None:
        raise ValueError("an operation without a way back cannot be withdrawn")
    return RunSQL(operation.reverse_sql, operation.sql)
