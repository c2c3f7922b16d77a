"""Several lines of one person made one: the last full line, and what the changes after it tell."""

from django.db import connection

from accounts.actions.feeds.rows import name_keys

STUDENT_FIELDS = {
    "first_name": "first_name",
    "last_name": "name",
    "family_name": "family_name",
    "birth_date": "birth_date",
    "ine": "ine",
    "email": "mail",
    "local_id": "local_id",
    "mef": "mef",
    "ties": "relations",
}
GUARDIAN_FIELDS = {
    "first_name": "first_name",
    "last_name": "name",
    "family_name": "family_name",
    "title": "title",
    "email": "mail",
    "mobile": "mobile",
    "address": "address",
}
KEYS = {
    "student": ("root", "sort_key", "family_key", "search_name", "homonym_key"),
    "guardian": ("root", "sort_key", "homonym_key"),
}


def merge_lines() -> None:
    """One line a person in each of the temporary tables."""
    with connection.cursor() as cursor:
        for statement in (
            *_merging("feed_student", STUDENT_FIELDS, ("school", "classes")),
            *_merging("feed_guardian", GUARDIAN_FIELDS, ()),
            "DELETE FROM feed_place p WHERE NOT EXISTS (SELECT FROM feed_student s WHERE s.seats = p.entry)",
            "DELETE FROM feed_relation r WHERE NOT EXISTS (SELECT FROM feed_student s WHERE s.ties = r.entry)",
            "ANALYZE feed_student, feed_guardian, feed_place, feed_relation",
        ):
            cursor.execute(statement)
    make_keys("feed_student")
    make_keys("feed_guardian")


def make_keys(table: str) -> None:
    """The keys that are made of names in Python, of the merged lines and changes that have a person's names by now."""
    columns = KEYS[table.partition("_")[2]]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, first_name, last_name, coalesce(family_name, last_name) FROM {table}"  # noqa: S608  # names
            " WHERE root IS NULL AND first_name IS NOT NULL AND last_name IS NOT NULL"
        )
        rows = cursor.fetchall()
        setting = ", ".join(f"{name} = %s" for name in columns)
        values = [[*(name_keys(*told)[name] for name in columns), key] for key, *told in rows]
        cursor.executemany(f"UPDATE {table} SET {setting} WHERE key = %s", values)  # noqa: S608  # as above


def _merging(table: str, fields: dict[str, str], seats: tuple[str, ...]) -> list[str]:
    """The statements for one table. Lines before the last full one no longer count; a removal is a full one."""
    last = "(array_agg({column} ORDER BY entry DESC) FILTER (WHERE {tells}))[1]"
    columns = {
        column: last.format(column=column, tells=f"told IS NULL OR '{name}' = ANY (told)")
        for column, name in fields.items()
    }
    columns["is_removal"] = last.format(column="is_removal", tells="told IS NULL")
    if seats:
        told = " OR ".join(f"'{name}' = ANY (told)" for name in seats)
        columns["seats"] = last.format(column="seats", tells=f"told IS NULL OR {told}")
    columns |= {column: last.format(column=column, tells="true") for column in ("file", "line", "called")}
    names = ", ".join(columns)
    values = ", ".join(f"{value} AS {column}" for column, value in columns.items())
    return [
        f"CREATE INDEX ON {table} (key)",
        f"""
        CREATE TEMPORARY TABLE repeated ON COMMIT DROP AS
        SELECT key, max(entry) FILTER (WHERE told IS NULL) AS full_one FROM {table} GROUP BY key HAVING count(*) > 1
        """,  # noqa: S608  # names of this module
        f"""
        CREATE TEMPORARY TABLE merged ON COMMIT DROP AS
        SELECT l.key, max(l.entry) AS entry,
               CASE WHEN NOT bool_or(told IS NULL)
                    THEN (SELECT array_agg(DISTINCT name) FROM {table} t, unnest(t.told) AS name WHERE t.key = l.key)
               END AS told, {values}
          FROM {table} l JOIN repeated USING (key)
         WHERE l.entry >= coalesce(repeated.full_one, 0)
         GROUP BY l.key
        """,  # noqa: S608  # names of this module
        f"DELETE FROM {table} WHERE key IN (SELECT key FROM repeated)",  # noqa: S608  # as above
        f"INSERT INTO {table} (key, entry, told, {names}) SELECT key, entry, told, {names} FROM merged",  # noqa: S608
        "DROP TABLE repeated, merged",
    ]
